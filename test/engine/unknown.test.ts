/** Destinations that a caller does not know: another way to them, waiting until it is told, and what is counted. */
import { describe, expect, it } from 'vitest';
import { CANCELLED, OK, TIMEOUT, UNAVAILABLE } from '../../src/engine/network.ts';
import { leaksOf } from '../support/leaks.ts';
import { Draft, fixed, MS } from '../support/network.ts';
import { runDry, start } from '../support/run.ts';

const EDGE = { callerFirst: 0, callerSlots: 1, calleeFirst: 1, calleeSlots: 2 };

/** Starts a network whose viewer 0 knows nothing; scope 0 knows all. */
function begin(draft: Draft, deadlinesPropagate = false) {
  const run = start(draft.finish({ deadlinesPropagate }));
  const { simulation } = run;
  simulation.setScope(0, simulation.views.addScope(new Uint8Array(1)));
  const asked: number[][] = [];
  simulation.onAsk((viewer, group) => asked.push([simulation.now, viewer, group]));
  const tell = simulation.register((_, scope) => simulation.setScope(0, scope));
  return { ...run, asked, tell };
}

/** Requests, a millisecond apart, that wait at most so long for their proxy to be told, and then work for 1 ms. */
function waiting(requests: number, timeout: number, deadline = 0, deadlinesPropagate = false) {
  const draft = new Draft('waiting');
  const station = draft.station({ servers: 9 });
  const group = draft.group([0]);
  draft.attempt(1, { deadline }, (end) => {
    draft.await(0, group, timeout, end);
    draft.visit(station, fixed(MS));
  });
  draft.leave();
  draft.regular(1000, { stop: requests * MS });
  return begin(draft, deadlinesPropagate);
}

const ends = (left: readonly { readonly departure: number; readonly outcome: number }[]) =>
  left.map(({ departure, outcome }) => [departure / MS, outcome]);

describe('a job that waits until its viewer knows a group', () => {
  it('goes on when the viewer is told, with all others, in the order they came', () => {
    const run = waiting(3, 100 * MS);
    run.simulation.schedule(10 * MS, run.tell, 0);
    const { left } = runDry(run);
    expect(ends(left)).toEqual([
      [11, OK],
      [11, OK],
      [11, OK],
    ]);
    expect(left.map(({ request }) => request)).toEqual([0, 1, 2]);
    expect(leaksOf(run.simulation)).toEqual({});
  });

  it('is unavailable when its own time is over', () => {
    const run = waiting(2, 5 * MS);
    expect(ends(runDry(run).left)).toEqual([
      [5, UNAVAILABLE],
      [6, UNAVAILABLE],
    ]);
    expect(leaksOf(run.simulation)).toEqual({});
  });

  it('is asked for once while anybody waits, and again by the next', () => {
    const run = waiting(9, 3 * MS + 1);
    runDry(run);
    // Someone waits at any time.
    expect(run.asked).toEqual([[0, 0, 0]]);
    const again = waiting(5, 50 * MS);
    const forget = again.simulation.register(() => again.simulation.setScope(0, 1));
    again.simulation.schedule(1.5 * MS, again.tell, 0);
    again.simulation.schedule(2.5 * MS, forget, 0);
    runDry(again);
    expect(again.asked).toEqual([
      [0, 0, 0],
      [3 * MS, 0, 0],
    ]);
  });

  it('does not wait where the viewer knows the group, and asks for nothing', () => {
    const run = waiting(2, 5 * MS);
    run.simulation.setScope(0, 0);
    expect(ends(runDry(run).left)).toEqual([
      [1, OK],
      [2, OK],
    ]);
    expect(run.asked).toEqual([]);
  });

  it('still waits after its viewer is told of something else', () => {
    const run = waiting(1, 5 * MS);
    run.simulation.schedule(MS, run.tell, 1);
    expect(ends(runDry(run).left)).toEqual([[5, UNAVAILABLE]]);
  });

  it('is given up by its caller at the deadline, and burns on when it is told', () => {
    const run = waiting(1, 50 * MS, 4 * MS);
    run.simulation.schedule(10 * MS, run.tell, 0);
    expect(ends(runDry(run).left)).toEqual([[4, TIMEOUT]]);
    expect(run.simulation.now).toBeGreaterThanOrEqual(11 * MS);
    expect(leaksOf(run.simulation)).toEqual({});
  });

  it('does no work any more where deadlines propagate', () => {
    const run = waiting(1, 50 * MS, 4 * MS, true);
    run.simulation.schedule(10 * MS, run.tell, 0);
    expect(ends(runDry(run).left)).toEqual([[4, TIMEOUT]]);
    expect(run.simulation.stations.read(0, run.simulation.now).visits).toBe(0);
    expect(leaksOf(run.simulation)).toEqual({});
  });

  it('does not begin to wait when it has been given up before', () => {
    const draft = new Draft('late');
    const group = draft.group([0]);
    draft.attempt(1, { deadline: MS }, (end) => {
      draft.delay(fixed(2 * MS));
      draft.await(0, group, 50 * MS, end);
      draft.outcome(OK);
    });
    draft.leave();
    draft.regular(1000, { stop: MS });
    const run = begin(draft, true);
    runDry(run);
    expect(run.asked).toEqual([]);
    expect(run.simulation.calls.triesOf(0, CANCELLED)).toBe(0);
    expect(ends(run.left)).toEqual([[1, TIMEOUT]]);
  });
});

