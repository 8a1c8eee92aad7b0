/** MSER-5 cuts a transient that was planted, and next to nothing where there is none. */
import { describe, expect, it } from 'vitest';
import { mean } from '../../src/measure/interval.ts';
import { meansOfFive, mser, mser5 } from '../../src/measure/warmup.ts';
import { exponentials, normals, sojourns, take } from './draws.ts';

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

describe('MSER-5', () => {
  it('cuts a planted step where it ends, to 3 % of the run', () => {
    const cuts = SEEDS.map((seed) =>
      mser5(take(normals(seed), 2000).map((x, i) => x + (i < 400 ? 3 : 0))),
    );
    expect(cuts.every(({ reached }) => reached)).toBe(true);
    for (const { count } of cuts) expect(count).toBeGreaterThanOrEqual(400);
    expect(mean(cuts.map(({ count }) => count))).toBeLessThan(460);
  });

  it('cuts most of a decaying transient, and takes its bias out of the mean', () => {
    const series = (seed: number) =>
      take(normals(seed), 2000).map((x, i) => 10 + x + 20 * Math.exp(-i / 100));
    const biases = SEEDS.map((seed) => mean(series(seed).slice(mser5(series(seed)).count)) - 10);
    expect(mean(SEEDS.map((seed) => mean(series(seed)) - 10))).toBeGreaterThan(0.9);
    // It cuts where the transient's square is twice the variance of a mean of five: what is left of it
    // then is at most √(2/5) · 100 / 1650.
    expect(Math.abs(mean(biases))).toBeLessThan(0.0384);
  });

  it.each([
    { name: 'normal', draw: (seed: number) => take(normals(seed), 2000), most: 0.02 },
    { name: 'exponential', draw: (seed: number) => take(exponentials(seed), 2000), most: 0.02 },
    // Waits come in long bursts, which look like transients.
    { name: 'waiting', draw: (seed: number) => sojourns(seed, 0.6, 10_000), most: 0.06 },
  ])(
    'cuts little of stationary $name values, and moves their mean by less than 1 %',
    ({ draw, most }) => {
      const runs = SEEDS.map(draw);
      const cuts = runs.map((run) => mser5(run));
      const shares = cuts.map(({ count }, i) => count / runs[i].length);
      expect(mean(shares)).toBeLessThan(most);
      const whole = mean(runs.map(mean));
      const rest = mean(runs.map((run, i) => mean(run.slice(cuts[i].count))));
      expect(Math.abs(rest - whole)).toBeLessThan(0.01 * Math.max(1, Math.abs(whole)));
    },
  );

  it('does not believe a cut in the second half', () => {
    const late = take(normals(3), 1000).map((x, i) => x + (i < 700 ? 8 : 0));
    expect(mser5(late)).toEqual({ count: 500, reached: false });
  });

  it('keeps all of a constant series', () => {
    expect(mser(take(() => 4, 100))).toEqual({ count: 0, reached: true });
  });

  it('finds the least of the statistic that its definition gives', () => {
    const series = take(normals(9), 60).map((x, i) => x + (i < 14 ? 4 : 0));
    const errors = series.slice(0, 56).map((_, d) => {
      const rest = series.slice(d);
      const centre = mean(rest);
      return rest.reduce((sum, y) => sum + (y - centre) ** 2, 0) / rest.length ** 2;
    });
    expect(mser(series).count).toBe(errors.indexOf(Math.min(...errors)));
  });

  it('says that a series is too short', () => {
    expect(mser5(take(normals(1), 49))).toEqual({ count: 0, reached: false });
    expect(mser5([])).toEqual({ count: 0, reached: false });
  });

  it('averages whole groups of five', () => {
    expect(meansOfFive([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99])).toEqual([3, 8]);
  });
});
