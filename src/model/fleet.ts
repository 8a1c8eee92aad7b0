/** What the control plane is told of a deployment. */
import type { Profile, ProxyMemoryCosts } from '../calibration/profile.ts';
import type { Fleet, FleetPort, FleetProxy, FleetService, PodSlot } from '../controlplane/fleet.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Namespace, ServicePort } from '../topology/topology.ts';
import type { DeployedProxy, DeployedService, Deployment } from './deployment.ts';
import { APP, type DeployedStations } from './stations.ts';

export function makeFleet(
  scenario: Scenario,
  profile: Profile,
  memory: ProxyMemoryCosts,
  deployment: Deployment,
  stations: DeployedStations,
): Fleet {
  const { services, proxies, hostCount, placeCount } = deployment;
  const namespaces = scenario.topology.namespaces.map(({ name }) => name);
  const slots = services.flatMap((service) => podSlots(service, stations, placeCount));
  return {
    namespaces,
    undiscovered: [],
    services: services.map((service) => fleetService(service, namespaces)),
    slots,
    proxies: proxies.map((proxy, p) =>
      fleetProxy(proxy, namespaces, slots.length, stations.mainThreadOf[p]),
    ),
    istiods: stations.istiods,
    hostCount,
    // Subsets are told apart by a VirtualService.
    virtualServices: services.filter(({ service }) => service.subsets > 0).length,
    controllers: [],
    dependencies: [],
    costs: costsOf(scenario, profile),
    memory,
  };
}

/** What the scenario sets is not as the profile says. */
function costsOf({ istio }: Scenario, { controlPlane }: Profile): Profile['controlPlane'] {
  if (istio.watchLag === null) return controlPlane;
  return { ...controlPlane, network: { ...controlPlane.network, watchLag: istio.watchLag } };
}

function fleetService(
  { service, index, appears }: DeployedService,
  namespaces: readonly string[],
): FleetService {
  return {
    id: `${service.namespace}/${service.name}`,
    namespace: namespaces.indexOf(service.namespace),
    group: index,
    ports: [service, ...service.otherPorts].map(fleetPort),
    headless: service.headless,
    exportTo: service.exportTo,
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
  { kind, viewer, place, namespace, host }: DeployedProxy,
  namespaces: readonly string[],
  slotCount: number,
  mainThread: number,
): FleetProxy {
  // Slots stand in the order of their places, from 0.
  const slot = place < slotCount ? place : -1;
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
