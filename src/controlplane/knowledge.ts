/**
 * Whom the callers of a config mode know, and how long it took until they did: from the first call that had to go
 * another way, or was held back, until the proxies of all of the caller's pods have applied what they were told.
 */
import { LatencyHistogram } from '../engine/histogram.ts';
import type { CallCounts } from './call-counts.ts';
import type { Fleet } from './fleet.ts';
import type { Scope } from './resources.ts';
import type { World } from './world.ts';

/** Of one controller. */
export class Learning {
  /** Dependencies that came into a caller's Sidecar, or subscriptions of single proxies; and those of them that went. */
  learned = 0;
  dropped = 0;
  readonly timeToKnown = new LatencyHistogram();
}

export class Knowledge {
  private readonly world: Pick<World, 'now'>;
  private readonly fleet: Fleet;
  private readonly counts: CallCounts;
  /** By service: what its controller has learned; undefined for one under none. */
  private readonly learning: readonly (Learning | undefined)[];
  /** By service: its proxies, and the dependencies that begin at it. */
  private readonly proxiesOf: readonly (readonly number[])[];
  private readonly dependenciesOf: readonly (readonly number[])[];
  /** By dependency: its caller's Sidecar has the destination. */
  private readonly isWritten: boolean[];
  /** By dependency: it was learned, not known because there was no Sidecar yet. */
  private readonly isLearned: boolean[];
  /** By service: dependencies that are written and not yet applied by all proxies. */
  private readonly pending: Set<number>[];
  /** By proxy: what it sees; null for one without configuration. */
  private readonly scopes: (Scope | null)[];
  /** By proxy: services that it waits for, and since when. [ns] */
  private readonly waits = new Map<number, Map<number, number>>();

  constructor(
    world: Pick<World, 'now'>,
    fleet: Fleet,
    counts: CallCounts,
    learning: readonly (Learning | undefined)[],
  ) {
    this.world = world;
    this.fleet = fleet;
    this.counts = counts;
    this.learning = learning;
    const proxiesOf: number[][] = fleet.services.map(() => []);
    fleet.proxies.forEach(({ kind, slot }, proxy) => {
      if (kind === 'sidecar' && slot >= 0) proxiesOf[fleet.slots[slot].service].push(proxy);
    });
    this.proxiesOf = proxiesOf;
    const dependenciesOf: number[][] = fleet.services.map(() => []);
    fleet.dependencies.forEach(({ source }, dependency) => {
      dependenciesOf[source].push(dependency);
    });
    this.dependenciesOf = dependenciesOf;
    this.isWritten = fleet.dependencies.map(() => false);
    this.isLearned = fleet.dependencies.map(() => false);
    this.pending = fleet.services.map(() => new Set<number>());
    this.scopes = fleet.proxies.map(() => null);
  }

  /** What the Sidecars say before anything runs. */
  begin(lets: (source: number, destination: number) => boolean): void {
    this.fleet.dependencies.forEach(({ source, destination }, dependency) => {
      this.isWritten[dependency] = lets(source, destination);
    });
  }

  /** Sidecars of these services have changed. */
  written(
    services: Iterable<number>,
    lets: (source: number, destination: number) => boolean,
  ): void {
    for (const service of services) {
      const learning = this.learning[service];
      if (learning === undefined) continue;
      for (const dependency of this.dependenciesOf[service]) {
        const is = lets(service, this.fleet.dependencies[dependency].destination);
        if (is === this.isWritten[dependency]) continue;
        this.isWritten[dependency] = is;
        if (is) {
          learning.learned++;
          this.pending[service].add(dependency);
        } else {
          if (this.isLearned[dependency]) learning.dropped++;
          this.pending[service].delete(dependency);
          this.counts.forget(dependency);
        }
        this.isLearned[dependency] = is;
      }
    }
  }

  /** A proxy holds a request back until it knows a service. */
  asks(proxy: number, service: number): void {
    const waits = this.waits.get(proxy) ?? new Map<number, number>();
    if (!waits.has(service)) waits.set(service, this.world.now);
    this.waits.set(proxy, waits);
  }

  /** A proxy has applied a scope. */
  sees(proxy: number, scope: Scope): void {
    this.scopes[proxy] = scope;
    const service = this.serviceOf(proxy);
    if (service < 0) return;
    const waits = this.waits.get(proxy);
    const learning = this.learning[service];
    if (waits !== undefined && learning !== undefined) {
      for (const [destination, since] of waits) {
        if (!scope.includes(destination)) continue;
        waits.delete(destination);
        learning.learned++;
        learning.timeToKnown.record(this.world.now - since);
      }
    }
    this.settle(service);
  }

  /** The proxy's pod is gone, so nobody waits for it. */
  gone(proxy: number): void {
    this.scopes[proxy] = null;
    this.waits.delete(proxy);
    const service = this.serviceOf(proxy);
    if (service >= 0) this.settle(service);
  }

  /** Takes those of a service's dependencies for known that all of its proxies see, as far as there are any. */
  private settle(service: number): void {
    if (this.pending[service].size === 0) return;
    const present = this.proxiesOf[service].flatMap((proxy) => this.scopes[proxy] ?? []);
    if (present.length === 0) return;
    for (const dependency of this.pending[service]) {
      const { destination } = this.fleet.dependencies[dependency];
      if (!present.every((scope) => scope.includes(destination))) continue;
      this.pending[service].delete(dependency);
      const first = this.counts.firstRelayed(dependency);
      if (first >= 0) this.learning[service]?.timeToKnown.record(this.world.now - first);
    }
  }

  private serviceOf(proxy: number): number {
    const { slot } = this.fleet.proxies[proxy];
    return slot < 0 ? -1 : this.fleet.slots[slot].service;
  }
}
