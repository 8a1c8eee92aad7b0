/**
 * Goal: whatever a network is made of, jobs are neither lost nor made, and all that they take they give back. Method:
 * random networks of every verb and discipline whose places go down and whose views lag, run until nothing is left
 * to happen.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { begin } from '../support/changes.ts';
import { leaksOf } from '../support/leaks.ts';
import { MS } from '../support/network.ts';
import { plan } from '../support/random-network.ts';
import { type Run, readStation, runDry } from '../support/run.ts';

const RUNS = { numRuns: 150, seed: 20_241 };

/** All that a run showed, as text. */
function bytesOf({ simulation, left }: Run): string {
  const readings = simulation.network.stations.map((_, s) => readStation(simulation, s));
  return JSON.stringify({ left, readings, events: simulation.events, now: simulation.now });
}

describe('random networks', () => {
  it('come to rest with nothing taken, held, counted or waiting', () => {
    fc.assert(
      fc.property(plan, (plan) => {
        expect(leaksOf(runDry(begin(plan)).simulation)).toEqual({});
      }),
      RUNS,
    );
  });

  it('let out every job that came in, or have it inside, at any instant', () => {
    fc.assert(
      fc.property(plan, fc.nat({ max: 80 * MS }), (plan, until) => {
        const { simulation, left } = begin(plan);
        simulation.runUntil(until);
        const arrived = simulation.arrived.reduce((sum, count) => sum + count, 0);
        expect(left.length + simulation.requestsLive).toBe(arrived);
      }),
      RUNS,
    );
  });

  it('do the same, byte for byte, for the same seed', () => {
    fc.assert(
      fc.property(plan, (plan) => {
        expect(bytesOf(runDry(begin(plan)))).toBe(bytesOf(runDry(begin(plan))));
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  it('do something else for another seed, where anything is random', () => {
    fc.assert(
      fc.property(plan, (plan) => {
        fc.pre(plan.sources.some(({ kind, rate }) => kind === 'open' && rate === 1000));
        expect(bytesOf(runDry(begin(plan)))).not.toBe(bytesOf(runDry(begin(plan, plan.seed + 1))));
      }),
      { ...RUNS, numRuns: 30 },
    );
  });

  it('are not changed by a stop on the way, nor by who watches', () => {
    fc.assert(
      fc.property(plan, fc.array(fc.nat({ max: 80 * MS })), (plan, stops) => {
        const stopped = begin(plan);
        for (const stop of stops.toSorted((a, b) => a - b)) stopped.simulation.runUntil(stop);
        const left = runDry(stopped).left;
        expect(left).toEqual(runDry(begin(plan)).left);
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  it('leave no request before it arrived, and each once', () => {
    fc.assert(
      fc.property(plan, (plan) => {
        const { left } = runDry(begin(plan));
        expect(left.every(({ arrival, departure }) => arrival <= departure)).toBe(true);
        expect(new Set(left.map(({ source, request }) => `${source} ${request}`)).size).toBe(
          left.length,
        );
      }),
      RUNS,
    );
  });
});
