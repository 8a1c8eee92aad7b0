/**
 * Where along an axis thresholds stop being kept: a search that asks for points and is told their verdicts. It halves as
 * bisection does, with a few points at a time, so that they can be simulated side by side; a point whose interval holds
 * the bound is asked for again with twice the replications. Which points it asks for depends on verdicts only.
 */
import jStat from 'jstat';
import { CONFIDENCE } from '../measure/interval.ts';
import type { Threshold } from '../measure/metrics.ts';
import type { Estimate, SloResult } from '../measure/result.ts';

/** A point that is to be simulated. */
export interface Probe {
  /** On the axis, from 0 on. */
  readonly position: number;
  /** In `efforts`. */
  readonly level: number;
}

/** Replications of a probe, as a multiple of those of the first. */
export const efforts = [1, 2, 4, 8] as const;

export interface Verdict {
  readonly keeps: boolean;
  /** At the confidence asked for. */
  readonly certain: boolean;
  /** More replications would not tell more. */
  readonly settled: boolean;
}

/** Neighbours of which one keeps the thresholds and one does not; null of a side that no point is on. */
export interface Border {
  readonly keeps: number | null;
  readonly breaks: number | null;
  /** The verdicts of both are. */
  readonly certain: boolean;
  /** Verdicts change but once along the axis. Else the border is the one next to the first or last change that a user is safe before. */
  readonly monotone: boolean;
}

/** Of an interval, in points looked at in one round. */
const PARTS = 4;

/**
 * Asks for probes round by round, is told their verdicts in the same order, and returns what it found. Where the low
 * end of the axis keeps the thresholds, that is the largest position up to which all that were looked at do; where it does
 * not, the smallest from which on all do.
 *
 * @param size - positions on the axis, at least 1
 */
export function* findBorder(size: number): Generator<readonly Probe[], Border, readonly Verdict[]> {
  const known = new Map<number, Verdict>();
  let [low, high] = [0, size - 1];
  for (;;) {
    yield* settle(between(low, high), known);
    const changes = changesOf(known);
    const ordered = [...known.keys()].sort((a, b) => a - b);
    if (changes.length === 0) return sameEverywhere(ordered, known);
    [low, high] = at(known, 0).keeps ? changes[0] : changes[changes.length - 1];
    if (high - low > 1) continue;
    const [keeps, breaks] = at(known, low).keeps ? [low, high] : [high, low];
    const certain = at(known, low).certain && at(known, high).certain;
    return { keeps, breaks, certain, monotone: changes.length === 1 };
  }
}

/** Verdicts of positions that have none, each with as many replications as it needs. */
function* settle(
  positions: readonly number[],
  known: Map<number, Verdict>,
): Generator<readonly Probe[], void, readonly Verdict[]> {
  let open = positions.filter((position) => !known.has(position));
  for (let level = 0; level < efforts.length && open.length > 0; level++) {
    const verdicts = yield open.map((position) => ({ position, level }));
    open.forEach((position, i) => {
      known.set(position, verdicts[i]);
    });
    open = open.filter((position) => !at(known, position).settled);
  }
}

function at(known: ReadonlyMap<number, Verdict>, position: number): Verdict {
  const verdict = known.get(position);
  if (verdict === undefined) throw new RangeError(`position ${position} has no verdict`);
  return verdict;
}

/** Both ends, and what parts the way between them. */
function between(low: number, high: number): readonly number[] {
  const all = Array.from({ length: PARTS + 1 }, (_, k) =>
    Math.round(low + (k * (high - low)) / PARTS),
  );
  return [...new Set(all)];
}

/** Neighbours among the known positions whose verdicts differ. */
function changesOf(known: ReadonlyMap<number, Verdict>): readonly (readonly [number, number])[] {
  const ordered = [...known.keys()].sort((a, b) => a - b);
  return ordered
    .slice(1)
    .map((position, i) => [ordered[i], position] as const)
    .filter(([a, b]) => at(known, a).keeps !== at(known, b).keeps);
}

function sameEverywhere(ordered: readonly number[], known: ReadonlyMap<number, Verdict>): Border {
  const [first, last] = [ordered[0], ordered[ordered.length - 1]];
  const { keeps } = at(known, first);
  return {
    keeps: keeps ? last : null,
    breaks: keeps ? null : first,
    certain: at(known, keeps ? last : first).certain,
    monotone: true,
  };
}

// ---- Verdicts.

/**
 * Whether a point keeps all thresholds. It is certain if every interval lies on one side of its bound, or one is wholly
 * on the wrong side. Intervals are widened so that the two ends of a border are both right with the confidence, although
 * each is looked at several times (Bonferroni: errors of two ends, of which an interval makes half on either side, share
 * what is left of 1, over as many looks as there are efforts).
 *
 * @param reps - replications of the point
 * @param confidence - above 0 and below 1
 */
export function verdictOf(
  slos: readonly SloResult[],
  thresholds: readonly Threshold[],
  { reps, confidence }: { readonly reps: number; readonly confidence: number },
): Verdict {
  const level = 1 - (1 - confidence) / efforts.length;
  const each = thresholds.map((threshold): Verdict => {
    const slo = slos.find(({ expression }) => expression === threshold.expression);
    if (slo === undefined) throw new RangeError(`no verdict on ${threshold.expression}`);
    const { value, pass: keeps } = slo;
    if (value === null) return { keeps, certain: slo.certain, settled: true };
    const certain = liesAside(widened(value, reps, level), threshold.bound);
    // A maximum never has an interval; a quantile may, of more requests.
    return { keeps, certain, settled: certain || threshold.metric.endsWith('.max') };
  });
  const broken = each.filter(({ keeps }) => !keeps);
  const certain = broken.some((one) => one.certain) || each.every((one) => one.certain);
  return {
    keeps: broken.length === 0,
    certain,
    settled: certain || each.every((one) => one.settled),
  };
}

function liesAside({ low, high }: Estimate, bound: number): boolean {
  return low !== null && high !== null && (bound < low || bound > high);
}

/** The interval of another confidence, by the quantiles of Student's distribution. */
export function widened(
  { value, low, high }: Estimate,
  reps: number,
  confidence: number,
): Estimate {
  if (low === null || high === null || reps < 2) return { value, low: null, high: null };
  const quantile = (share: number) => jStat.studentt.inv((1 + share) / 2, reps - 1);
  const factor = quantile(confidence) / quantile(CONFIDENCE);
  return { value, low: value - factor * (value - low), high: value + factor * (high - value) };
}
