import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareCosts, costsOfFits, costsOfProfile } from '../../src/cli/diff/costs.ts';
import { renderMarkdown } from '../../src/cli/diff/view.ts';
import { changeText } from '../../src/cli/diff/words.ts';
import type { SweepResult } from '../../src/measure/points.ts';
import { serialise } from '../../src/measure/serialise.ts';
import { result } from '../report/fixtures/result.ts';
import { axes, metricsOf, point } from '../report/point.ts';
import { meshsim, scratch } from './meshsim.ts';

const cwd = scratch();
const profile = readFileSync(new URL('../../calibration/istio.yml', import.meta.url), 'utf8');

function put(path: string, text: string): void {
  mkdirSync(join(cwd, path, '..'), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

const [mesh, ...others] = result.cases;
const dearer = {
  ...mesh,
  cost: { ...mesh.cost, cpu_istiod_cores: { value: 1.5, low: 1.4, high: 1.6 } },
};
put('a/result.json', serialise(result));
put('b/result.json', serialise({ ...result, cases: [dearer, ...others] }));
const sweep: SweepResult = {
  schema: 'meshsim/sweep/v1',
  meshsim: '0.1.0',
  scenario: 'shop',
  digest: '4f1c9a',
  seed: '1',
  axes,
  design: 'grid',
  size: 6,
  points: [point(0), point(1), point(2)],
  failures: [],
  knee: null,
};
put('sweep/sweep.json', JSON.stringify(sweep));
const far = { ...point(2), metrics: metricsOf(9e9) };
// What is beside sweep.json has all points.
put('other/sweep.json', JSON.stringify({ ...sweep, points: [] }));
put('other/results.ndjson', [point(0), far].map((each) => `${JSON.stringify(each)}\n`).join(''));
put('dear.yml', profile.replace('base: 67.9us', 'base: 80us'));
put('istio.yml', profile);
put('broken.json', '[1');
put('foreign.json', '{"schema":"meshsim/result/v1"}');
put('empty/notes.txt', '');

const run = (...args: readonly string[]) => meshsim(['diff', ...args], { cwd });

describe('diff', () => {
  test('says which quantities differ, by how much, and exits with 1', async () => {
    const { code, stdout, stderr } = await run('a', 'b');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^a {3}a\/result\.json/);
    const [line] = stdout.split('\n').filter((text) => text.includes('cpu.istiod'));
    expect(line).toMatch(/1\.50 ±0\.10 .* times higher$/);
    expect(stdout).toContain('\n1 differ, ');
    expect(stdout).toContain('Both have the same seed');
  });

  test('says so where two results are the same, and exits with 0', async () => {
    const { code, stdout } = await run('a', 'a/result.json');
    expect(code).toBe(0);
    expect(stdout.trimEnd()).toMatch(/\n\nidentical$/);
  });

  test('as JSON has every quantity with its unit, both values, the effect and the verdict', async () => {
    const { code, stdout } = await run('a', 'b', '-o', 'json');
    expect(code).toBe(1);
    const { kind, answer, metrics } = JSON.parse(stdout);
    expect({ kind, answer }).toEqual({ kind: 'run', answer: 'different' });
    const of = (name: string) => metrics.find(({ metric }: { metric: string }) => metric === name);
    expect(of('cpu.istiod')).toMatchObject({
      load: null,
      unit: 'cores',
      b: { value: 1.5, low: 1.4, high: 1.6 },
      verdict: 'higher',
    });
    expect(of('latency.p99')).toMatchObject({ load: 'users', unit: 'ms' });
  });

  test('compares sweeps point by point and lists the points of one only', async () => {
    const { code, stdout } = await run('sweep', 'other');
    expect(code).toBe(1);
    expect(stdout).toContain('2 points\n');
    expect(stdout).toMatch(
      / {2}latency\.mean +1 +– +1 +– .* at mesh\.mode=none load\[0\]\.rate=400/,
    );
    expect(stdout).toContain('only in a: mesh.mode=none load[0].rate=200');
  });

  test('compares profiles by cost', async () => {
    const { code, stdout } = await run('istio.yml', 'dear.yml');
    expect(code).toBe(1);
    expect(stdout).toMatch(/outbound\.http1\.base +67\.9us +80us +1\.18 +changed\n/);
    expect(stdout).toMatch(/\n1 of \d+ costs changed\n/);
    expect((await run('istio.yml', 'dear.yml', '--noise', '20%')).code).toBe(0);
  });

  test.each([
    [
      'a',
      'sweep',
      'meshsim: "a/result.json" is a run and "sweep/sweep.json" is a sweep; expected two of a kind',
    ],
    ['a', 'empty', 'meshsim: "empty" holds no result; expected result.json or sweep.json in it'],
    ['a', 'broken.json', 'broken.json: is no JSON: '],
    ['foreign.json', 'a', 'foreign.json: meshsim: '],
    ['a', 'nowhere', 'nowhere: cannot be read: there is no such file or directory'],
  ])('of %s and %s is refused', async (a, b, message) => {
    const { code, stdout, stderr } = await run(a, b);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('costs', () => {
  test('that a fit cannot tell from those of a profile have not changed', () => {
    const cost = { to: 'controlPlane.cpu.perPush', unit: 'ns' } as const;
    const fitted = (value: number, low: number | null, high: number | null) =>
      costsOfFits({ fits: [{ unit: 'ns', costs: [{ to: cost.to, value, low, high }] }] });
    const written = costsOfProfile({ file: 'istio.yml', text: profile }).get(cost.to);
    if (written === undefined || written.value === null) throw new Error('the profile has this');
    const costs = new Map([[cost.to, written]]);
    const verdict = (of: ReturnType<typeof fitted>) => compareCosts(costs, of, 0)[0].verdict;
    const { value } = written;
    expect(verdict(fitted(value * 1.0001, null, null))).toBe('same');
    expect(verdict(fitted(value * 1.1, value * 0.9, value * 1.3))).toBe('within its interval');
    expect(verdict(fitted(value * 1.5, value * 1.3, value * 1.7))).toBe('changed');
    expect(verdict(fitted(value * 1.5, null, null))).toBe('changed');
    expect(compareCosts(costs, new Map(), 0)[0].verdict).toBe('only in a');
  });
});

describe('in words', () => {
  test('a change is a ratio from a tenth on, and a percentage below', () => {
    const ratio = (value: number, half: number) => ({
      value,
      low: value - half,
      high: value + half,
    });
    expect(changeText({ verdict: 'higher', ratio: ratio(1.33, 0.04) })).toBe(
      '1.33 ±0.04 times higher',
    );
    expect(changeText({ verdict: 'lower', ratio: ratio(0.5, 0.01) })).toBe(
      '2.00 ±0.04 times lower',
    );
    expect(changeText({ verdict: 'higher', ratio: ratio(1.02, 0.005) })).toBe(
      '2.00 ±0.50 % higher',
    );
    expect(changeText({ verdict: 'lower', ratio: ratio(0.96, 0.01) })).toBe('4.00 ±1.00 % lower');
    expect(changeText({ verdict: 'higher', ratio: null })).toBe('higher');
  });

  test('names of the user’s are no markup in Markdown', () => {
    const text = renderMarkdown({
      sides: [['a', '<img src=x>|']],
      tables: [],
      findings: ['[x](y)'],
      answer: 'identical',
      remarks: [],
    });
    expect(text).toBe('**identical**\n\n- **a**: \\<img src=x\\>\\|\n\n- \\[x\\](y)\n');
  });
});
