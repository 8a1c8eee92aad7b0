/** Points of a made-up sweep over the mesh mode and the rate. */
import { type MetricName, metrics } from '../../src/measure/metrics.ts';
import type { PointRecord, SweepAxis } from '../../src/measure/points.ts';
import type { Estimate } from '../../src/measure/result.ts';

export const axes: readonly SweepAxis[] = [
  { path: 'mesh.mode', values: ['none', 'sidecar'] },
  { path: 'load[0].rate', values: [100, 200, 400] },
];

/** @param value - of every metric, in its unit, ±10 % */
export function metricsOf(value: number): Readonly<Record<MetricName, Estimate>> {
  const estimate = { value, low: value * 0.9, high: value * 1.1 };
  return Object.fromEntries(Object.keys(metrics).map((name) => [name, estimate])) as Readonly<
    Record<MetricName, Estimate>
  >;
}

export function point(index: number, changes: Partial<PointRecord> = {}): PointRecord {
  const [modes, rates] = axes;
  const keeps = index % 2 === 0;
  return {
    id: `${(0xabc000 + index).toString(16)}`,
    index,
    values: [modes.values[Math.floor(index / 3) % 2], rates.values[index % 3]],
    metrics: {
      ...metricsOf(2e6 + index * 1e5),
      'latency.max': { value: 9e6, low: null, high: null },
    },
    slos: [
      {
        expression: 'latency.p99 < 25ms',
        value: { value: 24e6, low: 23e6, high: 26e6 },
        shown: '24 ms',
        pass: keeps,
        certain: false,
      },
    ],
    saturated: [],
    visits: 1000 + index,
    events: 3000 + index,
    hdr: '',
    ...changes,
  };
}
