/**
 * Goal: events leave the calendar by time, and among equal times in the order they were scheduled.
 * Method: sequences of insertions and removals, of many patterns of times, beside a list that is searched for the first
 * least time. Every pop is compared.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../src/engine/calendar.ts';

fc.configureGlobal({ seed: 1 });

/** Words of the least record that the calendar can use. */
const RECORD = 4;

/** The same records with room for more. */
function moved(records: Int32Array, length: number): Int32Array {
  const copy = new Int32Array(length);
  copy.set(records);
  return copy;
}

/** The calendar, and beside it a heap by (time, order) that cannot be wrong about ties. */
class Pair {
  readonly calendar: Calendar;
  now = 0;
  private records: Int32Array;
  private readonly free: number[] = [];
  private used = 0;
  private order = 0;
  /** Heap of [time, order, id]. */
  private readonly heap: (readonly [number, number, number])[] = [];

  constructor(capacity: number) {
    this.records = new Int32Array(capacity * RECORD);
    this.calendar = new Calendar(this.records);
  }

  get size(): number {
    return this.heap.length;
  }

  insert(at: number): void {
    const id = this.free.pop() ?? RECORD * this.used++;
    if (id === this.records.length) {
      this.records = moved(this.records, id * 2);
      this.calendar.moveTo(this.records);
    }
    this.calendar.insert(at, id);
    let i = this.heap.length;
    const entry = [at, this.order++, id] as const;
    this.heap.push(entry);
    while (i > 0 && isBefore(entry, this.heap[(i - 1) >> 1])) {
      this.heap[i] = this.heap[(i - 1) >> 1];
      i = (i - 1) >> 1;
    }
    this.heap[i] = entry;
  }

  /** @returns false if the calendar says something else than the heap */
  popAgrees(): boolean {
    const [at, , id] = this.heap[0];
    this.removeFirst();
    const agrees = this.calendar.nextTime() === at && this.calendar.pop() === id;
    this.now = at;
    this.free.push(id);
    return agrees && this.calendar.timeOf(id) === at && this.calendar.size === this.heap.length;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    let i = 0;
    for (;;) {
      let below = 2 * i + 1;
      if (below >= this.heap.length) break;
      if (below + 1 < this.heap.length && isBefore(this.heap[below + 1], this.heap[below])) below++;
      if (isBefore(last, this.heap[below])) break;
      this.heap[i] = this.heap[below];
      i = below;
    }
    this.heap[i] = last;
  }
}

type Entry = readonly [number, number, number];
const isBefore = (a: Entry, b: Entry) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/** How far ahead an event is scheduled. */
const ahead = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 1e9 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 52 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 48, 96, 1024, 1e6, 2 ** 31, 2 ** 32, 2 ** 52) },
);
/** Insert so many that far ahead, `step` apart; or, below 0, take so many out. */
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      ahead,
      step: fc.constantFrom(0, 1, 7),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      count: fc.integer({ min: 50, max: 300 }),
      ahead,
      step: fc.constantFrom(0, 0, 1, 1000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      count: fc.integer({ min: -150, max: -1 }),
      ahead: fc.constant(0),
      step: fc.constant(0),
    }),
  },
);

describe('Calendar', () => {
  it('agrees with a stable sort on any interleaving of insertions and removals', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const pair = new Pair(4);
        for (const { count, ahead, step } of actions) {
          for (let i = 0; i < count; i++)
            pair.insert(Math.min(pair.now + ahead + i * step, 2 ** 53 - 1));
          for (let i = count; i < 0 && pair.size > 0; i++) if (!pair.popAgrees()) return false;
        }
        while (pair.size > 0) if (!pair.popAgrees()) return false;
        return pair.calendar.nextTime() === Number.POSITIVE_INFINITY;
      }),
      { numRuns: 1500 },
    );
  });

  // Each gives how far ahead the event goes that replaces the one just taken, from a uniform and the number of the pop.
  const patterns: Record<string, (u: number, i: number) => number> = {
    exponential: (u) => Math.round(-1e6 * Math.log(1 - u)),
    'bimodal, 1 us and 1 s': (u) => (u < 0.9 ? Math.round(u * 1000) : Math.round(u * 1e9)),
    'all ties': () => 1000,
    'on a coarse grid': (u) => Math.floor(u * 8) * 1000,
    'bursts behind the first event': (u, i) => (i % 3000 < 1500 ? Math.round(u * 3) : 1_000_000),
    'push storms': (u, i) =>
      Math.floor(i / 2000) % 2 === 0 ? 5_000_000 + Math.round(u * 20) : Math.round(u * 1e7),
    'all of it at once': (u) => Math.round(2 ** (u * 50)),
    'no delay, mostly': (u) => (u < 0.95 ? 0 : Math.round(u * 1e4)),
  };
  const cases = Object.keys(patterns).flatMap((name) =>
    [1, 30, 500, 20_000].map((pending) => [name, pending] as const),
  );
  it.each(cases)('agrees with a heap on %s times with %i pending', (name, pending) => {
    let state = 12345;
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 0) / 2 ** 32;
    };
    const pair = new Pair(16);
    for (let i = 0; i < pending; i++) pair.insert(patterns[name](uniform(), i));
    let wrong = 0;
    for (let i = 0; i < 30_000; i++) {
      if (!pair.popAgrees()) wrong++;
      pair.insert(Math.min(pair.now + patterns[name](uniform(), i), 2 ** 53 - 1));
    }
    while (pair.size > 0) if (!pair.popAgrees()) wrong++;
    expect(wrong).toBe(0);
  });

  it('keeps what is pending when it grows', () => {
    const records = new Int32Array(2 * RECORD);
    const calendar = new Calendar(records);
    calendar.insert(20, 0);
    calendar.insert(10, RECORD);
    calendar.moveTo(moved(records, 1000 * RECORD));
    for (let id = 2; id < 1000; id++) calendar.insert(15, id * RECORD);
    const order = Array.from({ length: 1000 }, () => calendar.pop() / RECORD);
    expect(order).toEqual([1, ...Array.from({ length: 998 }, (_, i) => i + 2), 0]);
  });

  it('says Infinity when nothing is pending', () => {
    const calendar = new Calendar(new Int32Array(RECORD));
    expect(calendar.nextTime()).toBe(Number.POSITIVE_INFINITY);
    calendar.insert(7, 0);
    expect(calendar.nextTime()).toBe(7);
    calendar.pop();
    expect(calendar.nextTime()).toBe(Number.POSITIVE_INFINITY);
  });
});
