/**
 * Sidecar resources, and which services each workload's proxies see because of them: at most one for a whole namespace,
 * one for single workloads, which wins, and that of the root namespace for who has neither (specification: control
 * plane, sidecar proxies in scope). Workloads that see the same services share one scope.
 */
import { EVERY_HOST, lets } from '../scope/hosts.ts';
import type { EgressHost } from '../scope/strategy.ts';
import { ROOT_NAMESPACE } from '../topology/topology.ts';
import type { Fleet, FleetService } from './fleet.ts';
import type { Catalogue, Scope } from './resources.ts';
import type { ViewPort } from './world.ts';

export type EgressHosts = readonly EgressHost[];

/** What one proxy has asked for beside what its workload sees. */
interface Grown {
  readonly members: Uint8Array;
  readonly scope: Scope;
}

export class Scopes {
  private readonly namespaces: readonly string[];
  private readonly services: readonly FleetService[];
  private readonly catalogue: Catalogue;
  /** By namespace, and by service: the hosts of its Sidecar. */
  private readonly ofNamespace = new Map<number, EgressHosts>();
  private readonly ofService = new Map<number, EgressHosts>();
  /** By number of an EnvoyFilter's workloads: virtual hosts that it adds to their routes. */
  private readonly addedVhosts = new Map<number, number>();
  /** By proxy that has subscribed to single services. */
  private readonly grown = new Map<number, Grown>();
  private readonly root: number;
  /** By namespace: istiod does not look at it. */
  private readonly isIgnored: readonly boolean[];
  /** By what was asked for, and by the services that are in them. */
  private readonly byHosts = new Map<string, Scope>();
  private readonly byMembers = new Map<string, Scope>();
  private readonly isRestricted: boolean;
  private readonly views: ViewPort;

  constructor(
    fleet: Pick<Fleet, 'namespaces' | 'services' | 'undiscovered'>,
    catalogue: Catalogue,
    views: ViewPort,
  ) {
    this.views = views;
    this.namespaces = fleet.namespaces;
    this.services = fleet.services;
    this.catalogue = catalogue;
    this.root = fleet.namespaces.indexOf(ROOT_NAMESPACE);
    this.isIgnored = fleet.namespaces.map((_, namespace) => fleet.undiscovered.includes(namespace));
    this.isRestricted =
      fleet.undiscovered.length > 0 ||
      fleet.services.some(({ exportTo }) => !exportTo.includes('*'));
    const all = new Uint8Array(this.services.length).fill(1);
    this.byMembers.set(nameOf(all), catalogue.everything);
  }

  /** Writes a Sidecar, or deletes it if `hosts` is null. @param service - −1: of the whole namespace */
  write(namespace: number, service: number, hosts: EgressHosts | null): void {
    const resources = service < 0 ? this.ofNamespace : this.ofService;
    const key = service < 0 ? namespace : service;
    if (hosts === null) resources.delete(key);
    else resources.set(key, hosts);
  }

  get everything(): Scope {
    return this.catalogue.everything;
  }

  /** Sidecars that there are. */
  get count(): number {
    return this.ofNamespace.size + this.ofService.size;
  }

  /** An EnvoyFilter adds so many virtual hosts to the routes of its workloads. @param service - −1: of the namespace */
  setExtraVhosts(namespace: number, service: number, count: number): void {
    this.addedVhosts.set(selectorOf(namespace, service), count);
  }

  extraVhosts(namespace: number, service: number): number {
    const ofNamespace = this.addedVhosts.get(selectorOf(namespace, -1)) ?? 0;
    if (service < 0) return ofNamespace;
    return ofNamespace + (this.addedVhosts.get(selectorOf(namespace, service)) ?? 0);
  }

  /** Of the sidecars of a workload. @param service - −1 for a pod of no service, such as a load's */
  of(namespace: number, service: number): Scope {
    return this.withHosts(this.hostsFor(namespace, service), namespace);
  }

