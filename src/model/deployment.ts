/**
 * Who is where: services become runs of pod slots, each slot a place of the network on one of the hosts, and
 * every proxy gets its number. Names end here; `directory.ts` turns numbers back into them.
 *
 * A slot is room for a pod. Where churn creates pods there are more slots than pods at the start.
 */
import { type MeshMode, type ProxyKind, proxyKinds } from '../mesh/mode.ts';
import { type MeshModeName, meshModes } from '../mesh/modes.ts';
import type { Load, Scenario } from '../scenario/scenario.ts';
import { type Namespace, type Service, serviceId } from '../topology/topology.ts';
import type { Nanos } from '../units.ts';
import { roomFor } from './room.ts';

export interface DeployedService {
  /** Its number: that of its group of places, and of the tag of calls to it. */
  readonly index: number;
  readonly id: string;
  readonly service: Service;
  readonly namespace: Namespace;
  readonly modeName: MeshModeName;
  readonly mode: MeshMode;
  /** Its slots are the places [firstPlace, firstPlace + slots.length). */
  readonly firstPlace: number;
  readonly slots: readonly Slot[];
  /** With its namespace, 0 from the start; ∞: churn creates it. */
  readonly appears: Nanos;
}

export interface Slot {
  readonly place: number;
  /** Index of the service's versions. */
  readonly version: number;
  readonly host: number;
  /** A pod is there from the beginning (of its namespace). */
  readonly filled: boolean;
}

/** The pod that a load comes from. */
export interface Client {
  readonly load: Load;
  readonly target: DeployedService;
  readonly mode: MeshMode;
  readonly place: number;
  readonly host: number;
}

/** A proxy, or the kube-proxy of a host, which balances where no proxy does. */
export interface DeployedProxy {
  readonly kind: ProxyKind | 'kube-proxy';
  /** Its number among those who look for endpoints. */
  readonly viewer: number;
  readonly host: number;
  /** Whose pod it stands in; −1 where it stands alone. */
  readonly place: number;
  /** Namespace that it serves, '' for those of a host. */
  readonly namespace: string;
  /** Service that it belongs to: index, −1 where it is no single one's. */
  readonly service: number;
}

export interface Deployment {
  readonly hostCount: number;
  readonly services: readonly DeployedService[];
  readonly clients: readonly Client[];
  readonly placeCount: number;
  readonly proxies: readonly DeployedProxy[];
  /** By place: the viewer in whose name it looks for others. */
  readonly viewerOf: readonly number[];
  readonly hostOf: readonly number[];
  /** proxyOf[kind][place]: index of `proxies`, −1 for none. */
  readonly proxyOf: Readonly<Record<ProxyKind, Int32Array>>;
}

export function deploy(scenario: Scenario): Deployment {
  const hostCount = scenario.topology.hosts.count;
  const services = deployServices(scenario);
  const podPlaces = services.reduce((sum, { slots }) => sum + slots.length, 0);
  const clients = deployClients(scenario, services, podPlaces);
  const placeCount = podPlaces + clients.length;
  const hostOf = [
    ...services.flatMap(({ slots }) => slots.map(({ host }) => host)),
    ...clients.map(({ host }) => host),
  ];
  const proxies = deployProxies(scenario, services, clients, hostCount);
  return {
    hostCount,
    services,
    clients,
    placeCount,
    hostOf,
    ...assign(services, clients, proxies, hostOf, placeCount),
    proxies,
  };
}

function deployServices(scenario: Scenario): DeployedService[] {
  const { topology, mesh, churn, istio } = scenario;
  const ids = topology.namespaces.flatMap(({ services }) => services.map(serviceId));
  const room = roomFor(churn, ids, Math.max(istio.drain, istio.grace));
  const services: DeployedService[] = [];
  let place = 0;
  for (const namespace of topology.namespaces) {
    for (const service of namespace.services) {
      const id = serviceId(service);
      const modeName = mesh.modeOf[id] ?? mesh.mode;
      const firstPlace = place;
      const isCreatedLater = room.isCreatedLater(id);
      const slots: Slot[] = [];
      service.versions.forEach((version, v) => {
        const count = room.slotCount(id, version);
        for (let s = 0; s < count; s++) {
          const host = place % topology.hosts.count;
          slots.push({
            place: place++,
            version: v,
            host,
            filled: !isCreatedLater && s < version.replicas,
          });
        }
      });
      const mode = meshModes[modeName];
      const index = services.length;
      const appears = isCreatedLater ? Number.POSITIVE_INFINITY : namespace.joins;
      services.push({ index, id, service, namespace, modeName, mode, firstPlace, slots, appears });
    }
  }
  return services;
}

