/**
 * istiod's cache of generated resources (xds_cache.go): what one proxy's push has generated the next one takes, until
 * something it depends on changes. Each type has an LRU of its own. Proxies are of one locality, cluster and network,
 * so clusters and endpoint sets are shared by all who see them, routes by all who see the same services on their port.
 * (Specification: control plane, caches.)
 */
import type { PushKind, Request } from './changes.ts';
import { endpointSets, hasEndpointSets } from './counts.ts';
import type { FleetService } from './fleet.ts';
import type { Part } from './generate.ts';
import type { Release } from './releases.ts';
import { type Catalogue, clustersOf, endpointsOf } from './resources.ts';
import { RouteEntries } from './route-entries.ts';
import { ServiceEntries } from './service-entries.ts';
import type { Who } from './workloads.ts';

/** What a push finds missing of a type. */
export interface Missing {
  /** Resources that have to be generated and put in. */
  readonly resources: number;
  /** Endpoints, or virtual hosts, in those. */
  readonly inside: number;
  /** Virtual hosts among those of ports without a protocol. */
  readonly auto: number;
  /** Things that what is put in depends on, which the lock of the type is held for. */
  readonly dependents: number;
}

const NOTHING: Missing = { resources: 0, inside: 0, auto: 0, dependents: 0 };
/** A service and its DestinationRule. */
const DEPENDENTS = 2;

export class ConfigCache {
  /** How often its contents have changed. */
  changes = 0;
  private readonly services: readonly FleetService[];
  private readonly catalogue: Catalogue;
  /** Clusters and routes are cached too, not endpoint sets alone. */
  readonly keepsAll: boolean;
  private readonly cds: ServiceEntries;
  private readonly eds: ServiceEntries;
  private readonly rds: RouteEntries;
  /**
   * When something was last dropped, whichever: every clearing is one of all types. What a push generates that began
   * before is not kept. [ns]
   */
  private clearedAt = 0;

  constructor(release: Release, services: readonly FleetService[], catalogue: Catalogue) {
    const { cacheEntries } = release;
    this.services = services;
    this.catalogue = catalogue;
    this.keepsAll = release.cache === 'all';
    const sizes = services.map(clustersOf);
    this.cds = new ServiceEntries(cacheEntries, sizes);
    this.eds = new ServiceEntries(cacheEntries, sizes);
    this.rds = new RouteEntries(cacheEntries, services);
  }

  /** Proxies of this workload were configured before the simulation begins. */
  fill(who: Who): void {
    if (this.rds.put(who, this.catalogue)) this.changes++;
  }

  /** A change has come in, which will be pushed later. */
  hear({ keys }: Request, now: number): void {
    for (const { kind, service } of keys.values()) {
      if (kind === 'Address') this.dropAll(now);
      else if (service >= 0 && (kind === 'Endpoints' || kind === 'ServiceEntry'))
        this.drop(service, now);
    }
  }

  /** A service or its endpoints have changed: whatever depends on it goes, the routes of all its ports too. */
  drop(service: number, now: number): void {
    this.clear(now);
    this.cds.drop(service);
    this.eds.drop(service);
    this.rds.drop(service);
  }

  /** What a push drops before it starts; @param root - the root namespace */
  dropFor({ keys, forced }: Request, root: number, now: number): void {
    this.clear(now);
    if (forced) this.dropAll(now);
    for (const { kind, namespace, service } of keys.values()) {
      if (kind === 'Address') this.dropAll(now);
      else if (kind === 'PeerAuthentication') this.eds.dropAll();
      else if (kind === 'EnvoyFilter') {
        // Those of a namespace are in the keys of its entries; those of the root namespace in all.
        if (namespace === root) this.dropClustersAndRoutes();
      } else if (service >= 0 && kind === 'VirtualService') this.rds.drop(service);
      else if (service >= 0 && dropsAll.has(kind)) this.drop(service, now);
    }
  }

  /** An istiod that has just started has nothing either. */
  dropAll(now: number): void {
    this.clear(now);
    this.dropClustersAndRoutes();
    this.eds.dropAll();
  }

  private dropClustersAndRoutes(): void {
    this.cds.dropAll();
    this.rds.dropAll();
  }

  private clear(now: number): void {
    this.clearedAt = now;
    this.changes++;
  }

  /** @param services - whose; null: of all in the scope */
  missingClusters(services: readonly number[] | null, who: Who): Missing {
    const { cds, catalogue, keepsAll } = this;
    const { scope } = who;
    if (!keepsAll && services === null) return { ...NOTHING, resources: scope.clusters };
    const missing = keepsAll ? cds.missing(services, scope.clusters) : (services ?? []);
    let resources = 0;
    for (const s of missing) {
      if (catalogue.isSeen(scope, s)) resources += clustersOf(this.services[s]);
    }
    return { ...NOTHING, resources, dependents: keepsAll ? DEPENDENTS * resources : 0 };
  }

  missingEndpoints(services: readonly number[] | null, who: Who): Missing {
    const { catalogue } = this;
    let resources = 0;
    let inside = 0;
    for (const s of this.eds.missing(services, endpointSets(who))) {
      const service = this.services[s];
      if (!catalogue.isSeen(who.scope, s) || !hasEndpointSets(who, service)) continue;
      resources += clustersOf(service);
      inside += endpointsOf(service, catalogue.podsOf(s));
    }
    return { ...NOTHING, resources, inside, dependents: DEPENDENTS * resources };
  }

  missingRoutes(who: Who): Missing {
    if (this.keepsAll) return this.rds.missing(who, this.catalogue);
    const { routes, vhosts, autoRoutes } = who.scope;
    const inside = vhosts + who.extraVhosts;
    return { ...NOTHING, resources: routes, inside, auto: 2 * autoRoutes };
  }

  /**
   * A push has generated this.
   *
   * @param start - of the push; of an answer to a proxy, of its last push: −1 for one that has had none, then nothing
   *   is kept
   */
  keep({ type, services }: Part, who: Who, start: number): void {
    if (start < 0 || start < this.clearedAt) return;
    const isSeen = (s: number) => this.catalogue.isSeen(who.scope, s);
    let isDifferent = false;
    if (type === 'CDS' && this.keepsAll) isDifferent = this.cds.put(services, isSeen);
    if (type === 'EDS') isDifferent = this.eds.put(services, isSeen);
    if (type === 'RDS' && this.keepsAll) isDifferent = this.rds.put(who, this.catalogue);
    if (isDifferent) this.changes++;
  }
}

/** Kinds that clusters, endpoint sets and routes of their service all depend on. */
const dropsAll: ReadonlySet<PushKind> = new Set<PushKind>([
  'Endpoints',
  'ServiceEntry',
  'DestinationRule',
  'DNSName',
]);
