/** What the control plane did, counted while it does it; all istiod replicas share one tally. */
import { LatencyHistogram } from '../engine/histogram.ts';
import type { ControlPlaneMeasure } from '../measure/replication.ts';
import { type XdsType, xdsTypes } from './generate.ts';
import { Metrics } from './metrics.ts';
import { EventLog } from './push-ledger.ts';
import type { Release } from './releases.ts';

export class Tally {
  /** Changes that istiod heard of; with several replicas each change counts once. */
  events = 0;
  batches = 0;
  /** Pushes to proxies that were begun, that were sent in full, and that their connection ended; the rest are under way. */
  begunPushes = 0;
  pushedProxies = 0;
  droppedPushes = 0;
  /** Proxies that were dequeued and did not need the push. */
  filtered = 0;
  /** ProxyUpdates: everything for one proxy. */
  proxyUpdates = 0;
  /** Requests of proxies that were answered. */
  answers = 0;
  bytes = 0;
  /** [ns] */
  cpu = 0;
  /** New streams turned away by the limit, and those that came to a replica which was not there. */
  rejectedConnects = 0;
  refusedConnects = 0;
  /** Connections that ended with a replica or of old age, and for how long their proxies had none. [ns] */
  lostConnections = 0;
  agedConnections = 0;
  disconnected = 0;
  /** Changes that a replica had heard of and lost before it pushed them. */
  lostEvents = 0;
  /** Pairs of a push and a proxy that it was meant for, by what became of them; the rest are under way. */
  readonly fates = { meant: 0, applied: 0, merged: 0, unneeded: 0, lost: 0 };
  readonly pushes = Object.fromEntries(xdsTypes.map((type) => [type, 0])) as Record<
    XdsType,
    number
  >;
  readonly convergence = new LatencyHistogram();
  readonly sentConvergence = new LatencyHistogram();
  readonly ackedConvergence = new LatencyHistogram();
  readonly proxyConvergence = new LatencyHistogram();
  readonly log = new EventLog();
  readonly metrics: Metrics;

  constructor(release: Release) {
    this.metrics = new Metrics(release.buckets);
  }

  /** A response was sent. @param bytes - the proxy's own clusters included */
  sent(type: XdsType, generating: number, sending: number, bytes: number): void {
    this.pushes[type]++;
    this.bytes += bytes;
    this.metrics.sent(type, generating, sending, bytes);
  }

  measure(now: {
    /** Of one replica. [B] */
    readonly istiodMemory: number;
    /** Streams that are open, of all replicas. */
    readonly connected: number;
    /** Time that proxies were without the stream they lost. [ns] */
    readonly disconnected: number;
  }): Omit<ControlPlaneMeasure, 'outages' | 'scoping'> {
    const fleetConvergence = new LatencyHistogram();
    this.log.fleetConvergence((time) => fleetConvergence.record(time));
    const triggers = this.log.triggers();
    triggers.proxy += this.proxyUpdates;
    return {
      events: this.events,
      batches: this.batches,
      pushes: Object.fromEntries(
        Object.entries(this.pushes).filter(([type, count]) => count > 0 || isUsual(type)),
      ),
      pushedProxies: this.pushedProxies,
      bytes: this.bytes,
      istiodCpuSeconds: this.cpu / 1e9,
      istiodMemory: now.istiodMemory,
      convergence: this.convergence.sparse(),
      sentConvergence: this.sentConvergence.sparse(),
      ackedConvergence: this.ackedConvergence.sparse(),
      fleetConvergence: fleetConvergence.sparse(),
      proxyConvergence: this.proxyConvergence.sparse(),
      stages: this.log.stages(),
      byReason: this.log.byReason(),
      metrics: this.metrics.measure({ pushes: this.pushes, triggers, connected: now.connected }),
      faults: {
        rejectedConnects: this.rejectedConnects,
        refusedConnects: this.refusedConnects,
        lostConnections: this.lostConnections,
        agedConnections: this.agedConnections,
        lostPushes: this.fates.lost,
        lostEvents: this.lostEvents,
        disconnectedSeconds: now.disconnected / 1e9,
      },
    };
  }
}

/** Types that a result has whether there were any or not. */
function isUsual(type: string): boolean {
  return type !== 'SDS' && type !== 'NDS' && type !== 'ECDS';
}
