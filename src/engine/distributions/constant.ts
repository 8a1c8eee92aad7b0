/** Always the same time. */
import { type DistributionKind, time } from './kind.ts';

export const constant = {
  parameters: { value: 'time' },
  of: (parameters) => {
    const value = time('constant value', parameters['value']);
    return { mean: value, variance: 0, quantile: () => value };
  },
} satisfies DistributionKind;
