/** Another distribution, its times multiplied by a factor: the same shape. */
import { capped, type DistributionKind, distribution, number } from './kind.ts';

export const scaled = {
  parameters: { by: 'positive', of: 'distribution' },
  of: (parameters) => {
    const by = number('scaled by', parameters['by'], { above: 0 });
    const of = distribution('scaled of', parameters['of']);
    return {
      mean: of.mean * by,
      variance: of.variance * by ** 2,
      quantile: (u) => capped(of.quantile(u) * by),
    };
  },
} satisfies DistributionKind;
