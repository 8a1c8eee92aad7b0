/** By service, over time: how many of its pods run, and for how long it was without a ready one after it had one. */
import type { World } from './world.ts';

/** No outage. */
const NONE = -1;

export class PodTimes {
  private readonly world: Pick<World, 'now'>;
  /** By service: pods that run, and the time integral of how many did, up to `changed`. [ns] */
  private readonly running: Int32Array;
  private readonly time: Float64Array;
  private readonly changed: Float64Array;
  /** By service: pods that are ready; when the last of them went; and how long earlier outages took. [ns] */
  private readonly ready: Int32Array;
  private readonly outSince: Float64Array;
  private readonly outTime: Float64Array;

  constructor(world: Pick<World, 'now'>, serviceCount: number) {
    this.world = world;
    this.running = new Int32Array(serviceCount);
    this.time = new Float64Array(serviceCount);
    this.changed = new Float64Array(serviceCount);
    this.ready = new Int32Array(serviceCount);
    this.outSince = new Float64Array(serviceCount).fill(NONE);
    this.outTime = new Float64Array(serviceCount);
  }

  /** So many more, or fewer, pods of the service run and are ready from now on. */
  change(service: number, running: number, ready: number): void {
    this.advance(service);
    this.running[service] += running;
    this.ready[service] += ready;
    if (ready > 0) this.endOutage(service);
    if (ready < 0 && this.ready[service] === 0) this.outSince[service] = this.world.now;
  }

  /** The service has a ready pod, or is not there to have one. */
  endOutage(service: number): void {
    this.outTime[service] = this.outage(service);
    this.outSince[service] = NONE;
  }

  /** How long the service was without a ready pod, up to now. [ns] */
  outage(service: number): number {
    const since = this.outSince[service];
    return this.outTime[service] + (since === NONE ? 0 : this.world.now - since);
  }

  /** By service: the time integral of the number of its pods that run, from their creation to their end, up to now. [ns] */
  podTimes(): readonly number[] {
    return Array.from(this.running, (_, service) => {
      this.advance(service);
      return this.time[service];
    });
  }

  private advance(service: number): void {
    const { now } = this.world;
    this.time[service] += this.running[service] * (now - this.changed[service]);
    this.changed[service] = now;
  }
}
