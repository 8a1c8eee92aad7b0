/** Load balancing over the places that the caller's view shows. */
import { describe, expect, it } from 'vitest';
import { type PickRule, TIMEOUT, UNAVAILABLE } from '../../src/engine/network.ts';
import type { Simulation } from '../../src/engine/simulate.ts';
import { leaksOf } from '../support/leaks.ts';
import { Draft, fixed, MS, SECOND } from '../support/network.ts';
import { type Run, runDry, start } from '../support/run.ts';

const REQUESTS = 1200;

interface Options {
  readonly rule: PickRule;
  readonly places: number;
  readonly connections?: number;
  /** How long the first place takes, and the others. [ms] */
  readonly slow?: number;
  readonly fast?: number;
}

/** Requests a millisecond apart, each a call to one of the places. */
function balance({ rule, places, connections = 1, slow = 1, fast = 1 }: Options): Run {
  const draft = new Draft(`pick ${rule}`);
  const callees = Array.from({ length: places }, (_, c) => draft.place({ class: c === 0 ? 1 : 0 }));
  const visits = draft.station({ servers: 100 }, callees);
  const group = draft.group(callees);
  const edge = draft.edge({ callerFirst: 0, callerSlots: 1, calleeFirst: 1, calleeSlots: places });
  draft.attempt(1, {}, (end) => {
    const other = draft.label();
    draft.pick(1, { group, rule, edge }, end);
    draft.unlessClass(1, 1, other);
    draft.visit(visits, fixed(slow * MS), { depth: 1 });
    draft.jump(end);
    draft.mark(other);
    draft.visit(visits, fixed(fast * MS), { depth: 1 });
  });
  draft.leave();
  draft.regular(1000, { stop: REQUESTS * MS, connections });
  return start(draft.finish());
}

/** By place: visits so far. */
const visitsOf = ({ stations, network }: Simulation): number[] =>
  network.stations.map((_, s) => stations.read(s, SECOND).visits);

const ended = (options: Options): number[] => visitsOf(runDry(balance(options)).simulation);

describe('round robin', () => {
  it('gives every place its turn', () => {
    expect(ended({ rule: 'roundRobin', places: 5 })).toEqual(new Array(5).fill(REQUESTS / 5));
  });
});

describe('random', () => {
  it('gives every place about its share, and no place another', () => {
    const visits = ended({ rule: 'random', places: 4 });
    // Five standard deviations of 1 200 draws with a chance of a quarter.
    for (const count of visits) expect(Math.abs(count - REQUESTS / 4)).toBeLessThan(75);
    expect(new Set(visits).size).toBeGreaterThan(1);
  });
});

describe('least request', () => {
  it('takes the other of two places while one is at work on a call', () => {
    // The slow place keeps a call for ten requests; of two places it is then never chosen.
    const [slow, fast] = ended({ rule: 'leastRequest', places: 2, slow: 10.5, fast: 0.5 });
    expect(slow + fast).toBe(REQUESTS);
    expect(slow).toBeLessThan(REQUESTS / 10);
    expect(slow).toBeGreaterThan(REQUESTS / 22);
  });

  it('compares two different places, both at random', () => {
    const visits = ended({ rule: 'leastRequest', places: 6, slow: 0.5, fast: 0.5 });
    for (const count of visits) expect(Math.abs(count - REQUESTS / 6)).toBeLessThan(65);
  });

  it('counts a call that timed out no more, though its work goes on', () => {
    const draft = new Draft('timed out');
    const callees = [draft.place({ class: 1 }), draft.place()];
    const group = draft.group(callees);
    const edge = draft.edge({ callerFirst: 0, callerSlots: 1, calleeFirst: 1, calleeSlots: 2 });
    draft.attempt(1, { deadline: 0.5 * MS }, (end) => {
      draft.pick(1, { group, rule: 'leastRequest', edge }, end);
      draft.unlessClass(1, 1, end);
      draft.delay(fixed(SECOND));
    });
    draft.leave();
    draft.regular(1000, { stop: REQUESTS * MS });
    const { left } = runDry(start(draft.finish()));
    const late = left.filter(({ outcome }) => outcome === TIMEOUT).length;
    // Whoever arrives finds no call under way, so that either place is as good.
    expect(Math.abs(late - REQUESTS / 2)).toBeLessThan(90);
  });

  it('keeps no count of a call that has ended', () => {
    expect(leaksOf(runDry(balance({ rule: 'leastRequest', places: 3 })).simulation)).toEqual({});
  });
});

