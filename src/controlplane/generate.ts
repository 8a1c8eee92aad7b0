/**
 * What one push to one proxy consists of: resources, bytes, and the time that Envoy's main thread needs for applying
 * it (specification: control plane, sizes; agent, network, Envoy).
 */
import type { ControlPlaneCosts } from '../calibration/profile.ts';
import {
  type Counts,
  countsOf,
  endpointSets,
  endpointsIn,
  hasEndpointSets,
  type MeshFacts,
  staticClusters,
} from './counts.ts';
import { nothing, type Types } from './events.ts';
import { type Catalogue, clustersOf, clustersOfPod, endpointsOf, type Scope } from './resources.ts';
import type { Who } from './workloads.ts';

/** xDS resource types, in the order in which istiod pushes them. */
export const xdsTypes = ['CDS', 'EDS', 'LDS', 'RDS', 'SDS', 'WDS', 'NDS', 'ECDS'] as const;
export type XdsType = (typeof xdsTypes)[number];

/** A push as far as it is the same for all proxies that are told the same. */
export interface Plan {
  readonly types: Types;
  /** One of those that are told this. */
  readonly who: Who;
  readonly scope: Scope;
  /** One message each, in the order they are pushed. Empty: the proxy is concerned, but nothing that it has changes. */
  readonly parts: readonly Part[];
  /** What the proxy has once it has applied this, without its own pod's. */
  readonly counts: Counts;
  /** Clusters whose hosts it changes. */
  readonly clusterUpdates: number;
  /**
   * Services with clusters that are new to the proxy: once it has them it asks for their endpoints, which it is sent
   * on the request path, outside queue and throttle.
   */
  readonly follow: readonly number[];
}

/** All of a push that is of one type. */
export interface Part {
  readonly type: XdsType;
  /** Clusters, without those of the proxy's own ports; endpoint sets; listeners; routes; secrets; addresses; hosts. */
  readonly resources: number;
  readonly bytes: number;
  /** Of Envoy's main thread. [ns] */
  readonly apply: number;
  /** Services whose resources these are; null: all in the scope. */
  readonly services: readonly number[] | null;
}

/** Where and when a plan is made. */
export interface Surroundings extends MeshFacts {
  readonly costs: ControlPlaneCosts;
  readonly catalogue: Catalogue;
  /** Agents answer names from a table that istiod sends them (ISTIO_META_DNS_CAPTURE). */
  readonly dnsCapture: boolean;
}

/** @param fresh - nothing of it is as before: the proxy has just connected, or everything depends on what changed */
export function planOf(types: Types, fresh: boolean, who: Who, around: Surroundings): Plan {
  const draft: Draft = { types, fresh, who, around };
  const parts = [
    types.cds === 'none' ? null : clusterPart(draft),
    types.eds === 'none' ? null : endpointPart(draft),
    types.lds ? listenerPart(draft) : null,
    types.rds && who.kind !== 'waypoint' ? routePart(draft) : null,
    onePart('SDS', types.secrets, around.costs.bytes.secret),
    types.nds && around.dnsCapture && who.kind === 'sidecar' ? namePart(draft) : null,
    onePart('ECDS', types.extensions, around.costs.bytes.extension),
  ].filter((part) => part !== null);
  const isNew = (s: number) => hasEndpointSets(who, around.services[s]);
  const follow = types.cds === 'none' ? [] : seen(draft, types.added).filter(isNew);
  const moved = seen(draft, types.moved).filter((s) => around.catalogue.podsOf(s) > 0);
  return {
    types,
    who,
    scope: who.scope,
    parts,
    counts: countsOf(who, around),
    clusterUpdates: sum(moved, (s) => clustersOfPod(around.services[s])),
    follow,
  };
}

/** Endpoints that a proxy has asked for by the names of new clusters. */
export function answerOf(services: readonly number[], who: Who, around: Surroundings): Plan {
  return planOf({ ...nothing, eds: 'part', edsServices: services }, false, who, around);
}

/** A ztunnel is sent single addresses, by delta only; configuration of routing does not concern it. */
export function ztunnelPlan(addresses: number, types: Types, who: Who, around: Surroundings): Plan {
  const { costs, catalogue } = around;
  const part: Part = {
    type: 'WDS',
    resources: addresses,
    bytes: addresses * costs.bytes.endpoint,
    apply: addresses * costs.envoy.perEndpoint,
    services: null,
  };
  return {
    types: { ...nothing, eds: types.eds, edsServices: types.edsServices, keyCount: types.keyCount },
    who,
    scope: who.scope,
    parts: addresses > 0 ? [part] : [],
    counts: ztunnelCounts(catalogue.podCount),
    clusterUpdates: 0,
    follow: [],
  };
}

