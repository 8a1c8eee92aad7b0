/** Two runs, or two sweeps, metric by metric: what is compared with what, and what has nothing to be compared with. */
import {
  type CompareOptions,
  type Difference,
  differencesOf,
  differenceVerdicts,
  type Side,
} from './compare.ts';
import { withoutInterval } from './estimate.ts';
import { BATCHES_MIN } from './interval.ts';
import { type MetricName, metrics } from './metrics.ts';
import type { PointRecord, PointValue, SweepResult } from './points.ts';
import type { Result } from './result.ts';
import { read } from './slo.ts';

export interface MetricDifference extends Difference {
  /** Name of the load, null of a metric of the whole mesh. */
  readonly load: string | null;
  readonly metric: MetricName;
}

/** Saturated in one only: whatever the metrics say, this is a difference. */
export interface SaturationDifference {
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

export interface RunComparison {
  readonly metrics: readonly MetricDifference[];
  readonly saturation: SaturationDifference;
  /** The same random numbers in both: what they share cancels out, so that intervals are wider than they need be. */
  readonly isPaired: boolean;
}

const names = Object.keys(metrics) as readonly MetricName[];
const ofLoads = names.filter((name) => /^(latency|overhead)\.|^(errors|throughput)$/.test(name));
const ofMesh = names.filter((name) => !ofLoads.includes(name));

export function compareRuns(a: Result, b: Result, noise: number): RunComparison {
  const loads = [...new Set([a, b].flatMap(loadsOf))];
  const keys = [
    ...loads.flatMap((load) => ofLoads.map((metric) => ({ load, metric }))),
    ...ofMesh.map((metric) => ({ load: null, metric })),
  ];
  const pairs = keys.map(({ load, metric }) => ({
    a: sideOf(a, load, metric),
    b: sideOf(b, load, metric),
  }));
  const differences = differencesOf(pairs, { noise, isSameSeed: a.seed === b.seed });
  return {
    metrics: differences.map((difference, i) => ({ ...keys[i], ...difference })),
    saturation: apart(saturatedOf(a), saturatedOf(b)),
    isPaired: a.seed === b.seed && sameItems(structureOf(a), structureOf(b)),
  };
}

function sideOf(result: Result, load: string | null, metric: MetricName): Side {
  const reading = read(metric, load, result);
  if ('missing' in reading) return { missing: reading.missing };
  if (result.reps > 1) return { estimate: reading, freedom: result.reps - 1 };
  // From batches, or from ranks of requests that are worth as many; at least so many.
  const freedom = BATCHES_MIN - 1;
  // This one's interval leaves out how sure the baseline is, which from seed to seed is most of it (overhead.ts).
  if (metric === 'overhead.share') return { estimate: withoutInterval(reading.value), freedom };
  return { estimate: reading, freedom };
}

function meshOf({ cases }: Result) {
  return cases.find(({ name }) => name === 'mesh');
}

function loadsOf(result: Result): readonly string[] {
  return meshOf(result)?.loads.map(({ name }) => name) ?? [];
}

function saturatedOf(result: Result): readonly string[] {
  return meshOf(result)?.saturated.map(({ name }) => name) ?? [];
}

/** Requests and services by name: with these the same, so are the purposes that random numbers are drawn for. */
function structureOf(result: Result): readonly string[] {
  const services = meshOf(result)?.services.map(({ service }) => service) ?? [];
  return [...loadsOf(result), '', ...services];
}

function apart(a: readonly string[], b: readonly string[]): SaturationDifference {
  return {
    onlyA: a.filter((name) => !b.includes(name)),
    onlyB: b.filter((name) => !a.includes(name)),
  };
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

// ---- Sweeps.

export interface PointDifference {
  readonly values: readonly PointValue[];
  readonly metrics: readonly (Difference & { readonly metric: MetricName })[];
  readonly saturation: SaturationDifference;
}

export interface SweepComparison {
  /** As a has them. */
  readonly axes: readonly string[];
  readonly points: readonly PointDifference[];
  /** Values of points that the other has not, or could not simulate. */
  readonly onlyA: readonly (readonly PointValue[])[];
  readonly onlyB: readonly (readonly PointValue[])[];
}

/** What of a sweep is compared. */
export interface ComparedSweep extends Pick<SweepResult, 'seed' | 'axes'> {
  readonly points: readonly ComparedPoint[];
}
export type ComparedPoint = Pick<PointRecord, 'values' | 'metrics' | 'saturated'>;

/** A point does not say how many replications it has; with fewer than three its intervals are taken for too much. */
const POINT_FREEDOM = 2;

/**
 * Points with the same values on the same axes, all metrics of all points corrected together.
 *
 * @throws RangeError if they have not the same axes
 */
export function compareSweeps(a: ComparedSweep, b: ComparedSweep, noise: number): SweepComparison {
  const axes = a.axes.map(({ path }) => path);
  const order = axes.map((path) => b.axes.findIndex((axis) => axis.path === path));
  if (order.includes(-1) || b.axes.length !== axes.length) {
    const [one, other] = [a, b].map((sweep) => sweep.axes.map(({ path }) => path).join(', '));
    throw new RangeError(`the sweeps have different axes: ${one} and ${other}`);
  }
  const inOrder = (values: readonly PointValue[]) => order.map((axis) => values[axis]);
  const others = new Map(b.points.map((point) => [keyOf(inOrder(point.values)), point]));
  const own = new Set(a.points.map(({ values }) => keyOf(values)));
  const matched = a.points.flatMap((point) => {
    const other = others.get(keyOf(point.values));
    return other === undefined ? [] : [{ point, other }];
  });
  return {
    axes,
    points: comparePoints(matched, { noise, isSameSeed: a.seed === b.seed }),
    onlyA: a.points.map(({ values }) => values).filter((values) => !others.has(keyOf(values))),
    onlyB: b.points
      .map(({ values }) => inOrder(values))
      .filter((values) => !own.has(keyOf(values))),
  };
}

function comparePoints(
  matched: readonly { readonly point: ComparedPoint; readonly other: ComparedPoint }[],
  options: CompareOptions,
): readonly PointDifference[] {
  const pairs = matched.flatMap(({ point, other }) =>
    names.map((metric) => ({ a: pointSide(point, metric), b: pointSide(other, metric) })),
  );
  const differences = differencesOf(pairs, options);
  return matched.map(({ point, other }, i) => ({
    values: point.values,
    metrics: names.map((metric, m) => ({ metric, ...differences[i * names.length + m] })),
    saturation: apart(point.saturated, other.saturated),
  }));
}

function pointSide({ metrics, saturated }: ComparedPoint, metric: MetricName): Side {
  const estimate = metrics[metric];
  if (estimate !== null) return { estimate, freedom: POINT_FREEDOM };
  return { missing: saturated.length > 0 ? 'saturated, or not measured' : 'not measured' };
}

function keyOf(values: readonly PointValue[]): string {
  return JSON.stringify(values);
}

// ---- What it comes to.

export type VerdictCounts = Readonly<Record<Difference['verdict'], number>>;

export function countVerdicts(differences: readonly Difference[]): VerdictCounts {
  const count = (of: Difference['verdict']) =>
    differences.filter(({ verdict }) => verdict === of).length;
  return Object.fromEntries(differenceVerdicts.map((of) => [of, count(of)])) as VerdictCounts;
}

export function isSaturationDifferent({ onlyA, onlyB }: SaturationDifference): boolean {
  return onlyA.length + onlyB.length > 0;
}