  /** One proxy sees a service from now on that its workload does not; other proxies of it do not. */
  subscribe(proxy: number, of: { namespace: number; service: number }, service: number): Scope {
    const before = this.grown.get(proxy)?.members;
    const hosts = this.hostsFor(of.namespace, of.service);
    const members = Uint8Array.from(before ?? this.membersOf(hosts, of.namespace));
    members[service] = 1;
    const scope = this.withMembers(members);
    this.grown.set(proxy, { members, scope });
    return scope;
  }

  /** What a proxy sees that has subscribed to services; undefined for one that has not. */
  subscribed(proxy: number): Scope | undefined {
    return this.grown.get(proxy)?.scope;
  }

  /** The proxy is gone; the one in its place begins anew. */
  unsubscribe(proxy: number): void {
    this.grown.delete(proxy);
  }

  private hostsFor(namespace: number, service: number): EgressHosts {
    return (
      this.ofService.get(service) ??
      this.ofNamespace.get(namespace) ??
      this.ofNamespace.get(this.root) ??
      ALL_HOSTS
    );
  }

  /** Which Sidecar a workload uses, as `selectorOf` numbers it; null for none. */
  usedBy(namespace: number, service: number): number | null {
    if (this.ofService.has(service)) return selectorOf(namespace, service);
    if (this.ofNamespace.has(namespace)) return selectorOf(namespace, -1);
    return this.ofNamespace.has(this.root) ? selectorOf(this.root, -1) : null;
  }

  /** Of a gateway, which no Sidecar restricts: all services that its namespace may see. */
  ofGateway(namespace: number): Scope {
    return this.withHosts(ALL_HOSTS, namespace);
  }

  /** Of all services of a namespace: what its waypoint sees. */
  ofWaypoint(namespace: number): Scope {
    return this.withHosts(['./*'], namespace);
  }

  private withHosts(hosts: EgressHosts, namespace: number): Scope {
    if (hosts === ALL_HOSTS && !this.isRestricted) return this.catalogue.everything;
    const name = `${namespace} ${hosts.join(' ')}`;
    let scope = this.byHosts.get(name);
    if (scope === undefined) {
      scope = this.withMembers(this.membersOf(hosts, namespace));
      this.byHosts.set(name, scope);
    }
    return scope;
  }

  private withMembers(members: Uint8Array): Scope {
    const name = nameOf(members);
    const known = this.byMembers.get(name);
    if (known !== undefined) return known;
    const scope = this.catalogue.addScope(members);
    const groups = new Uint8Array(members.length);
    this.services.forEach(({ group }, service) => {
      groups[group] = members[service];
    });
    const number = this.views.addScope(groups);
    if (number !== scope.number) throw new Error(`scope ${scope.number} is ${number} for viewers`);
    this.byMembers.set(name, scope);
    return scope;
  }

  private membersOf(hosts: EgressHosts, namespace: number): Uint8Array {
    const own = this.namespaces[namespace] ?? '';
    const isWanted = lets(hosts, own);
    return Uint8Array.from(this.services, (service) => {
      const of = this.namespaces[service.namespace];
      const name = service.id.slice(service.id.indexOf('/') + 1);
      const isExported =
        service.exportTo.includes('*') ||
        service.exportTo.includes(own) ||
        (service.exportTo.includes('.') && of === own);
      const isThere = isExported && !this.isIgnored[service.namespace];
      return Number(isThere && isWanted(of, name));
    });
  }
}

const ALL_HOSTS: EgressHosts = [EVERY_HOST];

/** A number for the workloads that a resource is for: those of one service, or all of a namespace (−1 the root's). */
export function selectorOf(namespace: number, service: number): number {
  return service >= 0 ? service : -2 - namespace;
}

function nameOf(members: Uint8Array): string {
  let name = '';
  for (let i = 0; i < members.length; i += 16) {
    let bits = 0;
    for (let b = 0; b < 16; b++) bits |= (members[i + b] ?? 0) << b;
    name += String.fromCharCode(bits);
  }
  return name;
}
