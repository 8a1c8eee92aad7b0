/**
 * The control plane's one door: the cluster whose pods come and go, the churn that moves them, istiod's replicas that
 * hear of it, and the proxies that are told. It runs on the calendar of the simulation that it is given.
 */
import type { ControlPlaneMeasure } from '../measure/replication.ts';
import type { Churn } from '../topology/churn.ts';
import { ROOT_NAMESPACE } from '../topology/topology.ts';
import { ChurnDriver } from './churn.ts';
import { byHostOf, Cluster, type Watcher } from './cluster.ts';
import { Connector } from './connect.ts';
import type { Rules } from './events.ts';
import type { Fleet, FleetProxy } from './fleet.ts';
import type { Mesh, Own } from './istiod.ts';
import { Istiods } from './istiods.ts';
import { Proxies } from './proxies.ts';
import { connectLimitOf, releaseOf, throttleOf } from './releases.ts';
import { Replicas } from './replicas.ts';
import {
  Catalogue,
  type Counts,
  countsIn,
  inboundClustersOf,
  istiodMemory,
  proxyMemory,
  type Scope,
} from './resources.ts';
import { Scopes } from './scopes.ts';
import type { IstioSettings } from './settings.ts';
import { Tally } from './tally.ts';
import { Watch } from './watch.ts';
import { scopeOf, workloadsOf } from './workloads.ts';
import type { Draw, World } from './world.ts';

export interface ControlPlane {
  /** Puts everything that is to happen into the calendar; once, before the simulation runs. */
  start(): void;
  measure(): ControlPlaneMeasure;
  /** By service: the time integral of the number of its pods, up to now. [ns] */
  podTimes(): readonly number[];
  /** By proxy of the fleet: what it was last configured with; null for one that has never been, or is a kube-proxy. */
  configurations(): readonly (Configuration | null)[];
  readonly tally: Tally;
  readonly replicas: ReplicaFaults;
}

/** What can happen to istiod's replicas. */
export interface ReplicaFaults {
  /** Kills a replica, with all that it was doing; a new process starts so much later. [ns] */
  failReplica(replica: number, downFor: number): void;
  /** Replaces all replicas, one every so often. [ns] */
  rollOut(every: number): void;
}

/** Of one proxy. */
export interface Configuration {
  readonly clusters: number;
  readonly endpoints: number;
  readonly listeners: number;
  readonly vhosts: number;
  /** null for a ztunnel, whose memory no profile has. [B] */
  readonly memory: number | null;
}

/** @throws RangeError if the settings name no release that is known */
export function createControlPlane(
  world: World,
  fleet: Fleet,
  settings: IstioSettings,
  churn: readonly Churn[],
  draw: Draw,
): ControlPlane {
  const release = releaseOf(settings.release);
  const tally = new Tally(release);
  const catalogue = new Catalogue(fleet);
  const scopes = new Scopes(fleet, catalogue, world.views);
  const watch = new Watch(
    world,
    fleet,
    release,
    catalogue,
    scopes,
    tally,
    (event) => istiods.hear(event),
    settings.kubeProxyLag,
  );
  const proxies = new Proxies(world, fleet, watch.changedAt, (proxy) => {
    const { slot } = fleet.proxies[proxy];
    if (slot >= 0) cluster.sidecarConfigured(slot);
  });
  const mesh: Mesh = {
    world,
    settings,
    release,
    rules: rulesOf(fleet, release),
    around: { costs: fleet.costs, catalogue, services: fleet.services },
    virtualServices: fleet.virtualServices,
    throttle: settings.pushThrottle ?? throttleOf(release, settings.cores),
    tally,
    draw,
    scopes,
    workloads: workloadsOf(fleet),
    proxies,
    own: ownOf(fleet),
    newest: () => watch.newest,
    index: (event) => watch.index(event),
    catchUp: () => watch.catchUp(),
  };
  const istiods = new Istiods(mesh, fleet.istiods, (proxy) => connector.lost(proxy));
  const connector = new Connector(world, istiods, tally, draw, {
    proxies: fleet.proxies.length,
    rate: connectLimitOf(release, settings.cores),
    age: settings.connectionAge,
  });
  const watcher = watcherOf(world, fleet, watch, connector, proxies, {
    reconcile: (service) => replicas.reconcile(service),
    members: (service) => cluster.membersOf(service).length,
  });
  const cluster = new Cluster(world, fleet, settings, watcher);
  const replicas = new Replicas(cluster);
  const driver = new ChurnDriver(world, churn, cluster, replicas, (key) => watch.config(key), draw);
  return {
    start() {
      cluster.start();
      fleet.services.forEach(({ appears }, service) => {
        if (appears === 0) watch.begin(service, cluster.membersOf(service).length);
      });
      connectAll(fleet, world, connector, proxies, catalogue, scopes);
      driver.start();
    },
    measure() {
      istiods.settle();
      const memory = istiodMemory(fleet.costs.istiodMemory, {
        proxies: istiods.connectedMax,
        services: catalogue.everything.services,
        pods: catalogue.podCount,
      });
      return tally.measure({
        istiodMemory: istiods.count === 0 ? 0 : memory,
        connected: istiods.connected,
        disconnected: connector.disconnected(),
      });
    },
    podTimes: () => cluster.podTimes(),
    configurations: () => fleet.proxies.map((_, proxy) => configurationOf(proxy, fleet, proxies)),
    tally,
    replicas: istiods,
  };
}

