/** The Kubernetes API as istiod and kube-proxy watch it: what has changed is known to them a while later. */
import { type Change, type Key, type Request, requestOf } from './changes.ts';
import type { Fleet } from './fleet.ts';
import type { Release } from './releases.ts';
import type { Catalogue } from './resources.ts';
import type { EgressHosts, Scopes } from './scopes.ts';
import type { Tally } from './tally.ts';
import { type Happening, triggerOf } from './triggers.ts';
import type { World } from './world.ts';

/** A change on its way, and what the catalogue says once it is known. */
interface News {
  readonly change: Omit<Change, 'isNew'>;
  /** Service whose ready pods are `pods` then, or −1. */
  readonly service: number;
  readonly pods: number;
  readonly effect: (() => void) | null;
}

/** Who has to know of changes: istiod's replicas. @returns whether there was one */
export type Audience = (event: number) => boolean;

export class Watch {
  /** Newest version of the views that istiod knows of. */
  newest = 0;
  /** By service: the version that last changed its endpoints, as istiod knows it. */
  readonly changedAt: number[];
  private readonly world: World;
  private readonly fleet: Fleet;
  private readonly release: Release;
  private readonly catalogue: Catalogue;
  private readonly scopes: Scopes;
  private readonly tally: Tally;
  private readonly tell: Audience;
  private readonly kubeProxyLag: number;
  /** Newest version of the views that there is. */
  private published = 0;
  /** By service: it has had endpoints, so that a change of them is one of endpoints only. */
  private readonly isIndexed: boolean[];
  private readonly kubeProxies: readonly number[];
  /** By number, which is also that in the log: all arrive in the order they were made, as the lag is the same for all. */
  private readonly news: News[] = [];
  /** Of those that the catalogue has: what they push. */
  private readonly requests: Request[] = [];
  /** Changes that have arrived. */
  private arrived = 0;
  private readonly onNews: number;
  private readonly onKubeProxy: number;

  constructor(
    world: World,
    fleet: Fleet,
    release: Release,
    catalogue: Catalogue,
    scopes: Scopes,
    tally: Tally,
    tell: Audience,
    kubeProxyLag: number,
  ) {
    this.world = world;
    this.fleet = fleet;
    this.release = release;
    this.catalogue = catalogue;
    this.scopes = scopes;
    this.tally = tally;
    this.tell = tell;
    this.kubeProxyLag = kubeProxyLag;
    this.changedAt = fleet.services.map(() => 0);
    this.isIndexed = fleet.services.map(() => false);
    this.kubeProxies = fleet.proxies
      .filter(({ kind }) => kind === 'kube-proxy')
      .map(({ viewer }) => viewer);
    this.onNews = world.register((_, n) => this.arrive(n));
    this.onKubeProxy = world.register((_, version) => {
      for (const viewer of this.kubeProxies) world.views.apply(viewer, version);
    });
  }

  /** What is there from the start. */
  begin(service: number, pods: number): void {
    if (this.fleet.undiscovered.includes(this.fleet.services[service].namespace)) return;
    this.catalogue.set(service, pods);
    this.isIndexed[service] = pods > 0;
  }

  endpoints(service: number, version: number, pods: number): void {
    this.published = version;
    if (this.kubeProxies.length > 0) {
      this.world.schedule(this.world.now + this.kubeProxyLag, this.onKubeProxy, version);
    }
    const kind = this.isIndexed[service] ? 'endpoints' : 'firstEndpoints';
    this.isIndexed[service] = true;
    this.happened({ kind, service }, service, pods);
  }

  /** A pod has been created that is not ready. */
  unready(service: number, pods: number): void {
    this.happened({ kind: 'unreadyEndpoint', service }, service, pods);
  }

  service(service: number): void {
    this.happened({ kind: 'service', service }, service, 0);
  }

  serviceGone(service: number): void {
    this.isIndexed[service] = false;
    this.happened({ kind: 'service', service }, -1, 0, () => this.catalogue.remove(service));
  }

  config(key: Key | null): void {
    if (key === null) this.happened({ kind: 'everything', reason: 'global' }, -1, 0);
    else this.happened({ ...key, kind: 'config', resource: key.kind, isSame: false }, -1, 0);
  }

  /** A Sidecar is written, or deleted if `hosts` is null. @param service - −1: of the whole namespace */
  sidecar(namespace: number, service: number, hosts: EgressHosts | null): void {
    const written = { kind: 'config', resource: 'Sidecar', namespace, service } as const;
    this.happened({ ...written, isSame: false }, -1, 0, () => {
      this.scopes.write(namespace, service, hosts);
    });
  }

  /** An EnvoyFilter for a service's workloads is written, or deleted if it adds no virtual host. */
  envoyFilter(service: number, vhosts: number): void {
    const { namespace } = this.fleet.services[service];
    const written = { kind: 'config', resource: 'EnvoyFilter', namespace, service } as const;
    this.happened({ ...written, isSame: false }, -1, 0, () => {
      this.scopes.setExtraVhosts(namespace, service, vhosts);
    });
  }

  /** A replica has come to this change: it is in the catalogue from now on, as all before it are. @returns what it pushes */
  index(event: number): Request {
    while (this.requests.length <= event) this.takeOver(this.news[this.requests.length]);
    return this.requests[event];
  }

  /** Everything that has arrived is in the catalogue. */
  catchUp(): void {
    if (this.arrived > 0) this.index(this.arrived - 1);
  }

  /**
   * @param service - whose ready pods are `pods` then, or −1
   * @param effect - what istiod knows differently once it has heard of it
   */
  private happened(
    happening: Happening,
    service: number,
    pods: number,
    effect: (() => void) | null = null,
  ): void {
    const { now } = this.world;
    const trigger = triggerOf(happening, this.fleet.services, this.release);
    if (trigger === null) return;
    const { key } = trigger;
    if (key !== null && this.fleet.undiscovered.includes(key.namespace)) return;
    const change = { at: now, version: this.published, ...trigger };
    const n = this.news.push({ change, service, pods, effect }) - 1;
    this.world.schedule(now + this.fleet.costs.network.watchLag, this.onNews, n);
  }

  private arrive(n: number): void {
    const { change } = this.news[n];
    this.arrived++;
    this.tally.events++;
    const event = this.tally.log.add(change.at, change.reason);
    if (!this.tell(event)) this.catchUp();
  }

  private takeOver({ change, service, pods, effect }: News): void {
    this.newest = change.version;
    effect?.();
    const isNew = service >= 0 && !this.catalogue.exists(service);
    if (service >= 0) {
      this.catalogue.set(service, pods);
      this.changedAt[service] = change.version;
    }
    this.requests.push(requestOf({ ...change, isNew }));
  }
}
