/** Lognormal: its logarithm is normal; the usual shape of measured service times. */
import { capped, type DistributionKind, number, time } from './kind.ts';
import { normalQuantile } from './normal.ts';

export const lognormal = {
  parameters: { mean: 'time', cv: 'positive' },
  of: (parameters) => {
    const mean = time('lognormal mean', parameters['mean']);
    const cv = number('lognormal cv', parameters['cv'], { above: 0 });
    const sigma2 = Math.log1p(cv * cv);
    const sigma = Math.sqrt(sigma2);
    return {
      mean,
      variance: (mean * cv) ** 2,
      quantile: (u) => capped(mean * Math.exp(sigma * normalQuantile(u) - sigma2 / 2)),
    };
  },
} satisfies DistributionKind;
