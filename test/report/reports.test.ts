/** One result in, one file beside it for each format. After a wanted change: `npx vitest run test/report -u`, and look. */
import { describe, expect, test } from 'vitest';
import { painter } from '../../src/cli/terminal.ts';
import type { LoadResult, Result } from '../../src/measure/result.ts';
import { deserialise } from '../../src/measure/serialise.ts';
import { charts } from '../../src/report/charts.ts';
import { csvFiles } from '../../src/report/csv.ts';
import { plainPaint } from '../../src/report/layout.ts';
import { reports } from '../../src/report/reports.ts';
import { result } from './fixtures/result.ts';

function withLoad(changes: Partial<LoadResult>): Result {
  const [mesh, ...others] = result.cases;
  return { ...result, cases: [{ ...mesh, loads: [{ ...mesh.loads[0], ...changes }] }, ...others] };
}

function withServices(names: readonly string[]): Result {
  const cases = result.cases.map((one) => ({
    ...one,
    services: names.map((service) => ({ ...one.services[0], service })),
  }));
  return { ...result, cases };
}

const plain = { paint: plainPaint, width: 100 };

describe('a result is rendered', () => {
  test('as a summary', async () => {
    await expect(reports.txt(result, plain)).toMatchFileSnapshot('fixtures/summary.txt');
  });

  test('as JSON that holds the same result', async () => {
    const text = reports.json(result);
    await expect(text).toMatchFileSnapshot('fixtures/result.json.txt');
    expect(deserialise(text).cases[1].loads[1].name).toBe('search');
  });

  test('as istiod’s metrics in Prometheus’ text format', async () => {
    await expect(reports.prom(result)).toMatchFileSnapshot('fixtures/metrics.prom');
  });

  test.each(Object.entries(charts))('as the specification of the chart %s', async (name, make) => {
    const text = `${JSON.stringify(make(result), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`fixtures/chart-${name}.json.txt`);
  });

  test('as one picture of all charts, with its numbers in it', async () => {
    const svg = await reports.svg(result);
    expect(svg).toMatch(/^<svg /);
    for (const text of ['Memory of a sidecar', 'lazy (datm)', 'cart', 'endpoint (9)', 'debounce']) {
      expect(svg).toContain(text);
    }
    const without = { ...result, cases: [] };
    expect(await reports.svg(without)).toContain('Nothing to draw');
  });

  test.each(Object.entries(csvFiles))('as %s', async (name, make) => {
    await expect(make(result)).toMatchFileSnapshot(`fixtures/${name}`);
  });
});

describe('a summary', () => {
  test('leads with saturated stations, then thresholds, then numbers, and ends with warnings', () => {
    const text = reports.txt(result, plain);
    const places = [
      'SATURATED',
      'THRESHOLDS',
      'users',
      'SERVICES',
      'COST',
      'PUSHES',
      'WARNINGS',
    ].map((title) => text.indexOf(`\n${title}`));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('shows no latency of a load that meets a saturated station', () => {
    const lines = reports.txt(result, plain).split('\n');
    const search = lines.findIndex((line) => line.startsWith('search'));
    expect(lines[search + 1]).toMatch(/no latency: its requests meet a saturated station/);
  });

  test.each([80, 100, 110, 140])('keeps to its width of %i columns', (width) => {
    const long = 'namespace-of-a-team/service-with-a-name';
    const [mesh, baseline] = result.cases;
    const renamed = [mesh, baseline].map((one) => ({
      ...one,
      services: one.services.map((service, i) => ({ ...service, service: `${long}-${i}` })),
      saturated: [{ name: `waypoint ${long}-${'x'.repeat(60)}`, servers: 2, utilisation: 1 }],
    }));
    const mode = 'mixed: none, sidecar, ambient-waypoint, serveronly, clientonly';
    for (const of of [result, { ...result, mode, cases: renamed }]) {
      const lines = reports.txt(of, { ...plain, width }).split('\n');
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    }
  });

  test.each([
    [140, /^ +calls\/s +failed +retries +mean \[ms\] +without +overhead +p99 +without +overhead$/m],
    [100, /^ +calls\/s +failed +retries +mean \[ms\] +without +overhead$/m],
    [72, /^ +calls\/s +mean \[ms\] +without +overhead$/m],
  ])('of %i columns drops columns of services before it cuts a name', (width, head) => {
    const text = reports.txt(result, { ...plain, width });
    expect(text).toMatch(head);
    expect(text).toMatch(/^ {2}shop\/frontend +400 /m);
  });

  test('cuts names from the left, so that the service is seen', () => {
    const of = withServices(['a-namespace-with-quite-a-long-name-of-its-own/frontend']);
    const lines = reports.txt(of, { ...plain, width: 80 }).split('\n');
    const row = lines.find((line) => line.startsWith('  …'));
    expect(row).toMatch(/^ {2}….*name-of-its-own\/frontend +400 /);
    expect(row).toHaveLength(80);
    expect(reports.txt(of, { ...plain, width: 140 })).toContain('  a-namespace-with');
  });

  test('says the mode as the result has it', () => {
    const text = reports.txt({ ...result, mode: 'mixed: none, sidecar' }, plain);
    expect(text).toMatch(/^shop {3}mixed: none, sidecar {3}istio/);
  });

  test('says that latency is of failed requests too once more than one in a hundred failed', () => {
    const note = /latency is of all [\d,]+ requests that left, the [\d,]+ that failed too/;
    const at = (outcomes: LoadResult['outcomes']) => reports.txt(withLoad({ outcomes }), plain);
    expect(at({ ok: 23_760, timeout: 240 })).not.toMatch(note);
    expect(at({ ok: 23_759, timeout: 241 })).toContain(
      'latency is of all 24,000 requests that left, the 241 that failed too',
    );
    // Those that have not left have no latency.
    expect(at({ ok: 23_000, timeout: 10, unfinished: 990 })).not.toMatch(note);
    expect(at({ ok: 23_000, timeout: 500, unfinished: 500 })).toContain(
      'latency is of all 23,500 requests that left, the 500 that failed too',
    );
  });

  test('shows unfinished requests among the errors, and why there is no latency', () => {
    const none = { latency: null, saturated: false };
    const unfinished = withLoad({ ...none, outcomes: { unfinished: 24_000 } });
    const text = reports.txt(unfinished, plain);
    expect(text).toMatch(/errors .*: 24,000 unfinished$/m);
    expect(text).toContain('no latency: none of its requests had left when the run ended');
    expect(text).not.toContain('no request arrived');
    const empty = reports.txt(withLoad({ ...none, requests: 0, outcomes: {} }), plain);
    expect(empty).toContain('no latency: no request arrived');
  });

  test('shows an overhead of more than ten times as a factor', () => {
    const [entry] = result.overhead;
    const mean_share = { value: 3248.95, low: 3128, high: 3370 };
    const text = reports.txt({ ...result, overhead: [{ ...entry, mean_share }] }, plain);
    expect(text).toMatch(/^ +3249× +\+127% +\+127% +\+127%$/m);
  });

  test('says why there is no memory of proxies', () => {
    const [mesh, baseline] = result.cases;
    const cost = { ...mesh.cost, memory_proxies_bytes: null, memory_per_proxy_bytes: null };
    const text = reports.txt({ ...result, cases: [{ ...mesh, cost }, baseline] }, plain);
    expect(text).toMatch(
      /^ {2}memory +– +– .*\n {2}memory: the profile has no memory model for ztunnels$/m,
    );
    expect(reports.txt(result, plain)).not.toContain('memory model');
  });

  test('has escape sequences only in colour, and the same text without them', () => {
    const text = reports.txt(result, plain);
    const coloured = reports.txt(result, { ...plain, paint: painter(true) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
    const escapes = /\u001b\[\d+m/g;
    expect(text).not.toMatch(escapes);
    expect(coloured).toMatch(escapes);
    expect(coloured.replace(escapes, '')).toBe(text);
  });

  test('leaves out what there is not: no baseline, no thresholds, no pushes, no warnings', () => {
    const [mesh, baseline] = result.cases;
    const quiet = { ...mesh, saturated: [], controlPlane: baseline.controlPlane };
    const bare = { ...result, cases: [quiet], overhead: [], slos: [], warnings: [] };
    const text = reports.txt(bare, plain);
    for (const word of ['SATURATED', 'THRESHOLDS', 'PUSHES', 'WARNINGS', 'overhead', 'without']) {
      expect(text).not.toContain(word);
    }
    expect(text).toContain('with the mesh');
  });

  test('shows the fifteen services that the mesh slows most, and counts the others', () => {
    const [mesh, baseline] = result.cases;
    const services = Array.from({ length: 20 }, (_, i) => ({
      ...mesh.services[0],
      service: `shop/s${i}`,
    }));
    const many = { ...result, cases: [{ ...mesh, services }, baseline] };
    const text = reports.txt(many, plain);
    expect(text.match(/shop\/s\d+/g)).toHaveLength(15);
    expect(text).toContain('and 5 more in services.csv');
  });
});

describe('a CSV file', () => {
  test('holds nothing that a spreadsheet would take for a formula', () => {
    const [mesh] = result.cases;
    const services = [{ ...mesh.services[0], service: '=HYPERLINK("x")' }];
    const text = reports.csv({ ...result, cases: [{ ...mesh, services }] });
    expect(text).not.toMatch(/[,"\n]=HYPERLINK/);
    expect(text).toContain('HYPERLINK');
  });

  test('has as many cells in every row as in its header', () => {
    for (const make of Object.values(csvFiles)) {
      const counts = make(result)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',').length);
      expect(new Set(counts).size).toBe(1);
    }
  });
});
