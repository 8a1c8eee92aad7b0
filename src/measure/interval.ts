/**
 * Confidence intervals of 95 %: of means over replications and over batches, of paired differences, of ratios,
 * of shares, and the ranks between which a quantile lies. Null bounds say that the data support no interval.
 */
import jStat from 'jstat';
import type { Estimate } from './result.ts';

export const CONFIDENCE = 0.95;
/** Fewer batches than this estimate the variance of a mean too badly (Schmeiser 1982 advises 10 to 30). */
export const BATCHES_MIN = 10;

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance, with n − 1. */
export function variance(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return squares / (values.length - 1);
}

/** Half-width of Student's interval for the mean of independent, about normal values; null of fewer than two. */
export function halfWidth(values: readonly number[], confidence = CONFIDENCE): number | null {
  const count = values.length;
  if (count < 2) return null;
  const t = jStat.studentt.inv((1 + confidence) / 2, count - 1);
  return t * Math.sqrt(variance(values) / count);
}

/**
 * Mean of independent replications (Law, Simulation Modeling and Analysis, 5th ed., §9.4.1).
 *
 * @throws RangeError of no values
 */
export function meanInterval(values: readonly number[], confidence = CONFIDENCE): Estimate {
  if (values.length === 0) throw new RangeError('an estimate needs at least one replication');
  return around(mean(values), halfWidth(values, confidence));
}

/**
 * Mean of one long, stationary replication: its consecutive batches are taken for independent
 * (Law, §9.5.3; Schmeiser 1982). No interval of fewer than ten batches.
 *
 * @param value - the mean of all observations, which batches of unequal size do not give exactly
 */
export function batchMeansInterval(
  value: number,
  batchMeans: readonly number[],
  confidence = CONFIDENCE,
): Estimate {
  const enough = batchMeans.length >= BATCHES_MIN;
  return around(value, enough ? halfWidth(batchMeans, confidence) : null);
}

/**
 * `a` minus `b`, pair by pair. With common random numbers the members of a pair are correlated, so the interval of
 * the differences is far narrower than the difference of two intervals (Law, §10.2.1 and §11.2).
 *
 * @throws RangeError if some have no partner
 */
export function differences(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) throw new RangeError(`${a.length} values to pair with ${b.length}`);
  return a.map((value, i) => value - b[i]);
}

/**
 * Mean of `numerators` over mean of `denominators`, from pairs: Student's interval by the linearised residuals
 * (Cochran, Sampling Techniques, 3rd ed., §6.3).
 */
export function ratioInterval(
  numerators: readonly number[],
  denominators: readonly number[],
  confidence = CONFIDENCE,
): Estimate {
  const below = mean(denominators);
  const ratio = mean(numerators) / below;
  const scaled = denominators.map((denominator) => ratio * denominator);
  const half = halfWidth(differences(numerators, scaled), confidence);
  return around(ratio, half === null ? null : half / below);
}

/**
 * A share of independent trials: Wilson's score interval, which holds for few and for no successes too
 * (Wilson 1927; Brown, Cai and DasGupta 2001).
 */
export function shareInterval(
  successes: number,
  trials: number,
  confidence = CONFIDENCE,
): Estimate {
  if (trials === 0) return { value: 0, low: null, high: null };
  const share = successes / trials;
  const z = jStat.normal.inv((1 + confidence) / 2, 0, 1);
  const weight = 1 + z ** 2 / trials;
  const centre = (share + z ** 2 / (2 * trials)) / weight;
  const spread = (share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2);
  const half = (z / weight) * Math.sqrt(spread);
  // At the ends the bound is exact, which rounding of the formula would miss by 1e-18.
  const low = successes === 0 ? 0 : Math.max(0, centre - half);
  const high = successes === trials ? 1 : Math.min(1, centre + half);
  return { value: share, low, high };
}

/**
 * Ranks (from 1) of the order statistics that hold the quantile, whatever the distribution: the count of values up
 * to the quantile is binomial (David and Nagaraja, Order Statistics, 3rd ed., §7.1).
 *
 * @param count - independent observations
 * @returns null where even the largest or the least observation does not bound the quantile
 */
export function quantileRanks(
  count: number,
  q: number,
  confidence = CONFIDENCE,
): { readonly low: number; readonly high: number } | null {
  const tail = (1 - confidence) / 2;
  const atMost = (successes: number) => jStat.binomial.cdf(successes, count, q);
  // P(X(low) > quantile) = P(B ≤ low − 1) ≤ tail, and P(X(high) < quantile) = P(B ≥ high) ≤ tail.
  const low = firstWhere(count, (rank) => atMost(rank) > tail);
  const high = firstWhere(count, (rank) => atMost(rank) >= 1 - tail) + 1;
  return low < 1 || high > count ? null : { low, high };
}

/**
 * How many independent observations tell as much about the mean as a correlated series does: the variance that the
 * means of its batches should have, over the one they have, times the count. Waiting requests resemble their
 * neighbours, so this is often a small part of them. Never more than the count.
 *
 * @param spread - variance of the single observations
 * @returns null of fewer than ten batches
 */
export function effectiveCount(
  count: number,
  spread: number,
  batchMeans: readonly number[],
): number | null {
  if (batchMeans.length < BATCHES_MIN) return null;
  const inflation = (variance(batchMeans) * count) / batchMeans.length / spread;
  return spread > 0 && inflation > 1 ? Math.max(1, Math.round(count / inflation)) : count;
}

/** Whether a difference was detected: its sign, 0 where the interval holds zero, null where there is no interval. */
export function signOf({ low, high }: Estimate): -1 | 0 | 1 | null {
  if (low === null || high === null) return null;
  if (low > 0) return 1;
  return high < 0 ? -1 : 0;
}

function around(value: number, half: number | null): Estimate {
  if (half === null) return { value, low: null, high: null };
  return { value, low: value - half, high: value + half };
}

/** The least whole number from 0 to `end` for which a predicate that turns true once holds; `end` if none. */
function firstWhere(end: number, holds: (n: number) => boolean): number {
  let from = 0;
  let to = end;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
