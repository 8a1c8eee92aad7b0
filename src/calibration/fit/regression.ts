/**
 * A cost model fitted to measured points: y = Σ xⱼ·βⱼ + error. Weighted least squares with costs that must not be
 * negative and, where something is known of a cost beforehand, its Gaussian prior; standard errors and intervals; and
 * what the points cannot tell apart.
 */
import jStat from 'jstat';
import { type Dependence, dot, leastSquares } from './least-squares.ts';
import { type Bounded, boundedLeastSquares } from './non-negative.ts';

export const CONFIDENCE = 0.95;
/** Two costs whose errors are correlated more than this are known together better than apart. */
export const CORRELATION_MAX = 0.95;

/** How far points may be off: all the same, or each in proportion to the value that the model gives for it. */
export const weightings = ['equal', 'relative'] as const;
export type Weighting = (typeof weightings)[number];

export interface Point {
  /** By term. */
  readonly x: readonly number[];
  readonly y: number;
}

export interface Prior {
  readonly mean: number;
  readonly sd: number;
}

export interface Term {
  readonly nonNegative: boolean;
  readonly prior: Prior | null;
}

export interface Coefficient {
  readonly value: number;
  /** Standard error and 95 % interval; null where the points leave nothing to judge them by, and of a held one. */
  readonly error: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** How much of what is known comes from the prior and not from the points, 0 to 1. */
  readonly priorShare: number;
  /** The points would have it negative, so it is held at 0. */
  readonly isHeld: boolean;
}

export interface Fit {
  /** By term. */
  readonly coefficients: readonly Coefficient[];
  /** By point. */
  readonly fitted: readonly number[];
  /** By point: measured less fitted. */
  readonly residuals: readonly number[];
  /** Points less the terms that they decide. */
  readonly freedom: number;
  /** Sets of terms that the points alone could not tell apart at all: their priors do. */
  readonly apartByPriors: readonly (readonly number[])[];
  /** Pairs of terms whose errors are correlated beyond `CORRELATION_MAX`. */
  readonly inseparable: readonly {
    readonly terms: readonly [number, number];
    readonly correlation: number;
  }[];
}

/** Terms that add up to one another, so that nothing tells them apart. */
export interface Undetermined {
  readonly terms: readonly number[];
}

/** Where the variance of the points, and weights, no longer change. */
const SETTLED = 1e-10;
const ROUNDS_MAX = 500;
/** The least error that points are taken to have, as a share of their size. */
const EXACT = 1e-7;

/**
 * The variance of the points is not known beforehand. It is s² = Σ wᵢ·rᵢ² / (n − γ), where γ counts the terms that the
 * points decide: each counts for 1 less the share of its prior, var(βⱼ)/sdⱼ². As priors weigh against the points by
 * s², both are found in turns, beginning with points that are exact (MacKay, Bayesian interpolation, Neural Computation
 * 4, 1992, §4). Without priors γ is the number of terms, and all is ordinary least squares (Seber and Lee, Linear
 * Regression Analysis, 2nd ed., §3.3, §3.10); with sd → 0 a term is its prior. Relative weights are 1/ŷ², from the round
 * before (Carroll and Ruppert, Transformation and Weighting in Regression, §2.3).
 *
 * @throws RangeError if relative weights meet a point or a model of 0, or the rounds do not settle
 */
export function regress(
  points: readonly Point[],
  terms: readonly Term[],
  weighting: Weighting = 'equal',
): Fit | Undetermined {
  if (weighting === 'relative' && points.some(({ y }) => y <= 0)) {
    throw new RangeError('relative weights need points above 0');
  }
  const size = Math.hypot(...points.map(({ y }) => y)) / Math.sqrt(points.length);
  let state: State = {
    noise: EXACT,
    scales: points.map(({ y }) => (weighting === 'equal' ? size || 1 : y)),
  };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const solution = solve(points, terms, state);
    if (solution.kind === 'dependent') return { terms: solution.columns };
    const fitted = points.map(({ x }) => dot(x, solution.values));
    if (weighting === 'relative' && fitted.some((value) => value <= 0)) {
      throw new RangeError('relative weights need a model that is above 0 for every point');
    }
    const next = {
      noise: noiseOf(points, terms, state, solution),
      scales: weighting === 'equal' ? state.scales : fitted,
    };
    if (isSettled(state, next)) return describe(points, terms, state, solution);
    state = next;
  }
  throw new RangeError(
    `no fit within ${ROUNDS_MAX} rounds: points and priors contradict each other`,
  );
}

/** Between two rounds: points have the standard deviation noise · scale. */
interface State {
  readonly noise: number;
  /** By point. */
  readonly scales: readonly number[];
}

function isSettled(before: State, after: State): boolean {
  const isNear = (a: number, b: number) => Math.abs(a / b - 1) < SETTLED;
  return (
    isNear(after.noise, before.noise) &&
    after.scales.every((scale, i) => isNear(scale, before.scales[i]))
  );
}

