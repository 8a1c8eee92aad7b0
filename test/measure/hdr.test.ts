/** Sparse histograms: their quantiles, and what another HdrHistogram reads from the published form. */
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { encodeHdr } from '../../src/measure/hdr.ts';
import {
  countOf,
  merge,
  momentsOf,
  quantileOf,
  rankOf,
  valueAt,
} from '../../src/measure/sparse.ts';
import { exponentials, take } from './draws.ts';
import { histogramOf } from './replications.ts';

const QUANTILES = [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1];
/** From a few nanoseconds, where buckets are 1 ns, to hours. */
const values = take(exponentials(1), 20_000).map((x, i) => Math.round(x * 10 ** (i % 13)));
const sorted = [...values].sort((a, b) => a - b);
const sparse = histogramOf(values);

describe('a sparse histogram', () => {
  it('knows its quantiles to 0.05 % of the values themselves', () => {
    for (const q of QUANTILES) {
      const exact = sorted[rankOf(sorted.length, q) - 1];
      expect(Math.abs(quantileOf(sparse, q) - exact)).toBeLessThanOrEqual(0.0005 * exact);
    }
  });

  it('knows its mean and variance', () => {
    const tenths = [10, 20, 30, 40];
    expect(momentsOf(histogramOf(tenths))).toEqual({ mean: 25, variance: 125 });
  });

  it('is the same in one piece as merged from parts', () => {
    const parts = [values.slice(0, 7), values.slice(7, 9000), [], values.slice(9000)];
    expect(merge(parts.map(histogramOf))).toEqual(sparse);
    expect(countOf(sparse)).toBe(values.length);
  });

  it('finds the least rank that has the share up to it', () => {
    expect(rankOf(1000, 0.999)).toBe(999);
    expect(rankOf(10_000, 0.999)).toBe(9990);
    expect(rankOf(100, 0.29)).toBe(29);
    expect(rankOf(3, 0.5)).toBe(2);
    expect(rankOf(3, 0)).toBe(1);
  });

  it('has no value beyond its count', () => {
    expect(() => valueAt([5, 2], 3)).toThrow(RangeError);
  });
});

describe('the published histogram', () => {
  it('gives another reader the same quantiles, to 0.1 %', () => {
    const read = decodeFromCompressedBase64(encodeHdr(sparse), 64);
    expect(read.totalCount).toBe(values.length);
    for (const q of QUANTILES) {
      const exact = sorted[rankOf(sorted.length, q) - 1];
      expect(Math.abs(read.getValueAtPercentile(100 * q) - exact)).toBeLessThanOrEqual(
        0.001 * exact,
      );
    }
  });

  it('holds counts above 32 bits, values up to 2^53 and nothing at all', () => {
    const huge = histogramOf([2 ** 53 - 1]);
    const read = decodeFromCompressedBase64(encodeHdr([huge[0], 5e9]), 64);
    expect(read.totalCount).toBe(5e9);
    expect(read.maxValue / 2 ** 53).toBeCloseTo(1, 3);
    expect(decodeFromCompressedBase64(encodeHdr([]), 64).totalCount).toBe(0);
  });
});