describe('by connection', () => {
  it('stays with one place for all requests of a connection', () => {
    const visits = ended({ rule: 'connection', places: 4 });
    expect(visits.toSorted()).toEqual([0, 0, 0, REQUESTS]);
  });

  it('spreads connections evenly', () => {
    const visits = ended({ rule: 'connection', places: 4, connections: 10_000 });
    for (const count of visits) expect(Math.abs(count - REQUESTS / 4)).toBeLessThan(75);
  });

  it('moves only the connections of a place that goes, and back when it returns', () => {
    const { simulation } = balance({ rule: 'connection', places: 4 });
    const chosenUntil = (until: number, members: readonly number[] | null): number => {
      const before = visitsOf(simulation);
      if (members !== null) simulation.views.apply(0, simulation.views.publish(0, members));
      simulation.runUntil(until);
      return visitsOf(simulation).findIndex((count, place) => count > before[place]) + 1;
    };
    const home = chosenUntil(100 * MS, null);
    const others = [1, 2, 3, 4].filter((place) => place !== home);
    expect(chosenUntil(200 * MS, [home, others[0]])).toBe(home);
    const refuge = chosenUntil(300 * MS, others);
    expect(others).toContain(refuge);
    expect(chosenUntil(400 * MS, [...others].reverse())).toBe(refuge);
    expect(chosenUntil(500 * MS, [1, 2, 3, 4])).toBe(home);
  });
});

describe('a caller', () => {
  it('goes by what its view has applied, not by what is true', () => {
    const { simulation } = balance({ rule: 'random', places: 3 });
    const version = simulation.views.publish(0, [1]);
    simulation.runUntil(600 * MS);
    const [, second, third] = visitsOf(simulation);
    expect(Math.min(second, third)).toBeGreaterThan(100);
    simulation.views.apply(0, version);
    simulation.runUntil(2000 * MS);
    expect(visitsOf(simulation).slice(1)).toEqual([second, third]);
  });

  it('has a view of its own', () => {
    const draft = new Draft('views');
    const other = draft.place({ viewer: 1 });
    const callees = [draft.place(), draft.place()];
    const visits = draft.station({}, callees);
    const group = draft.group(callees);
    const edge = draft.edge({ callerFirst: 0, callerSlots: 2, calleeFirst: 2, calleeSlots: 2 });
    for (const place of [0, other]) {
      const entry = draft.here;
      draft.attempt(1, {}, (end) => {
        draft.pick(1, { group, rule: 'roundRobin', edge }, end);
        draft.visit(visits, fixed(MS), { depth: 1 });
      });
      draft.leave();
      draft.regular(1000, { entry, place, stop: 100 * MS });
    }
    const run = start(draft.finish());
    const { views } = run.simulation;
    views.apply(1, views.publish(group, [callees[0]]));
    runDry(run);
    // The first caller goes to both in turn, the other only to the one it knows.
    expect(visitsOf(run.simulation)).toEqual([150, 50]);
  });

  it('that sees no place fails at once', () => {
    const run = balance({ rule: 'leastRequest', places: 2 });
    run.simulation.views.apply(0, run.simulation.views.publish(0, []));
    const { left } = runDry(run);
    expect(left.every(({ outcome }) => outcome === UNAVAILABLE)).toBe(true);
    expect(left.every(({ arrival, departure }) => arrival === departure)).toBe(true);
  });
});
