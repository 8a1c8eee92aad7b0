/**
 * Who is where: services become runs of pod slots, each slot a place of the network on one of the hosts, and
 * every proxy gets its number. Names end here; `directory.ts` turns numbers back into them.
 *
 * A slot is room for a pod. Where churn creates pods there are more slots than pods at the start.
 */
import { type MeshMode, type ProxyKind, proxyKinds } from '../mesh/mode.ts';
import { type MeshModeName, meshModes } from '../mesh/modes.ts';
import type { Load, Scenario } from '../scenario/scenario.ts';
import type { Relay } from '../scope/strategy.ts';
import { type Namespace, type Service, serviceId } from '../topology/topology.ts';
import type { Nanos } from '../units.ts';
import { controllersOf, isPartial, type ModeController } from './knowledge.ts';
import { relayNamespace, relayService, relaysOf } from './relays.ts';
import { type Room, roomFor } from './room.ts';

export interface DeployedService {
  /** Its number: that of its group of places, and of the tag of calls to it. */
  readonly index: number;
  readonly id: string;
  readonly service: Service;
  readonly namespace: Namespace;
  readonly modeName: MeshModeName;
  readonly mode: MeshMode;
  /** What it is a relay of; null for a service of the scenario. */
  readonly relay: Relay | null;
  /** Its slots are the places [firstPlace, firstPlace + slots.length). */
  readonly firstPlace: number;
  readonly slots: readonly Slot[];
  /** With its namespace, 0 from the start; ∞: churn creates it. */
  readonly appears: Nanos;
}

export type DeployedRelay = DeployedService & { readonly relay: Relay };

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

/**
 * A proxy, or the kube-proxy of a host, which balances where no proxy does. A gateway is an Envoy that has a pod for
 * itself: it does what a sidecar does, for nobody.
 */
