/**
 * istiod's own metrics, as its Prometheus endpoint has them, of all replicas together (specification: metrics and
 * buckets; pilot/pkg/xds/monitoring.go). Times in seconds.
 */
import type { MetricMeasure } from '../measure/replication.ts';
import { type XdsType, xdsTypes } from './generate.ts';
import type { Release } from './releases.ts';

const TENTH = [0.1, 0.5, 1, 3, 5, 10, 20, 30];
const HUNDREDTH = [0.01, 0.1, 0.5, 1, 3, 5, 10, 20, 30];
const SHORT = [0.01, 0.1, 0.5, 1, 3, 5];
const NO_HALF = (bounds: readonly number[]) => bounds.filter((bound) => bound !== 0.5);
const SIZES = [1, 1e4, 1e6, 4e6, 1e7, 4e7];

const NANO = 1e-9;

/** A Prometheus histogram: a value is in the first bucket whose bound is not below it. */
export class Buckets {
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

/** Causes of pushes, as pilot_push_triggers has them (model.TriggerReason). */
export const reasons = [
  'endpoint',
  'headlessendpoint',
  'service',
  'config',
  'global',
  'proxy',
] as const;
export type Reason = (typeof reasons)[number];

/** Calls of istiod's handlers, as pilot_inbound_updates has them. */
const updateKinds = ['config', 'eds', 'svc'] as const;
type UpdateKind = (typeof updateKinds)[number];
/** What each cause counts there beside `config`, which all of them count. */
const updateOf: Partial<Record<Reason, UpdateKind>> = {
  endpoint: 'eds',
  headlessendpoint: 'eds',
  service: 'svc',
};

export class Metrics {
  private readonly release: Release;
  private readonly debounceTime: Buckets;
  private readonly contextTime = new Buckets(SHORT);
  private readonly queueTime: Buckets;
  private readonly pushTime: Readonly<Record<XdsType, Buckets>>;
  private readonly sendTime = new Buckets(NO_HALF(HUNDREDTH));
  private readonly convergenceTime = new Buckets(TENTH);
  private readonly configSize: Readonly<Record<XdsType, Buckets>>;
  private readonly updates: Record<UpdateKind, number> = { config: 0, eds: 0, svc: 0 };

  constructor(release: Release) {
    const { halfSecondBuckets } = release;
    const longBounds = halfSecondBuckets === 'all' ? HUNDREDTH : NO_HALF(HUNDREDTH);
    this.release = release;
    this.debounceTime = new Buckets(longBounds);
    this.queueTime = new Buckets(halfSecondBuckets === 'none' ? NO_HALF(TENTH) : TENTH);
    this.pushTime = byType(() => new Buckets(longBounds));
    this.configSize = byType(() => new Buckets(SIZES));
  }

  /** @param time - each in nanoseconds */
  debounced(time: number): void {
    this.debounceTime.observe(time * NANO);
  }
  contextMade(time: number): void {
    this.contextTime.observe(time * NANO);
  }
  dequeued(time: number): void {
    this.queueTime.observe(time * NANO);
  }
  /** A response was sent. [ns, ns, B] */
  sent(type: XdsType, generating: number, sending: number, bytes: number): void {
    this.pushTime[type].observe((generating + sending) * NANO);
    this.sendTime.observe(sending * NANO);
    this.configSize[type].observe(bytes);
  }
  converged(time: number): void {
    this.convergenceTime.observe(time * NANO);
  }
  /** A replica has taken in a change. */
  updated(reason: Reason): void {
    this.updates.config++;
    const kind = updateOf[reason];
    if (kind !== undefined) this.updates[kind]++;
  }

  /** What is counted elsewhere, and what is counted here. */
  measure(counted: {
    readonly pushes: Readonly<Record<XdsType, number>>;
    readonly triggers: Readonly<Record<Reason, number>>;
    readonly connected: number;
  }): readonly MetricMeasure[] {
    const { hasPipelineMetrics } = this.release;
    const typesSeen = xdsTypes.filter((type) => counted.pushes[type] > 0);
    const recent = hasPipelineMetrics
      ? [
          histogram('pilot_debounce_time', {}, this.debounceTime),
          histogram('pilot_pushcontext_init_seconds', {}, this.contextTime),
          ...typesSeen.map((type) =>
            histogram('pilot_xds_config_size_bytes', labelOf(type), this.configSize[type]),
          ),
        ]
      : [];
    return [
      ...recent,
      histogram('pilot_proxy_queue_time', {}, this.queueTime),
      histogram('pilot_proxy_convergence_time', {}, this.convergenceTime),
      ...typesSeen.map((type) =>
        histogram('pilot_xds_push_time', labelOf(type), this.pushTime[type]),
      ),
      histogram('pilot_xds_send_time', {}, this.sendTime),
      ...typesSeen.map((type) => counter('pilot_xds_pushes', labelOf(type), counted.pushes[type])),
      ...reasons
        .filter((reason) => counted.triggers[reason] > 0)
        .map((type) => counter('pilot_push_triggers', { type }, counted.triggers[type])),
      ...updateKinds
        .filter((kind) => this.updates[kind] > 0)
        .map((type) => counter('pilot_inbound_updates', { type }, this.updates[type])),
      single('gauge', 'pilot_xds', {}, counted.connected),
    ];
  }
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
  { bounds, counts, sum }: Buckets,
): MetricMeasure {
  return { name, type: 'histogram', labels, bounds, counts: [...counts], sum };
}

function counter(name: string, labels: MetricMeasure['labels'], value: number): MetricMeasure {
  return single('counter', name, labels, value);
}

function single(
  type: 'counter' | 'gauge',
  name: string,
  labels: MetricMeasure['labels'],
  value: number,
): MetricMeasure {
  return { name, type, labels, bounds: [], counts: [value], sum: value };
}
