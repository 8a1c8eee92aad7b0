/** Metrics that a threshold may name, and the threshold itself. */

/** Each with the unit that its bound is written in. A name may be preceded by the name of a load: `bookinfo:latency.p99`. */
export const metrics = {
  'latency.mean': 'time',
  'latency.p50': 'time',
  'latency.p90': 'time',
  'latency.p95': 'time',
  'latency.p99': 'time',
  'latency.p999': 'time',
  'latency.max': 'time',
  'overhead.mean': 'time',
  'overhead.p50': 'time',
  'overhead.p90': 'time',
  'overhead.p99': 'time',
  'overhead.share': 'share',
  errors: 'share',
  throughput: 'rate',
  'cpu.perProxy': 'cores',
  'cpu.proxies': 'cores',
  'cpu.istiod': 'cores',
  'memory.perProxy': 'bytes',
  'memory.istiod': 'bytes',
  'convergence.p50': 'time',
  'convergence.p90': 'time',
  'convergence.p99': 'time',
  'convergence.max': 'time',
  pushes: 'count',
} as const satisfies Record<string, MetricUnit>;
export type MetricUnit = 'time' | 'share' | 'rate' | 'cores' | 'bytes' | 'count';
export type MetricName = keyof typeof metrics;

export interface Threshold {
  /** As the user wrote it. */
  readonly expression: string;
  /** Name of a load, or null for the first. */
  readonly load: string | null;
  readonly metric: MetricName;
  readonly operator: '<' | '<=' | '>' | '>=';
  /** In the unit of the metric: ns, share of 1, per second, cores, bytes, or a count. */
  readonly bound: number;
}