export interface DeployedProxy {
  readonly kind: ProxyKind | 'gateway' | 'kube-proxy';
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

/** Classes of places that are no pod of a service's version, which count from 0. */
export const RELAYED = -1;
export const PASSED = -2;

export interface Deployment {
  readonly hostCount: number;
  /** Those of the scenario, and then relays. */
  readonly services: readonly DeployedService[];
  readonly clients: readonly Client[];
  readonly controllers: readonly ModeController[];
  readonly placeCount: number;
  /** So many further than a place is its twin, the same pod past all proxies; 0 for none. */
  readonly twins: number;
  readonly proxies: readonly DeployedProxy[];
  /** By place: the viewer in whose name it looks for others. */
  readonly viewerOf: readonly number[];
  readonly hostOf: readonly number[];
  /** proxyOf[kind][place]: index of `proxies`, −1 for none. */
  readonly proxyOf: Readonly<Record<ProxyKind, Int32Array>>;
}

export function deploy(scenario: Scenario): Deployment {
  const hostCount = scenario.topology.hosts.count;
  const controllers = controllersOf(scenario);
  const relays = relaysOf(controllers);
  const named = scenario.topology.namespaces.flatMap(({ services }) => services);
  const { churn, istio } = scenario;
  const ids = [...named, ...relays].map(serviceId);
  const room = roomFor(churn, ids, Math.max(istio.drain, istio.grace));
  const own = deployServices(scenario, room);
  const podPlaces = own.reduce((sum, { slots }) => sum + slots.length, 0);
  const clients = deployClients(scenario, own, podPlaces);
  // Behind all others, so that nothing is anywhere else for them.
  const behind = podPlaces + clients.length;
  const relayed = deployRelays(scenario, room, relays, own.length, behind);
  const services = [...own, ...relayed];
  const hostOf = [
    ...own.flatMap(({ slots }) => slots.map(({ host }) => host)),
    ...clients.map(({ host }) => host),
    ...relayed.flatMap(({ slots }) => slots.map(({ host }) => host)),
  ];
  const proxies = deployProxies(scenario, services, clients, hostCount);
  const twins = isPartial(scenario, controllers) ? hostOf.length : 0;
  const { viewerOf, proxyOf } = assign(services, clients, proxies, hostOf);
  return {
    hostCount,
    services,
    clients,
    controllers,
    placeCount: hostOf.length + twins,
    twins,
    hostOf: twins === 0 ? hostOf : [...hostOf, ...hostOf],
    // A twin's calls go where the kube-proxy of its host sends them.
    viewerOf: twins === 0 ? viewerOf : [...viewerOf, ...hostOf],
    proxyOf,
    proxies,
  };
}

function deployServices(scenario: Scenario, room: Room): DeployedService[] {
  const services: DeployedService[] = [];
  let place = 0;
  for (const namespace of scenario.topology.namespaces) {
    for (const service of namespace.services) {
      const modeName = scenario.mesh.modeOf[serviceId(service)] ?? scenario.mesh.mode;
      const facts = { index: services.length, modeName, relay: null };
      const deployed = deployService(scenario, room, { namespace, service }, facts, place);
      services.push(deployed);
      place += deployed.slots.length;
    }
  }
  return services;
}

/** Their pods have sidecars, or are gateways, and know all services. They are there from the start. */
function deployRelays(
  scenario: Scenario,
  room: Room,
  relays: readonly Relay[],
  firstIndex: number,
  firstPlace: number,
): DeployedService[] {
  const services: DeployedService[] = [];
  let place = firstPlace;
  for (const relay of relays) {
    const service = relayService(relay, scenario.topology);
    const namespace = relayNamespace(relay, service);
    const facts = { index: firstIndex + services.length, modeName: 'sidecar', relay } as const;
    const deployed = deployService(scenario, room, { namespace, service }, facts, place);
    services.push(deployed);
    place += deployed.slots.length;
  }
  return services;
}

function deployService(
  { topology }: Scenario,
  room: Room,
  { namespace, service }: Pick<DeployedService, 'namespace' | 'service'>,
  facts: Pick<DeployedService, 'index' | 'modeName' | 'relay'>,
  firstPlace: number,
): DeployedService {
  const id = serviceId(service);
  const isCreatedLater = room.isCreatedLater(id);
  const slots: Slot[] = [];
  let place = firstPlace;
  service.versions.forEach((version, v) => {
    const count = room.slotCount(id, version);
    for (let s = 0; s < count; s++) {
      const host = place % topology.hosts.count;
      const filled = !isCreatedLater && s < version.replicas;
      slots.push({ place: place++, version: v, host, filled });
    }
  });
  const appears = isCreatedLater ? Number.POSITIVE_INFINITY : namespace.joins;
  const mode = meshModes[facts.modeName];
  return { ...facts, id, service, namespace, mode, firstPlace, slots, appears };
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

/** Viewers are numbered in this order: the kube-proxy of each host, then ztunnels, sidecars, waypoints, relays. */
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
  const addBeside = ({ slots, service, index, relay }: DeployedService) => {
    const kind = relay?.kind === 'gateway' ? 'gateway' : 'sidecar';
    const { namespace } = service;
    for (const { place, host } of slots) add({ kind, host, place, namespace, service: index });
  };
  const withSidecars = services.filter(({ mode }) => mode.proxies.includes('sidecar'));
  for (const service of withSidecars) if (service.relay === null) addBeside(service);
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
  for (const service of withSidecars) if (service.relay !== null) addBeside(service);
  return proxies;
}

/** Which proxies a place has, and which of them looks for others in its name. */
function assign(
  services: readonly DeployedService[],
  clients: readonly Client[],
  proxies: readonly DeployedProxy[],
  hostOf: readonly number[],
): Pick<Deployment, 'viewerOf' | 'proxyOf'> {
  const proxyOf = Object.fromEntries(
    proxyKinds.map((kind) => [kind, new Int32Array(hostOf.length).fill(-1)]),
  ) as Record<ProxyKind, Int32Array>;
  const ztunnels = proxies.findIndex(({ kind }) => kind === 'ztunnel');
  const waypoints = new Map<string, number>();
  proxies.forEach(({ kind, place, namespace, service }, p) => {
    if (kind === 'sidecar' || kind === 'gateway') proxyOf.sidecar[place] = p;
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
