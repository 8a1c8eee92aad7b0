/**
 * The Deployments of a service: how many pods are wanted, and which of them a rolling update still has to replace.
 * `reconcile` does what is allowed at the moment; it runs again whenever a pod becomes ready or goes.
 */
import { type Cluster, DEAD, LOST, LOST_UNREADY, READY, SPARE, TERMINATING } from './cluster.ts';

/** From creation to ready, until churn says otherwise: a typical small container. */
const POD_START = 5e9;

export class Replicas {
  private readonly cluster: Cluster;
  /** By service, by version: pods wanted. */
  private readonly wanted: number[][];
  /** By service: how its pods start, and how far its last rolling update may go above and below. */
  private readonly podStart: number[];
  private readonly surge: number[];
  private readonly unavailable: number[];
  /** By slot: the pod is of an old revision. */
  private readonly isOutdated: Uint8Array;
  private readonly isBusy: boolean[];

  constructor(cluster: Cluster) {
    const { services, slots } = cluster.fleet;
    this.cluster = cluster;
    this.wanted = services.map(({ replicas }) => [...replicas]);
    this.podStart = services.map(() => POD_START);
    this.surge = services.map(() => 0);
    this.unavailable = services.map(() => 0);
    this.isOutdated = new Uint8Array(slots.length);
    this.isBusy = services.map(() => false);
  }

  /** Replaces all pods. Kubernetes takes 0 and 0 as one unavailable, or nothing could move (ResolveFenceposts). */
  roll(service: number, surge: number, unavailable: number, podStart: number): void {
    this.surge[service] = surge;
    this.unavailable[service] = surge === 0 && unavailable === 0 ? 1 : unavailable;
    this.podStart[service] = podStart;
    for (const slot of this.alive(service)) this.isOutdated[slot] = 1;
    this.reconcile(service);
  }

  /** Replaces one pod, by one more while it lasts. */
  replace(slot: number): void {
    const { service } = this.cluster.fleet.slots[slot];
    this.isOutdated[slot] = 1;
    const outdated = this.alive(service).filter((one) => this.isOutdated[one] === 1).length;
    this.surge[service] = Math.max(this.surge[service], outdated);
    this.reconcile(service);
  }

  /** Sets the pods of a service; versions keep their shares, the first ones get what does not divide. */
  scale(service: number, replicas: number, podStart: number): void {
    this.podStart[service] = podStart;
    this.wanted[service] = shares(replicas, this.cluster.fleet.services[service].replicas);
    this.reconcile(service);
  }

  /** Sets the pods of one version. */
  scaleVersion(service: number, version: number, replicas: number, podStart: number): void {
    this.podStart[service] = podStart;
    this.wanted[service][version] = replicas;
    this.reconcile(service);
  }

  /** A service that is created anew has as many pods as the scenario gives it. */
  restore(service: number, podStart: number): void {
    this.podStart[service] = podStart;
    this.wanted[service] = [...this.cluster.fleet.services[service].replicas];
  }

  /** Pods of a service that are neither told to stop, nor lost, nor about to be replaced. */
  current(service: number): readonly number[] {
    const { state } = this.cluster;
    return this.alive(service).filter((slot) => !this.isOutdated[slot] && state[slot] < LOST);
  }

  /** Pods wanted. */
  total(service: number): number {
    return this.wanted[service].reduce((sum, count) => sum + count, 0);
  }

  /** The next pods of a service start as fast as this. */
  setPodStart(service: number, podStart: number): void {
    this.podStart[service] = podStart;
  }

  reconcile(service: number): void {
    if (this.isBusy[service] || !this.cluster.isManaged[service]) return;
    // What is done here may call back; the loop sees its effect.
    this.isBusy[service] = true;
    while (this.createOne(service) || this.deleteOne(service));
    this.isBusy[service] = false;
  }

  private createOne(service: number): boolean {
    const alive = this.alive(service);
    const isRolling = alive.some((slot) => this.isOutdated[slot] === 1);
    const most = this.total(service) + (isRolling ? this.surge[service] : 0);
    if (alive.length >= most) return false;
    for (const [version, count] of this.wanted[service].entries()) {
      if (this.fresh(alive, version).length >= count) continue;
      const slot = this.cluster.create(service, version, this.podStart[service]);
      if (slot < 0) continue;
      this.isOutdated[slot] = 0;
      return true;
    }
    return false;
  }

  private deleteOne(service: number): boolean {
    const victim = this.victim(service);
    if (victim === undefined) return false;
    this.cluster.delete(victim);
    return true;
  }

  /** Too many of the new; then old ones that do not serve; then old ones that can be spared. */
  private victim(service: number): number | undefined {
    const { state } = this.cluster;
    const alive = this.alive(service).filter(
      (slot) => state[slot] !== LOST && state[slot] !== LOST_UNREADY,
    );
    for (const [version, count] of this.wanted[service].entries()) {
      const fresh = this.fresh(alive, version);
      if (fresh.length > count)
        return fresh.findLast((slot) => state[slot] !== READY) ?? fresh.at(-1);
    }
    const outdated = alive.filter((slot) => this.isOutdated[slot] === 1);
    const idle = outdated.find((slot) => state[slot] !== READY);
    if (idle !== undefined) return idle;
    const ready = alive.filter((slot) => state[slot] === READY).length;
    const least = this.total(service) - this.unavailable[service];
    return ready - 1 >= least ? outdated[0] : undefined;
  }

  /** Pods that count: those that have not been told to stop. */
  private alive(service: number): readonly number[] {
    const { state, slotsOf } = this.cluster;
    return slotsOf[service].filter((slot) => {
      const now = state[slot];
      return now !== SPARE && now !== TERMINATING && now !== DEAD;
    });
  }

  private fresh(alive: readonly number[], version: number): readonly number[] {
    return alive.filter(
      (slot) => this.isOutdated[slot] === 0 && this.cluster.fleet.slots[slot].version === version,
    );
  }
}

/** Divides a number in proportion to weights, by largest remainder. */
function shares(count: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((w) => (total === 0 ? count / weights.length : (count * w) / total));
  const whole = exact.map(Math.floor);
  const left = count - whole.reduce((sum, share) => sum + share, 0);
  const byRemainder = [...exact.keys()].sort(
    (a, b) => exact[b] - whole[b] - (exact[a] - whole[a]) || a - b,
  );
  for (const v of byRemainder.slice(0, left)) whole[v]++;
  return whole;
}
