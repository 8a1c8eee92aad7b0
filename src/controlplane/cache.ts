/**
 * istiod's cache of generated resources (xds_cache.go): what one proxy's push has generated the next one takes, until
 * something it depends on changes. Proxies are taken to share all entries (one locality, one network).
 */
import type { FleetService } from './fleet.ts';
import type { Part } from './generate.ts';
import type { Release } from './releases.ts';
import {
  type Catalogue,
  clustersOf,
  EVERYTHING,
  endpointSetsOf,
  endpointsOf,
  httpPortsOf,
  type Scope,
} from './resources.ts';

/** Ports whose route, and services whose own routes, are not in the cache. */
interface MissingRoutes {
  readonly ports: Set<number>;
  readonly autoRoutes: Set<number>;
}

export class ConfigCache {
  /** How often its contents have changed. */
  changes = 0;
  private readonly services: readonly FleetService[];
  private readonly catalogue: Catalogue;
  /** Clusters and routes are cached too, not endpoint sets alone. */
  readonly keepsAll: boolean;
  /** Services whose clusters, endpoint sets are not in the cache. */
  private readonly cds = new Set<number>();
  private readonly eds = new Set<number>();
  /**
   * By scope, as a route is kept under all services on its port: what is not in the cache of its routes; a scope that
   * is not here has none in it.
   */
  private readonly routes = new Map<number, MissingRoutes>();
  /** When something was last dropped. What a push generates that began before is not kept. */
  private droppedAt = 0;

  constructor(release: Release, services: readonly FleetService[], catalogue: Catalogue) {
    this.services = services;
    this.catalogue = catalogue;
    this.keepsAll = release.cache === 'all';
  }

  /** Proxies with this scope were configured before the simulation begins. */
  fill(scope: Scope): void {
    if (this.routes.has(scope.number)) return;
    this.routes.set(scope.number, { ports: new Set(), autoRoutes: new Set() });
    this.changes++;
  }

  /** A service or its endpoints have changed: whatever depends on it goes, the routes of all its ports too. */
  drop(service: number, now: number): void {
    this.droppedAt = now;
    this.changes++;
    this.cds.add(service);
    this.eds.add(service);
    const info = this.services[service];
    const hasAuto = info.ports.some(({ protocol }) => protocol === 'auto');
    for (const { ports, autoRoutes } of this.routes.values()) {
      for (const port of httpPortsOf(info)) ports.add(port);
      if (hasAuto) autoRoutes.add(service);
    }
  }

  dropEndpoints(now: number): void {
    this.droppedAt = now;
    this.changes++;
    for (let s = 0; s < this.services.length; s++) this.eds.add(s);
  }

  dropAll(now: number): void {
    for (let s = 0; s < this.services.length; s++) this.drop(s, now);
  }

  /** Clusters that a push has to generate. @param services - whose; null: of all in the scope */
  missingClusters(services: readonly number[] | null, scope: Scope): number {
    if (!this.keepsAll && services === null) return scope.clusters;
    let clusters = 0;
    for (const s of this.missing(services, this.cds, this.keepsAll, scope)) {
      clusters += clustersOf(this.services[s]);
    }
    return clusters;
  }

  missingEndpoints(
    services: readonly number[] | null,
    scope: Scope,
  ): { readonly sets: number; readonly endpoints: number } {
    let sets = 0;
    let endpoints = 0;
    for (const s of this.missing(services, this.eds, true, scope)) {
      sets += endpointSetsOf(this.services[s]);
      endpoints += endpointsOf(this.services[s], this.catalogue.podsOf(s));
    }
    return { sets, endpoints };
  }

  /** Virtual hosts of the routes that have to be generated, and how many routes there are already. */
  missingRoutes(scope: Scope): { readonly vhosts: number; readonly routesKept: number } {
    if (!this.keepsAll) return { vhosts: scope.vhosts, routesKept: 0 };
    const kept = this.routes.get(scope.number);
    if (kept === undefined) return { vhosts: scope.vhosts, routesKept: 0 };
    let vhosts = 0;
    let routesKept = scope.routes;
    for (const port of kept.ports) {
      const services = scope.httpPorts.get(port);
      if (services === undefined) continue;
      vhosts += services + 1;
      routesKept--;
    }
    for (const s of kept.autoRoutes) {
      if (!this.catalogue.isSeen(scope, s)) continue;
      vhosts += 2;
      routesKept--;
    }
    return { vhosts, routesKept };
  }

  /** A push that began at `start` has generated this. */
  keep({ type, services }: Part, scope: Scope, start: number): void {
    if (start < this.droppedAt) return;
    const before = this.missingCount(scope);
    if (type === 'CDS') this.keepServices(services, this.cds, scope);
    if (type === 'EDS') this.keepServices(services, this.eds, scope);
    if (type === 'RDS' && this.missingRoutesCount(scope) !== 0) {
      this.routes.set(scope.number, { ports: new Set(), autoRoutes: new Set() });
    }
    if (this.missingCount(scope) !== before) this.changes++;
  }

  private keepServices(services: readonly number[] | null, set: Set<number>, scope: Scope): void {
    if (set.size === 0) return;
    if (services !== null) for (const s of services) set.delete(s);
    else if (scope.number === EVERYTHING) set.clear();
    else for (const s of set) if (scope.includes(s)) set.delete(s);
  }

  private missingCount(scope: Scope): number {
    return this.cds.size + this.eds.size + this.missingRoutesCount(scope);
  }

  /** −1 where none is in the cache. */
  private missingRoutesCount(scope: Scope): number {
    const routes = this.routes.get(scope.number);
    return routes === undefined ? -1 : routes.ports.size + routes.autoRoutes.size;
  }

  private *missing(
    services: readonly number[] | null,
    set: ReadonlySet<number>,
    isKept: boolean,
    scope: Scope,
  ): Iterable<number> {
    const candidates = services ?? set;
    for (const s of candidates) {
      if (services !== null && isKept && !set.has(s)) continue;
      if (this.catalogue.isSeen(scope, s)) yield s;
    }
  }
}
