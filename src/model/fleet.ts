/** What the control plane is told of a deployment. */
import type { Profile, ProxyMemory } from '../calibration/profile.ts';
import type {
  Fleet,
  FleetController,
  FleetDependency,
  FleetPort,
  FleetProxy,
  FleetService,
  PodSlot,
} from '../controlplane/fleet.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Namespace, ServicePort } from '../topology/topology.ts';
import type { DeployedProxy, DeployedService, Deployment } from './deployment.ts';
import { exportOf, hasSidecarOfCaller, type ModeController } from './knowledge.ts';
import { APP, type DeployedStations } from './stations.ts';

export function makeFleet(
  scenario: Scenario,
  profile: Profile,
  memory: ProxyMemory,
  deployment: Deployment,
  stations: DeployedStations,
  dependencies: readonly FleetDependency[],
): Fleet {
  const { services, proxies, hostCount, placeCount, controllers } = deployment;
  const namespaces = namesOf(scenario, services);
  const slots = services.flatMap((service) => podSlots(service, stations, placeCount));
  const slotOf = new Map(slots.map(({ place }, slot) => [place, slot]));
  return {
    namespaces,
    undiscovered: scenario.config.undiscovered.map((name) => namespaces.indexOf(name)),
    services: services.map((service) => fleetService(scenario, service, namespaces)),
    slots,
    proxies: proxies.map((proxy, p) =>
      fleetProxy(proxy, namespaces, slotOf.get(proxy.place) ?? -1, stations.mainThreadOf[p]),
    ),
    istiods: stations.istiods,
    hostCount,
    // Subsets are told apart by a VirtualService.
    virtualServices: services.filter(({ service }) => service.subsets > 0).length,
    controllers: controllers.map((mode) => fleetController(mode, services)),
    dependencies,
    costs: costsOf(scenario, profile),
    memory,
    residentPerAllocated: profile.residentPerAllocated,
  };
}

/** Those of the scenario in their order, then those that only relays are in. */
function namesOf({ topology }: Scenario, services: readonly DeployedService[]): readonly string[] {
  const names = [...topology.namespaces, ...services.map(({ namespace }) => namespace)];
  return [...new Set(names.map(({ name }) => name))];
}

/** It gives configuration to sidecars only; a relay has all of it. */
function fleetController(
  { mode: name, controller, namespaces }: ModeController,
  services: readonly DeployedService[],
): FleetController {
  const own = services.filter(
    ({ service, mode, relay }) =>
      relay === null && namespaces.has(service.namespace) && hasSidecarOfCaller(mode),
  );
  return { mode: name, controller, own: own.map(({ index }) => index) };
}

/** What the scenario sets is not as the profile says. */
function costsOf({ istio }: Scenario, { controlPlane }: Profile): Profile['controlPlane'] {
  if (istio.watchLag === null) return controlPlane;
  return { ...controlPlane, network: { ...controlPlane.network, watchLag: istio.watchLag } };
}

function fleetService(
  scenario: Scenario,
  { service, index, appears }: DeployedService,
  namespaces: readonly string[],
): FleetService {
  return {
    id: `${service.namespace}/${service.name}`,
    namespace: namespaces.indexOf(service.namespace),
    group: index,
    ports: [service, ...service.otherPorts].map(fleetPort),
    headless: service.headless,
    exportTo: exportOf(scenario, service),
    subsets: service.subsets,
    replicas: service.versions.map(({ replicas }) => replicas),
    cores: service.cores,
    appears,
  };
}

function fleetPort({ port, protocol, autoDetect }: ServicePort): FleetPort {
  const declared = protocol === 'tcp' ? 'tcp' : 'http';
  return { number: port, protocol: autoDetect ? 'auto' : declared, target: port };
}

/** Pods of a namespace that joins become ready evenly spread over its `readySpread`; others are from the start. */
function podSlots(
  { slots, index, namespace, service }: DeployedService,
  { stationOf }: DeployedStations,
  placeCount: number,
): PodSlot[] {
  const created = namespace.joins;
  return slots.map(({ place, version, host, filled }, s) => {
    const ready = created === 0 ? 0 : created + readyAfter(namespace, service.name, s);
    const station = stationOf[APP * placeCount + place];
    const pod = filled ? { created, ready } : null;
    return { place, service: index, version, host, station, pod };
  });
}

/** The pods of a namespace take turns: first one of each service, then the next. */
function readyAfter({ services, readySpread }: Namespace, name: string, slot: number): number {
  const most = Math.max(
    ...services.map(({ versions }) => versions.reduce((sum, { replicas }) => sum + replicas, 0)),
  );
  const position = slot * services.length + services.findIndex((service) => service.name === name);
  return Math.round((readySpread * (position + 1)) / (most * services.length));
}

/** The pods of loads are no slots: their proxies are there, and connected, from the start. */
function fleetProxy(
  { kind, viewer, namespace, host }: DeployedProxy,
  namespaces: readonly string[],
  slot: number,
  mainThread: number,
): FleetProxy {
  return {
    kind,
    viewer,
    slot,
    namespace: namespaces.indexOf(namespace),
    host,
    mainThread,
    connects: slot < 0 ? 0 : null,
  };
}
