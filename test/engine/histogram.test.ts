import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUCKET_COUNT,
  highestOf,
  indexOf,
  LatencyHistogram,
  lowestOf,
} from '../../src/engine/histogram.ts';

fc.configureGlobal({ seed: 1 });

/** Latencies of every order of magnitude, up to the largest. */
const latency = fc
  .tuple(fc.double({ min: 0, max: 53, noNaN: true }), fc.integer({ min: 0, max: 3 }))
  .map(([exponent, near]) => Math.min(Math.floor(2 ** exponent) + near, Number.MAX_SAFE_INTEGER));

function recorded(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

describe('the buckets of a latency histogram', () => {
  it('follow one another without gap or overlap up to 2^53 - 1', () => {
    const indices = Array.from({ length: BUCKET_COUNT - 1 }, (_, index) => index);
    expect(indices.filter((index) => lowestOf(index + 1) !== highestOf(index) + 1)).toEqual([]);
    expect(lowestOf(0)).toBe(0);
    expect(highestOf(BUCKET_COUNT - 1)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('hold their own lowest and highest value', () => {
    const indices = Array.from({ length: BUCKET_COUNT }, (_, index) => index);
    expect(indices.filter((index) => indexOf(lowestOf(index)) !== index)).toEqual([]);
    expect(indices.filter((index) => indexOf(highestOf(index)) !== index)).toEqual([]);
  });

  it('are exact below 2048 ns and within 0.05 % of their middle above', () => {
    fc.assert(
      fc.property(latency, (value) => {
        const index = indexOf(value);
        const half = (highestOf(index) - lowestOf(index)) / 2;
        if (value < 2048) expect(half).toBe(0);
        expect(half).toBeLessThanOrEqual(0.0005 * lowestOf(index));
        expect(lowestOf(index)).toBeLessThanOrEqual(value);
        expect(highestOf(index)).toBeGreaterThanOrEqual(value);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('LatencyHistogram', () => {
  it('knows count, mean, min and max exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1e9 }), { minLength: 1 }), (values) => {
        const histogram = recorded(values);
        expect(histogram.count).toBe(values.length);
        expect(histogram.mean).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
        expect(histogram.min).toBe(Math.min(...values));
        expect(histogram.max).toBe(Math.max(...values));
      }),
    );
  });

  it('gives every quantile within 0.05 % of the value of that rank', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1 }), share, (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * values.length) - 1)];
        expect(Math.abs(recorded(values).quantile(q) - exact)).toBeLessThanOrEqual(0.0005 * exact);
      }),
      { numRuns: 500 },
    );
  });

  it('adds another as if its values had been recorded here', () => {
    fc.assert(
      fc.property(fc.array(latency), fc.array(latency), (some, others) => {
        const merged = recorded(some);
        const added = recorded(others);
        const before = added.sparse();
        merged.add(added);
        const both = recorded([...some, ...others]);
        expect(merged.sparse()).toEqual(both.sparse());
        expect(added.sparse()).toEqual(before);
        expect([merged.count, merged.min, merged.max]).toEqual([both.count, both.min, both.max]);
        expect(merged.mean).toBeCloseTo(both.mean, -Math.log10(both.mean + 1) + 12);
      }),
    );
  });

  it('comes back from its sparse form with the same buckets', () => {
    fc.assert(
      fc.property(fc.array(latency), (values) => {
        const pairs = recorded(values).sparse();
        const back = LatencyHistogram.fromSparse(pairs);
        expect(back.sparse()).toEqual(pairs);
        expect(back.count).toBe(values.length);
        const mean = recorded(values).mean;
        expect(Math.abs(back.mean - mean)).toBeLessThanOrEqual(0.0005 * mean);
      }),
    );
  });

  it('writes only filled buckets, by rising index', () => {
    expect(recorded([5, 3, 5, 1_000_000]).sparse()).toEqual([3, 1, 5, 2, indexOf(1_000_000), 1]);
  });

  it('says 0 of nothing', () => {
    const empty = new LatencyHistogram();
    expect([empty.count, empty.mean, empty.min, empty.max, empty.quantile(0.5)]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(empty.sparse()).toEqual([]);
  });
});
