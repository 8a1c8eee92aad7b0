/** Tries that come to a place which is down: whose they are, what becomes of their calls, and until when they come. */
import { describe, expect, it } from 'vitest';
import { type Policy, TIMEOUT } from '../../src/engine/network.ts';
import { leaksOf } from '../support/leaks.ts';
import { Draft, fixed, MS } from '../support/network.ts';
import { byRequest, runDry, start } from '../support/run.ts';

const DOWN = 9;
const retryDown = { retries: 1, retryOn: 1 << DOWN };

interface Options {
  readonly policy?: Partial<Policy>;
  /** Of a call around it. */
  readonly outer?: Partial<Policy>;
  /** Until it is noticed that the place does not answer. [ms] */
  readonly notice?: number;
  /** When the place goes down, and when it is up again. [ms] */
  readonly down?: readonly [number, number];
}

/** Requests at 0, 10 and 20 ms: 2 ms of wire to a place, 3 ms of work there. */
function calls({ policy = {}, outer, notice = 0, down = [6, 15] }: Options) {
  const draft = new Draft('misses');
  const callee = draft.place();
  const group = draft.group([callee]);
  const edge = draft.edge({ callerFirst: 0, callerSlots: 1, calleeFirst: callee, calleeSlots: 1 });
  const call = (depth: number) => () => {
    draft.attempt(depth, { backoffBase: 0, backoffMax: 0, ...policy }, (end) => {
      draft.pick(depth, { group, rule: 'random', edge }, end);
      draft.delay(fixed(2 * MS));
      draft.unlessUp(depth, end);
      draft.delay(fixed(3 * MS));
      draft.unlessUp(depth, end, 0);
    });
  };
  if (outer === undefined) call(1)();
  else draft.attempt(1, outer, call(2));
  draft.leave();
  draft.regular(100, { stop: 25 * MS });
  draft.notice(DOWN, notice * MS);
  const run = start(draft.finish());
  const { simulation } = run;
  const change = simulation.register((_, state) => simulation.setPlaceState(callee, state));
  simulation.schedule(down[0] * MS, change, DOWN);
  simulation.schedule(down[1] * MS, change, 0);
  const { left } = runDry(run);
  expect(leaksOf(simulation)).toEqual({});
  const { failed, retried, removals } = simulation.misses;
  return {
    outcomes: byRequest(left).map(({ outcome }) => outcome),
    failed: [...failed],
    retried: [...retried],
    windows: removals.map(({ at, last }) => [at / MS, last / MS]),
  };
}

describe('a try that comes to a place which is down', () => {
  it('fails its call, and is the last that came there', () => {
    const run = calls({});
    expect(run.outcomes).toEqual([0, DOWN, 0]);
    expect(run).toMatchObject({ failed: [1], retried: [0], windows: [[6, 12]] });
  });

  it('counts as tried again while there are retries, and as a failure with the last', () => {
    const run = calls({ policy: retryDown });
    expect(run.outcomes).toEqual([0, DOWN, 0]);
    expect(run).toMatchObject({ failed: [1], retried: [1], windows: [[6, 14]] });
    // Up again before the second try, which comes 2 ms after the first.
    const saved = calls({ policy: retryDown, down: [6, 13] });
    expect(saved.outcomes).toEqual([0, 0, 0]);
    expect(saved).toMatchObject({ failed: [0], retried: [1], windows: [[6, 12]] });
  });

  it('is not one that was there when the place went down', () => {
    const run = calls({ down: [4, 9] });
    expect(run.outcomes).toEqual([DOWN, 0, 0]);
    expect(run).toMatchObject({ failed: [0], retried: [0], windows: [[4, 4]] });
  });

  it('fails its call by the deadline too, where that passes before anybody notices', () => {
    const run = calls({ policy: { deadline: 6 * MS }, notice: 50 });
    expect(run.outcomes).toEqual([0, TIMEOUT, 0]);
    expect(run).toMatchObject({ failed: [1], retried: [0], windows: [[6, 12]] });
  });

  it('is of the call that goes there, not of one above that gives up meanwhile', () => {
    const run = calls({ outer: { deadline: 6 * MS }, notice: 50 });
    expect(run.outcomes).toEqual([0, TIMEOUT, 0]);
    expect(run).toMatchObject({ failed: [0, 1], retried: [0, 0], windows: [[6, 12]] });
  });
});
