/**
 * What one push to one proxy consists of: resources, bytes, the CPU that istiod needs for generating it, and the time
 * that Envoy's main thread needs for applying it (specification: sizes and CPU; agent, network, Envoy).
 */
import type { ControlPlaneCosts } from '../calibration/profile.ts';
import type { ConfigCache } from './cache.ts';
import type { Types } from './events.ts';
import type { FleetService } from './fleet.ts';
import {
  type Catalogue,
  type Counts,
  clustersOf,
  countsIn,
  endpointSetsOf,
  endpointsOf,
  type Scope,
  STATIC_CLUSTERS,
} from './resources.ts';

/** xDS resource types, in the order in which istiod pushes them. */
export const xdsTypes = ['CDS', 'EDS', 'LDS', 'RDS', 'WDS'] as const;
export type XdsType = (typeof xdsTypes)[number];

/** A push as far as it is the same for all proxies that are told the same. */
export interface Plan {
  readonly types: Types;
  readonly scope: Scope;
  /** One message each, in the order they are pushed; not empty. */
  readonly parts: readonly Part[];
  /** What the proxy has once it has applied this, without its own pod's. */
  readonly counts: Counts;
}

/** All of a push that is of one type. */
export interface Part {
  readonly type: XdsType;
  /** Clusters, without those of the proxy's own ports; endpoint sets; listeners; routes; addresses. */
  readonly resources: number;
  readonly bytes: number;
  /** Of Envoy's main thread. [ns] */
  readonly apply: number;
  /** Services whose resources these are; null: all in the scope. */
  readonly services: readonly number[] | null;
}

/** Where and when a plan is made. */
export interface Surroundings {
  readonly costs: ControlPlaneCosts;
  readonly catalogue: Catalogue;
  readonly services: readonly FleetService[];
}

/** @param fresh - nothing of it is as before: the proxy has just connected, or everything depends on what changed */
export function planOf(types: Types, fresh: boolean, scope: Scope, around: Surroundings): Plan {
  const draft: Draft = { types, fresh, scope, around };
  const parts = [
    ...(types.cds === 'none' ? [] : [clusterPart(draft)]),
    ...endpointParts(draft),
    ...(types.lds ? [listenerPart(draft)] : []),
    ...(types.rds ? [routePart(draft)] : []),
  ];
  return { types, scope, parts, counts: countsIn(scope, null) };
}

interface Draft {
  readonly types: Types;
  readonly fresh: boolean;
  readonly scope: Scope;
  readonly around: Surroundings;
}

/** Those of the services that there are and that the scope has. */
function seen({ scope, around }: Draft, services: readonly number[]): readonly number[] {
  return services.filter((s) => around.catalogue.isSeen(scope, s));
}

function clusterPart(draft: Draft): Part {
  const { types, fresh, scope, around } = draft;
  const { bytes, envoy } = around.costs;
  const sizeOf = (s: number) => clustersOf(around.services[s]);
  const isFull = types.cds === 'full';
  const services = isFull ? null : seen(draft, types.cdsServices);
  const resources = STATIC_CLUSTERS + (services === null ? scope.clusters : sum(services, sizeOf));
  const changed = fresh ? resources : sum(seen(draft, types.changed), sizeOf);
  // Only where all are sent does Envoy compare those that are as before.
  const unchanged = isFull ? Math.max(0, resources - changed) : 0;
  const apply =
    resources * envoy.decodePerCluster +
    unchanged * envoy.unchangedPerCluster +
    changed * envoy.changedPerCluster;
  return { type: 'CDS', resources, bytes: resources * bytes.cluster, apply, services };
}

/** Nothing is sent where a part of EDS is about services that the proxy does not see. */
function endpointParts(draft: Draft): readonly Part[] {
  const { types, scope, around } = draft;
  if (types.eds === 'none') return [];
  const { services: infos, catalogue, costs } = around;
  const services = types.eds === 'full' ? null : seen(draft, types.edsServices);
  if (services?.length === 0) return [];
  const resources =
    services === null ? scope.endpointSets : sum(services, (s) => endpointSetsOf(infos[s]));
  const endpoints =
    services === null
      ? scope.endpoints
      : sum(services, (s) => endpointsOf(infos[s], catalogue.podsOf(s)));
  const bytes = resources * costs.bytes.claBase + endpoints * costs.bytes.endpoint;
  const apply = endpoints * costs.envoy.perEndpoint;
  return [{ type: 'EDS', resources, bytes, apply, services }];
}

