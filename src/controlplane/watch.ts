/** The Kubernetes API as istiod and kube-proxy watch it: what has changed is known to them a while later. */
import { type Change, type Key, type Request, requestOf } from './changes.ts';
import type { Fleet } from './fleet.ts';
import type { Reason } from './metrics.ts';
import type { Release } from './releases.ts';
import type { Catalogue } from './resources.ts';
import type { EgressHosts, Scopes } from './scopes.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

/** A change on its way, and what the catalogue says once it is known. */
interface News {
  readonly change: Change;
  readonly reason: Reason;
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
  private readonly requests: Request[] = [];
  /** Changes that the catalogue has. */
  private indexed = 0;
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
    this.catalogue.set(service, pods);
    this.isIndexed[service] = pods > 0;
  }

  endpoints(service: number, version: number, pods: number): void {
    this.published = version;
    if (this.kubeProxies.length > 0) {
      this.world.schedule(this.world.now + this.kubeProxyLag, this.onKubeProxy, version);
    }
    const { headless } = this.fleet.services[service];
    const reason = headless ? 'headlessendpoint' : 'endpoint';
    this.announce(this.endpointKey(service), reason, service, pods);
  }

  /** A pod has been created that is not ready. */
  unready(service: number, pods: number): void {
    if (this.release.pushesUnready) {
      this.announce(this.endpointKey(service), 'endpoint', service, pods);
    }
  }

  service(service: number): void {
    this.announce(this.serviceKey(service), 'service', service, 0);
  }

  config(key: Key | null): void {
    this.announce(key, key === null ? 'global' : 'config', -1, 0);
  }

  /** A Sidecar is written, or deleted if `hosts` is null. @param service - −1: of the whole namespace */
  sidecar(namespace: number, service: number, hosts: EgressHosts | null): void {
    this.announce({ kind: 'Sidecar', namespace, service }, 'config', -1, 0, () => {
      this.scopes.write(namespace, service, hosts);
    });
  }

  /** A replica has come to this change: it is in the catalogue from now on, as all before it are. */
  index(event: number): Request {
    while (this.indexed <= event) this.takeOver(this.news[this.indexed++]);
    return this.requests[event];
  }

  /** Everything that has arrived is in the catalogue. */
  catchUp(): void {
    if (this.requests.length > 0) this.index(this.requests.length - 1);
  }

  /** @param effect - what istiod knows differently once it has heard of it */
  private announce(
    key: Key | null,
    reason: Reason,
    service: number,
    pods: number,
    effect?: () => void,
  ): void {
    const { now } = this.world;
    const change = { at: now, key, version: this.published };
    const n = this.news.push({ change, reason, service, pods, effect: effect ?? null }) - 1;
    this.world.schedule(now + this.fleet.costs.network.watchLag, this.onNews, n);
  }

  private arrive(n: number): void {
    const { change, reason } = this.news[n];
    this.tally.events++;
    const event = this.tally.log.add(change.at, reason);
    this.requests.push(requestOf(change));
    if (!this.tell(event)) this.catchUp();
  }

  private takeOver({ change, service, pods, effect }: News): void {
    this.newest = change.version;
    effect?.();
    if (service < 0) return;
    this.catalogue.set(service, pods);
    this.changedAt[service] = change.version;
  }

  /** What kind of change a change of endpoints is. */
  private endpointKey(service: number): Key {
    const { headless, ports } = this.fleet.services[service];
    const isNew = !this.isIndexed[service];
    this.isIndexed[service] = true;
    if (isNew) return this.serviceKey(service);
    const key = this.serviceKey(service);
    if (!headless) return { ...key, kind: 'Endpoints' };
    // Listeners for single pods come and go with them; HTTP without a virtual address is a matter of DNS.
    return ports.every(({ protocol }) => protocol === 'http') ? { ...key, kind: 'DNSName' } : key;
  }

  private serviceKey(service: number): Key {
    return { kind: 'ServiceEntry', namespace: this.fleet.services[service].namespace, service };
  }
}