describe('a call to what the caller’s viewer does not know', () => {
  /** The caller, two callees, and the caller’s twin, whose viewer knows all. The way around takes 2 ms more. */
  function twoWays() {
    const draft = new Draft('two ways');
    const [first, second] = [draft.place({ viewer: 1 }), draft.place({ viewer: 1 })];
    const twin = draft.place({ viewer: 1, class: 7 });
    const group = draft.group([first, second]);
    const edge = draft.edge(EDGE);
    const byPlace = draft.counters(2);
    const around = draft.counters(1);
    const [unknown, reach, direct, done] = [0, 1, 2, 3].map(() => draft.label());
    draft.unlessKnown(0, group, unknown);
    draft.stay(1, 0);
    draft.jump(reach);
    draft.mark(unknown);
    draft.stay(1, twin);
    draft.delay(fixed(MS));
    draft.mark(reach);
    draft.pick(2, { group, rule: 'random', edge }, done);
    draft.delay(fixed(MS));
    draft.count(byPlace, { depth: 2, first });
    draft.unlessClass(1, 7, direct);
    draft.count(around);
    draft.delay(fixed(MS));
    draft.mark(direct);
    draft.mark(done);
    draft.leave();
    draft.regular(1000, { stop: 40 * MS });
    return { ...begin(draft), byPlace, around };
  }

  it('goes the other way and returns by it, from the moment it is not known to the moment it is', () => {
    const run = twoWays();
    run.simulation.schedule(19.5 * MS, run.tell, 0);
    const took = runDry(run).left.map(({ arrival, departure }) => (departure - arrival) / MS);
    expect(took.toSorted()).toEqual([...Array(20).fill(1), ...Array(20).fill(3)]);
  });

  it('is counted where it passes, by the place it came to, and since when', () => {
    const { simulation, byPlace, around, left } = runDry(twoWays()) as ReturnType<typeof twoWays>;
    const counted = [byPlace, byPlace + 1].map((counter) => simulation.counter(counter));
    expect(counted[0]).toBeGreaterThan(5);
    expect(counted[1]).toBeGreaterThan(5);
    expect(counted[0] + counted[1]).toBe(left.length);
    expect(simulation.counter(around)).toBe(40);
    expect(simulation.firstCounted(around)).toBe(2 * MS);
  });

  it('leaves nothing at a counter that is cleared', () => {
    const { simulation, around } = runDry(twoWays()) as ReturnType<typeof twoWays>;
    simulation.clearCounter(around);
    expect(simulation.counter(around)).toBe(0);
    expect(simulation.firstCounted(around)).toBe(-1);
  });
});
