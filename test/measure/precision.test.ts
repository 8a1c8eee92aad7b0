/** Replicating stops at the first replication, in their order, after which the precision is reached. */
import { describe, expect, it } from 'vitest';
import { halfWidth, mean } from '../../src/measure/interval.ts';
import { precisionOf, stopAt } from '../../src/measure/precision.ts';
import { normals, take } from './draws.ts';
import { replication } from './replications.ts';

const noisy = (seed: number, count: number) => take(normals(seed), count).map((x) => 100 + 10 * x);

describe('the precision stop', () => {
  it('stops at the first replication whose half-width is below the target', () => {
    for (let seed = 0; seed < 50; seed++) {
      const estimates = noisy(seed, 60);
      const { reps, achieved, reached } = stopAt(estimates, 0.05);
      const relative = (n: number) =>
        (halfWidth(estimates.slice(0, n)) ?? 0) / mean(estimates.slice(0, n));
      expect(reached).toBe(true);
      expect(achieved).toBeCloseTo(relative(reps), 12);
      expect(achieved).toBeLessThanOrEqual(0.05);
      for (let n = 3; n < reps; n++) expect(relative(n)).toBeGreaterThan(0.05);
    }
  });

  it('does not depend on how many surplus replications there are', () => {
    const estimates = noisy(1, 60);
    const { reps } = stopAt(estimates, 0.05);
    expect(stopAt(estimates.slice(0, reps), 0.05)).toEqual(stopAt(estimates, 0.05));
  });

  it('says that the target was not reached, and what was', () => {
    const { reps, achieved, reached } = stopAt(noisy(1, 10), 0.001);
    expect({ reps, reached }).toEqual({ reps: 10, reached: false });
    expect(achieved).toBeGreaterThan(0.001);
  });

  it('needs three replications, even equal ones', () => {
    expect(stopAt([5, 5], 0.1)).toEqual({ reps: 2, achieved: 0, reached: false });
    expect(stopAt([5, 5, 5, 5], 0.1)).toEqual({ reps: 3, achieved: 0, reached: true });
    expect(stopAt([5], 0.1)).toEqual({ reps: 1, achieved: null, reached: false });
  });
});

describe('the precision of a run', () => {
  const run = (options: Parameters<typeof replication>[1]) =>
    Array.from({ length: 5 }, (_, rep) => replication(rep, options));

  it('is that of its worst load', () => {
    const [steady, shaky] = [{ name: 'a' }, { name: 'b', spread: 0.5 }];
    const both = precisionOf(run({ loads: [steady, shaky] }), 0.001).achieved ?? 0;
    const one = precisionOf(run({ loads: [steady] }), 0.001).achieved ?? 0;
    expect(both).toBeGreaterThan(2 * one);
  });

  it('leaves saturated loads out, and is not reached if only they are left', () => {
    const [well, stuck] = [{ name: 'a' }, { name: 'b', spread: 0.5, stations: ['stuck'] }];
    const both = run({ loads: [well, stuck], saturated: ['stuck'] });
    expect(precisionOf(both, 0.001).achieved).toBe(
      precisionOf(run({ loads: [well] }), 0.001).achieved,
    );
    const none = precisionOf(run({ loads: [stuck], saturated: ['stuck'] }), 0.5);
    expect(none).toEqual({ reps: 5, achieved: null, reached: false });
  });

  it('judges saturation without the surplus', () => {
    const shaky = { name: 'b', stations: ['edge'] };
    const well = run({ loads: [shaky] });
    const late = [...well.slice(0, 3), ...run({ loads: [shaky], saturated: ['edge'] })];
    expect(precisionOf(late, 0.5)).toEqual(precisionOf(well, 0.5));
    expect(precisionOf(well, 0.5).reps).toBe(3);
  });
});
