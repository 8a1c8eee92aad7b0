/** Calls with deadlines and retries, and what becomes of work whose caller has given up. */
import { describe, expect, it } from 'vitest';
import { CANCELLED, OK, type Policy, TIMEOUT } from '../../src/engine/network.ts';
import { leaksOf } from '../support/leaks.ts';
import { Draft, exp, fixed, MS, SECOND } from '../support/network.ts';
import { byRequest, readStation, runOut } from '../support/run.ts';

const FAILED = 10;
const only = (outcome: number): number => 1 << outcome;

/** Requests, a millisecond apart, that ask 10 ms of one station and then 5 ms of another under a deadline. */
function twoStations(requests: number, deadlinesPropagate: boolean, policy: Partial<Policy> = {}) {
  const draft = new Draft('deadline');
  const first = draft.station();
  const second = draft.station();
  draft.attempt(1, { deadline: 4 * MS, ...policy }, () => {
    draft.visit(first, fixed(10 * MS));
    draft.visit(second, fixed(5 * MS));
  });
  draft.leave();
  draft.regular(1000, { stop: requests * MS });
  const run = runOut(draft.finish({ deadlinesPropagate }));
  expect(leaksOf(run.simulation)).toEqual({});
  const work = [first, second].map((s) => readStation(run.simulation, s, SECOND).work / MS);
  return { ...run, work };
}

describe('a call that times out', () => {
  it('ends at its deadline, while its work burns on at every station to come', () => {
    const { left, work } = twoStations(2, false);
    expect(left.map(({ departure, outcome }) => [departure, outcome])).toEqual([
      [4 * MS, TIMEOUT],
      [5 * MS, TIMEOUT],
    ]);
    expect(work).toEqual([20, 10]);
  });

  it('has its work stopped where deadlines propagate: the visit that has begun is its last', () => {
    const { left, work, simulation } = twoStations(2, true);
    expect(left.map(({ departure, outcome }) => [departure, outcome])).toEqual([
      [4 * MS, TIMEOUT],
      [5 * MS, TIMEOUT],
    ]);
    // The second request was still waiting when it was given up on.
    expect(work).toEqual([10, 0]);
    expect(readStation(simulation, 0).visits).toBe(2);
  });

  it('burns on beside the next try of the same call', () => {
    const { left, work } = twoStations(1, false, { retries: 2, retryOn: only(TIMEOUT) });
    expect(left[0]).toMatchObject({ departure: 12 * MS, outcome: TIMEOUT });
    expect(work).toEqual([30, 15]);
  });

  it('is not late if its answer comes in the same nanosecond as the deadline', () => {
    const draft = new Draft('just in time');
    draft.attempt(1, { deadline: 4 * MS }, () => draft.delay(fixed(4 * MS)));
    draft.leave();
    draft.regular(1000, { stop: 5 * MS });
    const { left } = runOut(draft.finish());
    expect(left.map(({ outcome }) => outcome)).toEqual([OK, OK, OK, OK, OK]);
  });

  it('gives up on all calls and branches below it, whose own deadlines then have nothing to do', () => {
    const draft = new Draft('nested');
    const station = draft.station({ servers: 4 });
    draft.attempt(1, { deadline: 3 * MS }, () => {
      draft.fork(
        [0, 1].map(() => () => {
          draft.attempt(2, { deadline: 9 * MS, retries: 3, retryOn: 0xfffe }, () => {
            draft.visit(station, fixed(5 * MS), { depth: 1 });
            draft.visit(station, fixed(5 * MS), { depth: 1 });
          });
        }),
        1,
      );
    });
    draft.leave();
    draft.regular(1000, { stop: MS });
    const { simulation, left } = runOut(draft.finish({ deadlinesPropagate: true }));
    expect(left[0]).toMatchObject({ departure: 3 * MS, outcome: TIMEOUT });
    // The place of frame 1 was never picked: it is place 0, whose station both branches visit once.
    expect(readStation(simulation, 0).work).toBe(10 * MS);
    expect([1, 2].map((tag) => simulation.calls.retries[tag])).toEqual([0, 0]);
    expect([1, 2].map((tag) => simulation.calls.triesOf(tag, CANCELLED))).toEqual([1, 1]);
    expect(leaksOf(simulation)).toEqual({});
  });

  it('takes nothing from a pool any more where deadlines propagate, and waits for none', () => {
    const draft = new Draft('pool');
    const pool = draft.pool({ size: 1, queueMax: Number.POSITIVE_INFINITY });
    const full = draft.label();
    draft.attempt(1, { deadline: MS }, () => {
      draft.delay(fixed(2 * MS));
      draft.hold(pool, full);
      draft.delay(fixed(2 * MS));
      draft.release(pool);
      draft.mark(full);
    });
    draft.leave();
    draft.regular(1000, { stop: 5 * MS });
    const { simulation } = runOut(draft.finish({ deadlinesPropagate: true }));
    expect(simulation.pools.read(pool)).toMatchObject({ visits: 0, area: 0 });
    expect(leaksOf(simulation)).toEqual({});
  });
});

