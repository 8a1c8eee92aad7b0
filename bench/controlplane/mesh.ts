/** Meshes of many proxies and nothing else: a fleet, and a network in which only istiod's cores do anything. */
import type { ControlPlaneCosts, ProxyMemory } from '../../src/calibration/profile.ts';
import type { Fleet, FleetProxy, FleetService, PodSlot } from '../../src/controlplane/fleet.ts';
import type { IstioSettings } from '../../src/controlplane/settings.ts';
import type { Network, Station } from '../../src/engine/network.ts';
import type { Churn } from '../../src/topology/churn.ts';
import { settings as defaults } from '../../test/controlplane/fleets.ts';

const MS = 1e6;

/** What the proxies are pushed: one endpoint set each time, or all that there is. */
export type PushKind = 'endpoint' | 'full';

export interface Case {
  readonly services: number;
  readonly proxies: number;
  readonly istiods: number;
  readonly cores: number;
  readonly push: PushKind;
  /** A pod changes, or everything, once in such a time. [ns] */
  readonly every: number;
  /** Give or take such a time: large against `every`, they come like a Poisson process. [ns] */
  readonly jitter: number;
  /** Simulated time before the clock starts, and from then on. [ns] */
  readonly warmUp: number;
  readonly measured: number;
}

const MEMORY: ProxyMemory = {
  from: '1.0',
  kind: 'rss',
  costs: { base: 0, perCluster: 0, perEndpoint: 0, perListener: 0, perVhost: 0 },
};

/** Services of equally many pods with a sidecar each, in one namespace, all seen by all. */
export function fleetOf(one: Case, costs: ControlPlaneCosts): Fleet {
  const pods = one.proxies / one.services;
  const services: FleetService[] = Array.from({ length: one.services }, (_, s) => ({
    id: `mesh/s${s}`,
    namespace: 0,
    group: s,
    ports: [{ number: 80, protocol: 'http', target: 8080 }],
    headless: false,
    exportTo: ['*'],
    subsets: 0,
    replicas: [pods],
    cores: 1,
    appears: 0,
  }));
  const pod = { created: 0, ready: 0 };
  const slots: PodSlot[] = Array.from({ length: one.proxies }, (_, place) => ({
    place,
    service: Math.floor(place / pods),
    version: 0,
    host: place % 100,
    station: -1,
    pod,
  }));
  const proxies = slots.map(
    ({ place, host }): FleetProxy => ({
      kind: 'sidecar',
      viewer: place,
      slot: place,
      namespace: 0,
      host,
      mainThread: -1,
      connects: null,
    }),
  );
  return {
    namespaces: ['mesh'],
    undiscovered: [],
    services,
    slots,
    proxies,
    istiods: Array.from({ length: one.istiods }, (_, replica) => replica),
    hostCount: 100,
    virtualServices: 0,
    controllers: [],
    dependencies: [],
    costs,
    memory: MEMORY,
    residentPerAllocated: 1,
  };
}

export function networkOf({ slots, istiods, services }: Fleet, cores: number): Network {
  const groups: number[][] = services.map(() => []);
  for (const { place, service } of slots) groups[service].push(place);
  const station: Station = {
    discipline: 'sharing',
    servers: cores,
    jobsMax: Number.POSITIVE_INFINITY,
    host: -1,
    wake: null,
  };
  const zeros = slots.map(() => 0);
  return {
    placeCount: slots.length,
    placeState: zeros,
    classOf: zeros,
    hostOf: zeros,
    viewerOf: slots.map(({ place }) => place),
    viewerCount: slots.length,
    downDelay: new Array<number>(16).fill(0),
    stations: istiods.map(() => station),
    stationOf: new Int32Array(0),
    hosts: [],
    pools: [],
    poolOf: new Int32Array(0),
    groups,
    edges: [],
    policies: [],
    demands: [],
    steps: [],
    sources: [],
    purposes: [],
    keys: new Int32Array(0),
    tagCount: 0,
    counterCount: 0,
    deadlinesPropagate: false,
  };
}

/** Pods of one service after the other fail their probe for a while; or MeshConfig is written. */
export function churnOf({ push, every, jitter, services }: Case): readonly Churn[] {
  const times = { every, jitter, until: null };
  if (push === 'full') {
    const resource = { resource: 'MeshConfig', namespace: 'mesh', service: null } as const;
    return [{ kind: 'config', ...resource, at: 100 * MS, ...times }];
  }
  const turns = Math.min(services, 1000);
  return Array.from({ length: turns }, (_, s) => ({
    kind: 'flap',
    service: `mesh/s${s}`,
    pods: 1,
    // It is ready again just when the next pod is not: one batch of changes.
    unready: every * turns,
    at: 100 * MS + s * every,
    ...times,
    every: every * turns * 2,
  }));
}

/** Streams that come back are no pushes: left out here. */
export const settings: IstioSettings = { ...defaults, connectionAge: Number.POSITIVE_INFINITY };
