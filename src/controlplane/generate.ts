/**
 * What one push to one proxy consists of: resources, bytes, the CPU that istiod needs for generating it, and the time
 * that Envoy's main thread needs for applying it (specification: sizes and CPU; agent, network, Envoy).
 */
import type { ControlPlaneCosts } from '../calibration/profile.ts';
import type { ConfigCache, Wanted } from './cache.ts';
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

/** A push as far as it is the same for all proxies that are told the same. */
export interface Plan {
  readonly types: Types;
  readonly wanted: Wanted;
  /** Sent: clusters without those of the proxy's own ports; endpoint sets and what is in them; and so on. */
  readonly clusters: number;
  readonly endpointSets: number;
  readonly endpoints: number;
  /** Of workloads and services, to a ztunnel. */
  readonly addresses: number;
  readonly listeners: number;
  readonly vhosts: number;
  readonly bytes: number;
  /** Of Envoy's main thread. [ns] */
  readonly apply: number;
  /** What the proxy has once it has applied this, without its own pod's. */
  readonly counts: Counts;
}

/** Where and when a plan is made. */
export interface Surroundings {
  readonly costs: ControlPlaneCosts;
  readonly catalogue: Catalogue;
  readonly services: readonly FleetService[];
  /** The services that the proxy sees: of one namespace, or −1 for all. */
  readonly namespace: number;
}

/** @param fresh - nothing of it is as before: the proxy has just connected, or everything depends on what changed */
export function planOf(types: Types, fresh: boolean, around: Surroundings): Plan {
  const { catalogue, services, namespace } = around;
  const scope = namespace < 0 ? catalogue.everything : catalogue.ofNamespace[namespace];
  const isSeen = (s: number) =>
    catalogue.exists(s) && (namespace < 0 || services[s].namespace === namespace);
  const cdsServices = types.cdsServices.filter(isSeen);
  const edsServices = types.edsServices.filter(isSeen);
  const sent = {
    clusters: 0,
    endpointSets: 0,
    endpoints: 0,
    listeners: types.lds ? scope.listeners : 0,
    vhosts: types.rds ? scope.vhosts : 0,
  };
  if (types.cds === 'full') sent.clusters = scope.clusters + STATIC_CLUSTERS;
  if (types.cds === 'part') {
    sent.clusters = STATIC_CLUSTERS + sum(cdsServices, (s) => clustersOf(services[s]));
  }
  if (types.eds === 'full') {
    sent.endpointSets = scope.endpointSets;
    sent.endpoints = scope.endpoints;
  }
  if (types.eds === 'part') {
    sent.endpointSets = sum(edsServices, (s) => endpointSetsOf(services[s]));
    sent.endpoints = sum(edsServices, (s) => endpointsOf(services[s], catalogue.podsOf(s)));
  }
  const changed = types.changed.filter(isSeen).map((s) => services[s]);
  return {
    types,
    wanted: {
      cds: types.cds === 'none' ? null : types.cds === 'full' ? 'all' : cdsServices,
      eds: types.eds === 'none' ? null : types.eds === 'full' ? 'all' : edsServices,
      rds: types.rds,
    },
    ...sent,
    addresses: 0,
    bytes: bytesOf(sent, types, scope, around.costs.bytes),
    apply: applyTime(sent, types, fresh, changed, scope, around.costs.envoy),
    counts: countsIn(scope, null),
  };
}

interface Sent {
  readonly clusters: number;
  readonly endpointSets: number;
  readonly endpoints: number;
  readonly listeners: number;
  readonly vhosts: number;
}

function bytesOf(
  sent: Sent,
  types: Types,
  scope: Scope,
  costs: ControlPlaneCosts['bytes'],
): number {
  const lds = types.lds
    ? costs.ldsBase +
      costs.tcpListener * scope.tcpListeners +
      costs.autoListener * scope.autoListeners
    : 0;
  return (
    sent.clusters * costs.cluster +
    sent.endpointSets * costs.claBase +
    sent.endpoints * costs.endpoint +
    lds +
    sent.vhosts * costs.vhost
  );
}

function applyTime(
  sent: Sent,
  types: Types,
  fresh: boolean,
  changed: readonly FleetService[],
  scope: Scope,
  costs: ControlPlaneCosts['envoy'],
): number {
  const changedClusters =
    types.cds === 'none' ? 0 : fresh ? sent.clusters : sum(changed, clustersOf);
  // Only where all are sent does Envoy compare those that are as before.
  const unchanged = types.cds === 'full' ? Math.max(0, sent.clusters - changedClusters) : 0;
  const ownListeners = sum(
    changed,
    ({ ports }) => ports.filter(({ protocol }) => protocol !== 'http').length,
  );
  const changedListeners = !types.lds
    ? 0
    : fresh || types.listenersChange
      ? scope.listeners
      : ownListeners;
  return (
    sent.clusters * costs.decodePerCluster +
    unchanged * costs.unchangedPerCluster +
    changedClusters * costs.changedPerCluster +
    sent.endpoints * costs.perEndpoint +
    changedListeners * costs.perListener +
    sent.vhosts * costs.perVhost
  );
}

/** CPU of istiod for a push, with what the cache holds at the moment. [ns] */
export function generationTime(
  plan: Plan,
  own: { readonly clusters: number; readonly bytes: number },
  cache: ConfigCache,
  around: Surroundings,
): number {
  const { types } = plan;
  const { cpu } = around.costs;
  const { catalogue, namespace } = around;
  const scope = namespace < 0 ? catalogue.everything : catalogue.ofNamespace[namespace];
  const misses = cache.missesOf(plan.wanted, scope, namespace);
  // Clusters that do not belong to a service are never cached.
  const fixed = types.cds === 'none' ? 0 : STATIC_CLUSTERS;
  const clustersKept = plan.clusters - fixed - misses.clusters;
  const kept = clustersKept + plan.endpointSets - misses.endpointSets + misses.routesKept;
  return (
    cpu.gcFactor *
    (cpu.perPush +
      cpu.filterPerKey * types.keyCount +
      cpu.cdsPerCluster * (misses.clusters + fixed + own.clusters) +
      cpu.edsPerCluster * misses.endpointSets +
      cpu.edsPerEndpoint * (misses.endpoints + plan.addresses) +
      (types.lds ? cpu.ldsBase + cpu.ldsPerListener * plan.listeners : 0) +
      cpu.rdsPerVhost * misses.vhosts +
      cpu.cachedPerResource * kept +
      cpu.perByte * (plan.bytes + own.bytes))
  );
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
