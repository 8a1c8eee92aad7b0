/**
 * How much configuration there is: clusters, endpoints, listeners, routes and virtual hosts of everything that a
 * proxy may see, kept up to date as services and endpoints come and go (specification: control plane, counts; sizes).
 */
import type { ControlPlaneCosts, ProxyMemoryCosts } from '../calibration/profile.ts';
import type { Fleet, FleetService } from './fleet.ts';

/** What a proxy is configured with. */
export interface Counts {
  /** In CDS: those of the services it sees, three static ones, and one for each port of its own pod. */
  readonly clusters: number;
  /** Endpoints in all its clusters; a pod counts once for the service and once for each subset it is in. */
  readonly endpoints: number;
  /** The virtual ones for outbound and inbound included. */
  readonly listeners: number;
  readonly routes: number;
  readonly vhosts: number;
}

/** BlackHoleCluster, PassthroughCluster, InboundPassthroughCluster. */
export const STATIC_CLUSTERS = 3;
/** virtualOutbound, virtualInbound. */
const VIRTUAL_LISTENERS = 2;
/** In Envoy's own totals beside those of xDS: its bootstrap's (agent, prometheus_stats, sds-grpc, xds-grpc, zipkin; 15021, 15090). */
const BOOTSTRAP_CLUSTERS = 5;
const BOOTSTRAP_LISTENERS = 2;

/** The scope of a proxy that sees every service. */
export const EVERYTHING = 0;

/** What proxies that see the same services are configured with: sums over those that exist. */
export class Scope {
  readonly number: number;
  /** By service: 1 if it is in; null for all. */
  private readonly members: Uint8Array | null;
  services = 0;
  clusters = 0;
  /** Clusters with an endpoint set of their own. */
  endpointSets = 0;
  /** In those sets. */
  endpoints = 0;
  tcpListeners = 0;
  autoListeners = 0;
  autoRoutes = 0;
  /** By port number: HTTP services on it; they share a listener and a route. */
  readonly httpPorts = new Map<number, number>();
  /** Virtual hosts of services, without the catch-alls. */
  httpServices = 0;

  constructor(number: number, members: Uint8Array | null) {
    this.number = number;
    this.members = members;
  }

  includes(service: number): boolean {
    return this.members === null || this.members[service] === 1;
  }

  get routes(): number {
    return this.httpPorts.size + this.autoRoutes;
  }
  get vhosts(): number {
    return this.httpServices + this.httpPorts.size + 2 * this.autoRoutes;
  }
  get listeners(): number {
    return VIRTUAL_LISTENERS + this.httpPorts.size + this.tcpListeners + this.autoListeners;
  }

  /** @param sign - 1 to count a service with so many endpoints in, −1 to count it out */
  add(service: FleetService, pods: number, sign: 1 | -1): void {
    this.services += sign;
    this.clusters += sign * clustersOf(service);
    this.endpointSets += sign * endpointSetsOf(service);
    this.endpoints += sign * endpointsOf(service, pods);
    for (const { number, protocol } of service.ports) {
      const listeners = sign * (service.headless ? pods : 1);
      if (protocol === 'http') this.addHttp(number, sign);
      else if (protocol === 'tcp') this.tcpListeners += listeners;
      else this.autoListeners += listeners;
      if (protocol === 'auto' && !service.headless) this.autoRoutes += sign;
    }
  }

  private addHttp(port: number, sign: 1 | -1): void {
    this.httpServices += sign;
    const services = (this.httpPorts.get(port) ?? 0) + sign;
    if (services === 0) this.httpPorts.delete(port);
    else this.httpPorts.set(port, services);
  }
}

export function clustersOf({ ports, subsets }: FleetService): number {
  return ports.length * (1 + subsets);
}

/** Clusters of a headless service go to whatever address was asked for, without an endpoint set. */
export function endpointSetsOf(service: FleetService): number {
  return service.headless ? 0 : clustersOf(service);
}

/** As many subsets as there are versions select one version each; more select every pod. */
export function endpointsOf(service: FleetService, pods: number): number {
  if (service.headless) return 0;
  const versions = Math.max(1, service.replicas.length);
  const inSubsets =
    service.subsets < versions
      ? Math.round((pods * service.subsets) / versions)
      : pods * (1 + service.subsets - versions);
  return service.ports.length * (pods + (service.subsets === 0 ? 0 : inSubsets));
}