function rulesOf(fleet: Fleet, release: Rules['release']): Rules {
  const servicesOf: number[][] = fleet.namespaces.map(() => []);
  fleet.services.forEach(({ namespace }, service) => {
    servicesOf[namespace].push(service);
  });
  const root = fleet.namespaces.indexOf(ROOT_NAMESPACE);
  return { release, services: fleet.services, servicesOf, root };
}

function ownOf({ services, costs }: Fleet): readonly Own[] {
  const byCount = new Map<number, Own>();
  return services.map((service) => {
    const clusters = inboundClustersOf(service);
    const own = byCount.get(clusters) ?? { clusters, bytes: clusters * costs.bytes.cluster };
    byCount.set(clusters, own);
    return own;
  });
}

/** Connects what happens to pods with those who have to know. */
function watcherOf(
  world: World,
  fleet: Fleet,
  watch: Watch,
  connector: Connector,
  proxies: Proxies,
  later: { reconcile(service: number): void; members(service: number): number },
): Watcher {
  /** By slot, −1 for none. */
  const sidecarOf = new Int32Array(fleet.slots.length).fill(-1);
  fleet.proxies.forEach(({ kind, slot }, proxy) => {
    if (kind === 'sidecar' && slot >= 0) sidecarOf[slot] = proxy;
  });
  let byHost: readonly (readonly number[])[] | null = null;
  return {
    endpoints: (service, version, members) => watch.endpoints(service, version, members),
    service: (service) => watch.service(service),
    created(slot, ready) {
      const { service } = fleet.slots[slot];
      watch.unready(service, later.members(service));
      const sidecar = sidecarOf[slot];
      if (sidecar < 0 || fleet.proxies[sidecar].connects !== null) return;
      // Halfway: its containers are there, and its application still starts.
      connector.connectAt(sidecar, world.now + Math.floor((ready - world.now) / 2));
    },
    ready(slot) {
      if (sidecarOf[slot] >= 0) connector.update(sidecarOf[slot]);
    },
    gone(slot) {
      const sidecar = sidecarOf[slot];
      if (sidecar < 0) return;
      connector.disconnect(sidecar);
      proxies.counts[sidecar] = null;
    },
    hostLost(host) {
      byHost ??= byHostOf(fleet.proxies, fleet.hostCount);
      for (const p of byHost[host]) {
        // What stands in no slot serves loads, or a namespace: those survive, on another host if need be.
        if (fleet.proxies[p].slot < 0) continue;
        connector.disconnect(p);
        proxies.counts[p] = null;
      }
    },
    isConfigured(slot) {
      const sidecar = sidecarOf[slot];
      return sidecar < 0 || proxies.counts[sidecar] !== null;
    },
    reconcile: later.reconcile,
  };
}

/** Proxies that are there from the start are connected and configured; others connect when their time comes. */
function connectAll(
  fleet: Fleet,
  world: World,
  connector: Connector,
  proxies: Proxies,
  catalogue: Catalogue,
  scopes: Scopes,
): void {
  fleet.proxies.forEach((proxy, p) => {
    if (proxy.kind === 'kube-proxy') return;
    const pod = proxy.slot < 0 ? null : fleet.slots[proxy.slot].pod;
    const isThere =
      proxy.connects === 0 || (proxy.connects === null && pod !== null && pod.ready === 0);
    if (isThere) {
      connector.present(p);
      const service = proxy.slot < 0 ? -1 : fleet.slots[proxy.slot].service;
      const scope = scopeOf({ ...proxy, service }, scopes);
      proxies.counts[p] = countsAtStart(proxy.kind, scope, catalogue);
      if (proxy.viewer >= 0) {
        world.setScope(proxy.viewer, scope.number);
      }
    } else if (proxy.connects !== null) connector.connectAt(p, Math.max(world.now, proxy.connects));
  });
}

function countsAtStart(kind: FleetProxy['kind'], scope: Scope, catalogue: Catalogue): Counts {
  if (kind !== 'ztunnel') return countsIn(scope, null);
  return { clusters: 0, endpoints: catalogue.podCount, listeners: 0, routes: 0, vhosts: 0 };
}

function configurationOf(proxy: number, fleet: Fleet, proxies: Proxies): Configuration | null {
  const shared = proxies.counts[proxy];
  if (shared === null) return null;
  const { slot, kind } = fleet.proxies[proxy];
  const own = slot < 0 ? null : fleet.services[fleet.slots[slot].service];
  const counts = { ...shared, clusters: shared.clusters + inboundClustersOf(own) };
  const memory = kind === 'ztunnel' ? null : proxyMemory(fleet.memory, counts);
  const { clusters, endpoints, listeners, vhosts } = counts;
  return { clusters, endpoints, listeners, vhosts, memory };
}
