/**
 * Kubernetes, as far as a mesh notices it: pods are created, become ready, serve on for a while after they were
 * deleted, crash, or are lost with their host. Whoever watches is told when the endpoints of a service change.
 */
import type { Fleet } from './fleet.ts';
import { PodTimes } from './pod-times.ts';
import type { World } from './world.ts';

/** States of a pod slot. */
export const SPARE = 0;
export const STARTING = 1;
export const READY = 2;
/** Fails its readiness probe. */
export const UNREADY = 3;
export const TERMINATING = 4;
/** Its host is gone, which nobody has noticed; then it has been noticed; then its pod is given up, and the place for good. */
export const LOST = 5;
export const LOST_UNREADY = 6;
export const DEAD = 7;

/** Outcome numbers of who comes to a place that does not serve. */
export const REFUSED = 1;
export const UNREACHABLE = 2;

/** Kubernetes' node-monitor-grace-period: until the pods of a silent host count as not ready. */
const NODE_GRACE = 40e9;

/** When a service appears that only churn creates. */
const NEVER = Number.POSITIVE_INFINITY;

/** Who is told what. */
export interface Watcher {
  /** @param members - ready pods, after the change */
  endpoints(service: number, version: number, members: number): void;
  service(service: number): void;
  serviceGone(service: number): void;
  created(slot: number, ready: number): void;
  ready(slot: number): void;
  gone(slot: number): void;
  hostLost(host: number): void;
  /** Its sidecar has its configuration, or it has none; until then a pod is not ready. */
  isConfigured(slot: number): boolean;
  /** Something has changed that may call for more or fewer pods. */
  reconcile(service: number): void;
}

export interface Stopping {
  /** How long a deleted pod serves on, by whether it has a sidecar. [ns] */
  readonly drain: number;
  readonly grace: number;
}

export class Cluster {
  readonly fleet: Fleet;
  /** By slot. */
  readonly state: Uint8Array;
  /** By service: its slots. */
  readonly slotsOf: readonly (readonly number[])[];
  /** By service: it is there by now; and its first pods are all created, so that a controller may look after it. */
  readonly exists: boolean[];
  readonly isManaged: boolean[];
  readonly isHostLost: boolean[];
  private readonly world: World;
  private readonly watcher: Watcher;
  private readonly stopping: Stopping;
  /** By slot: whether its pod has a sidecar, when its timer is due, and whether it waits for its sidecar only. */
  private readonly hasSidecar: Uint8Array;
  private readonly due: Float64Array;
  private readonly waitsForSidecar: Uint8Array;
  /** By service: free slots, the longest unused first; first pods that are still to be created. */
  private readonly spares: number[][];
  private readonly toCome: number[];
  /** By host: its slots; made when the first one is lost. */
  private byHost: readonly (readonly number[])[] | null = null;
  private readonly times: PodTimes;
  private readonly onCreate: number;
  private readonly onReady: number;
  private readonly onGone: number;
  private readonly onAppear: number;
  private readonly onNotice: number;
  private readonly onEvict: number;

  constructor(world: World, fleet: Fleet, stopping: Stopping, watcher: Watcher) {
    this.world = world;
    this.fleet = fleet;
    this.stopping = stopping;
    this.watcher = watcher;
    this.state = new Uint8Array(fleet.slots.length);
    const slotsOf: number[][] = fleet.services.map(() => []);
    fleet.slots.forEach(({ service }, slot) => {
      slotsOf[service].push(slot);
    });
    this.slotsOf = slotsOf;
    this.spares = slotsOf.map((slots) => slots.filter((slot) => fleet.slots[slot].pod === null));
    this.exists = fleet.services.map(({ appears }) => appears === 0);
    this.isManaged = fleet.services.map(() => false);
    this.isHostLost = new Array<boolean>(fleet.hostCount).fill(false);
    this.hasSidecar = new Uint8Array(fleet.slots.length);
    for (const { slot } of fleet.proxies) if (slot >= 0) this.hasSidecar[slot] = 1;
    this.due = new Float64Array(fleet.slots.length).fill(Number.POSITIVE_INFINITY);
    this.waitsForSidecar = new Uint8Array(fleet.slots.length);
    this.toCome = fleet.services.map(() => 0);
    this.times = new PodTimes(world, fleet.services.length);
    this.onCreate = world.register((_, slot) => this.createFirst(slot));
    this.onReady = world.register((now, slot) => {
      if (this.due[slot] === now) this.becomeReady(slot);
    });
    this.onGone = world.register((now, slot) => {
      if (this.due[slot] === now) this.free(slot, REFUSED);
    });
    this.onAppear = world.register((_, service) => this.appear(service));
    this.onNotice = world.register((_, host) => this.notice(host));
    this.onEvict = world.register((_, host) => this.evict(host));
  }

