/**
 * The control plane's one door: the cluster whose pods come and go, the churn that moves them, istiod's replicas that
 * hear of it, and the proxies that are told. It runs on the calendar of the simulation that it is given.
 */
import type { ControlPlaneMeasure } from '../measure/replication.ts';
import type { Churn } from '../topology/churn.ts';
import { ROOT_NAMESPACE } from '../topology/topology.ts';
import type { Key } from './changes.ts';
import { type Faults, Site } from './churn/site.ts';
import { ChurnDriver } from './churn.ts';
import { byHostOf, Cluster, type Watcher } from './cluster.ts';
import { Connector } from './connect.ts';
import {
  type Counts,
  countsOf,
  istiodMemory,
  type MeshFacts,
  ownCounts,
  proxyMemory,
} from './counts.ts';
import type { Rules } from './events.ts';
import type { Fleet } from './fleet.ts';
import { ztunnelCounts } from './generate.ts';
import type { Mesh, Own } from './istiod.ts';
import { Istiods } from './istiods.ts';
import { Ledger } from './ledger.ts';
import { Proxies } from './proxies.ts';
import { connectLimitOf, releaseOf, throttleOf } from './releases.ts';
import { Replicas } from './replicas.ts';
import { Catalogue } from './resources.ts';
import { tellingScopes } from './scope-watch.ts';
import { Scopes } from './scopes.ts';
import { Scoping } from './scoping.ts';
import type { IstioSettings } from './settings.ts';
import { Subscriptions } from './subscriptions.ts';
import { Tally } from './tally.ts';
import { Watch } from './watch.ts';
import { Workloads, workloadsOf } from './workloads.ts';
import type { Draw, World } from './world.ts';

export interface ControlPlane {
  /** Puts everything that is to happen into the calendar; once, before the simulation runs. */
  start(): void;
  measure(): ControlPlaneMeasure;
  /** By service: the time integral of the number of its pods, up to now. [ns] */
  podTimes(): readonly number[];
  /** By proxy of the fleet: what it was last configured with; null for one that has never been, or is a kube-proxy. */
  configurations(): readonly (Configuration | null)[];
  configuration(proxy: number): Configuration | null;
  /** Controllers of config modes for services in these namespaces (a pattern) stop, and come back after a while. [ns] */
  restartControllers(namespaces: string, downFor: number): void;
  readonly tally: Tally;
  readonly ledger: Ledger;
  readonly istiods: Istiods;
}

/** Of one proxy. */
export interface Configuration {
  readonly clusters: number;
  readonly endpoints: number;
  readonly listeners: number;
  readonly vhosts: number;
  /** As the profile has it, allocated or resident; null for a ztunnel, whose memory no profile has. [B] */
  readonly memory: number | null;
  /** What Envoy has allocated, where the profile says that, and what its process occupies. [B] */
  readonly allocated: number | null;
  readonly resident: number | null;
}

