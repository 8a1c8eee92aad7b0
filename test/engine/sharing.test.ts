/**
 * Goal: processor sharing is exact.
 * Method: a brute-force simulation that keeps the work left of every visitor and takes it down at every event.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sharing } from '../../src/engine/sharing.ts';

fc.configureGlobal({ seed: 1 });

interface Visit {
  readonly at: number;
  readonly demand: number;
}
type Departure = readonly [time: number, job: number];

/** Visits by arrival. Departures as the engine's loop takes them: the next one is asked for after every change. */
function shared(servers: number, visits: readonly Visit[]): Departure[] {
  const station = new Sharing(servers);
  const departures: Departure[] = [];
  const departUntil = (limit: number) => {
    for (
      let now = station.nextDeparture(last);
      now <= limit && station.present > 0;
      now = station.nextDeparture(now)
    ) {
      departures.push([now, station.depart(now)]);
      last = now;
    }
  };
  let last = 0;
  visits.forEach(({ at, demand }, job) => {
    departUntil(at - 1);
    station.arrive(at, job, demand);
    last = at;
  });
  departUntil(Number.POSITIVE_INFINITY);
  return departures;
}

/** The same in continuous time. */
function bruteForce(servers: number, visits: readonly Visit[]): Departure[] {
  const left = new Map<number, number>();
  const departures: Departure[] = [];
  let now = 0;
  const advanceTo = (limit: number) => {
    while (left.size > 0) {
      const slowdown = Math.max(1, left.size / servers);
      const [job, least] = [...left].reduce((a, b) => (b[1] < a[1] ? b : a));
      const until = Math.min(limit, now + least * slowdown);
      for (const [other, work] of left) left.set(other, work - (until - now) / slowdown);
      now = until;
      if (until === limit) return;
      left.delete(job);
      departures.push([now, job]);
    }
    now = limit;
  };
  visits.forEach(({ at, demand }, job) => {
    advanceTo(at);
    left.set(job, demand);
  });
  advanceTo(Number.POSITIVE_INFINITY);
  return departures;
}

const visits = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 2_000_000 }),
      demand: fc.integer({ min: 1, max: 3_000_000 }),
    }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((list) => {
    let at = 0;
    return list.map(({ gap, demand }) => {
      at += gap;
      return { at, demand };
    });
  });

describe('Sharing', () => {
  it('lets every visitor go when a brute-force simulation does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), visits, (servers, list) => {
        const times = new Map(shared(servers, list).map(([time, job]) => [job, time]));
        expect(times.size).toBe(list.length);
        for (const [time, job] of bruteForce(servers, list)) {
          // Departures are at whole nanoseconds, so each may put off those after it by less than one.
          expect(Math.abs((times.get(job) ?? -1e9) - time)).toBeLessThanOrEqual(list.length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('serves alone at full speed, and two on one server at half', () => {
    expect(shared(1, [{ at: 5, demand: 100 }])).toEqual([[105, 0]]);
    expect(
      shared(1, [
        { at: 0, demand: 100 },
        { at: 0, demand: 60 },
      ]),
    ).toEqual([
      [120, 1],
      [160, 0],
    ]);
    expect(
      shared(2, [
        { at: 0, demand: 100 },
        { at: 0, demand: 60 },
      ]),
    ).toEqual([
      [60, 1],
      [100, 0],
    ]);
  });

  it('lets equal visitors go in the order they came', () => {
    const list = Array.from({ length: 50 }, () => ({ at: 0, demand: 1000 }));
    expect(shared(4, list).map(([, job]) => job)).toEqual(list.map((_, job) => job));
  });

  it('is never faster than its servers, nor idle while someone is there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), visits, (servers, list) => {
        const atOnce = list.map(({ demand }) => ({ at: 0, demand }));
        const last = shared(servers, atOnce).at(-1)?.[0] ?? 0;
        const work = list.reduce((sum, { demand }) => sum + demand, 0);
        const longest = Math.max(...list.map(({ demand }) => demand));
        expect(last).toBeGreaterThanOrEqual(Math.max(Math.floor(work / servers), longest));
        expect(last).toBeLessThanOrEqual(work / servers + longest + list.length);
      }),
    );
  });

  it('adds no tick to a visit after hours of being busy', () => {
    const station = new Sharing(1);
    station.arrive(0, 0, 1e15);
    station.arrive(0, 1, 1e15);
    let now = 0;
    const late: number[] = [];
    for (let i = 0; i < 2000; i++) {
      // Three share the server for 1 ns, four while the fourth gets its 500 ns, and three again.
      station.arrive(now, 2, 1000);
      station.arrive(now + 1, 3, 500);
      const fourth = station.nextDeparture(now + 1);
      if (fourth !== now + 2001 || station.depart(fourth) !== 3) late.push(i);
      const third = station.nextDeparture(fourth);
      if (third !== now + 3500 || station.depart(third) !== 2) late.push(i);
      now = third + (i % 5 === 0 ? 1_000_000_007 : 1_000_007);
    }
    expect(late).toEqual([]);
  });

  it('knows the work that is left', () => {
    const station = new Sharing(2);
    station.arrive(0, 0, 100);
    station.arrive(0, 1, 200);
    station.arrive(0, 2, 300);
    expect(station.backlog(0)).toBe(600);
    expect(station.backlog(60)).toBeCloseTo(480, 6);
    expect(station.present).toBe(3);
    expect(station.depart(60)).toBe(-1);
  });
});
