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
import { Cluster, type Watcher } from './cluster.ts';
import { Connector } from './connect.ts';
import {
  type Counts,
  countsOf,
  istiodMemory,
  type MeshFacts,
  ownCounts,
  proxyMemory,
} from './counts.ts';
import { Delivery } from './delivery.ts';
import type { Rules } from './events.ts';
import type { Fleet } from './fleet.ts';
import { ztunnelCounts } from './generate.ts';
import { Istiod, type Mesh, type Own } from './istiod.ts';
import { Ledger } from './ledger.ts';
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
  const tally = new Tally();
  const ledger = new Ledger(fleet.proxies.length);
  const catalogue = new Catalogue(fleet);
  const istiods: Istiod[] = [];
  const scopes = new Scopes(fleet, catalogue, world.views);
  const watch = new Watch(
    world,
    fleet,
    release,
    catalogue,
    scopes,
    tally,
    istiods,
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
  const delivery = new Delivery(world, fleet, tally, ledger, watch.changedAt, (proxy) => {
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
    proxies: workloadsOf(fleet),
    own: ownOf(fleet),
    delivery,
    newest: () => watch.newest,
  };
  const throttle = settings.pushThrottle ?? throttleOf(release, settings.cores);
  fleet.istiods.forEach((station, replica) => {
    istiods.push(new Istiod(mesh, replica, station, throttle));
  });
  const limit = settings.maxRequestsPerSecond ?? connectLimitOf(release, settings.cores);
  const connector = new Connector(world, istiods, limit, tally, draw);
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
      const who = { ...mesh.proxies.workloads[mesh.proxies.workloadOf[proxy]], extraVhosts: 0 };
      delivery.counts[proxy] = countsOf({ ...who, scope }, mesh.around);
      world.views.applyGroup(viewer, fleet.services[service].group, watch.newest);
      world.setScope(viewer, scope.number);
    },
  });
  const watcher = watcherOf(world, fleet, watch, connector, delivery, {
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
    failReplica: refuse,
    rollOut: refuse,
    restartControllers: (namespaces, downFor) => scoping?.restart(namespaces, downFor),
  };
  const driver = new ChurnDriver(churn, new Site(world, cluster, replicas, write, faults, draw));
  return {
    start() {
      cluster.start();
      fleet.services.forEach(({ appears }, service) => {
        if (appears === 0) watch.begin(service, cluster.membersOf(service).length);
      });
      connectAll(fleet, world, connector, delivery, mesh);
      scoping?.start();
      driver.start();
    },
    measure() {
      const memory =
        istiods.length === 0
          ? 0
          : istiodMemory(fleet.costs.istiodMemory, {
              proxies: Math.max(0, ...istiods.map(({ open }) => open.length)),
              services: catalogue.everything.services,
              pods: catalogue.podCount,
            });
      return { ...tally.measure(memory), scoping: scoping?.measure() ?? { controllers: [] } };
    },
    restartControllers: faults.restartControllers,
    podTimes: () => cluster.podTimes(),
    configurations: () => fleet.proxies.map((_, proxy) => configurationOf(proxy, fleet, delivery)),
    configuration: (proxy) => configurationOf(proxy, fleet, delivery),
    tally,
    ledger,
  };
}

/** Rather a word than a run in which nothing fails. */
function refuse(): never {
  throw new Error('replicas of istiod cannot fail or be rolled out yet');
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
  delivery: Delivery,
  later: {
    reconcile(service: number): void;
    members(service: number): number;
    /** It has come, or gone. */
    service(service: number, exists: boolean): void;
    /** @param proxy - its sidecar, −1 for none */
    podGone(slot: number, proxy: number): void;
  },
): Watcher {
  const sidecarOf = new Map<number, number>();
  fleet.proxies.forEach(({ slot }, proxy) => {
    if (slot >= 0) sidecarOf.set(slot, proxy);
  });
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
      const sidecar = sidecarOf.get(slot);
      if (sidecar === undefined || fleet.proxies[sidecar].connects !== null) return;
      // Halfway: its containers are there, and its application still starts.
      connector.connectAt(sidecar, world.now + Math.floor((ready - world.now) / 2));
    },
    ready(slot) {
      const sidecar = sidecarOf.get(slot);
      if (sidecar !== undefined) connector.update(sidecar);
    },
    gone(slot) {
      const sidecar = sidecarOf.get(slot);
      later.podGone(slot, sidecar ?? -1);
      if (sidecar === undefined) return;
      connector.disconnect(sidecar);
      delivery.counts[sidecar] = null;
    },
    hostLost(host) {
      fleet.proxies.forEach((proxy, p) => {
        // What stands in no slot serves loads, or a namespace: those survive, on another host if need be.
        if (proxy.host !== host || proxy.slot < 0) return;
        connector.disconnect(p);
        delivery.counts[p] = null;
      });
    },
    isConfigured(slot) {
      const sidecar = sidecarOf.get(slot);
      return sidecar === undefined || delivery.counts[sidecar] !== null;
    },
    reconcile: later.reconcile,
  };
}

/** Proxies that are there from the start are connected and configured; others connect when their time comes. */
function connectAll(
  fleet: Fleet,
  world: World,
  connector: Connector,
  delivery: Delivery,
  { proxies, scopes, rules, around }: Mesh,
): void {
  const workloads = new Workloads(proxies, scopes, rules.root);
  fleet.proxies.forEach((proxy, p) => {
    if (proxy.kind === 'kube-proxy') return;
    const pod = proxy.slot < 0 ? null : fleet.slots[proxy.slot].pod;
    const isThere =
      proxy.connects === 0 || (proxy.connects === null && pod !== null && pod.ready === 0);
    if (isThere) {
      connector.present(p);
      const who = workloads.of(p);
      const isZtunnel = who.kind === 'ztunnel';
      delivery.counts[p] = isZtunnel
        ? ztunnelCounts(around.catalogue.podCount)
        : countsOf(who, around);
      if (proxy.viewer >= 0) {
        world.setScope(proxy.viewer, who.scope.number);
      }
    } else if (proxy.connects !== null) connector.connectAt(p, Math.max(world.now, proxy.connects));
  });
}

function configurationOf(proxy: number, fleet: Fleet, delivery: Delivery): Configuration | null {
  const shared = delivery.counts[proxy];
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
