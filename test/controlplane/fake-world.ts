/** The least simulation that the control plane can run in: a list of events, stations that serve, views that remember. */

import type { Handler, World } from '../../src/controlplane/world.ts';
import { Views } from '../../src/engine/views.ts';

interface Event {
  readonly at: number;
  readonly handler: number;
  readonly argument: number;
}

export interface FakeWorld extends World {
  readonly views: Views;
  readonly placeState: Map<number, number>;
  /** Work asked for, by station. [ns] */
  readonly worked: Map<number, number>;
  readonly counters: Map<number, number>;
  readonly firstCounts: Map<number, number>;
  /** A job waits for a viewer to know a group. */
  ask(viewer: number, group: number): void;
  run(until?: number): void;
  /** Runs a function at a time. */
  at(time: number, action: () => void): void;
}

/**
 * @param groups - members at the start, by group
 * @param shared - stations whose visitors are served one after the other; at others all are served at once
 */
export function fakeWorld(
  groups: readonly (readonly number[])[] = [],
  viewers = 0,
  shared: readonly number[] = [],
): FakeWorld {
  const heap = new Heap();
  const handlers: Handler[] = [];
  const free = new Map<number, number>();
  let now = 0;
  const world: FakeWorld = {
    get now() {
      return now;
    },
    views: new Views(groups, viewers),
    placeState: new Map(),
    worked: new Map(),
    register: (handler) => handlers.push(handler) - 1,
    schedule(at, handler, argument) {
      if (!Number.isInteger(at) || at < now) throw new Error(`scheduled for ${at} at ${now}`);
      heap.push({ at, handler, argument });
    },
    work(station, demand, handler, argument) {
      world.worked.set(station, (world.worked.get(station) ?? 0) + demand);
      const begin = shared.includes(station) ? Math.max(now, free.get(station) ?? 0) : now;
      free.set(station, begin + demand);
      world.schedule(begin + demand, handler, argument);
    },
    busyTime: (station) => world.worked.get(station) ?? 0,
    setPlaceState: (place, state) => void world.placeState.set(place, state),
    setScope: (viewer, scope) => world.views.setScope(viewer, scope),
    counter: (index) => world.counters.get(index) ?? 0,
    firstCounted: (index) => world.firstCounts.get(index) ?? -1,
    clearCounter(index) {
      world.counters.delete(index);
      world.firstCounts.delete(index);
    },
    onAsk(handler) {
      world.ask = handler;
    },
    counters: new Map(),
    firstCounts: new Map(),
    ask: () => {},
    at: (time, action) => world.schedule(time, world.register(action), 0),
    run(until = Number.POSITIVE_INFINITY) {
      for (let next = heap.peek(); next !== undefined && next.at < until; next = heap.peek()) {
        heap.pop();
        now = next.at;
        handlers[next.handler](now, next.argument);
      }
      if (Number.isFinite(until)) now = until;
    },
  };
  return world;
}

/** A binary heap by time; equal times in the order they came. */
class Heap {
  private readonly rows: { readonly event: Event; readonly order: number }[] = [];
  private count = 0;

  peek(): Event | undefined {
    return this.rows[0]?.event;
  }

  push(event: Event): void {
    const { rows } = this;
    let i = rows.push({ event, order: this.count++ }) - 1;
    while (i > 0 && this.isBefore(i, (i - 1) >> 1)) {
      this.swap(i, (i - 1) >> 1);
      i = (i - 1) >> 1;
    }
  }

  pop(): void {
    const { rows } = this;
    this.swap(0, rows.length - 1);
    rows.pop();
    let i = 0;
    for (;;) {
      let least = i;
      for (const below of [2 * i + 1, 2 * i + 2]) {
        if (below < rows.length && this.isBefore(below, least)) least = below;
      }
      if (least === i) return;
      this.swap(i, least);
      i = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const x = this.rows[a];
    const y = this.rows[b];
    return x.event.at < y.event.at || (x.event.at === y.event.at && x.order < y.order);
  }

  private swap(a: number, b: number): void {
    const row = this.rows[a];
    this.rows[a] = this.rows[b];
    this.rows[b] = row;
  }
}
