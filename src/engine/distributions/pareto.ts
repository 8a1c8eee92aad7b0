/** Pareto: a power law; half of the mean may come from a few very long times. */
import { capped, type DistributionKind, number, time } from './kind.ts';

export const pareto = {
  parameters: { mean: 'time', shape: 'positive' },
  of: (parameters) => {
    const mean = time('pareto mean', parameters['mean']);
    const shape = number('pareto shape', parameters['shape'], { above: 1 });
    const least = (mean * (shape - 1)) / shape;
    const cv2 = shape > 2 ? 1 / (shape * (shape - 2)) : Number.POSITIVE_INFINITY;
    return {
      mean,
      variance: mean === 0 ? 0 : mean ** 2 * cv2,
      quantile: (u) => capped(least * (1 - u) ** (-1 / shape)),
    };
  },
} satisfies DistributionKind;
