/**
 * istiod's cache of generated resources (xds_cache.go): what one proxy's push has generated the next one takes, until
 * something it depends on changes. Proxies are taken to share all entries (one locality, one network).
 */
import type { FleetService } from './fleet.ts';
import type { Release } from './releases.ts';
import type { Catalogue } from './resources.ts';
import { clustersOf, endpointSetsOf, endpointsOf, httpPortsOf, type Scope } from './resources.ts';

/** What has to be generated because nobody has kept it. */
export interface Misses {
  readonly clusters: number;
  readonly endpointSets: number;
  readonly endpoints: number;
  readonly vhosts: number;
  /** Routes that are in the cache. */
  readonly routesKept: number;
}

/** A stretch of types and services that a push generates; null: all services. */
export interface Wanted {
  readonly cds: readonly number[] | 'all' | null;
  readonly eds: readonly number[] | 'all' | null;
  readonly rds: boolean;
}

export class ConfigCache {
  /** How often its contents have changed. */
  changes = 0;
  private readonly services: readonly FleetService[];
  private readonly catalogue: Catalogue;
  /** Clusters and routes are cached too, not endpoint sets alone. */
  private readonly keepsAll: boolean;
  /** Services whose clusters, endpoint sets, routes of their own are not in the cache; ports whose route is not. */
  private readonly cds = new Set<number>();
  private readonly eds = new Set<number>();
  private readonly autoRoutes = new Set<number>();
  private readonly ports = new Set<number>();
  /** When something was last dropped. What a push generates that began before is not kept. */
  private droppedAt = 0;

  constructor(release: Release, services: readonly FleetService[], catalogue: Catalogue) {
    this.services = services;
    this.catalogue = catalogue;
    this.keepsAll = release.cache === 'all';
  }

  /** A service or its endpoints have changed: whatever depends on it goes, the routes of all its ports too. */
  drop(service: number, now: number): void {
    this.droppedAt = now;
    this.changes++;
    this.cds.add(service);
    this.eds.add(service);
    const { ports } = this.services[service];
    for (const port of httpPortsOf(this.services[service])) this.ports.add(port);
    if (ports.some(({ protocol }) => protocol === 'auto')) this.autoRoutes.add(service);
  }

  dropEndpoints(now: number): void {
    this.droppedAt = now;
    this.changes++;
    for (let s = 0; s < this.services.length; s++) this.eds.add(s);
  }

  dropAll(now: number): void {
    for (let s = 0; s < this.services.length; s++) this.drop(s, now);
  }

  missesOf(wanted: Wanted, scope: Scope, namespace: number): Misses {
    const misses = { clusters: 0, endpointSets: 0, endpoints: 0, vhosts: 0, routesKept: 0 };
    const isSeen = (s: number) =>
      this.catalogue.exists(s) && (namespace < 0 || this.services[s].namespace === namespace);
    if (wanted.cds === 'all' && !this.keepsAll) misses.clusters = scope.clusters;
    else {
      for (const s of this.missing(wanted.cds, this.cds, this.keepsAll)) {
        if (isSeen(s)) misses.clusters += clustersOf(this.services[s]);
      }
    }
    for (const s of this.missing(wanted.eds, this.eds, true)) {
      if (!isSeen(s)) continue;
      misses.endpointSets += endpointSetsOf(this.services[s]);
      misses.endpoints += endpointsOf(this.services[s], this.catalogue.podsOf(s));
    }
    if (wanted.rds) this.missRoutes(misses, scope, isSeen);
    return misses;
  }

  /** A push that began at `start` has generated this. */
  keep(wanted: Wanted, start: number): void {
    if (start < this.droppedAt) return;
    const before = this.missingCount();
    this.keepServices(wanted.cds, this.cds);
    this.keepServices(wanted.eds, this.eds);
    if (wanted.rds) {
      this.ports.clear();
      this.autoRoutes.clear();
    }
    if (this.missingCount() !== before) this.changes++;
  }

  private keepServices(wanted: readonly number[] | 'all' | null, set: Set<number>): void {
    if (set.size === 0 || wanted === null) return;
    if (wanted === 'all') set.clear();
    else for (const s of wanted) set.delete(s);
  }

  private missingCount(): number {
    return this.cds.size + this.eds.size + this.ports.size + this.autoRoutes.size;
  }

  private missing(
    wanted: readonly number[] | 'all' | null,
    set: ReadonlySet<number>,
    isKept: boolean,
  ): Iterable<number> {
    if (wanted === null) return [];
    if (wanted === 'all') return set;
    return isKept ? wanted.filter((s) => set.has(s)) : wanted;
  }

  private missRoutes(
    misses: { vhosts: number; routesKept: number },
    scope: Scope,
    isSeen: (service: number) => boolean,
  ): void {
    if (!this.keepsAll) {
      misses.vhosts = scope.vhosts;
      return;
    }
    misses.routesKept = scope.routes;
    for (const port of this.ports) {
      const services = scope.httpPorts.get(port);
      if (services === undefined) continue;
      misses.vhosts += services + 1;
      misses.routesKept--;
    }
    for (const s of this.autoRoutes) {
      if (!isSeen(s)) continue;
      misses.vhosts += 2;
      misses.routesKept--;
    }
  }
}
