/** Another distribution, later by a constant. */
import { capped, type DistributionKind, distribution, time } from './kind.ts';

export const shifted = {
  parameters: { by: 'time', of: 'distribution' },
  of: (parameters) => {
    const by = time('shifted by', parameters['by']);
    const of = distribution('shifted of', parameters['of']);
    return {
      mean: of.mean + by,
      variance: of.variance,
      quantile: (u) => capped(of.quantile(u) + by),
    };
  },
} satisfies DistributionKind;
