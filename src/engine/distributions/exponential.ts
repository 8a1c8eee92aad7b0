/** Exponential: without memory; cv 1. */
import { capped, type DistributionKind, time } from './kind.ts';

export const exponential = {
  parameters: { mean: 'time' },
  of: (parameters) => {
    const mean = time('exponential mean', parameters['mean']);
    return { mean, variance: mean ** 2, quantile: (u) => capped(-mean * Math.log1p(-u)) };
  },
} satisfies DistributionKind;