/** It holds addresses, no resources of xDS. @param pods - of all services that are ready */
export function ztunnelCounts(pods: number): Counts {
  return { clusters: 0, endpoints: pods, listeners: 0, routes: 0, vhosts: 0 };
}

interface Draft {
  readonly types: Types;
  readonly fresh: boolean;
  readonly who: Who;
  readonly around: Surroundings;
}

/** Those of the services that there are and that the scope has. */
function seen({ who, around }: Draft, services: readonly number[]): readonly number[] {
  return services.filter((s) => around.catalogue.isSeen(who.scope, s));
}

function clusterPart(draft: Draft): Part {
  const { types, fresh, who, around } = draft;
  const { bytes, envoy } = around.costs;
  const sizeOf = (s: number) => clustersOf(around.services[s]);
  const isFull = types.cds === 'full';
  const services = isFull ? null : seen(draft, types.cdsServices);
  const ofServices = services === null ? who.scope.clusters : sum(services, sizeOf);
  const resources = staticClusters(who, around) + ofServices;
  const changed = fresh ? resources : sum(seen(draft, types.changed), sizeOf);
  // Only where all are sent does Envoy compare those that are as before.
  const unchanged = isFull ? Math.max(0, resources - changed) : 0;
  const apply =
    resources * envoy.decodePerCluster +
    unchanged * envoy.unchangedPerCluster +
    changed * envoy.changedPerCluster;
  return { type: 'CDS', resources, bytes: resources * bytes.cluster, apply, services };
}

/** @returns null where a part of EDS is about services of which the proxy has no endpoints */
function endpointPart(draft: Draft): Part | null {
  const { types, who, around } = draft;
  const { services: infos, catalogue, costs } = around;
  const services =
    types.eds === 'full'
      ? null
      : seen(draft, types.edsServices).filter((s) => hasEndpointSets(who, infos[s]));
  if (services?.length === 0) return null;
  const resources =
    services === null ? endpointSets(who) : sum(services, (s) => clustersOf(infos[s]));
  const endpoints =
    services === null
      ? endpointsIn(who)
      : sum(services, (s) => endpointsOf(infos[s], catalogue.podsOf(s)));
  const bytes = resources * costs.bytes.claBase + endpoints * costs.bytes.endpoint;
  const apply = endpoints * costs.envoy.perEndpoint;
  return { type: 'EDS', resources, bytes, apply, services };
}

/** A waypoint's listeners have its routes inside. */
function listenerPart(draft: Draft): Part {
  const { types, fresh, who, around } = draft;
  const { bytes, envoy } = around.costs;
  const { listeners, vhosts } = countsOf(who, around);
  const own = sum(
    seen(draft, types.changed),
    (s) => around.services[s].ports.filter(({ protocol }) => protocol !== 'http').length,
  );
  const changed = fresh || types.listenersChange ? listeners : own;
  const inlined = who.kind === 'waypoint' ? vhosts : 0;
  const single = who.kind === 'gateway' ? { tcp: 0, auto: 0 } : singleListeners(who.scope);
  return {
    type: 'LDS',
    resources: listeners,
    bytes:
      bytes.ldsBase +
      bytes.tcpListener * single.tcp +
      bytes.autoListener * single.auto +
      bytes.vhost * inlined,
    apply: changed * envoy.perListener + inlined * envoy.perVhost,
    services: null,
  };
}

function singleListeners({ tcpListeners, autoListeners }: Scope) {
  return { tcp: tcpListeners, auto: autoListeners };
}

function routePart({ who, around }: Draft): Part {
  const { bytes, envoy } = around.costs;
  const { vhosts, routes } = countsOf(who, around);
  return {
    type: 'RDS',
    resources: routes,
    bytes: vhosts * bytes.vhost,
    apply: vhosts * envoy.perVhost,
    services: null,
  };
}

/** The whole table of names; the agent keeps it, not Envoy. */
function namePart({ who: { scope }, around }: Draft): Part {
  const bytes = scope.services * around.costs.bytes.dnsHost;
  return { type: 'NDS', resources: scope.services, bytes, apply: 0, services: null };
}

function onePart(type: XdsType, resources: number, bytes: number): Part | null {
  if (resources === 0) return null;
  return { type, resources, bytes: resources * bytes, apply: 0, services: null };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
