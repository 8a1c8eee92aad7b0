/** What the control plane did, counted while it does it; all istiod replicas share one tally. */
import { LatencyHistogram } from '../engine/histogram.ts';
import type { ControlPlaneMeasure } from '../measure/replication.ts';
import { type Plan, type XdsType, xdsTypes } from './generate.ts';

export type Stage = keyof ControlPlaneMeasure['stages'];
const stages: readonly Stage[] = ['debounce', 'context', 'queue', 'generate', 'send', 'apply'];

export class Tally {
  /** Changes that istiod heard of; with several replicas each change counts once. */
  events = 0;
  batches = 0;
  pushedProxies = 0;
  bytes = 0;
  /** [ns] */
  cpu = 0;
  /** Proxies that were dequeued and did not need the push. */
  filtered = 0;
  /** New streams turned away by the limit. */
  rejectedConnects = 0;
  readonly pushes = Object.fromEntries(xdsTypes.map((type) => [type, 0])) as Record<
    XdsType,
    number
  >;
  readonly convergence = new LatencyHistogram();
  readonly fleetConvergence = new LatencyHistogram();
  readonly proxyConvergence = new LatencyHistogram();
  readonly debounceTime = new LatencyHistogram();
  readonly queueTime = new LatencyHistogram();
  private readonly sums: Record<Stage, number> = newSums();
  private readonly counts: Record<Stage, number> = newSums();

  stage(stage: Stage, time: number): void {
    this.sums[stage] += time;
    this.counts[stage]++;
  }

  /** @param bytes - the proxy's own clusters included */
  sent({ parts }: Plan, bytes: number): void {
    this.bytes += bytes;
    for (const { type } of parts) this.pushes[type]++;
  }

  /** @param istiodMemory - of one replica. [B] */
  measure(istiodMemory: number): Omit<ControlPlaneMeasure, 'scoping'> {
    const mean = (stage: Stage) => this.sums[stage] / Math.max(1, this.counts[stage]);
    return {
      events: this.events,
      batches: this.batches,
      pushes: Object.fromEntries(
        Object.entries(this.pushes).filter(([type, count]) => count > 0 || isUsual(type)),
      ),
      pushedProxies: this.pushedProxies,
      bytes: this.bytes,
      istiodCpuSeconds: this.cpu / 1e9,
      istiodMemory,
      convergence: this.convergence.sparse(),
      fleetConvergence: this.fleetConvergence.sparse(),
      proxyConvergence: this.proxyConvergence.sparse(),
      stages: Object.fromEntries(stages.map((stage) => [stage, mean(stage)])) as Record<
        Stage,
        number
      >,
      byReason: [],
      metrics: [],
    };
  }
}

function newSums(): Record<Stage, number> {
  return { debounce: 0, context: 0, queue: 0, generate: 0, send: 0, apply: 0 };
}

/** Types that a result has whether there were any or not. */
function isUsual(type: string): boolean {
  return type !== 'SDS' && type !== 'NDS' && type !== 'ECDS';
}