/** @throws RangeError if the settings name no release that is known */
export function createControlPlane(
  around: World,
  fleet: Fleet,
  settings: IstioSettings,
  churn: readonly Churn[],
  draw: Draw,
): ControlPlane {
  const world =
    fleet.controllers.length === 0
      ? around
      : tellingScopes(around, (viewer, scope) => scoping?.sees(viewer, scope));
  const release = releaseOf(settings.release);
  const tally = new Tally(release);
  const ledger = new Ledger(fleet.proxies.length);
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
  // Its first Sidecars are there before istiod makes its first push context.
  const scoping =
    fleet.controllers.length === 0
      ? null
      : new Scoping(around, fleet, {
          scopes,
          catalogue,
          watch,
          draw,
          subscribe: (proxy, service) => subscriptions.ask(proxy, service),
        });
  const proxies = new Proxies(world, fleet, watch.changedAt, (proxy) => {
    const { slot } = fleet.proxies[proxy];
    if (slot >= 0) cluster.sidecarConfigured(slot);
  });
  const mesh: Mesh = {
    world,
    settings,
    release,
    rules: rulesOf(fleet, release),
    around: { costs: fleet.costs, catalogue, dnsCapture: settings.dnsCapture, ...factsOf(fleet) },
    tally,
    ledger,
    draw,
    scopes,
    throttle: settings.pushThrottle ?? throttleOf(release, settings.cores),
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
    rate: settings.maxRequestsPerSecond ?? connectLimitOf(release, settings.cores),
    age: settings.connectionAge,
  });
  const subscriptions = new Subscriptions(world, fleet, {
    scopes,
    catalogue,
    replicaOf: (proxy) => connector.replicaOf(proxy),
    answered(type, bytes, demand) {
      tally.pushes[type]++;
      tally.bytes += bytes;
      tally.cpu += demand;
    },
    applied(proxy, service, scope) {
      const { viewer } = fleet.proxies[proxy];
      const { workloads, workloadOf } = mesh.workloads;
      const who = { ...workloads[workloadOf[proxy]], extraVhosts: 0 };
      proxies.counts[proxy] = countsOf({ ...who, scope }, mesh.around);
      world.views.applyGroup(viewer, fleet.services[service].group, watch.newest);
      world.setScope(viewer, scope.number);
    },
  });
  const watcher = watcherOf(world, fleet, watch, connector, proxies, {
    service: (service, exists) => scoping?.service(service, exists),
    podGone(slot, proxy) {
      subscriptions.forget(proxy);
      scoping?.podGone(slot, proxy);
    },
    reconcile: (service) => replicas.reconcile(service),
    members: (service) => cluster.membersOf(service).length,
  });
  const cluster = new Cluster(world, fleet, settings, watcher);
  const replicas = new Replicas(cluster);
  const write = (key: Key | null) => watch.config(key);
  const faults: Faults = {
    failReplica: (replica, downFor) => istiods.failReplica(replica, downFor),
    rollOut: (interval) => istiods.rollOut(interval),
    restartControllers: (namespaces, downFor) => scoping?.restart(namespaces, downFor),
  };
  const driver = new ChurnDriver(churn, new Site(world, cluster, replicas, write, faults, draw));
  return {
    start() {
      cluster.start();
      fleet.services.forEach(({ appears }, service) => {
        if (appears === 0) watch.begin(service, cluster.membersOf(service).length);
      });
      connectAll(fleet, world, connector, mesh);
      scoping?.start();
      driver.start();
    },
    measure() {
      istiods.settle();
      const memory = istiodMemory(fleet.costs.istiodMemory, {
        proxies: istiods.connectedMax,
        services: catalogue.everything.services,
        pods: catalogue.podCount,
      });
      const measured = tally.measure({
        istiodMemory: istiods.count === 0 ? 0 : memory,
        connected: istiods.connected,
        disconnected: connector.disconnected(),
      });
      return {
        ...measured,
        outages: cluster.outages(),
        scoping: scoping?.measure() ?? { controllers: [] },
      };
    },
    restartControllers: faults.restartControllers,
    podTimes: () => cluster.podTimes(),
    configurations: () => fleet.proxies.map((_, proxy) => configurationOf(proxy, fleet, proxies)),
    configuration: (proxy) => configurationOf(proxy, fleet, proxies),
    tally,
    ledger,
    istiods,
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

function factsOf({ proxies, services, virtualServices }: Fleet): MeshFacts {
  return { hbone: proxies.some(({ kind }) => kind === 'ztunnel'), services, virtualServices };
}

function ownOf({ services, costs }: Fleet): readonly Own[] {
  const byCount = new Map<number, Own>();
  return services.map((service) => {
    const { clusters } = ownCounts(service);
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
  later: {
    reconcile(service: number): void;
    members(service: number): number;
    /** It has come, or gone. */
    service(service: number, exists: boolean): void;
    /** @param proxy - its sidecar, −1 for none */
    podGone(slot: number, proxy: number): void;
  },
): Watcher {
  /** By slot, −1 for none. */
  const sidecarOf = new Int32Array(fleet.slots.length).fill(-1);
  fleet.proxies.forEach(({ slot }, proxy) => {
    if (slot >= 0) sidecarOf[slot] = proxy;
  });
  let byHost: readonly (readonly number[])[] | null = null;
  return {
    endpoints: (service, version, members) => watch.endpoints(service, version, members),
    service(service) {
      watch.service(service);
      later.service(service, true);
    },
    serviceGone(service) {
      watch.serviceGone(service);
      later.service(service, false);
    },
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
      later.podGone(slot, sidecar);
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
  { workloads: proxyWorkloads, proxies, scopes, rules, around }: Mesh,
): void {
  const workloads = new Workloads(proxyWorkloads, scopes, rules.root);
  fleet.proxies.forEach((proxy, p) => {
    if (proxy.kind === 'kube-proxy') return;
    const pod = proxy.slot < 0 ? null : fleet.slots[proxy.slot].pod;
    const isThere =
      proxy.connects === 0 || (proxy.connects === null && pod !== null && pod.ready === 0);
    if (isThere) {
      connector.present(p);
      const who = workloads.of(p);
      const isZtunnel = who.kind === 'ztunnel';
      proxies.counts[p] = isZtunnel
        ? ztunnelCounts(around.catalogue.podCount)
        : countsOf(who, around);
      if (proxy.viewer >= 0) {
        world.setScope(proxy.viewer, who.scope.number);
      }
    } else if (proxy.connects !== null) connector.connectAt(p, Math.max(world.now, proxy.connects));
  });
}

function configurationOf(proxy: number, fleet: Fleet, proxies: Proxies): Configuration | null {
  const shared = proxies.counts[proxy];
  if (shared === null) return null;
  const { slot, kind } = fleet.proxies[proxy];
  const own = slot < 0 ? null : fleet.services[fleet.slots[slot].service];
  const ofOwn = ownCounts(kind === 'sidecar' ? own : null);
  const counts: Counts = {
    ...shared,
    clusters: shared.clusters + ofOwn.clusters,
    listeners: shared.listeners + ofOwn.listeners,
  };
  const { clusters, endpoints, listeners, vhosts } = counts;
  const known = { clusters, endpoints, listeners, vhosts };
  if (kind === 'ztunnel') return { ...known, memory: null, allocated: null, resident: null };
  return { ...known, ...memoryOf(counts, fleet) };
}

function memoryOf(counts: Counts, { memory: { kind, costs }, residentPerAllocated }: Fleet) {
  const memory = proxyMemory(costs, counts);
  if (kind === 'rss') return { memory, allocated: null, resident: memory };
  return { memory, allocated: memory, resident: residentPerAllocated * memory };
}
