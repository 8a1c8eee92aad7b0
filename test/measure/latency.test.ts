/** Latencies: intervals of a single replication hold in a queue, and none is given where the data support none. */
import { describe, expect, it } from 'vitest';
import { mean, meanInterval } from '../../src/measure/interval.ts';
import { type LatencySample, latencyOf, terminatingLatencyOf } from '../../src/measure/latency.ts';
import type { Estimate } from '../../src/measure/result.ts';
import { exponentials, sojourns, take } from './draws.ts';
import { histogramOf } from './replications.ts';

const BATCHES = 20;

/** Sojourns of mean 1 ms / (1 − utilisation). */
function sample(values: readonly number[]): LatencySample {
  const nanos = values.map((x) => Math.round(x * 1e6));
  const size = nanos.length / BATCHES;
  const batch = (_: unknown, i: number) => mean(nanos.slice(i * size, (i + 1) * size));
  return {
    latency: histogramOf(nanos),
    latencyMean: mean(nanos),
    latencyMax: Math.max(...nanos),
    batchMeans: Array.from({ length: BATCHES }, batch),
  };
}

describe('a single replication', () => {
  it('of a busy M/M/1 queue gives quantile intervals that hold, though waits are correlated', () => {
    const truth = { p50: Math.log(2) / 0.4, p90: Math.log(10) / 0.4 };
    const runs = Array.from({ length: 100 }, (_, seed) =>
      latencyOf([sample(sojourns(seed, 0.6, 10_000))]),
    );
    const p50 = runs.map((run) => run?.p50_ms);
    const p90 = runs.map((run) => run?.p90_ms);
    expect(share(p50, truth.p50)).toBeGreaterThan(0.9);
    expect(share(p90, truth.p90)).toBeGreaterThan(0.9);
    // And not by being useless: on average within a tenth to either side.
    const widths = p90.map((p) => ((p?.high ?? 0) - (p?.low ?? 0)) / 2 / truth.p90);
    expect(mean(widths)).toBeLessThan(0.15);
  });

  it('gives no interval to a quantile with fewer than ten requests beyond it', () => {
    const p999 = (count: number) => latencyOf([sample(take(exponentials(1), count))])?.p999_ms;
    expect(p999(9980)?.low).toBeNull();
    expect(latencyOf([sample(take(exponentials(1), 40_000))])?.p999_ms.low).not.toBeNull();
  });

  it('gives no interval where requests depend on each other too much', () => {
    const latency = latencyOf([sample(sojourns(3, 0.95, 2000))]);
    expect(latency?.p99_ms.low).toBeNull();
  });
});

describe('several replications', () => {
  const samples = Array.from({ length: 6 }, (_, seed) => sample(take(exponentials(seed), 2000)));

  it('give the mean of their quantiles', () => {
    const p90 = latencyOf(samples)?.p90_ms;
    const each = meanInterval(samples.map((one) => latencyOf([one])?.p90_ms.value ?? 0));
    expect(p90?.value).toBeCloseTo(each.value, 12);
    expect(p90?.low).toBeCloseTo(each.low ?? 0, 12);
    expect(p90?.high).toBeCloseTo(each.high ?? 0, 12);
  });

  it('give the quantile of all requests together where one replication alone has too few', () => {
    const p999 = latencyOf(samples)?.p999_ms;
    const sorted = Array.from({ length: 6 }, (_, seed) => take(exponentials(seed), 2000))
      .flat()
      .sort((a, b) => a - b);
    expect(p999?.low).toBeNull();
    expect((p999?.value ?? 0) / sorted[11_987]).toBeCloseTo(1, 3);
  });

  it('have the largest maximum, and no interval of it', () => {
    const max = latencyOf(samples)?.max_ms;
    expect(max?.value).toBeCloseTo(Math.max(...samples.map((s) => s.latencyMax)) / 1e6, 9);
    expect([max?.low, max?.high]).toEqual([null, null]);
  });

  it('without a request do not count', () => {
    const empty = { latency: [], latencyMean: 0, latencyMax: 0, batchMeans: [] };
    expect(latencyOf([empty, ...samples])).toEqual(latencyOf(samples));
    expect(latencyOf([empty])).toBeNull();
  });
});

describe('a process that ends by itself', () => {
  it('has intervals only over replications, whatever its few values', () => {
    const rollouts = [
      [1e6, 3e6],
      [2e6, 4e6],
      [3e6, 5e6],
    ].map(histogramOf);
    const all = terminatingLatencyOf(rollouts);
    expect(all?.mean_ms.value).toBeCloseTo(3, 2);
    expect(all?.p99_ms.low).not.toBeNull();
    expect(all?.max_ms.value).toBeCloseTo(5, 2);
    expect(terminatingLatencyOf(rollouts.slice(0, 1))?.p50_ms.low).toBeNull();
    expect(terminatingLatencyOf([[], []])).toBeNull();
  });
});

/** Of the intervals that hold the truth, among all that were given. */
function share(estimates: readonly (Estimate | undefined)[], truth: number): number {
  const given = estimates.filter((e): e is Estimate => e !== undefined && e.low !== null);
  expect(given.length).toBeGreaterThan(0.9 * estimates.length);
  return (
    given.filter(({ low, high }) => (low ?? 0) <= truth && truth <= (high ?? 0)).length /
    given.length
  );
}
