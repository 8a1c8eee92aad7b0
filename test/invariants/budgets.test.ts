/**
 * Goal: retries never exceed their budget. Method: every count of a random network's calls is kept a second time
 * beside the engine's, and compared whenever a retry is allowed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Simulation } from '../../src/engine/simulate.ts';
import { begin } from '../support/changes.ts';
import { plan } from '../support/random-network.ts';
import { runDry } from '../support/run.ts';

interface Watch {
  granted: number;
  refused: number;
  readonly broken: string[];
}

/** Listens to the calls of a simulation and keeps count of them by policy and caller. */
function watch({ calls, network }: Simulation): Watch {
  const seen: Watch = { granted: 0, refused: 0, broken: [] };
  const underWay = new Map<string, number>();
  const retrying = new Map<string, number>();
  const change = (counts: Map<string, number>, key: string, by: number): void => {
    const count = (counts.get(key) ?? 0) + by;
    counts.set(key, count);
    if (count < 0) seen.broken.push(`a count of ${key} is ${count}`);
  };
  const { begin, end, endRetry, mayRetry } = calls;
  calls.begin = (policy, caller) => {
    change(underWay, `${policy} ${caller}`, 1);
    begin.call(calls, policy, caller);
  };
  calls.end = (policy, caller) => {
    change(underWay, `${policy} ${caller}`, -1);
    end.call(calls, policy, caller);
  };
  calls.endRetry = (policy, caller) => {
    change(retrying, `${policy} ${caller}`, -1);
    endRetry.call(calls, policy, caller);
  };
  calls.mayRetry = (policy, caller, outcome, retries) => {
    const key = `${policy} ${caller}`;
    const isAllowed = mayRetry.call(calls, policy, caller, outcome, retries);
    if (!isAllowed) seen.refused++;
    else {
      seen.granted++;
      change(retrying, key, 1);
      const { budget, retries: most } = network.policies[policy];
      if (retries >= most) seen.broken.push(`retry ${retries + 1} of ${most}`);
      const share = Math.floor((budget?.share ?? 0) * (underWay.get(key) ?? 0));
      const limit = budget === null ? Infinity : Math.max(budget.minimum, share);
      const now = retrying.get(key) ?? 0;
      if (now > limit) seen.broken.push(`${now} retries at once of ${limit}`);
    }
    return isAllowed;
  };
  return seen;
}

describe('retries', () => {
  it('never exceed their budget nor their number, at any instant', () => {
    let granted = 0;
    let refused = 0;
    fc.assert(
      fc.property(plan, (plan) => {
        const run = begin(plan);
        const seen = watch(run.simulation);
        runDry(run);
        expect(seen.broken).toEqual([]);
        granted += seen.granted;
        refused += seen.refused;
      }),
      { numRuns: 200, seed: 20_243 },
    );
    // The networks did retry, and budgets did bind.
    expect(granted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
