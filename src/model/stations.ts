/** The stations of a deployment: application cores, proxy workers, the main threads of proxies, istiod's cores. */
import type { Profile } from '../calibration/profile.ts';
import type { StationNames } from '../measure/directory.ts';
import type { ProxyKind } from '../mesh/mode.ts';
import { proxyKinds } from '../mesh/mode.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Builder } from './builder.ts';
import type { DeployedProxy, DeployedService, Deployment } from './deployment.ts';

/** Rows of `Network.stationOf`. */
export const APP = 0;
export const roleOf: Readonly<Record<ProxyKind, number>> = { sidecar: 1, ztunnel: 2, waypoint: 3 };
const ROLE_COUNT = 1 + proxyKinds.length;
/** Row of `Network.poolOf`. */
export const THREADS = 0;

export interface DeployedStations {
  readonly stationOf: Int32Array;
  readonly poolOf: Int32Array;
  /** Rows of the result. */
  readonly groups: readonly StationNames[];
  /** By proxy: the station of its main thread, −1 for what has none. */
  readonly mainThreadOf: Int32Array;
  readonly istiods: readonly number[];
}

/** What the makers of stations share. */
interface Site {
  readonly builder: Builder;
  readonly scenario: Scenario;
  readonly profile: Profile;
  readonly deployment: Deployment;
  readonly stationOf: Int32Array;
  readonly poolOf: Int32Array;
  readonly groups: StationNames[];
}

const FIFO = { discipline: 'fifo', jobsMax: Infinity, wake: null } as const;
const SHARING = { discipline: 'sharing', jobsMax: Infinity, wake: null, host: -1 } as const;

export function deployStations(
  builder: Builder,
  scenario: Scenario,
  profile: Profile,
  deployment: Deployment,
): DeployedStations {
  const { placeCount } = deployment;
  const site: Site = {
    builder,
    scenario,
    profile,
    deployment,
    stationOf: new Int32Array(placeCount * ROLE_COUNT).fill(-1),
    poolOf: new Int32Array(placeCount).fill(-1),
    groups: [],
  };
  for (const service of deployment.services) deployApp(site, service);
  const mainThreadOf = deployProxies(site);
  const istiods = deployIstiods(site);
  const { stationOf, poolOf, groups } = site;
  return { stationOf, poolOf, groups, mainThreadOf, istiods };
}

/** Where a station takes its cores from: those of a host, or its own. */
function hostOf({ scenario }: Site, host: number): number {
  return scenario.topology.hosts.contention ? host : -1;
}

function deployApp(site: Site, { slots, service, id, relay }: DeployedService): void {
  const { builder, stationOf, poolOf, groups } = site;
  const { placeCount } = site.deployment;
  if (relay?.kind === 'gateway') return;
  const pods = slots.filter(({ filled }) => filled).length;
  const servers = service.cores;
  // The CPU limit of a relay's container may be a part of a core.
  const stations = slots.map(({ host }) =>
    relay === null
      ? builder.station({ ...FIFO, servers, host: hostOf(site, host) })
      : builder.station({ ...SHARING, servers }),
  );
  slots.forEach(({ place }, s) => {
    stationOf[APP * placeCount + place] = stations[s];
  });
  const kind = relay === null ? 'app' : 'relay';
  groups.push({ kind, name: `${kind} ${id}`, owner: id, stations, pods, servers });
  if (service.threads === null) return;
  const size = service.threads;
  const queueMax = service.queueMax ?? Number.POSITIVE_INFINITY;
  const pools = slots.map(() => builder.pool({ size, queueMax }));
  slots.forEach(({ place }, s) => {
    poolOf[THREADS * placeCount + place] = pools[s];
  });
  const name = `threads ${id}`;
  groups.push({ kind: 'threads', name, owner: id, stations: pools, pods, servers: size });
}

/** @returns by proxy: the station of its main thread */
function deployProxies(site: Site): Int32Array {
  const { builder, scenario, profile, deployment } = site;
  const { proxies, proxyOf, placeCount } = deployment;
  const workersOf = new Int32Array(proxies.length).fill(-1);
  const mainThreadOf = new Int32Array(proxies.length).fill(-1);
  proxies.forEach(({ kind, host }, p) => {
    if (kind === 'kube-proxy') return;
    const { workers, wake } = profile.proxies[costsOf(kind)];
    const servers = scenario.mesh.workers ?? workers;
    // Envoy pins a connection to a worker; ztunnel's tasks move between its threads.
    const discipline = kind === 'ztunnel' ? 'fifo' : 'pinned';
    const cores = hostOf(site, host);
    const jobsMax = Number.POSITIVE_INFINITY;
    workersOf[p] = builder.station({ discipline, servers, jobsMax, wake, host: cores });
    mainThreadOf[p] = builder.station({ ...FIFO, servers: 1, host: cores });
  });
  for (const kind of proxyKinds) {
    proxyOf[kind].forEach((proxy, place) => {
      if (proxy >= 0) site.stationOf[roleOf[kind] * placeCount + place] = workersOf[proxy];
    });
  }
  nameProxies(site, workersOf, mainThreadOf);
  return mainThreadOf;
}

type EnvoyKind = ProxyKind | 'gateway';

/** A gateway is a sidecar without an application, and costs the same. */
function costsOf(kind: EnvoyKind): ProxyKind {
  return kind === 'gateway' ? 'sidecar' : kind;
}

/** Proxies of one kind and owner are shown together; their main threads, which apply configuration, apart. */
function nameProxies(site: Site, workersOf: Int32Array, mainThreadOf: Int32Array): void {
  const { scenario, profile, deployment, groups } = site;
  const spares = new Set(
    deployment.services.flatMap(({ slots }) =>
      slots.filter(({ filled }) => !filled).map(({ place }) => place),
    ),
  );
  const byOwner = new Map<string, { kind: EnvoyKind; owner: string; members: number[] }>();
  deployment.proxies.forEach((proxy, p) => {
    if (proxy.kind === 'kube-proxy') return;
    const owner = ownerOf(site, proxy);
    const key = `${proxy.kind === 'gateway' ? 'relay' : proxy.kind} ${owner}`.trim();
    const group = byOwner.get(key) ?? { kind: proxy.kind, owner, members: [] };
    group.members.push(p);
    byOwner.set(key, group);
  });
  for (const [name, { kind, owner, members }] of byOwner) {
    const servers = scenario.mesh.workers ?? profile.proxies[costsOf(kind)].workers;
    const pods = members.filter((p) => !spares.has(deployment.proxies[p].place)).length;
    const stations = members.map((p) => workersOf[p]);
    const threads = members.map((p) => mainThreadOf[p]);
    groups.push({ kind, name, owner, stations, pods, servers });
    groups.push({ kind, name: `${name} main`, owner, stations: threads, pods, servers: 1 });
  }
}

function ownerOf({ deployment }: Site, { kind, namespace, service, place }: DeployedProxy): string {
  if (service >= 0) return deployment.services[service].id;
  return kind === 'sidecar' && place >= 0 ? `clients of ${namespace}` : namespace;
}

function deployIstiods({ builder, scenario, deployment, groups }: Site): number[] {
  if (deployment.proxies.every(({ kind }) => kind === 'kube-proxy')) return [];
  const { replicas, cores } = scenario.istio;
  const stations = Array.from({ length: replicas }, () =>
    builder.station({ ...SHARING, servers: cores }),
  );
  const name = 'istiod';
  groups.push({ kind: name, name, owner: '', stations, pods: replicas, servers: cores });
  return stations;
}