function listenerPart(draft: Draft): Part {
  const { types, fresh, scope, around } = draft;
  const { bytes, envoy } = around.costs;
  const own = sum(
    seen(draft, types.changed),
    (s) => around.services[s].ports.filter(({ protocol }) => protocol !== 'http').length,
  );
  const changed = fresh || types.listenersChange ? scope.listeners : own;
  return {
    type: 'LDS',
    resources: scope.listeners,
    bytes:
      bytes.ldsBase +
      bytes.tcpListener * scope.tcpListeners +
      bytes.autoListener * scope.autoListeners,
    apply: changed * envoy.perListener,
    services: null,
  };
}

function routePart({ scope, around }: Draft): Part {
  const { bytes, envoy } = around.costs;
  const { vhosts, routes } = scope;
  return {
    type: 'RDS',
    resources: routes,
    bytes: vhosts * bytes.vhost,
    apply: vhosts * envoy.perVhost,
    services: null,
  };
}

/** CPU of istiod for a push, with what the cache holds at the moment. [ns] */
export interface Work {
  /** Before the first resource is generated. */
  readonly base: number;
  /** By part of the plan. */
  readonly parts: readonly number[];
  /** By part: how much of its work is done holding the lock of its type's cache, alone. */
  readonly locked: readonly number[];
}

export function workOf(
  plan: Plan,
  own: { readonly clusters: number; readonly bytes: number },
  cache: ConfigCache,
  around: Surroundings,
): Work {
  const { cpu } = around.costs;
  const base = cpu.perPush + cpu.filterPerKey * plan.types.keyCount;
  const locked: number[] = [];
  const parts = plan.parts.map((part) => {
    const isClusters = part.type === 'CDS';
    const bytes = part.bytes + (isClusters ? own.bytes : 0);
    // Clusters that do not belong to a service are never cached.
    const fixed = isClusters ? own.clusters : 0;
    const { made, kept } = partWork(part, plan.scope, fixed, cache, cpu);
    const insert = cpu.gcFactor * kept;
    locked.push(insert);
    return cpu.gcFactor * (made + cpu.perByte * bytes) + insert;
  });
  return { base: cpu.gcFactor * base, parts, locked };
}

/** Generating a part, and putting into the cache what was not there: by service and DestinationRule, by port's services. */
function partWork(
  { type, resources, services }: Part,
  scope: Scope,
  ownClusters: number,
  cache: ConfigCache,
  cpu: ControlPlaneCosts['cpu'],
): { readonly made: number; readonly kept: number } {
  const inserting = (entries: number, dependents: number) =>
    cpu.lockBase * entries + cpu.lockPerDependent * dependents;
  switch (type) {
    case 'CDS': {
      const missing = cache.missingClusters(services, scope);
      const had = resources - STATIC_CLUSTERS - missing;
      const made = missing + STATIC_CLUSTERS + ownClusters;
      return {
        made: cpu.cdsPerCluster * made + cpu.cachedPerResource * had,
        kept: cache.keepsAll ? inserting(missing, missing) : 0,
      };
    }
    case 'EDS': {
      const { sets, endpoints } = cache.missingEndpoints(services, scope);
      const made = cpu.edsPerCluster * sets + cpu.edsPerEndpoint * endpoints;
      return {
        made: made + cpu.cachedPerResource * (resources - sets),
        kept: inserting(sets, sets),
      };
    }
    case 'LDS':
      return { made: cpu.ldsBase + cpu.ldsPerListener * resources, kept: 0 };
    case 'RDS': {
      const { vhosts, routesKept } = cache.missingRoutes(scope);
      return {
        made: cpu.rdsPerVhost * vhosts + cpu.cachedPerResource * routesKept,
        kept: cache.keepsAll ? inserting(resources - routesKept, vhosts) : 0,
      };
    }
    case 'WDS':
      return { made: cpu.edsPerEndpoint * resources, kept: 0 };
  }
}

/** CPU of istiod for a push context. [ns] */
export function contextTime(
  costs: ControlPlaneCosts['cpu'],
  size: { readonly services: number; readonly virtualServices: number; readonly scopes: number },
): number {
  return (
    costs.gcFactor *
    (costs.contextPerService * size.services +
      costs.contextPerVirtualService * size.virtualServices +
      costs.scopePerService * size.services * size.scopes)
  );
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