/** Each prior is one more point: its term alone, measured as its mean with its standard deviation. */
function solve(
  points: readonly Point[],
  terms: readonly Term[],
  { noise, scales }: State,
): Bounded | Dependence {
  const rows = points.map(({ x }, i) => x.map((value) => value / scales[i]));
  const right = points.map(({ y }, i) => y / scales[i]);
  terms.forEach(({ prior }, j) => {
    if (prior === null) return;
    const weight = noise / prior.sd;
    rows.push(terms.map((_, k) => (k === j ? weight : 0)));
    right.push(prior.mean * weight);
  });
  const bounded = terms.map(({ nonNegative }) => nonNegative);
  return boundedLeastSquares(rows, right, bounded);
}

function noiseOf(
  points: readonly Point[],
  terms: readonly Term[],
  state: State,
  solution: Bounded,
): number {
  const squares = points.map(
    ({ x, y }, i) => ((y - dot(x, solution.values)) / state.scales[i]) ** 2,
  );
  const freedom = freedomOf(points, terms, state, solution);
  return freedom < 1e-6 ? EXACT : Math.max(EXACT, Math.sqrt(sum(squares) / freedom));
}

/** n − γ */
function freedomOf(
  points: readonly Point[],
  terms: readonly Term[],
  state: State,
  solution: Bounded,
): number {
  return (
    points.length - sum(solution.free.map((j) => 1 - priorShare(terms[j], state, solution, j)))
  );
}

/** Variance of a term over that of its prior; 1 of a term that only its prior knows, 0 without a prior. */
function priorShare({ prior }: Term, state: State, solution: Bounded, j: number): number {
  if (prior === null) return 0;
  return Math.min(1, varianceOf(state, solution, j) / prior.sd ** 2);
}

function varianceOf({ noise }: State, { free, inverse }: Bounded, j: number): number {
  const i = free.indexOf(j);
  return noise ** 2 * inverse[i][i];
}

function describe(
  points: readonly Point[],
  terms: readonly Term[],
  state: State,
  solution: Bounded,
): Fit {
  const freedom = freedomOf(points, terms, state, solution);
  // With less than one point to spare there is nothing to judge errors by.
  const isJudged = freedom > 1 - 1e-6;
  const coefficients = terms.map((term, j): Coefficient => {
    const value = solution.values[j];
    const isHeld = !solution.free.includes(j);
    const share = isHeld ? 0 : priorShare(term, state, solution, j);
    if (isHeld || !isJudged) {
      return { value, error: null, low: null, high: null, priorShare: share, isHeld };
    }
    const error = Math.sqrt(varianceOf(state, solution, j));
    const half = error * factorOf(freedom / (1 - share) ** 2);
    const low = value - half;
    return {
      value,
      error,
      low: term.nonNegative ? Math.max(0, low) : low,
      high: value + half,
      priorShare: share,
      isHeld,
    };
  });
  const fitted = points.map(({ x }) => dot(x, solution.values));
  const residuals = points.map(({ y }, i) => y - fitted[i]);
  return {
    coefficients,
    fitted,
    residuals,
    freedom,
    apartByPriors: dependences(points, solution.free),
    inseparable: inseparableIn(solution),
  };
}

/**
 * Student's factor of the interval. What a prior knows of a variance is certain, so the freedom of a term is that of the
 * points over the square of their share (Welch and Satterthwaite); beyond a thousand the factor is the normal one.
 */
function factorOf(freedom: number): number {
  const p = (1 + CONFIDENCE) / 2;
  return freedom > 1000 ? jStat.normal.inv(p, 0, 1) : jStat.studentt.inv(p, freedom);
}

/** What `free` terms of the points, without priors, depend on one another. */
function dependences(
  points: readonly Point[],
  free: readonly number[],
): readonly (readonly number[])[] {
  if (free.length === 0) return [];
  const rows = points.map(({ x }) => free.map((j) => x[j]));
  const solution = leastSquares(
    rows,
    points.map(({ y }) => y),
  );
  if (solution.kind === 'solved') return [];
  const terms = solution.columns.map((i) => free[i]);
  return [
    terms,
    ...dependences(
      points,
      free.filter((j) => j !== terms[terms.length - 1]),
    ),
  ];
}

function inseparableIn({ free, inverse }: Bounded): Fit['inseparable'] {
  return free.flatMap((j, i) =>
    free.slice(i + 1).flatMap((other, n) => {
      const k = i + 1 + n;
      const correlation = inverse[i][k] / Math.sqrt(inverse[i][i] * inverse[k][k]);
      const terms: readonly [number, number] = [j, other];
      return Math.abs(correlation) > CORRELATION_MAX ? [{ terms, correlation }] : [];
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
