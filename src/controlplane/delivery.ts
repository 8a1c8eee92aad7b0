/**
 * From istiod's network interface to a proxy that has applied its configuration: the network, the agent, and Envoy's
 * main thread, which takes one message after the other. From then on the proxy routes by what it was told.
 */
import type { ControlPlaneCosts } from '../calibration/profile.ts';
import type { Counts } from './counts.ts';
import type { Fleet } from './fleet.ts';
import type { Plan } from './generate.ts';
import type { Istiod } from './istiod.ts';
import type { Ledger } from './ledger.ts';
import type { Range } from './push-queue.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

/** A push, or the answer to a proxy that has connected, from generating to applying it. */
export interface Message {
  readonly istiod: Istiod;
  readonly connection: number;
  readonly proxy: number;
  /** null: the answer to a proxy that has just connected. */
  readonly range: Range | null;
  readonly plan: Plan;
  readonly bytes: number;
  /** Of Envoy's main thread. [ns] */
  readonly apply: number;
  /** Version of the views that its endpoints are of. */
  readonly version: number;
  /** Version up to which the proxy has all changes once it has applied this, also those of other services. */
  readonly covers: number;
  /** When it was dequeued or asked for, and when it was generated. [ns] */
  readonly since: number;
  generatedAt: number;
}

export class Delivery {
  /** By proxy: what it was last configured with; null before. */
  readonly counts: (Counts | null)[];
  private readonly world: World;
  private readonly fleet: Fleet;
  private readonly costs: ControlPlaneCosts['network'];
  private readonly tally: Tally;
  private readonly ledger: Ledger;
  /** By service: the newest version that changed its endpoints. */
  private readonly changedAt: readonly number[];
  private readonly configured: (proxy: number) => void;
  /** Under way, by a number that is used again. */
  private readonly messages: (Message | undefined)[] = [];
  private readonly sentAt: number[] = [];
  private readonly free: number[] = [];
  /** By proxy whose main thread is nobody else's: when it is free. */
  private readonly threadFree: number[];
  private readonly onArrival: number;
  private readonly onApplied: number;

  constructor(
    world: World,
    fleet: Fleet,
    tally: Tally,
    ledger: Ledger,
    changedAt: readonly number[],
    configured: (proxy: number) => void,
  ) {
    this.world = world;
    this.fleet = fleet;
    this.costs = fleet.costs.network;
    this.tally = tally;
    this.ledger = ledger;
    this.changedAt = changedAt;
    this.configured = configured;
    this.counts = fleet.proxies.map(() => null);
    this.threadFree = fleet.proxies.map(() => 0);
    this.onArrival = world.register((_, id) => this.arrived(id));
    this.onApplied = world.register((now, id) => this.applied(now, id));
  }

  send(message: Message): void {
    const { now } = this.world;
    const id = this.free.pop() ?? this.messages.length;
    this.messages[id] = message;
    this.sentAt[id] = now;
    const arrival = now + this.costs.oneWay + this.costs.agent;
    if (this.fleet.proxies[message.proxy].mainThread >= 0) {
      this.world.schedule(arrival, this.onArrival, id);
      return;
    }
    // A thread of its own: one message after the other, so the end is known now.
    const begin = Math.max(arrival, this.threadFree[message.proxy]);
    const end = begin + message.apply;
    this.threadFree[message.proxy] = end;
    this.world.schedule(end, this.onApplied, id);
  }

  private arrived(id: number): void {
    const { proxy, apply } = this.messages[id]!;
    const { mainThread } = this.fleet.proxies[proxy];
    this.world.work(mainThread, apply, this.onApplied, id);
  }

  private applied(now: number, id: number): void {
    const message = this.messages[id]!;
    this.messages[id] = undefined;
    this.free.push(id);
    const { istiod, connection, proxy, range, plan } = message;
    if (istiod.isClosed(connection)) {
      if (range !== null) istiod.settle(range, -1);
      return;
    }
    const took = now - this.sentAt[id];
    this.tally.stage('apply', took);
    this.ledger.applied(proxy, took, plan.clusterUpdates);
    this.counts[proxy] = plan.counts;
    this.show(message);
    if (range !== null) istiod.settle(range, now);
    else this.configured(proxy);
  }

  /** The proxy sees other endpoints from now on. */
  private show({ proxy, plan, version, covers }: Message): void {
    const { viewer } = this.fleet.proxies[proxy];
    if (viewer < 0) return;
    const { views } = this.world;
    if (plan.types.cds !== 'none') this.world.setScope(viewer, plan.scope.number);
    if (plan.types.eds === 'full') {
      views.apply(viewer, version);
      return;
    }
    views.apply(viewer, covers);
    for (const service of plan.types.edsServices) {
      // Single services may be newer than the push, as istiod sends what is there when it generates.
      if (this.changedAt[service] > covers) {
        views.applyGroup(viewer, this.fleet.services[service].group, version);
      }
    }
  }
}
