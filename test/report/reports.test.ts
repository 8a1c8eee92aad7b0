/** One result in, one file beside it for each format. After a wanted change: `npx vitest run test/report -u`, and look. */
import { describe, expect, test } from 'vitest';
import { painter } from '../../src/cli/terminal.ts';
import { deserialise } from '../../src/measure/serialise.ts';
import { csvFiles } from '../../src/report/csv.ts';
import { plainPaint } from '../../src/report/layout.ts';
import { reports } from '../../src/report/reports.ts';
import { result } from './fixtures/result.ts';

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

  test.each([80, 100, 110])('keeps to its width of %i columns but for table rows', (width) => {
    const lines = reports.txt(result, { ...plain, width }).split('\n');
    const warnings = lines.slice(lines.indexOf('WARNINGS'));
    expect(Math.max(...warnings.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
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
