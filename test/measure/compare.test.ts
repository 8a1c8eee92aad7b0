import { describe, expect, test } from 'vitest';
import { differencesOf, holm, type Side } from '../../src/measure/compare.ts';
import { across } from '../../src/measure/estimate.ts';
import { normals, take } from './draws.ts';

const independent = { noise: 0, isSameSeed: false };

function side(values: readonly number[]): Side {
  return { estimate: across(values), freedom: values.length - 1 };
}

function one(a: Side, b: Side, options = independent) {
  return differencesOf([{ a, b }], options)[0];
}

/** Replications around a mean of 10, `shift` higher. */
function replications(seed: number, reps: number, shift = 0): readonly number[] {
  return take(normals(seed), reps).map((normal) => 10 + shift + normal);
}

describe('a difference', () => {
  test('has the interval of Welch (1947)', () => {
    // Means 3 and 6, variances 2.5 and 10, of five each: t = 3 / √2.5, and 5.882 degrees of freedom.
    const { effect, p, verdict } = one(side([1, 2, 3, 4, 5]), side([2, 4, 6, 8, 10]));
    expect(effect?.value).toBeCloseTo(3, 10);
    expect(p).toBeCloseTo(0.10753, 4);
    expect((effect?.high ?? 0) - 3).toBeCloseTo(2.4588 * Math.sqrt(2.5), 3);
    expect(verdict).toBe('no difference detected');
  });

  test('as a ratio holds 1 exactly where as a difference it holds 0', () => {
    for (let seed = 0; seed < 200; seed++) {
      const a = side(replications(seed, 4));
      const { effect, ratio } = one(a, side(replications(seed + 1000, 6, seed / 80)));
      const [from, to] = [effect?.low ?? Number.NaN, effect?.high ?? Number.NaN];
      expect((ratio?.low ?? 0) > 1).toBe(from > 0);
      expect((ratio?.high ?? 0) < 1).toBe(to < 0);
      expect(ratio?.value).toBeGreaterThan(ratio?.low ?? 0);
      expect(ratio?.value).toBeLessThan(ratio?.high ?? 0);
    }
  });

  test('that is large is found in the right direction, and is none where less than the noise matters', () => {
    const [a, b] = [side([100, 101, 102]), side([120, 121, 122])];
    expect(one(a, b).verdict).toBe('higher');
    expect(one(b, a).verdict).toBe('lower');
    expect(one(a, b, { ...independent, noise: 0.1 }).verdict).toBe('higher');
    expect(one(a, b, { ...independent, noise: 0.25 })).toMatchObject({
      verdict: 'no difference detected',
      p: 1,
    });
  });

  test('in the last published digit is none', () => {
    const exact = (value: number): Side => ({
      estimate: { value, low: value, high: value },
      freedom: 4,
    });
    const same = { ...independent, isSameSeed: true };
    expect(one(exact(1.23456), exact(1.23457), same).verdict).toBe('no difference detected');
    expect(one(exact(1.2345), exact(1.2346), same).verdict).toBe('higher');
  });

  test('of what never varies is certain with one seed, and chance until there are enough replications with two', () => {
    const reps = (value: number, count: number) => side(Array.from({ length: count }, () => value));
    const same = { ...independent, isSameSeed: true };
    expect(one(reps(12, 2), reps(13, 2), same)).toMatchObject({ verdict: 'higher', p: 0 });
    const few = one(reps(12, 2), reps(13, 2));
    // Two of the six ways to choose two of four.
    expect(few).toMatchObject({ verdict: 'not known' });
    expect(few.p).toBeCloseTo(1 / 3, 10);
    expect(few.reason).toMatch(/^the same in all replications/);
    expect(one(reps(12, 5), reps(13, 5)).verdict).toBe('higher');
  });

  test('is not known without an interval, or without a value, and says why', () => {
    const bare: Side = { estimate: { value: 3, low: null, high: null }, freedom: 1 };
    expect(one(bare, side([1, 2, 3]))).toMatchObject({
      verdict: 'not known',
      reason: 'no interval in a',
      effect: { value: -1, low: null, high: null },
    });
    expect(one(bare, bare).verdict).toBe('no difference detected');
    expect(one({ missing: 'saturated' }, bare)).toMatchObject({
      verdict: 'not known',
      reason: 'a: saturated',
      a: null,
      b: { value: 3 },
      effect: null,
    });
  });

  test('from a mean that may be 0 has no ratio, or none with an interval', () => {
    expect(one(side([0, 0, 0]), side([1, 2, 3])).ratio).toBeNull();
    expect(one(side([0, 1, 5]), side([1, 2, 3])).ratio).toEqual({
      value: 1,
      low: null,
      high: null,
    });
  });
});

describe('many differences', () => {
  test('are corrected as Holm (1979) has it', () => {
    expect(holm([0.01, 0.04, null, 0.03, 0.005])).toEqual([0.03, 0.06, null, 0.06, 0.02]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  test.each([2, 3, 5, 10])(
    'between runs of %i replications that differ in their seed alone are found in at most 1 of 20 pairs',
    (reps) => {
      const METRICS = 24;
      const PAIRS = 1000;
      let alarms = 0;
      let uncorrected = 0;
      for (let pair = 0; pair < PAIRS; pair++) {
        const pairs = Array.from({ length: METRICS }, (_, metric) => {
          const seed = 2 * (pair * METRICS + metric);
          // Every other metric comes as lognormal, as latencies do.
          const shape = (value: number) => (metric % 2 === 0 ? value : Math.exp(value / 4));
          const [a, b] = [replications(seed, reps), replications(seed + 1, reps)];
          return { a: side(a.map(shape)), b: side(b.map(shape)) };
        });
        const differ = (of: readonly { verdict: string }[]) =>
          of.some(({ verdict }) => verdict === 'higher' || verdict === 'lower');
        if (differ(differencesOf(pairs, independent))) alarms++;
        if (differ(pairs.flatMap((each) => differencesOf([each], independent)))) uncorrected++;
      }
      // 5 % and 3.1 standard deviations of a count of 1000: one in a thousand tests of a correct program fails.
      expect(alarms).toBeLessThanOrEqual(PAIRS * 0.05 + 3.1 * Math.sqrt(PAIRS * 0.05 * 0.95));
      // And it is the correction that does it.
      expect(uncorrected).toBeGreaterThan(PAIRS * 0.1);
    },
  );

  test('hide no large one', () => {
    const pairs = Array.from({ length: 24 }, (_, metric) => ({
      a: side(replications(metric, 5)),
      b: side(replications(metric + 100, 5, metric === 7 ? 10 : 0)),
    }));
    const found = differencesOf(pairs, independent).map(({ verdict }) => verdict);
    expect(found.flatMap((verdict, i) => (verdict === 'higher' ? [i] : []))).toEqual([7]);
  });
});
