/** Stations, each rule by an example that can be followed by hand. Requests arrive a millisecond apart. */
import { describe, expect, it } from 'vitest';
import type { Station } from '../../src/engine/network.ts';
import { OK } from '../../src/engine/network.ts';
import { Simulation } from '../../src/engine/simulate.ts';
import { Draft, fixed, MS, SECOND } from '../support/network.ts';
import { readStation, runOut } from '../support/run.ts';

/** Bounds a line that never gets as long, so that the station has to keep it. */
const KEPT = 1e6;
const kinds = [
  ['with a departure known on arrival', Number.POSITIVE_INFINITY],
  ['with a line that is kept', KEPT],
] as const;

/** @param times - in milliseconds: the demand, and the tail if there is one */
function run(station: Partial<Station>, requests: number, [demand, tail]: readonly number[]) {
  const draft = new Draft('station');
  const options = tail === undefined ? {} : { tail: fixed(tail * MS) };
  draft.visit(draft.station(station), fixed(demand * MS), options);
  draft.leave();
  draft.regular(1000, { stop: requests * MS });
  const { simulation, left } = runOut(draft.finish());
  const departures = left.filter(({ outcome }) => outcome === OK).map((l) => l.departure / MS);
  return { simulation, departures, reading: readStation(simulation, 0, SECOND) };
}

describe.each(kinds)('a first-come-first-served station %s', (_, jobsMax) => {
  it('serves one after the other, as many at once as it has servers', () => {
    expect(run({ jobsMax }, 3, [4]).departures).toEqual([4, 8, 12]);
    expect(run({ jobsMax, servers: 2 }, 4, [4]).departures).toEqual([4, 5, 8, 9]);
  });

  it('lets a job go before its tail, which keeps the server from the next', () => {
    const { departures, reading } = run({ jobsMax }, 3, [2, 3]);
    expect(departures).toEqual([2, 7, 12]);
    // The sojourns are 2, 6 and 10 ms: a tail is work, but nobody's stay.
    expect(reading).toMatchObject({ visits: 3, area: 18 * MS, work: 15 * MS, busy: 15 * MS });
  });

  it('takes longer for who finds its server idle, and longer still if it has been so for long', () => {
    const wake = { cost: 0.1 * MS, coldAfter: 0.8 * MS, coldCost: 0.3 * MS };
    // Idle for nothing at the start, for 0.4 ms before the second, for 0.2 ms before the third.
    expect(run({ jobsMax, wake: { ...wake, coldAfter: 0.3 * MS } }, 3, [0.5]).departures).toEqual([
      0.5 + 0.1,
      1.5 + 0.3,
      2.5 + 0.1,
    ]);
    expect(run({ jobsMax, wake }, 2, [2]).departures).toEqual([2.1, 4.1]);
  });

  it('wakes the server that is idle longest', () => {
    const wake = { cost: 0, coldAfter: 1.2 * MS, coldCost: 0.5 * MS };
    // They take turns, so that each is idle for 1.5 ms from the third request on; the other one was for 0.5 ms.
    expect(run({ jobsMax, wake, servers: 2 }, 4, [0.5]).departures).toEqual([0.5, 1.5, 3, 4]);
  });
});

describe('a bounded station', () => {
  it('turns away who comes when it is full, the served ones counted', () => {
    const { departures, reading } = run({ jobsMax: 2 }, 5, [3]);
    expect(departures).toEqual([3, 6, 9]);
    expect(reading).toMatchObject({ visits: 3, turnedAway: 2, work: 9 * MS, backlog: 0 });
  });

  it('does not count a tail as somebody present', () => {
    // The tail of the first runs from 1 to 5 ms; the second waits, the third is turned away.
    expect(run({ jobsMax: 1 }, 3, [0.5, 4]).departures).toEqual([0.5, 5]);
  });

  it('knows the work of who waits', () => {
    const draft = new Draft('backlog');
    draft.visit(draft.station({ jobsMax: 9 }), fixed(10 * MS));
    draft.leave();
    draft.regular(1000, { stop: 4 * MS });
    const simulation = new Simulation(draft.finish(), { from: 0, to: 1 });
    simulation.runUntil(5 * MS);
    expect(readStation(simulation, 0)).toMatchObject({ work: 10 * MS, backlog: 30 * MS });
    simulation.runUntil(25 * MS);
    expect(readStation(simulation, 0)).toMatchObject({ work: 30 * MS, backlog: 10 * MS });
  });
});

describe('a pinned station', () => {
  function pinned(connections: number) {
    const draft = new Draft('pinned');
    draft.visit(draft.station({ discipline: 'pinned', servers: 4 }), fixed(3 * MS));
    draft.leave();
    draft.regular(1000, { stop: 40 * MS, connections });
    const { simulation } = runOut(draft.finish());
    const rows = simulation.stations.rowsOf(0);
    return rows.map((row) => simulation.stations.read(row, SECOND).visits);
  }

  it('serves all of one connection by one server', () => {
    expect(pinned(1).toSorted()).toEqual([0, 0, 0, 40]);
  });

  it('spreads many connections over its servers', () => {
    expect(Math.min(...pinned(1000))).toBeGreaterThan(3);
  });

  it('has no work of its own beside that of its servers', () => {
    const draft = new Draft('pinned');
    draft.visit(draft.station({ discipline: 'pinned', servers: 2 }), fixed(MS));
    draft.leave();
    draft.regular(1000, { stop: 3 * MS });
    const { simulation } = runOut(draft.finish());
    const nothing = { visits: 0, turnedAway: 0, area: 0, work: 0, busy: 0, backlog: 0 };
    expect(simulation.stations.read(0, SECOND)).toEqual(nothing);
    expect(readStation(simulation, 0, SECOND).work).toBe(3 * MS);
  });
});

describe('a station that shares its server', () => {
  it('serves all present at once, each more slowly', () => {
    // The first has 3 ms to go when the second comes, and shares them; the second then has 1 ms left, alone.
    expect(run({ discipline: 'sharing' }, 2, [4]).departures).toEqual([7, 8]);
  });

  it('shares it with tails too, which nobody stays for', () => {
    // Alone until 1 ms, both share until the first leaves at 2 ms; its tail slows down the second.
    const { departures, reading } = run({ discipline: 'sharing' }, 2, [1.5, 2]);
    expect(departures).toEqual([2, 4]);
    expect(reading).toMatchObject({ visits: 2, area: 5 * MS, work: 7 * MS, backlog: 0 });
  });
});

describe('a station that takes its cores from a host', () => {
  it('stretches a demand by the load of the host when it starts', () => {
    const draft = new Draft('host');
    const host = draft.host(1);
    for (let s = 0; s < 2; s++) {
      const entry = draft.here;
      draft.visit(draft.station({ host }), fixed(3 * MS));
      draft.leave();
      draft.regular(1000, { entry, stop: (s + 1) * MS });
    }
    const { simulation, left } = runOut(draft.finish());
    // The first has the core alone, the next two starts find another one at work.
    expect(left.map(({ source, departure }) => [source, departure / MS])).toEqual([
      [0, 3],
      [1, 6],
      [1, 9],
    ]);
    expect([0, 1].map((s) => readStation(simulation, s).busy / MS)).toEqual([3, 9]);
    expect([0, 1].map((s) => readStation(simulation, s).work / MS)).toEqual([3, 6]);
  });
});
