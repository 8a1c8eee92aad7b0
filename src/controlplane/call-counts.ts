/**
 * What the program counts of calls between services, as those read it who learn from it: the relay's access log, and
 * Prometheus, whose series live as long as the pods that count.
 */
import type { Dependency, Series } from '../scope/strategy.ts';
import type { Fleet } from './fleet.ts';
import type { World } from './world.ts';

export class CallCounts {
  private readonly world: Pick<World, 'counter' | 'firstCounted' | 'clearCounter'>;
  private readonly dependencies: Fleet['dependencies'];
  /** By service: its first slot, and how many it has; slots of a service are consecutive. */
  private readonly firstSlot: readonly number[];
  private readonly slotCount: readonly number[];
  /** By service: dependencies on it. */
  private readonly on: readonly (readonly number[])[];
  /** By dependency: relayed calls that its access log has told, and those counted before the counter was cleared. */
  private readonly told: number[];
  private readonly cleared: number[];

  constructor(
    world: Pick<World, 'counter' | 'firstCounted' | 'clearCounter'>,
    { services, slots, dependencies }: Pick<Fleet, 'services' | 'slots' | 'dependencies'>,
  ) {
    this.world = world;
    this.dependencies = dependencies;
    const firstSlot = services.map(() => -1);
    const slotCount = services.map(() => 0);
    slots.forEach(({ service }, slot) => {
      if (slotCount[service]++ === 0) firstSlot[service] = slot;
    });
    this.firstSlot = firstSlot;
    this.slotCount = slotCount;
    const on: number[][] = services.map(() => []);
    dependencies.forEach(({ destination }, dependency) => {
      on[destination].push(dependency);
    });
    this.on = on;
    this.told = dependencies.map(() => 0);
    this.cleared = dependencies.map(() => 0);
  }

  /** A flush of the access log: those of these dependencies whose calls were relayed since the last one. */
  flush(dependencies: readonly number[]): readonly Dependency[] {
    return dependencies
      .filter((dependency) => {
        const count = this.world.counter(this.dependencies[dependency].relayed);
        const grew = count > this.told[dependency];
        this.told[dependency] = count;
        return grew;
      })
      .map((dependency) => this.dependencies[dependency]);
  }

  /** A scrape: the series of these dependencies that there are, summed over the destination's pods. */
  scrape(dependencies: readonly number[]): readonly Series[] {
    return dependencies
      .map((dependency) => {
        const { source, destination, calls } = this.dependencies[dependency];
        let value = 0;
        for (let i = 0; i < this.slotCount[destination]; i++)
          value += this.world.counter(calls + i);
        return { source, destination, value };
      })
      .filter(({ value }) => value > 0);
  }

  /** A pod is gone, and with it what it has counted. */
  podGone(service: number, slot: number): void {
    for (const dependency of this.on[service]) {
      const { calls } = this.dependencies[dependency];
      this.world.clearCounter(calls + slot - this.firstSlot[service]);
    }
  }

  /** When the first call was relayed since the dependency was last forgotten, −1 if none was. [ns] */
  firstRelayed(dependency: number): number {
    return this.world.firstCounted(this.dependencies[dependency].relayed);
  }

  /** What is relayed from now on is the first of it again. */
  forget(dependency: number): void {
    const { relayed } = this.dependencies[dependency];
    this.cleared[dependency] += this.world.counter(relayed);
    this.told[dependency] = 0;
    this.world.clearCounter(relayed);
  }

  /** All relayed calls of a dependency, from the start. */
  relayed(dependency: number): number {
    return this.cleared[dependency] + this.world.counter(this.dependencies[dependency].relayed);
  }
}
