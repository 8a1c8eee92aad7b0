/**
 * When to stop replicating: as soon as the mean latency of every load is known to a given share of itself. The
 * estimates are looked at in replication order, so that the answer does not depend on how many run at once.
 */

import { alignBy } from './align.ts';
import { halfWidth, mean } from './interval.ts';
import type { Replication } from './replication.ts';
import { saturatedLoads } from './saturation.ts';

/** Two replications agree by chance too often. */
export const REPLICATIONS_MIN = 3;

export interface Precision {
  /** Replications to keep; those after them are surplus, to be discarded. */
  readonly reps: number;
  /** Half-width of the 95 % interval as a share of the mean after `reps`; null where there is none. */
  readonly achieved: number | null;
  readonly reached: boolean;
}

/**
 * After which replication a mean is known to `target`; all of them if never.
 *
 * Looking after each replication makes the interval hold slightly less often than 95 %: the price of
 * every sequential stop (Law, §9.4.1; Chow and Robbins 1965: none in the limit of small targets).
 */
export function stopAt(estimates: readonly number[], target: number): Precision {
  const after = (reps: number) => relativeHalfWidth(estimates.slice(0, reps));
  return firstPrecise(estimates.length, target, after);
}

/**
 * The same for the mean latencies of all loads of a run: the worst decides. Loads that meet a saturated station
 * have no mean to be precise about; if none is left, the target is not reached.
 */
export function precisionOf(replications: readonly Replication[], target: number): Precision {
  // Saturation too is judged by the replications up to here, never by surplus ones.
  const after = (reps: number) => worstOfLoads(replications.slice(0, reps));
  return firstPrecise(replications.length, target, after);
}

function firstPrecise(
  count: number,
  target: number,
  after: (reps: number) => number | null,
): Precision {
  for (let reps = REPLICATIONS_MIN; reps <= count; reps++) {
    const achieved = after(reps);
    if (achieved !== null && achieved <= target) return { reps, achieved, reached: true };
  }
  return { reps: count, achieved: after(count), reached: false };
}

/** The largest relative half-width among the loads; null if one of them has none, or there is no load. */
function worstOfLoads(replications: readonly Replication[]): number | null {
  const saturated = saturatedLoads(replications);
  const loads = alignBy(
    replications.map((replication) => replication.loads),
    (load) => load.name,
  ).filter(({ key }) => !saturated.has(key));
  const widths = loads.map(({ items }) => relativeHalfWidth(items.map((load) => load.latencyMean)));
  return widths.reduce<number | null>(
    (worst, width) => (worst === null || width === null ? null : Math.max(worst, width)),
    widths.length === 0 ? null : 0,
  );
}

function relativeHalfWidth(estimates: readonly number[]): number | null {
  const half = halfWidth(estimates);
  const centre = half === null ? 0 : Math.abs(mean(estimates));
  return half === null || centre === 0 ? null : half / centre;
}
