/**
 * Whether quantities of two runs differ, judged from their estimates alone: Welch's test of each, and Holm's correction
 * over all of them, so that the chance of any false difference stays below 5 % however many are compared.
 */
import jStat from 'jstat';
import { withoutInterval } from './estimate.ts';
import { CONFIDENCE } from './interval.ts';
import type { Estimate } from './result.ts';

/** What one run has of a quantity. */
export type Side =
  | {
      readonly estimate: Estimate;
      /** That its interval was made with: replications − 1. Too few make a comparison more careful, not less. */
      readonly freedom: number;
    }
  | { readonly missing: string };

export const differenceVerdicts = [
  'no difference detected',
  'higher',
  'lower',
  'not known',
] as const;
/** `higher`: b is. */
export type DifferenceVerdict = (typeof differenceVerdicts)[number];

export interface Difference {
  readonly a: Estimate | null;
  readonly b: Estimate | null;
  /** b − a, and b / a; each with its own interval of 95 %. null where there is none to give. */
  readonly effect: Estimate | null;
  readonly ratio: Estimate | null;
  /** Chance of such a difference where there is none, corrected for all that were compared. */
  readonly p: number | null;
  readonly verdict: DifferenceVerdict;
  /** Why it is not known, else ''. */
  readonly reason: string;
}

export interface CompareOptions {
  /** A difference of less, as a share of a, is none. */
  readonly noise: number;
  /** What never varies cannot have varied between the seeds either. */
  readonly isSameSeed: boolean;
}

/** Results are published with six digits: the last of them may differ where nothing does. */
const ROUNDING = 1e-5;

/** In the order of the pairs. */
export function differencesOf(
  pairs: readonly { readonly a: Side; readonly b: Side }[],
  options: CompareOptions,
): readonly Difference[] {
  const tests = pairs.map(({ a, b }) => testOf(a, b, options));
  const corrected = holm(tests.map(({ p }) => p));
  return tests.map((test, i) => ({ ...test, p: corrected[i], ...judged(test, corrected[i]) }));
}

/**
 * Corrected so that each may be compared with 5 % and yet all together err in at most 5 %, however they depend on each
 * other (Holm 1979). Those that are null were not tested, and count for nothing.
 */
export function holm(values: readonly (number | null)[]): readonly (number | null)[] {
  const order = values
    .flatMap((p, i) => (p === null ? [] : [{ p, i }]))
    .toSorted((x, y) => x.p - y.p);
  const corrected: (number | null)[] = values.map(() => null);
  let largest = 0;
  order.forEach(({ p, i }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (order.length - rank)));
    corrected[i] = largest;
  });
  return corrected;
}

interface Test extends Omit<Difference, 'verdict' | 'p'> {
  /** Alone. */
  readonly p: number | null;
  /** Neither varied from replication to replication, and yet chance may have made the difference. */
  readonly isTied: boolean;
}

function testOf(a: Side, b: Side, options: CompareOptions): Test {
  const untested = { effect: null, ratio: null, p: null, isTied: false };
  if ('missing' in a || 'missing' in b) {
    const [left, right] = [a, b].map((side) => ('missing' in side ? null : side.estimate));
    const why = ([name, side]: [string, Side]) =>
      'missing' in side ? [`${name}: ${side.missing}`] : [];
    return {
      ...untested,
      a: left,
      b: right,
      reason: Object.entries({ a, b }).flatMap(why).join('; '),
    };
  }
  const known = { ...untested, a: a.estimate, b: b.estimate, reason: '' };
  const isEqual = isRounding(a.estimate.value, b.estimate.value);
  const [x, y] = [spreadOf(a), spreadOf(b)];
  if (x === null || y === null) {
    const values = bare(a.estimate.value, b.estimate.value);
    if (isEqual) return { ...known, ...values, p: 1 };
    const where = [...(x === null ? ['a'] : []), ...(y === null ? ['b'] : [])];
    return { ...known, ...values, reason: `no interval in ${where.join(' and ')}` };
  }
  if (isEqual) return { ...known, ...welch(x, y), p: 1 };
  const isTied = x.error === 0 && y.error === 0 && !options.isSameSeed;
  const p = isTied ? apartByChance(x, y) : chance(x, y, options.noise);
  return { ...known, ...welch(x, y), p, isTied };
}

