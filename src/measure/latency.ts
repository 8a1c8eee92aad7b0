/**
 * Latency from its histograms, one a replication: mean, quantiles and maximum with their intervals.
 * What the intervals rest on differs: replications, or one of them cut in batches, or runs that end by themselves.
 */

import { MILLISECOND } from '../units.ts';
import { across, nonNegative, scaled, withoutInterval } from './estimate.ts';
import { batchMeansInterval, effectiveCount, quantileRanks } from './interval.ts';
import type { SparseHistogram } from './replication.ts';
import type { Estimate, LatencyEstimates } from './result.ts';
import { countOf, merge, momentsOf, quantileOf, rankOf, valueAt } from './sparse.ts';

/** Values beyond a quantile without which it is a matter of luck, and gets no interval. */
export const BEYOND_MIN = 10;

export const quantiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
export type QuantileName = keyof typeof quantiles;

/** One replication's. */
export interface LatencySample {
  readonly latency: SparseHistogram;
  readonly latencyMean: number;
  readonly latencyMax: number;
  /** Empty where the replication did not keep any: then it gives no interval on its own. */
  readonly batchMeans: readonly number[];
}

/** Latency of a stationary stream of requests. Null of none. */
export function latencyOf(samples: readonly LatencySample[]): LatencyEstimates | null {
  const filled = samples.filter(({ latency }) => latency.length > 0);
  if (filled.length === 0) return null;
  const one = filled.length === 1;
  return estimates(
    one ? batchedMean(filled[0]) : across(filled.map((sample) => sample.latencyMean)),
    (q) => (one ? orderStatistic(filled[0], q) : quantileAcross(filled, q)),
    Math.max(...filled.map((sample) => sample.latencyMax)),
  );
}

/**
 * Latency of a process that ends by itself, such as the pushes of a rollout: in each replication all values are
 * there, however few, and they depend on each other, so only replications give intervals. Null of none.
 */
export function terminatingLatencyOf(
  histograms: readonly SparseHistogram[],
): LatencyEstimates | null {
  const filled = histograms.filter((histogram) => histogram.length > 0);
  if (filled.length === 0) return null;
  return estimates(
    across(filled.map((histogram) => momentsOf(histogram).mean)),
    (q) => across(filled.map((histogram) => quantileOf(histogram, q))),
    Math.max(...filled.map((histogram) => quantileOf(histogram, 1))),
  );
}

/** Whether fewer than ten values of some replication lie beyond the quantile. */
export function isThin(histograms: readonly SparseHistogram[], q: number): boolean {
  return histograms.some((histogram) => {
    const count = countOf(histogram);
    return count - rankOf(count, q) < BEYOND_MIN;
  });
}

function estimates(
  meanNs: Estimate,
  quantileNs: (q: number) => Estimate,
  max: number,
): LatencyEstimates {
  const ms = (ns: Estimate) => nonNegative(scaled(ns, 1 / MILLISECOND));
  return {
    mean_ms: ms(meanNs),
    p50_ms: ms(quantileNs(quantiles.p50)),
    p90_ms: ms(quantileNs(quantiles.p90)),
    p95_ms: ms(quantileNs(quantiles.p95)),
    p99_ms: ms(quantileNs(quantiles.p99)),
    p999_ms: ms(quantileNs(quantiles.p999)),
    max_ms: ms(withoutInterval(max)),
  };
}

function batchedMean({ latencyMean, batchMeans }: LatencySample): Estimate {
  return batchMeansInterval(latencyMean, batchMeans);
}

/**
 * Mean of the replications' quantiles (batch quantiles: Heidelberger and Lewis 1984). Where they are thin that is
 * biased: then the quantile of all requests together, without interval.
 */
function quantileAcross(samples: readonly LatencySample[], q: number): Estimate {
  const histograms = samples.map(({ latency }) => latency);
  if (isThin(histograms, q)) return withoutInterval(quantileOf(merge(histograms), q));
  return across(histograms.map((histogram) => quantileOf(histogram, q)));
}

/**
 * A quantile of a single replication, between order statistics. Their ranks suppose independent requests, so they
 * are those of as many as the batches say the requests are worth: a correction made for the mean, and
 * approximate here (`test/measure/interval.test.ts` measures how well it holds in a busy queue).
 */
function orderStatistic(sample: LatencySample, q: number): Estimate {
  const { latency, batchMeans } = sample;
  const count = countOf(latency);
  const value = quantileOf(latency, q);
  const effective = effectiveCount(count, momentsOf(latency).variance, batchMeans);
  if (effective === null || isThin([latency], q)) return withoutInterval(value);
  const ranks = quantileRanks(effective, q);
  if (ranks === null) return withoutInterval(value);
  const at = (rank: number) =>
    valueAt(latency, Math.min(count, Math.ceil((rank / effective) * count)));
  return { value, low: at(ranks.low), high: at(ranks.high) };
}