function deployClients(
  scenario: Scenario,
  services: readonly DeployedService[],
  firstPlace: number,
): Client[] {
  const byId = new Map(services.map((service) => [service.id, service]));
  const clients: Client[] = [];
  for (const load of scenario.load) {
    for (const id of load.to) {
      const target = byId.get(id);
      if (target === undefined) throw new Error(`load "${load.name}" goes to unknown "${id}"`);
      const place = firstPlace + clients.length;
      const host = place % scenario.topology.hosts.count;
      clients.push({ load, target, mode: meshModes[load.mesh], place, host });
    }
  }
  return clients;
}

/** Viewers are numbered in this order: the kube-proxy of each host, then ztunnels, sidecars, waypoints. */
function deployProxies(
  scenario: Scenario,
  services: readonly DeployedService[],
  clients: readonly Client[],
  hostCount: number,
): DeployedProxy[] {
  const proxies: DeployedProxy[] = [];
  const add = (proxy: Omit<DeployedProxy, 'viewer'>) =>
    proxies.push({ ...proxy, viewer: proxies.length });
  const alone = { place: -1, namespace: '', service: -1 };
  const modes = [...services, ...clients].map(({ mode }) => mode);
  for (let host = 0; host < hostCount; host++) add({ kind: 'kube-proxy', host, ...alone });
  if (modes.some(({ proxies }) => proxies.includes('ztunnel'))) {
    for (let host = 0; host < hostCount; host++) add({ kind: 'ztunnel', host, ...alone });
  }
  for (const { mode, slots, service, index } of services) {
    if (!mode.proxies.includes('sidecar')) continue;
    const { namespace } = service;
    for (const { place, host } of slots) {
      add({ kind: 'sidecar', host, place, namespace, service: index });
    }
  }
  for (const { mode, place, host, target } of clients) {
    if (!mode.proxies.includes('sidecar')) continue;
    add({ kind: 'sidecar', host, place, namespace: target.service.namespace, service: -1 });
  }
  const waypointOf = new Set<string>();
  for (const { mode, service, index, id } of services) {
    if (!mode.proxies.includes('waypoint')) continue;
    const isOfService = scenario.mesh.waypoint === 'service';
    const owner = isOfService ? id : service.namespace;
    if (waypointOf.has(owner)) continue;
    waypointOf.add(owner);
    const host = proxies.length % hostCount;
    const { namespace } = service;
    add({ kind: 'waypoint', host, place: -1, namespace, service: isOfService ? index : -1 });
  }
  return proxies;
}

/** Which proxies a place has, and which of them looks for others in its name. */
function assign(
  services: readonly DeployedService[],
  clients: readonly Client[],
  proxies: readonly DeployedProxy[],
  hostOf: readonly number[],
  placeCount: number,
): Pick<Deployment, 'viewerOf' | 'proxyOf'> {
  const proxyOf = Object.fromEntries(
    proxyKinds.map((kind) => [kind, new Int32Array(placeCount).fill(-1)]),
  ) as Record<ProxyKind, Int32Array>;
  const ztunnels = proxies.findIndex(({ kind }) => kind === 'ztunnel');
  const waypoints = new Map<string, number>();
  proxies.forEach(({ kind, place, namespace, service }, p) => {
    if (kind === 'sidecar') proxyOf.sidecar[place] = p;
    if (kind === 'waypoint') waypoints.set(service < 0 ? namespace : services[service].id, p);
  });
  const viewerOf: number[] = [];
  const settle = (place: number, mode: MeshMode, waypoint: number) => {
    if (mode.proxies.includes('ztunnel')) proxyOf.ztunnel[place] = ztunnels + hostOf[place];
    if (mode.proxies.includes('waypoint')) proxyOf.waypoint[place] = waypoint;
    const outbound = mode.path[0];
    const own = outbound === undefined || outbound === 'wire' ? -1 : proxyOf[outbound.proxy][place];
    viewerOf[place] = own < 0 ? hostOf[place] : proxies[own].viewer;
  };
  for (const { mode, slots, id, service } of services) {
    const waypoint = waypoints.get(id) ?? waypoints.get(service.namespace) ?? -1;
    for (const { place } of slots) settle(place, mode, waypoint);
  }
  for (const { mode, place } of clients) settle(place, mode, -1);
  return { viewerOf, proxyOf };
}