  /** By service: the time integral of the number of its pods that run, from their creation to their end, up to now. [ns] */
  podTimes(): readonly number[] {
    return this.times.podTimes();
  }

  /** Services that had lost their last ready pod, and for how long they had none, up to now. */
  outages(): readonly { readonly service: string; readonly seconds: number }[] {
    const all = this.fleet.services.map(({ id }, service) => {
      return { service: id, seconds: this.times.outage(service) / 1e9 };
    });
    return all.filter(({ seconds }) => seconds > 0);
  }

  private set(slot: number, state: number): void {
    const was = this.state[slot];
    this.state[slot] = state;
    const ready = Number(state === READY) - Number(was === READY);
    const running = Number(runs(state)) - Number(runs(was));
    this.times.change(this.fleet.slots[slot].service, running, ready);
  }

  /** Puts the first pods in place, and into the calendar those that come later with their namespace. */
  start(): void {
    const { world, fleet } = this;
    fleet.services.forEach(({ appears }, service) => {
      if (appears > 0 && appears < NEVER) world.schedule(appears, this.onAppear, service);
    });
    fleet.slots.forEach(({ place, pod, service }, slot) => {
      const isThere = pod !== null && pod.ready === 0;
      this.set(slot, isThere ? READY : SPARE);
      world.setPlaceState(place, isThere ? 0 : REFUSED);
      if (pod === null || isThere) return;
      this.toCome[service]++;
      world.schedule(pod.created, this.onCreate, slot);
    });
    this.toCome.forEach((count, service) => {
      this.isManaged[service] = count === 0 && fleet.services[service].appears < NEVER;
    });
  }

  membersOf(service: number): readonly number[] {
    const { fleet, state } = this;
    const members = this.slotsOf[service].filter((s) => state[s] === READY || state[s] === LOST);
    return members.map((slot) => fleet.slots[slot].place);
  }

  // ---- Operations.

  /** A service comes, again or for the first time, and with it its pods. */
  createService(service: number): void {
    if (this.exists[service]) return;
    this.isManaged[service] = this.toCome[service] === 0;
    this.appear(service);
    this.watcher.reconcile(service);
  }

  /** A service goes with its pods, which stop as deleted pods do. */
  deleteService(service: number): void {
    if (!this.exists[service]) return;
    this.exists[service] = false;
    this.isManaged[service] = false;
    const had = this.membersOf(service).length;
    for (const slot of this.slotsOf[service]) this.stop(slot);
    this.times.endOutage(service);
    if (had > 0) this.publish(service);
    this.watcher.serviceGone(service);
  }

  private appear(service: number): void {
    this.exists[service] = true;
    this.watcher.service(service);
  }

  /** @returns the slot, or −1 if there is no room now */
  create(service: number, version: number, podStart: number): number {
    const spares = this.spares[service];
    const at = spares.findIndex((slot) => {
      const spare = this.fleet.slots[slot];
      return spare.version === version && !this.isHostLost[spare.host];
    });
    if (at < 0) return -1;
    const [slot] = spares.splice(at, 1);
    this.begin(slot, this.world.now + podStart);
    return slot;
  }

  /** Deletes a pod: not ready at once, but it serves on while it drains. */
  delete(slot: number): void {
    const was = this.state[slot];
    this.stop(slot);
    if (was === READY) this.publish(this.fleet.slots[slot].service);
  }

  private stop(slot: number): void {
    const was = this.state[slot];
    if (was === STARTING) this.free(slot, REFUSED);
    // Nobody will notice it as a pod of its service any more.
    if (was === LOST) this.set(slot, LOST_UNREADY);
    if (was !== READY && was !== UNREADY) return;
    this.set(slot, TERMINATING);
    const lasts = this.hasSidecar[slot] === 1 ? this.stopping.drain : this.stopping.grace;
    this.setTimer(slot, this.world.now + lasts, this.onGone);
  }

  /** A ready pod dies at once. */
  crash(slot: number): void {
    this.free(slot, REFUSED);
  }

  /** A ready pod fails its readiness probe for a while; it would still serve. */
  flap(slot: number, unready: number): void {
    this.set(slot, UNREADY);
    this.setTimer(slot, this.world.now + unready, this.onReady);
    this.publish(this.fleet.slots[slot].service);
  }

