/** Gamma: sums of exponential phases, of which there need not be a whole number. */
import { capped, type DistributionKind, number, time } from './kind.ts';
import { logGamma } from './log-gamma.ts';
import { normalQuantile } from './normal.ts';

export const gamma = {
  parameters: { mean: 'time', cv: 'positive' },
  of: (parameters) => {
    const mean = time('gamma mean', parameters['mean']);
    const cv = number('gamma cv', parameters['cv'], { above: 0 });
    const shape = 1 / (cv * cv);
    const quantile = unitQuantile(shape);
    return {
      mean,
      variance: (mean * cv) ** 2,
      quantile: (u) => capped((mean / shape) * quantile(u)),
    };
  },
} satisfies DistributionKind;

/** From this shape on the cube root is as good as normal: off by 2e-6 standard deviations at p99.9. */
const CUBE_ROOT_SHAPE = 1e5;
const STEPS_MAX = 60;
/** A step this small was squared away by the next. */
const PRECISION = 1e-10;

/**
 * Quantile of the gamma distribution of scale 1, by Newton's method on the logarithm of the distribution function
 * (left of shape + 1, over log x) or of the survival function (right of it, over x). Both are concave or convex there,
 * so after one step at most it comes nearer from one side only. It starts from Wilson and Hilferty's normal cube root.
 */
function unitQuantile(shape: number): (u: number) => number {
  const logGammaShape = logGamma(shape);
  const split = shape + 1;
  const shareLeft = Math.exp(logShareLeft(shape, logGammaShape, Math.log(split)).log);
  return (u) => {
    if (u <= 0) return 0;
    const guess = cubeRootGuess(shape, u);
    if (shape >= CUBE_ROOT_SHAPE) return guess;
    return u < shareLeft ? fromLeft(u, guess) : fromRight(u, guess);
  };

  function fromLeft(u: number, guess: number): number {
    const target = Math.log(u);
    // The distribution function is below x^shape / Γ(shape + 1), so this is left of the root.
    const least = (target + logGammaShape + Math.log(shape)) / shape;
    let t = guess > 0 ? Math.max(least, Math.min(Math.log(guess), Math.log(split))) : least;
    for (let i = 0; i < STEPS_MAX; i++) {
      const { log, slope } = logShareLeft(shape, logGammaShape, t);
      const step = (target - log) / slope;
      t = Math.max(least, Math.min(t + step, Math.log(split)));
      if (Math.abs(step) < PRECISION * Math.max(1, Math.abs(t))) break;
    }
    return Math.exp(t);
  }

  function fromRight(u: number, guess: number): number {
    const target = Math.log1p(-u);
    let x = shape < 1 ? split : Math.max(split, guess);
    for (let i = 0; i < STEPS_MAX; i++) {
      const h = tailFraction(shape, x);
      const log = shape * Math.log(x) - x - logGammaShape + Math.log(h);
      const step = (log - target) * x * h;
      x = Math.max(split, x + step);
      if (Math.abs(step) < PRECISION * x) break;
    }
    return x;
  }
}

/** Wilson and Hilferty 1931: the cube root of a gamma variable is nearly normal. */
function cubeRootGuess(shape: number, u: number): number {
  const ninth = 1 / (9 * shape);
  return shape * Math.max(0, 1 - ninth + normalQuantile(u) * Math.sqrt(ninth)) ** 3;
}

/**
 * Logarithm of the distribution function at x = e^t, and its slope over t, by the power series
 * (Abramowitz and Stegun 6.5.29); for x up to shape + 1.
 */
function logShareLeft(
  shape: number,
  logGammaShape: number,
  t: number,
): { log: number; slope: number } {
  const x = Math.exp(t);
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return {
    log: shape * t - x - logGammaShape - Math.log(shape) + Math.log(sum),
    slope: shape / sum,
  };
}

/**
 * Γ(shape, x) / (e^−x x^shape), the tail beyond x, by its continued fraction (Abramowitz and Stegun 6.5.31) with
 * the recurrence of Lentz; for x from shape + 1 on.
 */
function tailFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 100_000; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / (b + a * d);
    c = b + a / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h;
}
