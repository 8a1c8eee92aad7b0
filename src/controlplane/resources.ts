/**
 * How much configuration there is: clusters, endpoints, listeners, routes and virtual hosts of everything that proxies
 * may see, kept up to date as services and endpoints come and go (specification: control plane, counts).
 */
import type { Fleet, FleetService } from './fleet.ts';

/** virtualOutbound, virtualInbound. */
const VIRTUAL_LISTENERS = 2;

/** The scope of a proxy that sees every service. */
export const EVERYTHING = 0;

/** HTTP services on a port, which share a listener and a route: how many, and a hash of which. */
export interface PortServices {
  count: number;
  low: number;
  high: number;
}

/** What proxies that see the same services are configured with: sums over those that exist. */
export class Scope {
  readonly number: number;
  /** By service: 1 if it is in; null for all. */
  private readonly members: Uint8Array | null;
  services = 0;
  clusters = 0;
  /** Clusters with an endpoint set of their own, and the endpoints in those. */
  endpointSets = 0;
  endpoints = 0;
  /** The same of headless services, which only gateways have endpoint sets for. */
  headlessSets = 0;
  headlessEndpoints = 0;
  tcpListeners = 0;
  autoListeners = 0;
  autoRoutes = 0;
  /** By port number. */
  readonly httpPorts = new Map<number, PortServices>();
  /** Virtual hosts of services, without the catch-alls. */
  httpServices = 0;
  /** By namespace: its services. */
  private readonly namespaces = new Map<number, number>();

  constructor(number: number, members: Uint8Array | null) {
    this.number = number;
    this.members = members;
  }

  includes(service: number): boolean {
    return this.members === null || this.members[service] === 1;
  }

  /** Something of the namespace is in it. */
  includesNamespace(namespace: number): boolean {
    return this.members === null || (this.namespaces.get(namespace) ?? 0) > 0;
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
  add(index: number, service: FleetService, pods: number, sign: 1 | -1): void {
    const sets = sign * clustersOf(service);
    const endpoints = sign * endpointsOf(service, pods);
    this.services += sign;
    this.clusters += sets;
    if (service.headless) {
      this.headlessSets += sets;
      this.headlessEndpoints += endpoints;
    } else {
      this.endpointSets += sets;
      this.endpoints += endpoints;
    }
    const others = this.namespaces.get(service.namespace) ?? 0;
    this.namespaces.set(service.namespace, others + sign);
    for (const { number, protocol } of service.ports) {
      const listeners = sign * (service.headless ? pods : 1);
      if (protocol === 'http') this.addHttp(number, index, sign);
      else if (protocol === 'tcp') this.tcpListeners += listeners;
      else this.autoListeners += listeners;
      if (protocol === 'auto' && !service.headless) this.autoRoutes += sign;
    }
  }

  private addHttp(port: number, service: number, sign: 1 | -1): void {
    this.httpServices += sign;
    let on = this.httpPorts.get(port);
    if (on === undefined) {
      on = { count: 0, low: 0, high: 0 };
      this.httpPorts.set(port, on);
    }
    on.count += sign;
    on.low ^= scrambled(service, 0x9e3779b9);
    on.high ^= scrambled(service, 0x85ebca6b);
    if (on.count === 0) this.httpPorts.delete(port);
  }
}

/** A 32-bit hash of a number (the finaliser of MurmurHash3; Appleby 2008). */
function scrambled(number: number, salt: number): number {
  let h = Math.imul(number + 1, salt);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export function clustersOf({ ports, subsets }: FleetService): number {
  return ports.length * (1 + subsets);
}

/** In all its clusters. As many subsets as there are versions select one version each; more select every pod. */
export function endpointsOf({ ports, subsets, replicas }: FleetService, pods: number): number {
  const versions = Math.max(1, replicas.length);
  const inSubsets =
    subsets < versions ? Math.round((pods * subsets) / versions) : pods * (1 + subsets - versions);
  return ports.length * (pods + (subsets === 0 ? 0 : inSubsets));
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
      if (this.pods[service] >= 0) {
        scope.add(service, this.services[service], this.pods[service], 1);
      }
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
      if (before >= 0) scope.add(service, info, before, -1);
      scope.add(service, info, pods, 1);
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
      scope.add(service, this.services[service], before, -1);
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
