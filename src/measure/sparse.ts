/** Sparse histograms of the engine: ranks, quantiles, moments, and several added up. */
import { highestOf, lowestOf } from '../engine/histogram.ts';
import type { SparseHistogram } from './replication.ts';

export function countOf(histogram: SparseHistogram): number {
  let count = 0;
  for (let i = 1; i < histogram.length; i += 2) count += histogram[i];
  return count;
}

/** All of them together. */
export function merge(histograms: readonly SparseHistogram[]): SparseHistogram {
  const counts = new Map<number, number>();
  for (const histogram of histograms) {
    for (let i = 0; i < histogram.length; i += 2) {
      counts.set(histogram[i], (counts.get(histogram[i]) ?? 0) + histogram[i + 1]);
    }
  }
  return [...counts].sort(([a], [b]) => a - b).flat();
}

/** Rank of the quantile among `count` values: the least that has a share of q up to it. */
export function rankOf(count: number, q: number): number {
  return Math.max(1, Math.ceil(q * count));
}

/**
 * The value of that rank, within 0.05 %: the middle of its bucket. [ns]
 *
 * @param rank - from 1 to the count
 * @throws RangeError outside of it
 */
export function valueAt(histogram: SparseHistogram, rank: number): number {
  let seen = 0;
  for (let i = 0; i < histogram.length; i += 2) {
    seen += histogram[i + 1];
    if (seen >= rank) return middleOf(histogram[i]);
  }
  throw new RangeError(`rank ${rank} of ${seen} values`);
}

export function quantileOf(histogram: SparseHistogram, q: number): number {
  return valueAt(histogram, rankOf(countOf(histogram), q));
}

/** Mean and (population) variance of the buckets' middles. [ns, ns²] */
export function momentsOf(histogram: SparseHistogram): {
  readonly mean: number;
  readonly variance: number;
} {
  const count = countOf(histogram);
  let sum = 0;
  for (let i = 0; i < histogram.length; i += 2) sum += middleOf(histogram[i]) * histogram[i + 1];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < histogram.length; i += 2) {
    squares += (middleOf(histogram[i]) - mean) ** 2 * histogram[i + 1];
  }
  return { mean, variance: squares / count };
}

function middleOf(index: number): number {
  return (lowestOf(index) + highestOf(index)) / 2;
}
