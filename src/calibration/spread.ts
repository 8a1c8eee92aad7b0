/**
 * How much a cost varies, from the percentiles of latencies that contain it: sums of independent times as
 * probabilities on a grid, and the coefficient of variation under which such a sum has the percentiles measured.
 */
import { find, type LatencyPoint, type SidecarCosts } from './derive.ts';

/** Probability of each cell; cell k stands for the times around k · STEP. */
export type Density = Float64Array;

/** Width of a cell and end of the grid. [µs] */
const STEP = 4;
const END = 4000;
const CELLS = END / STEP;

/** One bucket of a measured histogram. [µs] */
export interface Bucket {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** A sum of lognormal times with the same coefficient of variation, and a rest that does not depend on it. */
export interface SpreadCase {
  readonly measured: LatencyPoint;
  readonly rest: Density;
  /** Means of the lognormal times. [µs] */
  readonly means: readonly number[];
}

/**
 * The coefficient of variation, to 0.05, that minimises the squared logarithmic errors of p50, p90 and p99 (the last at
 * half weight: it is the least certain) over all cases. The means of sum and measurement are made equal by a constant.
 */
export function fitSpread(cases: readonly SpreadCase[]): number {
  const candidates = Array.from({ length: 30 }, (_, index) => (index + 1) / 20);
  const errors = candidates.map((cv) => cases.reduce((sum, each) => sum + errorOf(each, cv), 0));
  return candidates[errors.indexOf(Math.min(...errors))];
}

/** C3 at one connection: the baseline, and two lognormal halves for each crossing. */
export function sidecarCases(
  points: readonly LatencyPoint[],
  baseline: readonly Bucket[],
  { inbound, outbound, mtls }: SidecarCosts,
): readonly [serveronly: SpreadCase, both: SpreadCase] {
  const rest = densityOf(baseline);
  const [plain, server, client] = [inbound, inbound + mtls, outbound + mtls].map(
    (cost) => cost / 2,
  );
  return [
    { measured: find(points, 'serveronly', 1), rest, means: [plain, plain] },
    { measured: find(points, 'both', 1), rest, means: [server, server, client, client] },
  ];
}

/** C1 at one connection: two lognormal ways of the network, and an application that always takes the same. */
export function networkCase(
  points: readonly LatencyPoint[],
  { oneWay, application }: { readonly oneWay: number; readonly application: number },
): SpreadCase {
  const measured = find(points, 'no_istio', 1);
  return { measured, rest: certain(application), means: [oneWay, oneWay] };
}

/** p50, p90 and p99 of a case with this coefficient of variation. [µs] */
export function percentilesOf(
  { measured, rest, means }: SpreadCase,
  cv: number,
): readonly number[] {
  const sum = means.reduce((total, mean) => convolve(total, lognormal(mean, cv)), rest);
  const shift = measured.mean - meanOf(sum);
  return [0.5, 0.9, 0.99].map((share) => quantileOf(sum, share) + shift);
}

function errorOf(each: SpreadCase, cv: number): number {
  const { p50, p90, p99 } = each.measured;
  const errors = percentilesOf(each, cv).map(
    (value, i) => Math.log(value / [p50, p90, p99][i]) ** 2,
  );
  return errors[0] + errors[1] + errors[2] / 2;
}

/** A histogram, evenly spread inside its buckets; what lies beyond the grid stays in its last cell. */
function densityOf(buckets: readonly Bucket[]): Density {
  const density = new Float64Array(CELLS);
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  for (const { start, end, count } of buckets) {
    const first = Math.round(start / STEP);
    const cells = Math.max(1, Math.round(end / STEP) - first);
    for (let k = first; k < first + cells; k++) {
      density[Math.min(k, CELLS - 1)] += count / total / cells;
    }
  }
  return density;
}

/** Always the same time. [µs] */
function certain(time: number): Density {
  const density = new Float64Array(CELLS);
  density[Math.round(time / STEP)] = 1;
  return density;
}

/** Lognormal by its density at the middle of each cell, scaled to sum to one. [µs] */
export function lognormal(mean: number, cv: number): Density {
  const variance = Math.log(1 + cv * cv);
  const mu = Math.log(mean) - variance / 2;
  const density = new Float64Array(CELLS);
  for (let k = 1; k < CELLS; k++) {
    const time = k * STEP;
    density[k] = Math.exp(-((Math.log(time) - mu) ** 2) / (2 * variance)) / time;
  }
  const total = density.reduce((sum, share) => sum + share, 0);
  return density.map((share) => share / total);
}

/** Density of the sum of two independent times; what would pass the end of the grid stays in its last cell. */
function convolve(a: Density, b: Density): Density {
  const sum = new Float64Array(CELLS);
  for (let i = 0; i < CELLS; i++) {
    if (a[i] < 1e-12) continue;
    for (let j = 0; j < CELLS; j++) sum[Math.min(i + j, CELLS - 1)] += a[i] * b[j];
  }
  return sum;
}

export function meanOf(density: Density): number {
  return density.reduce((sum, share, k) => sum + share * k * STEP, 0);
}

/** Interpolated inside its cell. */
function quantileOf(density: Density, share: number): number {
  let below = 0;
  for (let k = 0; k < CELLS; k++) {
    if (below + density[k] >= share) return (k - 0.5 + (share - below) / density[k]) * STEP;
    below += density[k];
  }
  return END;
}
