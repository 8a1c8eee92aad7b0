/**
 * Hyperexponential: one of two exponentials, a fast one usual and a slow one rare; the simplest with a cv above 1.
 * Balanced means: both bring half of the mean (Allen, Probability, Statistics and Queueing Theory, 1990).
 */
import { capped, type DistributionKind, number, time } from './kind.ts';

export const hyperexponential = {
  parameters: { mean: 'time', cv: 'positive' },
  of: (parameters) => {
    const mean = time('hyperexponential mean', parameters['mean']);
    const cv = number('hyperexponential cv', parameters['cv'], { above: 1, orEqual: true });
    const r = Math.sqrt((cv * cv - 1) / (cv * cv + 1));
    // The same as (1 − r) / 2, without its cancellation.
    const slow = 1 / ((cv * cv + 1) * (1 + r));
    return {
      mean,
      variance: (mean * cv) ** 2,
      quantile: (u) => capped(mean * unitQuantile(slow, u)),
    };
  },
} satisfies DistributionKind;

/**
 * Quantile where the mean is 1: Newton's method on the logarithm of the survival function. That is convex, as of all
 * mixtures of exponentials, so from a start at the left it only comes nearer.
 */
function unitQuantile(slow: number, u: number): number {
  const fast = 1 - slow;
  const target = Math.log1p(-u);
  // Each phase alone survives less than both together.
  let x = Math.max(
    0,
    (Math.log(fast) - target) / (2 * fast),
    (Math.log(slow) - target) / (2 * slow),
  );
  for (let i = 0; i < 100; i++) {
    const gone = -fast * Math.expm1(-2 * fast * x) - slow * Math.expm1(-2 * slow * x);
    const fastLeft = fast * Math.exp(-2 * fast * x);
    const slowLeft = slow * Math.exp(-2 * slow * x);
    const left = fastLeft + slowLeft;
    const log = gone < 0.5 ? Math.log1p(-gone) : Math.log(left);
    const step = ((log - target) * left) / (2 * fast * fastLeft + 2 * slow * slowLeft);
    x = Math.max(0, x + step);
    if (Math.abs(step) <= 1e-10 * x) break;
  }
  return x;
}
