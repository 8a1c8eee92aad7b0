import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalTimes } from '../../src/engine/arrivals.ts';
import { exponential } from '../../src/engine/distributions/exponential.ts';
import { QuantileTable } from '../../src/engine/quantile-table.ts';
import { uniformAt } from '../../src/engine/random.ts';
import { REGISTERS, TIME } from '../../src/engine/registers.ts';

fc.configureGlobal({ seed: 1 });

const SECOND = 1e9;
/** Of a Poisson process of rate 1. */
const gap = new QuantileTable(exponential.of({ mean: 1 }));
const [A, B] = [0x1234567, 0x89abcde];

type Rates = readonly { readonly at: number; readonly rate: number }[];

function times(rates: Rates, regular: boolean, start: number, count: number): number[] {
  const arrivals = new ArrivalTimes(rates, regular, start);
  const registers = new Float64Array(REGISTERS);
  return Array.from({ length: count }, (_, request) => {
    arrivals.next(registers, A, B, request);
    return registers[TIME];
  });
}

/** Expected arrivals from `start` to `until`. */
function cumulative(rates: Rates, start: number, until: number): number {
  return rates.reduce((sum, { at, rate }, i) => {
    const from = Math.max(at, start);
    const to = Math.min(rates[i + 1]?.at ?? until, until);
    return sum + (to > from ? (rate * (to - from)) / SECOND : 0);
  }, 0);
}

const steps: Rates = [
  { at: 0, rate: 200 },
  { at: 10 * SECOND, rate: 0 },
  { at: 20 * SECOND, rate: 1000 },
  { at: 25 * SECOND, rate: 50 },
];

/** Pieces of any length and rate, some of rate 0, the last one not. */
const rates = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 5 * SECOND }),
      rate: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 5000, noNaN: true })),
    }),
    { maxLength: 8 },
  )
  .map((pieces) => {
    let at = 0;
    const list = pieces.map(({ length, rate }) => {
      const piece = { at, rate };
      at += length;
      return piece;
    });
    return [...list, { at, rate: 10 }];
  });

describe('ArrivalTimes', () => {
  it('comes when the cumulative rate has grown by the sum of the gaps', () => {
    fc.assert(
      fc.property(
        rates,
        fc.boolean(),
        fc.integer({ min: 0, max: 10 * SECOND }),
        (list, regular, start) => {
          let due = 0;
          times(list, regular, start, 50).forEach((time, request) => {
            if (!regular) due += gap.sample(uniformAt(A, B, request, 0));
            else if (request > 0) due++;
            // Half a nanosecond of rounding, at the rate there.
            expect(Math.abs(cumulative(list, start, time) - due)).toBeLessThan(1e-5);
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is a Poisson process: counts in every piece, and gaps that are exponential', () => {
    const list = times(steps, false, 0, 8000);
    const count = (from: number, to: number) =>
      list.filter((time) => time >= from * SECOND && time < to * SECOND).length;
    expect(Math.abs(count(0, 10) - 2000)).toBeLessThan(4 * Math.sqrt(2000));
    expect(count(10, 20)).toBe(0);
    expect(Math.abs(count(20, 25) - 5000)).toBeLessThan(4 * Math.sqrt(5000));
    expect(Math.abs(count(25, 35) - 500)).toBeLessThan(4 * Math.sqrt(500));
    const gaps = list
      .filter((time) => time < 10 * SECOND)
      .map((time, i) => time - (i === 0 ? 0 : list[i - 1]));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(4 / Math.sqrt(gaps.length));
  });

  it('comes evenly if regular, from the start on, and does not drift', () => {
    const list = times([{ at: 0, rate: 3 }], true, 7 * SECOND, 3_000_001);
    expect(list[0]).toBe(7 * SECOND);
    expect([list[1], list[2], list[3]]).toEqual([7_333_333_333, 7_666_666_667, 8 * SECOND]);
    expect(list[3_000_000]).toBe(1_000_007 * SECOND);
  });

  it('carries the rest of a regular gap over a pause and a change of rate', () => {
    const list = times(
      [
        { at: 0, rate: 1 },
        { at: 1.25 * SECOND, rate: 0 },
        { at: 5 * SECOND, rate: 3 },
      ],
      true,
      0,
      4,
    );
    expect(list).toEqual([0, SECOND, 5.25 * SECOND, 5_583_333_333]);
  });

  it('comes in whole nanoseconds that never fall', () => {
    const list = times([{ at: 0, rate: 2e8 }], false, 0, 5000);
    expect(list.every((time, i) => Number.isSafeInteger(time) && time >= (list[i - 1] ?? 0))).toBe(
      true,
    );
  });

  it('never comes again after the rate fell to 0 for good', () => {
    const list = times(
      [
        { at: 0, rate: 1 },
        { at: 2.5 * SECOND, rate: 0 },
      ],
      true,
      0,
      5,
    );
    expect(list).toEqual([
      0,
      SECOND,
      2 * SECOND,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('waits for the first piece if that is later than the start', () => {
    expect(times([{ at: 3 * SECOND, rate: 1 }], true, 0, 2)).toEqual([3 * SECOND, 4 * SECOND]);
  });
});
