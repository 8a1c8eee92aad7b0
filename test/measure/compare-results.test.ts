import { describe, expect, test } from 'vitest';
import { compareRuns, compareSweeps, countVerdicts } from '../../src/measure/compare-results.ts';
import type { PointRecord } from '../../src/measure/points.ts';
import type { Estimate, Result } from '../../src/measure/result.ts';
import { result } from '../report/fixtures/result.ts';
import { axes, metricsOf, point } from '../report/point.ts';

const [mesh, ...others] = result.cases;

/** The result with a p99 of its first load, and more. */
function withP99(p99_ms: Estimate, changes: Partial<Result> = {}): Result {
  const [first, ...rest] = mesh.loads;
  if (first.latency === null) throw new Error('the first load has a latency');
  const loads = [{ ...first, latency: { ...first.latency, p99_ms } }, ...rest];
  return { ...result, cases: [{ ...mesh, loads }, ...others], ...changes };
}

function around(value: number, half: number): Estimate {
  return { value, low: value - half, high: value + half };
}

function verdictOf(a: Result, b: Result, noise = 0) {
  const { metrics } = compareRuns(a, b, noise);
  return metrics.find(({ load, metric }) => load === 'users' && metric === 'latency.p99');
}

describe('two runs', () => {
  test('that are the same show no difference, and what is saturated in both is not known', () => {
    const { metrics, saturation, isPaired } = compareRuns(result, result, 0);
    const counts = countVerdicts(metrics);
    expect(counts.higher + counts.lower).toBe(0);
    expect(counts['no difference detected']).toBeGreaterThan(10);
    expect(saturation).toEqual({ onlyA: [], onlyB: [] });
    expect(isPaired).toBe(true);
    expect(
      metrics.find(({ load, metric }) => load === 'search' && metric === 'latency.p99'),
    ).toMatchObject({
      verdict: 'not known',
      reason: 'a: saturated: latency grows with the run; b: saturated: latency grows with the run',
    });
  });

  test('differ where the one has a higher quantile, by load and metric, unless it is less than the noise', () => {
    const [a, b] = [withP99(around(20, 0.1)), withP99(around(22, 0.1))];
    expect(verdictOf(a, b)).toMatchObject({ verdict: 'higher' });
    expect(verdictOf(a, b)?.ratio?.value).toBeCloseTo(1.1, 10);
    expect(verdictOf(b, a)).toMatchObject({ verdict: 'lower' });
    expect(verdictOf(a, b, 0.2)).toMatchObject({ verdict: 'no difference detected' });
    expect(countVerdicts(compareRuns(a, b, 0).metrics)).toMatchObject({ higher: 1, lower: 0 });
  });

  test('list loads of both, and which stations only one has saturated', () => {
    const [first, ...rest] = mesh.loads;
    const renamed = { ...mesh, loads: [{ ...first, name: 'visitors' }, ...rest], saturated: [] };
    const other = { ...result, cases: [renamed, ...others] };
    const { metrics, saturation, isPaired } = compareRuns(result, other, 0);
    expect(isPaired).toBe(false);
    expect(metrics.find(({ load }) => load === 'users')?.reason).toBe('b: no load "users"');
    expect(metrics.find(({ load }) => load === 'visitors')?.reason).toBe('a: no load "visitors"');
    expect(saturation.onlyA.length).toBeGreaterThan(0);
    expect(saturation.onlyB).toEqual([]);
  });

  test('of one replication each do not compare what was overhead as a share: its interval is of the mesh alone', () => {
    const single = { ...result, reps: 1 };
    const { metrics } = compareRuns(single, { ...single, seed: 'other' }, 0);
    const share = metrics.find((of) => of.load === 'users' && of.metric === 'overhead.share');
    expect(share?.a).toMatchObject({ low: null, high: null });
  });
});

describe('two sweeps', () => {
  const sweep = (points: readonly PointRecord[], of = axes) => ({ seed: '1', axes: of, points });
  const points = Array.from({ length: 6 }, (_, i) => point(i));

  test('are matched by the values of their axes, in whatever order points and axes are', () => {
    const [modes, rates] = axes;
    const turned = points.toReversed().map((each, index) => ({
      ...each,
      index,
      values: [each.values[1], each.values[0]],
    }));
    const comparison = compareSweeps(sweep(points), sweep(turned, [rates, modes]), 0);
    expect(comparison.points.map(({ values }) => values)).toEqual(points.map((p) => p.values));
    expect(comparison).toMatchObject({ onlyA: [], onlyB: [] });
    const counts = countVerdicts(comparison.points.flatMap(({ metrics }) => metrics));
    expect(counts).toMatchObject({ higher: 0, lower: 0, 'not known': 0 });
  });

  test('list points that only one of them has, and find the point that differs', () => {
    const far = { ...points[2], metrics: metricsOf(9e8), saturated: ['cart'] };
    const comparison = compareSweeps(
      sweep(points.slice(0, 5)),
      sweep([points[0], points[1], far, points[5]]),
      0,
    );
    expect(comparison.onlyA).toEqual([points[3].values, points[4].values]);
    expect(comparison.onlyB).toEqual([points[5].values]);
    const different = comparison.points.filter(({ metrics }) =>
      metrics.some(({ verdict }) => verdict === 'higher'),
    );
    expect(different.map(({ values }) => values)).toEqual([far.values]);
    expect(different[0].saturation).toEqual({ onlyA: [], onlyB: ['cart'] });
  });

  test('of different axes are not compared', () => {
    const other = [axes[0], { path: 'load[0].size', values: [1] }];
    expect(() => compareSweeps(sweep(points), sweep(points, other), 0)).toThrow(
      'the sweeps have different axes: mesh.mode, load[0].rate and mesh.mode, load[0].size',
    );
  });
});
