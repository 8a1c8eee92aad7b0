/**
 * What the mesh adds to a load's latency: mesh minus baseline, replication by replication. Both use the same random
 * numbers, so that what is left is the mesh, and little noise.
 */
import { MILLISECOND } from '../units.ts';
import { alignBy } from './align.ts';
import { scaled, withoutInterval } from './estimate.ts';
import {
  batchMeansInterval,
  differences,
  mean,
  meanInterval,
  ratioInterval,
  signOf,
} from './interval.ts';
import { isThin, quantiles } from './latency.ts';
import type { LoadMeasure, Replication } from './replication.ts';
import type { Estimate, OverheadResult, Verdict } from './result.ts';
import { saturatedLoads } from './saturation.ts';
import { merge, quantileOf } from './sparse.ts';

/** One replication of a load, under the mesh and without it. */
interface Pair {
  readonly mesh: LoadMeasure;
  readonly baseline: LoadMeasure;
}

/**
 * Loads that are saturated in either case, or had no request, are left out.
 *
 * @throws RangeError if the cases have not as many replications, or not the same loads
 */
export function overheadResults(
  mesh: readonly Replication[],
  baseline: readonly Replication[],
): readonly OverheadResult[] {
  if (mesh.length !== baseline.length) {
    throw new RangeError(`${mesh.length} replications to pair with ${baseline.length}`);
  }
  const saturated = [saturatedLoads(mesh), saturatedLoads(baseline)];
  const lists = [...mesh, ...baseline].map(({ loads }) => loads);
  return alignBy(lists, (load) => load.name)
    .filter(({ key }) => !saturated.some((names) => names.has(key)))
    .map(({ key, items }) => ({ load: key, pairs: pairsOf(items) }))
    .filter(({ pairs }) => pairs.length > 0)
    .map(({ load, pairs }) => overheadOf(load, pairs));
}

/** @param items - all of the mesh, then all of the baseline */
function pairsOf(items: readonly LoadMeasure[]): readonly Pair[] {
  const half = items.length / 2;
  return items
    .slice(0, half)
    .map((mesh, rep) => ({ mesh, baseline: items[half + rep] }))
    .filter((pair) => pair.mesh.latency.length > 0 && pair.baseline.latency.length > 0);
}

function overheadOf(load: string, pairs: readonly Pair[]): OverheadResult {
  const ms = (ns: Estimate) => scaled(ns, 1 / MILLISECOND);
  const added = meanDifference(pairs);
  return {
    load,
    mean_ms: ms(added),
    p50_ms: ms(quantileDifference(pairs, quantiles.p50)),
    p90_ms: ms(quantileDifference(pairs, quantiles.p90)),
    p99_ms: ms(quantileDifference(pairs, quantiles.p99)),
    mean_share: shareOf(pairs, added),
    verdict: verdictOf(added),
  };
}

/** Over pairs of replications; of a single one over pairs of batches, if both had the same requests. */
function meanDifference(pairs: readonly Pair[]): Estimate {
  const means = pairs.map(({ mesh, baseline }) => mesh.latencyMean - baseline.latencyMean);
  const [{ mesh, baseline }] = pairs;
  if (pairs.length > 1 || !areBatchesPaired(pairs[0])) return meanInterval(means);
  return batchMeansInterval(means[0], differences(mesh.batchMeans, baseline.batchMeans));
}

function shareOf(pairs: readonly Pair[], added: Estimate): Estimate {
  const without = pairs.map(({ baseline }) => baseline.latencyMean);
  // A baseline that takes no time has no share to be added to.
  if (mean(without) === 0) return withoutInterval(0);
  // Of a single pair the baseline's own error is left out: it is small beside that of the difference.
  if (pairs.length === 1) return scaled(added, 1 / without[0]);
  const means = pairs.map(({ mesh, baseline }) => mesh.latencyMean - baseline.latencyMean);
  return ratioInterval(means, without);
}

/** Where ten values beyond the quantile are missing: the difference of all replications together, no interval. */
function quantileDifference(pairs: readonly Pair[], q: number): Estimate {
  const mesh = pairs.map((pair) => pair.mesh.latency);
  const baseline = pairs.map((pair) => pair.baseline.latency);
  if (isThin([...mesh, ...baseline], q)) {
    return withoutInterval(quantileOf(merge(mesh), q) - quantileOf(merge(baseline), q));
  }
  const quantile = (histogram: LoadMeasure['latency']) => quantileOf(histogram, q);
  return meanInterval(differences(mesh.map(quantile), baseline.map(quantile)));
}

/** A closed load sends other requests when answers take longer; then batches have no partner. */
function areBatchesPaired({ mesh, baseline }: Pair): boolean {
  const isPaired = mesh.batchMeans.length === baseline.batchMeans.length;
  return isPaired && mesh.arrivals === baseline.arrivals;
}

function verdictOf(added: Estimate): Verdict {
  const sign = signOf(added);
  if (sign === null) return 'not known';
  if (sign === 0) return 'no difference detected';
  return sign > 0 ? 'slower' : 'faster';
}
