import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformAt } from '../../src/engine/random.ts';
import { meanInterval } from '../../src/measure/interval.ts';
import type { Threshold } from '../../src/measure/metrics.ts';
import type { SloResult } from '../../src/measure/result.ts';
import {
  type Border,
  efforts,
  findBorder,
  type Probe,
  type Verdict,
  verdictOf,
  widened,
} from '../../src/sweep/knee.ts';

/** Runs the search to its end. */
function search(size: number, verdict: (probe: Probe) => Verdict) {
  const asked: Probe[] = [];
  const steps = findBorder(size);
  let step = steps.next([]);
  while (step.done !== true) {
    asked.push(...step.value);
    step = steps.next(step.value.map(verdict));
  }
  return { border: step.value as Border, asked };
}

const sure = (keeps: boolean): Verdict => ({ keeps, certain: true, settled: true });
const threshold: Threshold = {
  expression: 'latency.mean < 60.3ns',
  load: null,
  metric: 'latency.mean',
  operator: '<',
  bound: 60.3,
};
const slo = (values: readonly number[], one = threshold): SloResult => {
  const value = meanInterval(values);
  const pass = value.value < one.bound;
  return { expression: one.expression, value, shown: '', pass, certain: false };
};

describe('findBorder', () => {
  it('finds every border of an axis of any size, from either side, in few points', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), fc.boolean(), (size, n, rises) => {
        const border = n % (size + 1);
        const { border: found, asked } = search(size, ({ position }) =>
          sure(position < border !== rises),
        );
        const [below, above] = [border > 0 ? border - 1 : null, border < size ? border : null];
        const whole = below === null || above === null;
        if (!whole) {
          expect([found.keeps, found.breaks]).toEqual(rises ? [above, below] : [below, above]);
        } else {
          const keepsAll = border > 0 !== rises;
          expect([found.keeps, found.breaks]).toEqual(keepsAll ? [size - 1, null] : [null, 0]);
        }
        expect([found.certain, found.monotone]).toEqual([true, true]);
        expect(asked.length).toBeLessThanOrEqual(5 + 3 * Math.ceil(Math.log(size) / Math.log(4)));
        expect(new Set(asked.map(({ position }) => position)).size).toBe(asked.length);
      }),
    );
  });

  it('stays before the first break where verdicts go to and fro, and says so', () => {
    const { border } = search(101, ({ position }) => sure(position < 30 || position > 90));
    expect(border).toEqual({ keeps: 29, breaks: 30, certain: true, monotone: false });
    const rising = search(101, ({ position }) => sure(position > 70 || position === 25)).border;
    expect(rising).toEqual({ keeps: 71, breaks: 70, certain: true, monotone: false });
  });

  it('asks again with more replications for what is not settled, and at last takes the value', () => {
    const { border, asked } = search(9, ({ position }) => {
      const certain = position !== 4;
      return { keeps: position <= 4, certain, settled: certain };
    });
    expect(border).toEqual({ keeps: 4, breaks: 5, certain: false, monotone: true });
    expect(asked.filter(({ position }) => position === 4).map(({ level }) => level)).toEqual([
      0, 1, 2, 3,
    ]);
    expect(asked.filter(({ level }) => level > 0).every(({ position }) => position === 4)).toBe(
      true,
    );
  });

  it('finds the border of a noisy function in 95 of 100 seeds, and is as seldom wrong when certain', () => {
    const [REPS, DEVIATION] = [5, 4];
    let near = 0;
    let certain = 0;
    let wrong = 0;
    for (let seed = 0; seed < 100; seed++) {
      const { border } = search(129, ({ position, level }) => {
        const values = Array.from(
          { length: REPS * efforts[level] },
          (_, r) => position + DEVIATION * normal(seed, 1000 * position + r),
        );
        return verdictOf([slo(values)], [threshold], { reps: values.length, confidence: 0.95 });
      });
      const [keeps, breaks] = [border.keeps ?? -1, border.breaks ?? 999];
      // Three deviations of a mean of all replications, about the border between 60 and 61.
      if (Math.abs((keeps + breaks) / 2 - 60.3) <= 2) near++;
      if (border.certain) certain++;
      if (border.certain && (keeps > 60 || breaks < 61)) wrong++;
    }
    expect(near).toBeGreaterThanOrEqual(95);
    expect(wrong).toBeLessThanOrEqual(5);
    // What cannot be told apart is not called certain.
    expect(certain).toBeLessThan(20);
  });
});

describe('verdictOf', () => {
  const given = { reps: 4, confidence: 0.95 };
  const other: Threshold = { ...threshold, expression: 'latency.mean < 100ns', bound: 100 };
  const of = (values: readonly number[]) => verdictOf([slo(values)], [threshold], given);

  it('is certain where the widened interval lies on one side of the bound', () => {
    expect(of([50, 51, 50, 51])).toEqual({ keeps: true, certain: true, settled: true });
    expect(of([70, 71, 70, 71])).toEqual({ keeps: false, certain: true, settled: true });
    expect(of([55, 65, 50, 60])).toEqual({ keeps: true, certain: false, settled: false });
  });

  it('is not certain by an interval of 95 % alone, as there are several looks', () => {
    const values = [58.6, 59.6, 58.6, 59.6];
    const { high } = meanInterval(values);
    expect(high).toBeLessThan(60.3);
    expect(of(values).certain).toBe(false);
  });

  it('needs all thresholds kept, and one that is surely broken', () => {
    const both = (values: readonly number[]) =>
      verdictOf([slo(values), slo(values, other)], [threshold, other], given);
    expect(both([70, 71, 70, 71])).toEqual({ keeps: false, certain: true, settled: true });
    expect(both([50, 51, 50, 51]).keeps).toBe(true);
    expect(both([55, 65, 50, 60])).toEqual({ keeps: true, certain: false, settled: false });
  });

  it('takes saturation for an answer, and a maximum as it is', () => {
    const { expression } = threshold;
    const saturated = { expression, value: null, shown: 'saturated', pass: false, certain: true };
    expect(verdictOf([saturated], [threshold], given)).toEqual(sure(false));
    const bare = { ...saturated, value: { value: 50, low: null, high: null }, pass: true };
    const open = { keeps: true, certain: false, settled: false };
    expect(verdictOf([bare], [threshold], given)).toEqual(open);
    const ofMaximum: Threshold = { ...threshold, metric: 'latency.max' };
    expect(verdictOf([bare], [ofMaximum], given)).toEqual({ ...open, settled: true });
  });

  it('widens an interval to what another confidence gives', () => {
    const values = [3, 4, 4.5, 7];
    const [wide, narrow] = [meanInterval(values, 0.99), meanInterval(values)];
    expect(widened(narrow, 4, 0.99).low).toBeCloseTo(Number(wide.low), 4);
    expect(widened(narrow, 4, 0.99).high).toBeCloseTo(Number(wide.high), 4);
  });
});

/** Box and Muller. */
function normal(seed: number, index: number): number {
  const [u, v] = [0, 1].map((draw) => uniformAt(seed * 7919 + 1, seed * 104729 + 3, index, draw));
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
}
