/**
 * istiod's own metrics, as its Prometheus endpoint has them, of all replicas together (specification: metrics and
 * buckets; pilot/pkg/xds/monitoring.go). Times in seconds.
 */
import type { MetricMeasure } from '../measure/replication.ts';
import type { Reason } from './changes.ts';
import { type XdsType, xdsTypes } from './generate.ts';
import type { Buckets as Bounds } from './releases.ts';

const NANO = 1e-9;

/** A histogram as Prometheus has them: a value is in the first bucket whose bound is not below it. */
export class Histogram {
  readonly bounds: readonly number[];
  /** By bucket, not cumulated; the last is that of +Inf. */
  readonly counts: Float64Array;
  private readonly sums = new Float64Array(1);

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  get sum(): number {
    return this.sums[0];
  }

  observe(value: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) bucket++;
    this.counts[bucket]++;
    this.sums[0] += value;
  }
}

/** Causes of pushes, in the order in which they are reported. */
export const reasons = [
  'endpoint',
  'headlessendpoint',
  'service',
  'config',
  'secret',
  'proxy',
  'global',
  'networks',
  'cluster',
  'tag',
  'ambient',
] as const satisfies readonly Reason[];

/** Calls of istiod's handlers, as pilot_inbound_updates has them. */
const updateKinds = ['config', 'eds', 'svc', 'svcdelete'] as const;
export type UpdateKind = (typeof updateKinds)[number];

export class Metrics {
  /** null: the release has no such metric. */
  private readonly debounceTime: Histogram | null;
  private readonly contextTime: Histogram | null;
  private readonly queueTime: Histogram | null;
  private readonly pushTime: Readonly<Record<XdsType, Histogram | null>>;
  private readonly sendTime: Histogram | null;
  private readonly convergenceTime: Histogram | null;
  private readonly configSize: Readonly<Record<XdsType, Histogram | null>>;
  private readonly updates: Record<UpdateKind, number> = {
    config: 0,
    eds: 0,
    svc: 0,
    svcdelete: 0,
  };

  constructor(bounds: Bounds) {
    this.debounceTime = made(bounds.pilot_debounce_time);
    this.contextTime = made(bounds.pilot_pushcontext_init_seconds);
    this.queueTime = made(bounds.pilot_proxy_queue_time);
    this.pushTime = byType(() => made(bounds.pilot_xds_push_time));
    this.sendTime = made(bounds.pilot_xds_send_time);
    this.convergenceTime = made(bounds.pilot_proxy_convergence_time);
    this.configSize = byType(() => made(bounds.pilot_xds_config_size_bytes));
  }

  /** @param time - each in nanoseconds */
  debounced(time: number): void {
    this.debounceTime?.observe(time * NANO);
  }
  contextMade(time: number): void {
    this.contextTime?.observe(time * NANO);
  }
  dequeued(time: number): void {
    this.queueTime?.observe(time * NANO);
  }
  /** A response was sent. [ns, ns, B] */
  sent(type: XdsType, generating: number, sending: number, bytes: number): void {
    this.pushTime[type]?.observe((generating + sending) * NANO);
    this.sendTime?.observe(sending * NANO);
    this.configSize[type]?.observe(bytes);
  }
  converged(time: number): void {
    this.convergenceTime?.observe(time * NANO);
  }
  /** A replica has taken in a change. @param kind - what it counts beside `config`, which every change counts */
  updated(kind: UpdateKind): void {
    this.updates.config++;
    if (kind !== 'config') this.updates[kind]++;
  }

  /** What is counted elsewhere, and what is counted here. */
  measure(counted: {
    readonly pushes: Readonly<Record<XdsType, number>>;
    readonly triggers: Readonly<Record<Reason, number>>;
    readonly connected: number;
  }): readonly MetricMeasure[] {
    const seen = xdsTypes.filter((type) => counted.pushes[type] > 0);
    const { triggers } = counted;
    return [
      ...histogram('pilot_debounce_time', {}, this.debounceTime),
      ...histogram('pilot_pushcontext_init_seconds', {}, this.contextTime),
      ...histogram('pilot_proxy_queue_time', {}, this.queueTime),
      ...histogram('pilot_proxy_convergence_time', {}, this.convergenceTime),
      ...seen.flatMap((type) =>
        histogram('pilot_xds_push_time', labelOf(type), this.pushTime[type]),
      ),
      ...histogram('pilot_xds_send_time', {}, this.sendTime),
      ...seen.flatMap((type) =>
        histogram('pilot_xds_config_size_bytes', labelOf(type), this.configSize[type]),
      ),
      ...seen.map((type) =>
        single('counter', 'pilot_xds_pushes', labelOf(type), counted.pushes[type]),
      ),
      ...reasons
        .filter((reason) => triggers[reason] > 0)
        .map((type) => single('counter', 'pilot_push_triggers', { type }, triggers[type])),
      ...updateKinds
        .filter((kind) => this.updates[kind] > 0)
        .map((type) => single('counter', 'pilot_inbound_updates', { type }, this.updates[type])),
      single('gauge', 'pilot_xds', {}, counted.connected),
    ];
  }
}

function made(bounds: readonly number[] | null): Histogram | null {
  return bounds === null ? null : new Histogram(bounds);
}

function byType<T>(make: () => T): Record<XdsType, T> {
  return Object.fromEntries(xdsTypes.map((type) => [type, make()])) as Record<XdsType, T>;
}

function labelOf(type: XdsType): Readonly<Record<string, string>> {
  return { type: type.toLowerCase() };
}

function histogram(
  name: string,
  labels: MetricMeasure['labels'],
  of: Histogram | null,
): readonly MetricMeasure[] {
  if (of === null) return [];
  const { bounds, counts, sum } = of;
  return [{ name, type: 'histogram', labels, bounds, counts: [...counts], sum }];
}

function single(
  type: 'counter' | 'gauge',
  name: string,
  labels: MetricMeasure['labels'],
  value: number,
): MetricMeasure {
  return { name, type, labels, bounds: [], counts: [value], sum: value };
}
