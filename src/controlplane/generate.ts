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
  clustersOfPod,
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
  /** Clusters whose hosts it changes. */
  readonly clusterUpdates: number;
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
  const moved = sum(
    seen(draft, types.moved).filter((s) => around.catalogue.podsOf(s) > 0),
    (s) => clustersOfPod(around.services[s]),
  );
  return { types, scope, parts, counts: countsIn(scope, null), clusterUpdates: moved };
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
}

export function workOf(
  plan: Plan,
  own: { readonly clusters: number; readonly bytes: number },
  cache: ConfigCache,
  around: Surroundings,
): Work {
  const { cpu } = around.costs;
  const base = cpu.perPush + cpu.filterPerKey * plan.types.keyCount;
  const parts = plan.parts.map((part) => {
    const isClusters = part.type === 'CDS';
    const bytes = part.bytes + (isClusters ? own.bytes : 0);
    // Clusters that do not belong to a service are never cached.
    const fixed = isClusters ? own.clusters : 0;
    return cpu.gcFactor * (partWork(part, plan.scope, fixed, cache, cpu) + cpu.perByte * bytes);
  });
  return { base: cpu.gcFactor * base, parts };
}

function partWork(
  { type, resources, services }: Part,
  scope: Scope,
  ownClusters: number,
  cache: ConfigCache,
  cpu: ControlPlaneCosts['cpu'],
): number {
  switch (type) {
    case 'CDS': {
      const missing = cache.missingClusters(services, scope);
      const kept = resources - STATIC_CLUSTERS - missing;
      const made = missing + STATIC_CLUSTERS + ownClusters;
      return cpu.cdsPerCluster * made + cpu.cachedPerResource * kept;
    }
    case 'EDS': {
      const { sets, endpoints } = cache.missingEndpoints(services, scope);
      const kept = resources - sets;
      const made = cpu.edsPerCluster * sets + cpu.edsPerEndpoint * endpoints;
      return made + cpu.cachedPerResource * kept;
    }
    case 'LDS':
      return cpu.ldsBase + cpu.ldsPerListener * resources;
    case 'RDS': {
      const { vhosts, routesKept } = cache.missingRoutes(scope);
      return cpu.rdsPerVhost * vhosts + cpu.cachedPerResource * routesKept;
    }
    case 'WDS':
      return cpu.edsPerEndpoint * resources;
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
