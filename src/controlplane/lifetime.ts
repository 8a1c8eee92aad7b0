/** The world as one istiod process has it: when the process ends, nothing that it has begun comes back to it. */
import type { Handler, ViewPort, World } from './world.ts';

export class Lifetime implements World {
  isOver = false;
  /** What comes before anything else that happens. */
  before: (now: number) => void = () => {};
  readonly views: ViewPort;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    this.views = world.views;
  }

  get now(): number {
    return this.world.now;
  }

  register(handler: Handler): number {
    return this.world.register((now, argument) => {
      if (this.isOver) return;
      this.before(now);
      handler(now, argument);
    });
  }

  schedule(at: number, handler: number, argument: number): void {
    this.world.schedule(at, handler, argument);
  }

  work(station: number, demand: number, handler: number, argument: number): void {
    this.world.work(station, demand, handler, argument);
  }

  busyTime(station: number): number {
    return this.world.busyTime(station);
  }

  setPlaceState(place: number, state: number): void {
    this.world.setPlaceState(place, state);
  }

  setScope(viewer: number, scope: number): void {
    this.world.setScope(viewer, scope);
  }

  counter(index: number): number {
    return this.world.counter(index);
  }

  firstCounted(index: number): number {
    return this.world.firstCounted(index);
  }

  clearCounter(index: number): void {
    this.world.clearCounter(index);
  }

  onAsk(handler: (viewer: number, group: number) => void): void {
    this.world.onAsk(handler);
  }
}
