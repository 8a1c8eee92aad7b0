/** The loop: order of equal times, windows, work from outside, programs that loop, fork and never wait. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OVERFLOW } from '../../src/engine/network.ts';
import { Simulation } from '../../src/engine/simulate.ts';
import { leaksOf } from '../support/leaks.ts';
import { Draft, exp, fixed, MS, oneStation, SECOND } from '../support/network.ts';
import { byRequest, type Left, readStation, runDry, runOut, start } from '../support/run.ts';

/** A network in which nothing happens. */
function idle(): Simulation {
  const draft = new Draft('idle');
  draft.leave();
  return new Simulation(draft.finish(), { from: 0, to: 0 });
}

describe('handlers', () => {
  it('run by time, and in the order they were scheduled where times are equal', () => {
    /** At a time, and what each schedules when it runs: so much later. */
    const alarm = fc.record({
      at: fc.nat({ max: 5 }),
      next: fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(alarm, { maxLength: 30 }), (alarms) => {
        const simulation = idle();
        const ran: { readonly at: number; readonly id: number }[] = [];
        const due: number[] = [];
        const schedule = (at: number): void => {
          simulation.schedule(at, handler, due.push(at) - 1);
        };
        const handler = simulation.register((now, id) => {
          ran.push({ at: now, id });
          for (const later of alarms[id]?.next ?? []) schedule(now + later);
        });
        for (const { at } of alarms) schedule(at);
        simulation.runUntil(100);
        // Numbers were given in the order of scheduling, so a stable sort by time is the order expected.
        const expected = due.map((at, id) => ({ at, id })).sort((a, b) => a.at - b.at);
        expect(ran).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('are not called between two nanoseconds, where the calendar has no place, nor never', () => {
    const simulation = idle();
    const handler = simulation.register(() => undefined);
    for (const at of [1e9 / 30, Number.POSITIVE_INFINITY, Number.NaN, 2 ** 53]) {
      expect(() => simulation.schedule(at, handler, 0)).toThrow(RangeError);
    }
  });

  it('are called when their work at a station is done, in line with everybody else', () => {
    const simulation = start(oneStation({ demand: fixed(MS), rate: 0 })).simulation;
    const done: number[][] = [];
    const handler = simulation.register((now, argument) => done.push([now, argument]));
    expect(simulation.work(0, 3 * MS, handler, 7)).toBe(true);
    expect(simulation.work(0, MS, handler, 8)).toBe(true);
    simulation.runUntil(SECOND);
    expect(done).toEqual([
      [3 * MS, 7],
      [4 * MS, 8],
    ]);
  });

  it('are not called for work that a full station turns away, which leaves nothing behind', () => {
    const simulation = start(oneStation({ demand: fixed(MS), rate: 0, jobsMax: 1 })).simulation;
    const done: number[] = [];
    const handler = simulation.register((_, argument) => done.push(argument));
    expect([1, 2].map((argument) => simulation.work(0, MS, handler, argument))).toEqual([
      true,
      false,
    ]);
    simulation.runUntil(SECOND);
    expect(done).toEqual([1]);
    expect(leaksOf(simulation)).toEqual({});
  });
});

describe('the window', () => {
  it('counts who arrives in it, and draining lets the last of them leave', () => {
    const draft = new Draft('window');
    draft.visit(draft.station(), fixed(10 * MS));
    draft.leave();
    draft.regular(200);
    const { simulation, left } = start(draft.finish(), 0.1 * SECOND, 0.2 * SECOND);
    simulation.runUntil(0.2 * SECOND);
    // Ten milliseconds of work come every five, so the line grows.
    expect(simulation.measuredLive).toBe(20);
    simulation.drain(10 * SECOND);
    expect(simulation.measuredLive).toBe(0);
    expect(simulation.now).toBe(left[left.length - 1].departure);
    expect(left[left.length - 1].arrival).toBe(0.195 * SECOND);
  });
});

describe('programs', () => {
  it('draw anew in every pass of a loop', () => {
    const draft = new Draft('loop');
    const again = draft.label();
    const done = draft.label();
    const station = draft.station();
    draft.mark(again);
    draft.visit(station, exp(MS));
    draft.chance(0.75, done);
    draft.jump(again);
    draft.mark(done);
    draft.leave();
    draft.regular(1000, { stop: 4 * SECOND });
    const { simulation, left } = runOut(draft.finish());
    // Geometric: four passes each. A draw that were repeated would loop for ever, or never.
    const { visits, work } = readStation(simulation, 0);
    expect(visits / left.length).toBeGreaterThan(3.7);
    expect(visits / left.length).toBeLessThan(4.3);
    expect(work / visits / MS).toBeCloseTo(1, 1);
  });

  it('go on after a fork when the last branch is done, with the first failure as their own', () => {
    const draft = new Draft('fork');
    const station = draft.station({ servers: 3 });
    draft.fork([
      () => draft.visit(station, fixed(2 * MS)),
      () => {
        draft.visit(station, fixed(3 * MS));
        draft.outcome(9);
      },
      () => {
        draft.visit(station, fixed(MS));
        draft.outcome(8);
      },
      () => {},
    ]);
    draft.fork([]);
    draft.leave();
    draft.regular(1000, { stop: MS });
    const { left } = runOut(draft.finish());
    expect(left).toEqual([{ source: 0, request: 0, arrival: 0, departure: 3 * MS, outcome: 8 }]);
  });

  it('may make ten thousand calls in no time, one after the other, with deadlines and branches', () => {
    const draft = new Draft('long');
    for (let call = 0; call < 10_000; call++) {
      if (call % 2 === 0) draft.fork([() => {}]);
      else draft.attempt(1, { deadline: MS }, () => {});
    }
    draft.leave();
    draft.regular(1000, { stop: MS });
    expect(runOut(draft.finish()).left).toHaveLength(1);
  });

  it('take no event for a visit that asks for nothing', () => {
    const draft = new Draft('nothing');
    const station = draft.station();
    for (let i = 0; i < 5; i++) draft.visit(station, fixed(0));
    draft.leave();
    draft.regular(1000, { stop: 10 * MS });
    const { simulation } = runOut(draft.finish());
    expect(simulation.events).toBe(10);
    expect(readStation(simulation, 0).visits).toBe(0);
  });

  it('go on after a station that turned them away, with that as their outcome', () => {
    const draft = new Draft('full');
    draft.visit(draft.station({ jobsMax: 1 }), fixed(3 * MS));
    draft.leave();
    draft.regular(1000, { stop: 3 * MS });
    const { left } = runOut(draft.finish());
    expect(left.map(({ departure, outcome }) => [departure, outcome])).toEqual([
      [MS, OVERFLOW],
      [2 * MS, OVERFLOW],
      [3 * MS, 0],
    ]);
  });

  it('tell a tracer of one request only, each step at its time', () => {
    const draft = new Draft('trace');
    draft.visit(draft.station(), fixed(MS));
    draft.delay(fixed(2 * MS));
    draft.leave();
    draft.regular(100, { stop: 50 * MS });
    const steps: number[][] = [];
    const simulation = new Simulation(draft.finish(), {
      from: 0,
      to: 1,
      tracer: {
        source: 0,
        request: 2,
        step: (now, _, step) => steps.push([now, step]),
        part: () => expect.unreachable(),
      },
    });
    runDry({ simulation, left: [] });
    expect(steps).toEqual([
      [20 * MS, 0],
      [21 * MS, 1],
      [23 * MS, 2],
    ]);
  });
});

describe('a call between places', () => {
  const DOWN = 9;

  /** Calls from host 0 to a place there and to one on another host; a wire of 2 ms, or 1 ms on one host. */
  function twoHosts() {
    const draft = new Draft('hosts');
    const callees = [draft.place({ host: 0 }), draft.place({ host: 1 })];
    for (const callee of callees) {
      const entry = draft.here;
      const group = draft.group([callee]);
      const edge = draft.edge({ callerFirst: 0, callerSlots: 1, calleeFirst: 1, calleeSlots: 2 });
      draft.attempt(1, {}, (end) => {
        draft.pick(1, { group, rule: 'random', edge }, end);
        draft.delay(fixed(2 * MS), { depth: 1, near: fixed(MS) });
        draft.unlessUp(1, end);
        draft.delay(fixed(3 * MS));
      });
      draft.leave();
      draft.regular(100, { entry, stop: 25 * MS });
    }
    draft.notice(DOWN, 7 * MS);
    return start(draft.finish());
  }

  const took = (left: readonly Left[]) =>
    byRequest(left).map(({ arrival, departure, outcome }) => [(departure - arrival) / MS, outcome]);

  it('takes the short way on one host, the long way to another', () => {
    expect(took(runDry(twoHosts()).left)).toEqual([
      ...[1, 2, 3].map(() => [4, 0]),
      ...[1, 2, 3].map(() => [5, 0]),
    ]);
  });

  it('fails while its place is down, as soon as that is noticed', () => {
    const run = twoHosts();
    const { simulation } = run;
    const change = simulation.register((_, state) => simulation.setPlaceState(2, state));
    simulation.schedule(5 * MS, change, DOWN);
    simulation.schedule(15 * MS, change, 0);
    expect(took(runDry(run).left).slice(3)).toEqual([
      [5, 0],
      [9, DOWN],
      [5, 0],
    ]);
    expect(simulation.isUp(2)).toBe(true);
  });
});

describe('a network that is not sound', () => {
  const make = (write: (draft: Draft) => void) => () => {
    const draft = new Draft('unsound');
    write(draft);
    draft.leave();
    draft.open(1);
    return new Simulation(draft.finish(), { from: 0, to: 1 });
  };

  it.each<[string, (draft: Draft) => void, string]>([
    ['two sources of one program', (draft) => draft.open(1), 'two sources enter at step 0'],
    [
      'a branch that leads back',
      (draft) => {
        const back = draft.label();
        draft.mark(back);
        draft.delay(fixed(1));
        draft.chance(0.5, back);
      },
      'leads back',
    ],
    ['a call without a caller', (draft) => draft.attempt(0, {}, () => {}), 'nobody calls'],
    [
      'a bounded station that shares',
      (draft) => draft.station({ discipline: 'sharing', jobsMax: 3 }),
      'bounded',
    ],
    ['a station without servers', (draft) => draft.station({ servers: 0 }), '0 servers'],
    [
      'a wake-up of a station that shares',
      (draft) =>
        draft.station({ discipline: 'sharing', wake: { cost: 1, coldAfter: 1, coldCost: 1 } }),
      'no wake-up',
    ],
    [
      'an attempt that is not settled where it ends',
      (draft) => {
        draft.attempt(1, {}, () => {});
        const end = draft.here + 2;
        draft.emit(() => ({ verb: 'attempt', depth: 1, policy: 0, purpose: 0, tag: 0, end }));
      },
      'not settled',
    ],
  ])('with %s is refused', (_, write, message) => {
    expect(make(write)).toThrow(message);
  });
});
