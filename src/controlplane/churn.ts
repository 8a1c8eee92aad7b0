/** Carries a scenario's churn out: at each time of its timetables an operation on the cluster, or a configuration write. */
import type { Churn } from '../topology/churn.ts';
import { matches } from '../topology/pattern.ts';
import { ROOT_NAMESPACE } from '../topology/topology.ts';
import type { Key } from './changes.ts';
import { type Cluster, LOST, READY, SPARE, TERMINATING } from './cluster.ts';
import type { Replicas } from './replicas.ts';
import type { Draw, World } from './world.ts';

/** Makes a configuration change known; null: MeshConfig, on which everything depends. */
export type WriteConfig = (key: Key | null) => void;

/** Of a namespace that holds nothing of the fleet. */
const NOWHERE = -2;

export class ChurnDriver {
  private readonly world: World;
  private readonly churn: readonly Churn[];
  private readonly cluster: Cluster;
  private readonly replicas: Replicas;
  private readonly write: WriteConfig;
  private readonly draw: Draw;
  /** By churn: the services it is about, and how often it has happened. */
  private readonly targets: readonly (readonly number[])[];
  private readonly count: number[];
  private readonly onOccurrence: number;

  constructor(
    world: World,
    churn: readonly Churn[],
    cluster: Cluster,
    replicas: Replicas,
    write: WriteConfig,
    draw: Draw,
  ) {
    this.world = world;
    this.churn = churn;
    this.cluster = cluster;
    this.replicas = replicas;
    this.write = write;
    this.draw = draw;
    const ids = cluster.fleet.services.map(({ id }) => id);
    this.targets = churn.map((item) => {
      const pattern = item.kind === 'hostLoss' ? null : item.service;
      return pattern === null ? [] : [...ids.keys()].filter((s) => matches(pattern, ids[s]));
    });
    this.count = churn.map(() => 0);
    this.onOccurrence = world.register((_, item) => this.occur(item));
  }

  start(): void {
    for (const item of this.churn.keys()) this.scheduleNext(item);
  }

  private scheduleNext(item: number): void {
    const { at, every, until, jitter } = this.churn[item];
    const n = this.count[item];
    if (n > 0 && every === null) return;
    const regular = at + n * (every ?? 0);
    if (until !== null && regular > until) return;
    const shift = Math.round(jitter * (2 * this.draw('churn jitter', item, n) - 1));
    this.world.schedule(Math.max(this.world.now, regular + shift), this.onOccurrence, item);
  }

  private occur(item: number): void {
    const n = this.count[item]++;
    this.carryOut(item, n);
    this.scheduleNext(item);
  }

  private carryOut(item: number, n: number): void {
    const change = this.churn[item];
    switch (change.kind) {
      case 'rollingUpdate':
        for (const service of this.managed(item)) {
          this.replicas.roll(service, change.surge, change.unavailable, change.podStart);
        }
        return;
      case 'scale':
        for (const service of this.managed(item)) {
          this.replicas.scale(
            service,
            change.replicas[n % change.replicas.length],
            change.podStart,
          );
        }
        return;
      case 'crash':
        for (const service of this.managed(item))
          this.replicas.setPodStart(service, change.podStart);
        for (const slot of this.readyPods(item, n, change.pods)) this.cluster.crash(slot);
        return;
      case 'flap':
        for (const slot of this.readyPods(item, n, change.pods))
          this.cluster.flap(slot, change.unready);
        return;
      case 'hostLoss':
        this.loseHosts(item, n, change);
        return;
      case 'config':
        this.writeConfig(item, change);
    }
  }

  private loseHosts(item: number, n: number, change: Extract<Churn, { kind: 'hostLoss' }>): void {
    const { cluster } = this;
    const left = [...cluster.isHostLost.keys()].filter((host) => !cluster.isHostLost[host]);
    for (const host of this.some(left, change.hosts, item, n)) {
      cluster.fleet.slots.forEach((slot, s) => {
        const state = cluster.state[s];
        const isAlive = state !== SPARE && state !== TERMINATING && state < LOST;
        if (slot.host === host && isAlive) this.replicas.setPodStart(slot.service, change.podStart);
      });
      cluster.loseHost(host, change.eviction);
    }
  }

  private writeConfig(item: number, change: Extract<Churn, { kind: 'config' }>): void {
    if (change.resource === 'MeshConfig') {
      this.write(null);
      return;
    }
    for (const namespace of this.namespacesOf(change.namespace)) {
      for (const service of this.servicesOf(item, change.service, namespace)) {
        this.write({ kind: change.resource, namespace, service });
      }
    }
  }

  /** Of a resource in a namespace: the services that it is about, −1 for none in particular. */
  private servicesOf(item: number, pattern: string | null, namespace: number): readonly number[] {
    if (pattern === null) return [-1];
    if (namespace < 0) return this.targets[item];
    const { services } = this.cluster.fleet;
    return this.targets[item].filter((service) => services[service].namespace === namespace);
  }

  /** The root namespace is −1 where nothing of the fleet is in it; any other that is unknown is nowhere. */
  private namespacesOf(pattern: string): readonly number[] {
    const { namespaces } = this.cluster.fleet;
    const found = [...namespaces.keys()].filter((n) => matches(pattern, namespaces[n]));
    if (found.length > 0) return found;
    return [pattern === ROOT_NAMESPACE ? -1 : NOWHERE];
  }

  /** Services that exist by now. */
  private managed(item: number): readonly number[] {
    return this.targets[item].filter((service) => this.cluster.isManaged[service]);
  }

  private readyPods(item: number, n: number, count: number): readonly number[] {
    const { slotsOf, state } = this.cluster;
    const ready = this.targets[item].flatMap((s) =>
      slotsOf[s].filter((slot) => state[slot] === READY),
    );
    return this.some(ready, count, item, n);
  }

  /** So many of them, at random. */
  private some(of: readonly number[], count: number, item: number, n: number): readonly number[] {
    const left = [...of];
    const some: number[] = [];
    while (some.length < count && left.length > 0) {
      const u = this.draw('churn victim', item, Math.imul(n, 1024) + some.length);
      some.push(...left.splice(Math.floor(u * left.length), 1));
    }
    return some;
  }
}