/** Clusters that have one of its pods, as many as its subsets let on average (see `endpointsOf`). */
export function clustersOfPod({ headless, ports, subsets, replicas }: FleetService): number {
  if (headless) return 0;
  const versions = Math.max(1, replicas.length);
  const ofSubsets = subsets < versions ? subsets / versions : 1 + subsets - versions;
  return ports.length * (1 + (subsets === 0 ? 0 : ofSubsets));
}

export function httpPortsOf({ ports }: FleetService): readonly number[] {
  return ports.filter(({ protocol }) => protocol === 'http').map(({ number }) => number);
}

/** All services that there are at the moment, summed up for every scope that proxies have. */
export class Catalogue {
  readonly everything: Scope;
  /** How often anything has changed. */
  changes = 0;
  /** Ready pods of all services. */
  podCount = 0;
  private readonly services: readonly FleetService[];
  /** By scope number; 0 is everything. */
  private readonly scopes: Scope[] = [];
  /** By service: the scopes that it is in, everything apart. */
  private readonly scopesWith: Scope[][];
  /** By service: endpoints that are ready, or −1 while it does not exist. */
  private readonly pods: number[];

  constructor(fleet: Pick<Fleet, 'services'>) {
    this.services = fleet.services;
    this.pods = fleet.services.map(() => -1);
    this.scopesWith = fleet.services.map(() => []);
    this.everything = new Scope(EVERYTHING, null);
    this.scopes.push(this.everything);
  }

  scope(number: number): Scope {
    return this.scopes[number];
  }

  /** Begins to sum up a scope. @param members - 1 for each service that is in it, whether it exists yet or not */
  addScope(members: Uint8Array): Scope {
    const scope = new Scope(this.scopes.length, members);
    this.scopes.push(scope);
    members.forEach((isMember, service) => {
      if (isMember === 0) return;
      this.scopesWith[service].push(scope);
      if (this.pods[service] >= 0) scope.add(this.services[service], this.pods[service], 1);
    });
    return scope;
  }

  /** The service has so many ready pods from now on. */
  set(service: number, pods: number): void {
    const info = this.services[service];
    const before = this.pods[service];
    this.changes++;
    this.podCount += pods - this.podsOf(service);
    const change = (scope: Scope) => {
      if (before >= 0) scope.add(info, before, -1);
      scope.add(info, pods, 1);
    };
    change(this.everything);
    for (const scope of this.scopesWith[service]) change(scope);
    this.pods[service] = pods;
  }

  /** The service is gone. */
  remove(service: number): void {
    const before = this.pods[service];
    if (before < 0) return;
    this.changes++;
    this.podCount -= before;
    for (const scope of [this.everything, ...this.scopesWith[service]]) {
      scope.add(this.services[service], before, -1);
    }
    this.pods[service] = -1;
  }

  exists(service: number): boolean {
    return this.pods[service] >= 0;
  }

  /** It exists, and proxies with this scope see it. */
  isSeen(scope: Scope, service: number): boolean {
    return this.pods[service] >= 0 && scope.includes(service);
  }

  /** Ready pods; 0 if there is no such service. */
  podsOf(service: number): number {
    return Math.max(0, this.pods[service]);
  }
}

/** @param own - the service of the pod that the proxy stands beside, or null */
export function countsIn(scope: Scope, own: FleetService | null): Counts {
  return {
    clusters: scope.clusters + STATIC_CLUSTERS + inboundClustersOf(own),
    endpoints: scope.endpoints,
    listeners: scope.listeners - ownListenersOf(own),
    routes: scope.routes,
    vhosts: scope.vhosts,
  };
}

export function inboundClustersOf(own: FleetService | null): number {
  return own === null ? 0 : new Set(own.ports.map(({ target }) => target)).size;
}

/** A proxy has no listener for its own pod of a headless service. */
function ownListenersOf(own: FleetService | null): number {
  if (own === null || !own.headless) return 0;
  return own.ports.filter(({ protocol }) => protocol !== 'http').length;
}

/** Memory of an Envoy with this configuration, its bootstrap's own resources included. [B] */
export function proxyMemory(costs: ProxyMemoryCosts, counts: Counts): number {
  return (
    costs.base +
    costs.perCluster * (counts.clusters + BOOTSTRAP_CLUSTERS) +
    costs.perEndpoint * counts.endpoints +
    costs.perListener * (counts.listeners + BOOTSTRAP_LISTENERS) +
    costs.perVhost * counts.vhosts
  );
}

export function istiodMemory(
  costs: ControlPlaneCosts['istiodMemory'],
  present: { readonly proxies: number; readonly services: number; readonly pods: number },
): number {
  return (
    costs.base +
    costs.perProxy * present.proxies +
    costs.perService * present.services +
    costs.perPod * present.pods
  );
}