function judged({ effect, isTied, reason }: Test, p: number | null) {
  if (p === null || effect === null) return { verdict: 'not known', reason } as const;
  if (p < 1 - CONFIDENCE)
    return { verdict: effect.value > 0 ? 'higher' : 'lower', reason } as const;
  if (!isTied) return { verdict: 'no difference detected', reason } as const;
  const why =
    'the same in all replications of a, and of b: with two seeds these are too few to tell';
  return { verdict: 'not known', reason: why } as const;
}

// ---- Two means of which standard errors are known.

interface Spread {
  readonly value: number;
  /** Standard error. */
  readonly error: number;
  readonly freedom: number;
}

/** The wider half counts: the other one may have been cut off at zero. null without an interval. */
function spreadOf({ estimate, freedom }: Exclude<Side, { missing: string }>): Spread | null {
  const { value, low, high } = estimate;
  if (low === null || high === null) return null;
  return { value, error: Math.max(value - low, high - value) / quantile(freedom), freedom };
}

/**
 * Difference and ratio with their intervals: Welch (1947) with Satterthwaite's degrees of freedom, and Fieller (1954),
 * so that the one holds 0 where the other holds 1. The ratio has no interval where a's own reaches 0.
 */
function welch(a: Spread, b: Spread): Pick<Difference, 'effect' | 'ratio'> {
  const t = quantile(freedomOf(a, b));
  const { effect, ratio } = bare(a.value, b.value);
  const half = t * Math.hypot(a.error, b.error);
  const around = { ...effect, low: effect.value - half, high: effect.value + half };
  if (ratio === null) return { effect: around, ratio };
  const g = ((t * a.error) / a.value) ** 2;
  if (g >= 1) return { effect: around, ratio };
  const r = ratio.value;
  const centre = r / (1 - g);
  const width = Math.sqrt(b.error ** 2 * (1 - g) + (r * a.error) ** 2) * (t / a.value / (1 - g));
  return { effect: around, ratio: { value: r, low: centre - width, high: centre + width } };
}

function bare(a: number, b: number) {
  return { effect: withoutInterval(b - a), ratio: a > 0 ? withoutInterval(b / a) : null };
}

/** Chance that a difference which is no larger than the noise looks as large as this one does. */
function chance(a: Spread, b: Spread, noise: number): number {
  const sign = Math.sign(b.value - a.value);
  const least = { ...a, value: a.value + sign * noise * Math.abs(a.value) };
  const beyond = sign * (b.value - least.value);
  if (beyond <= 0) return 1;
  const error = Math.hypot(a.error * (1 + noise), b.error);
  if (error === 0) return 0;
  const v = freedomOf(a, b);
  return jStat.ibeta(v / (v + (beyond / error) ** 2), v / 2, 0.5);
}

/**
 * That all replications of a have one value and all of b another, where nothing but chance tells a and b apart: two of
 * as many orders as there are ways to choose a's replications (Fisher's permutation test).
 */
function apartByChance(a: Spread, b: Spread): number {
  const [n, m] = [a.freedom + 1, b.freedom + 1];
  let ways = 1;
  for (let i = 1; i <= n; i++) ways *= (m + i) / i;
  return Math.min(1, 2 / ways);
}

/** Satterthwaite (1946): between the smaller of both and their sum. */
function freedomOf(a: Spread, b: Spread): number {
  const [x, y] = [a.error ** 2, b.error ** 2];
  if (x + y === 0) return a.freedom + b.freedom;
  return Math.min(FREEDOM_MAX, (x + y) ** 2 / (x ** 2 / a.freedom + y ** 2 / b.freedom));
}

/** From here on Student's distribution is the normal one. */
const FREEDOM_MAX = 1000;

function quantile(freedom: number): number {
  return jStat.studentt.inv((1 + CONFIDENCE) / 2, Math.min(FREEDOM_MAX, freedom));
}

function isRounding(a: number, b: number): boolean {
  return Math.abs(b - a) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}