  /** A host is lost: its pods do not answer, and count as ready until that is noticed. */
  loseHost(host: number, eviction: number): void {
    const { now } = this.world;
    this.isHostLost[host] = true;
    for (const slot of this.slotsOn(host)) {
      const was = this.state[slot];
      this.world.setPlaceState(this.fleet.slots[slot].place, UNREACHABLE);
      this.due[slot] = Number.POSITIVE_INFINITY;
      if (was !== SPARE && was !== DEAD) this.watcher.gone(slot);
      if (was === READY) this.set(slot, LOST);
      else if (was === STARTING || was === UNREADY) this.set(slot, LOST_UNREADY);
      else this.set(slot, DEAD);
    }
    this.watcher.hostLost(host);
    this.world.schedule(now + Math.min(NODE_GRACE, eviction), this.onNotice, host);
    this.world.schedule(now + eviction, this.onEvict, host);
  }

  /** The sidecar of a pod has its first configuration. */
  sidecarConfigured(slot: number): void {
    if (this.waitsForSidecar[slot] === 1) this.becomeReady(slot);
  }

  // ---- The life of a pod.

  private createFirst(slot: number): void {
    const { service, pod, host } = this.fleet.slots[slot];
    this.toCome[service]--;
    if (!this.exists[service]) {
      this.spares[service].push(slot);
      return;
    }
    this.isManaged[service] = this.toCome[service] === 0;
    if (this.isHostLost[host]) {
      this.set(slot, DEAD);
      this.watcher.reconcile(service);
      return;
    }
    this.begin(slot, pod!.ready);
  }

  private begin(slot: number, ready: number): void {
    this.set(slot, STARTING);
    this.setTimer(slot, ready, this.onReady);
    this.watcher.created(slot, ready);
  }

  private becomeReady(slot: number): void {
    this.due[slot] = Number.POSITIVE_INFINITY;
    this.waitsForSidecar[slot] = Number(!this.watcher.isConfigured(slot));
    if (this.waitsForSidecar[slot] === 1) return;
    const { place, service } = this.fleet.slots[slot];
    this.set(slot, READY);
    this.world.setPlaceState(place, 0);
    this.publish(service);
    this.watcher.ready(slot);
    this.watcher.reconcile(service);
  }

  private free(slot: number, placeState: number): void {
    const { place, service } = this.fleet.slots[slot];
    const was = this.state[slot];
    this.set(slot, SPARE);
    this.due[slot] = Number.POSITIVE_INFINITY;
    this.waitsForSidecar[slot] = 0;
    this.world.setPlaceState(place, placeState);
    this.spares[service].push(slot);
    if (was === READY) this.publish(service);
    this.watcher.gone(slot);
    this.watcher.reconcile(service);
  }

  private notice(host: number): void {
    for (const slot of this.slotsOn(host)) {
      if (this.state[slot] !== LOST) continue;
      this.set(slot, LOST_UNREADY);
      this.publish(this.fleet.slots[slot].service);
    }
  }

  private evict(host: number): void {
    const services = new Set<number>();
    for (const slot of this.slotsOn(host)) {
      if (this.state[slot] === LOST_UNREADY) services.add(this.fleet.slots[slot].service);
      this.set(slot, DEAD);
    }
    for (const service of services) this.watcher.reconcile(service);
  }

  private slotsOn(host: number): readonly number[] {
    this.byHost ??= byHostOf(this.fleet.slots, this.isHostLost.length);
    return this.byHost[host];
  }

  private publish(service: number): void {
    const members = this.membersOf(service);
    const version = this.world.views.publish(this.fleet.services[service].group, members);
    this.watcher.endpoints(service, version, members.length);
  }

  private setTimer(slot: number, at: number, handler: number): void {
    this.due[slot] = at;
    this.world.schedule(at, handler, slot);
  }
}

/** By group: the places that are ready at the start; what a network's groups must hold. */
export function membersAtStart(fleet: Fleet, groupCount: number): number[][] {
  const members: number[][] = Array.from({ length: groupCount }, () => []);
  for (const { place, service, pod } of fleet.slots) {
    if (pod !== null && pod.ready === 0) members[fleet.services[service].group].push(place);
  }
  return members;
}

/** By host: indexes of what is on it. */
export function byHostOf(
  all: readonly { readonly host: number }[],
  hosts: number,
): readonly (readonly number[])[] {
  const groups: number[][] = Array.from({ length: hosts }, () => []);
  all.forEach(({ host }, index) => {
    groups[host]?.push(index);
  });
  return groups;
}

function runs(state: number): boolean {
  return state === STARTING || state === READY || state === UNREADY || state === TERMINATING;
}
