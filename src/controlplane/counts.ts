/**
 * What a proxy is configured with, and the memory that takes: sums of its scope, and what comes with its kind and its
 * own pod (specification: control plane, counts; config modes, count model and memory model).
 */
import type { ControlPlaneCosts, ProxyMemoryCosts } from '../calibration/profile.ts';
import type { FleetPort, FleetProxy, FleetService } from './fleet.ts';
import type { Scope } from './resources.ts';

/** What a proxy is configured with. */
export interface Counts {
  /** In CDS: those of the services it sees, static ones, and one for each port of its own pod. */
  readonly clusters: number;
  /** Endpoints in all its clusters; a pod counts once for the service and once for each subset it is in. */
  readonly endpoints: number;
  /** The virtual ones for outbound and inbound included. */
  readonly listeners: number;
  readonly routes: number;
  readonly vhosts: number;
}

/** In Envoy's own totals beside those of xDS: its bootstrap's (agent, prometheus_stats, sds-grpc, xds-grpc, zipkin; 15021, 15090). */
const BOOTSTRAP_CLUSTERS = 5;
const BOOTSTRAP_LISTENERS = 2;

/** Of the mesh as a whole, what the configuration of every proxy depends on. */
export interface MeshFacts {
  /** There are ztunnels, so every Envoy has a cluster for HBONE. */
  readonly hbone: boolean;
  /** VirtualServices; each is a virtual host of every gateway. */
  readonly virtualServices: number;
  readonly services: readonly FleetService[];
}

/** A proxy as far as its configuration depends on it. */
export interface Configured {
  readonly kind: FleetProxy['kind'];
  readonly service: number;
  readonly scope: Scope;
  readonly extraVhosts: number;
}

/**
 * Clusters that belong to no service: BlackHoleCluster, PassthroughCluster and InboundPassthroughCluster; gateways have
 * no listener that passes on what it does not know, so only the first (BuildClusters).
 */
export function staticClusters({ kind }: Pick<Configured, 'kind'>, { hbone }: MeshFacts): number {
  return (kind === 'gateway' ? 1 : 3) + (hbone ? 1 : 0);
}

/**
 * A sidecar's clusters of a headless service go to whatever address was asked for (ORIGINAL_DST), without endpoints; a
 * gateway, which nobody asks for addresses, has endpoint sets for them.
 */
export function hasEndpointSets(
  { kind }: Pick<Configured, 'kind'>,
  { headless }: FleetService,
): boolean {
  return kind === 'gateway' || !headless;
}

/** Clusters whose endpoints come by EDS. */
export function endpointSets({ kind, scope }: Pick<Configured, 'kind' | 'scope'>): number {
  return scope.endpointSets + (kind === 'gateway' ? scope.headlessSets : 0);
}

/** In those clusters. */
export function endpointsIn({ kind, scope }: Pick<Configured, 'kind' | 'scope'>): number {
  return scope.endpoints + (kind === 'gateway' ? scope.headlessEndpoints : 0);
}

/** What proxies of a workload are configured with, without what comes of their own pod. */
export function countsOf(who: Configured, facts: MeshFacts): Counts {
  const { kind, scope, extraVhosts } = who;
  const clusters = scope.clusters + staticClusters(who, facts);
  const endpoints = endpointsIn(who);
  if (kind === 'gateway') return { clusters, endpoints, ...gatewayRoutes(who, facts) };
  const { listeners, routes, vhosts } = scope;
  return { clusters, endpoints, listeners, routes, vhosts: vhosts + extraVhosts };
}

/** Of a gateway: a listener for each port of its own service, and a route with all hosts for each that speaks HTTP. */
function gatewayRoutes(
  { service }: Configured,
  { services, virtualServices }: MeshFacts,
): Pick<Counts, 'listeners' | 'routes' | 'vhosts'> {
  const ports = service < 0 ? [] : services[service].ports;
  const routes = ports.filter(({ protocol }) => protocol === 'http').length;
  // A server without a host still answers, with 404: blackhole:<port>.
  return { listeners: ports.length, routes, vhosts: routes * Math.max(1, virtualServices) };
}

/** How much more, or less, a sidecar has for the pod that it stands beside. */
export function ownCounts(own: FleetService | null): Pick<Counts, 'clusters' | 'listeners'> {
  if (own === null) return { clusters: 0, listeners: 0 };
  const isSingle = ({ protocol }: FleetPort) => own.headless && protocol !== 'http';
  return {
    // One for each port of the pod, whichever and how many ports of the service lead there.
    clusters: new Set(own.ports.map(({ target }) => target)).size,
    // It has no listener for its own address.
    listeners: -own.ports.filter(isSingle).length,
  };
}

/** Memory of an Envoy with this configuration, its bootstrap's own resources included. [B] */
export function proxyMemory(costs: ProxyMemoryCosts, counts: Omit<Counts, 'routes'>): number {
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