describe('retries', () => {
  /** Calls of a millisecond that always fail. */
  function failing(policy: Partial<Policy>, requests = 1) {
    const draft = new Draft('retries');
    draft.attempt(1, policy, () => {
      draft.delay(fixed(MS));
      draft.outcome(FAILED);
    });
    draft.leave();
    draft.regular(1e6, { stop: requests * 1000 });
    return runOut(draft.finish());
  }

  it('follow at once without a back-off, as many as the policy has', () => {
    const { left, simulation } = failing({ retries: 3, retryOn: only(FAILED) });
    expect(left[0]).toMatchObject({ departure: 4 * MS, outcome: FAILED });
    expect(simulation.calls.triesOf(0, FAILED)).toBe(4);
    expect(simulation.calls.retries[0]).toBe(3);
  });

  it('follow only on the outcomes that the policy names', () => {
    expect(failing({ retries: 3, retryOn: ~only(FAILED) }).left[0]).toMatchObject({
      departure: MS,
    });
  });

  it('wait for a jittered back-off that doubles up to its limit', () => {
    const policy = { retries: 3, retryOn: only(FAILED), backoffBase: 10 * MS, backoffMax: 25 * MS };
    const { left } = failing(policy, 4000);
    const waits = left.map(({ arrival, departure }) => departure - arrival - 4 * MS);
    // Uniform in [0, 10), [0, 20) and [0, 25): 27.5 ms in the mean, 55 ms at most.
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / MS).toBeCloseTo(27.5, 0);
    expect(Math.max(...waits)).toBeLessThan(55 * MS);
    expect(Math.max(...waits)).toBeGreaterThan(45 * MS);
  });

  it('stay within the share of the calls under way that their budget allows, or its minimum', () => {
    const policy = { retries: 1, retryOn: only(FAILED) };
    const retried = (budget: Policy['budget'], requests: number): number =>
      failing({ ...policy, budget }, requests).simulation.calls.retries[0];
    // All fail in the same millisecond, and retries take as long: none ends before all have asked.
    expect(retried({ share: 0.25, minimum: 0 }, 100)).toBeLessThanOrEqual(25);
    expect(retried({ share: 0.25, minimum: 0 }, 100)).toBeGreaterThan(15);
    expect(retried({ share: 0, minimum: 3 }, 100)).toBe(3);
    expect(retried({ share: 0, minimum: 0 }, 100)).toBe(0);
    expect(retried(null, 100)).toBe(100);
  });

  it('draw anew, and leave what follows the call to the draws it would have had', () => {
    const program = (retries: number): Draft => {
      const draft = new Draft('anew');
      draft.attempt(1, { retries, retryOn: only(FAILED) }, (end) => {
        draft.chance(0.5, end);
        draft.outcome(FAILED);
      });
      draft.delay(exp(MS));
      draft.leave();
      draft.regular(1000, { stop: 2 * SECOND });
      return draft;
    };
    const once = byRequest(runOut(program(0).finish()).left);
    const twice = byRequest(runOut(program(1).finish()).left);
    const share = (left: typeof once) =>
      left.filter(({ outcome }) => outcome === FAILED).length / left.length;
    expect(share(once)).toBeCloseTo(0.5, 1);
    expect(share(twice)).toBeCloseTo(0.25, 1);
    expect(twice.map(({ departure }) => departure)).toEqual(once.map(({ departure }) => departure));
  });

  it('count as one call, from the first try to the end of the last', () => {
    const { simulation } = failing({ retries: 2, retryOn: only(FAILED) });
    const [latency] = simulation.calls.latency;
    expect(latency.count).toBe(1);
    expect(latency.mean / MS).toBeCloseTo(3, 1);
  });
});
