/** What was compared, for programs: values in the units of the published columns, six digits. */
import type { Difference } from '../../measure/compare.ts';
import type {
  MetricDifference,
  RunComparison,
  SweepComparison,
} from '../../measure/compare-results.ts';
import { type MetricName, type MetricUnit, metrics } from '../../measure/metrics.ts';
import type { Estimate } from '../../measure/result.ts';
import { times } from '../../report/format.ts';
import { MILLISECOND } from '../../units.ts';

const units: Readonly<Record<MetricUnit, { readonly name: string; readonly size: number }>> = {
  time: { name: 'ms', size: MILLISECOND },
  share: { name: 'share', size: 1 },
  rate: { name: 'per_s', size: 1 },
  cores: { name: 'cores', size: 1 },
  bytes: { name: 'bytes', size: 1 },
  count: { name: 'count', size: 1 },
};

export function runDetails({ isPaired, saturation, metrics }: RunComparison) {
  return {
    same_random_numbers: isPaired,
    saturated: { only_a: saturation.onlyA, only_b: saturation.onlyB },
    metrics: metrics.map((each: MetricDifference) => ({
      load: each.load,
      ...published(each.metric, each),
    })),
  };
}

export function sweepDetails({ axes, onlyA, onlyB, points }: SweepComparison) {
  return {
    axes,
    only_a: onlyA,
    only_b: onlyB,
    points: points.map(({ values, saturation, metrics }) => ({
      values,
      saturated: { only_a: saturation.onlyA, only_b: saturation.onlyB },
      metrics: metrics.map((each) => published(each.metric, each)),
    })),
  };
}

function published(metric: MetricName, { a, b, effect, ratio, p, verdict, reason }: Difference) {
  const { name: unit, size } = units[metrics[metric]];
  const inUnit = (of: Estimate | null) => (of === null ? null : times(of, 1 / size));
  const numbers = { a: inUnit(a), b: inUnit(b), effect: inUnit(effect), ratio, p };
  return { metric, unit, ...numbers, verdict, reason };
}
