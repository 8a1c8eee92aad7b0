/** Weibull: shape 1 is exponential, below it the tail is heavier, above it lighter. */
import { capped, type DistributionKind, number, shown, time } from './kind.ts';
import { logGamma } from './log-gamma.ts';

export const weibull = {
  parameters: { mean: 'time', shape: 'positive' },
  of: (parameters) => {
    const mean = time('weibull mean', parameters['mean']);
    const shape = number('weibull shape', parameters['shape'], { above: 0 });
    // Beyond these its cv is above 400, or below a thousandth.
    if (shape < 0.1 || shape > 1000) {
      throw new RangeError(
        `weibull shape is "${shown(shape)}"; expected a number from 0.1 to 1000`,
      );
    }
    const logMean = logGamma(1 + 1 / shape);
    const scale = mean / Math.exp(logMean);
    return {
      mean,
      variance: mean ** 2 * Math.expm1(logGamma(1 + 2 / shape) - 2 * logMean),
      quantile: (u) => capped(scale * (-Math.log1p(-u)) ** (1 / shape)),
    };
  },
} satisfies DistributionKind;
