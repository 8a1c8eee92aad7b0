import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastSquares } from '../../../src/calibration/fit/least-squares.ts';
import { boundedLeastSquares } from '../../../src/calibration/fit/non-negative.ts';

function solved<Result extends { readonly kind: string }>(result: Result) {
  if (result.kind !== 'solved') throw new Error('columns are dependent');
  return result as Extract<Result, { readonly kind: 'solved' }>;
}

describe('least squares', () => {
  test('of a line through (1, 1), (2, 2), (3, 2) are 2/3 and 1/2, as worked out by hand', () => {
    const rows = [1, 2, 3].map((x) => [1, x]);
    const { values, inverse } = solved(leastSquares(rows, [1, 2, 2]));
    expect(values[0]).toBeCloseTo(2 / 3, 12);
    expect(values[1]).toBeCloseTo(1 / 2, 12);
    // (XᵀX)⁻¹ of [[3, 6], [6, 14]], whose determinant is 6.
    const expected = [14 / 6, -1, -1, 3 / 6];
    inverse.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 12);
    });
  });

  test('find what was planted, whatever the scales of the columns', () => {
    const size = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(size, size, size), { minLength: 8, maxLength: 20 }),
        fc.tuple(size, size, size),
        fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -6, max: 6 }))),
        (numbers, planted, powers) => {
          // Powers of a row's number are independent where the numbers differ enough.
          const rows = numbers.map(([a, b, c], i) =>
            [a + i, b + i * i, c + (i % 3)].map((value, j) => value * 10 ** powers[j]),
          );
          const right = rows.map((row) =>
            row.reduce((sum, value, j) => sum + value * planted[j], 0),
          );
          solved(leastSquares(rows, right)).values.forEach((value, j) => {
            // The smaller a column is beside the others, the more of it is lost in rounding.
            const lost = 1e-13 * 10 ** (Math.max(...powers) - powers[j]);
            expect(Math.abs(value / planted[j] - 1)).toBeLessThan(1e-9 + 100 * lost);
          });
        },
      ),
    );
  });

  test('name the columns that add up to another', () => {
    const rows = [1, 2, 3, 4].map((x) => [1, x * x, x, 3 * x + 2]);
    expect(leastSquares(rows, [1, 2, 3, 4])).toEqual({ kind: 'dependent', columns: [0, 2, 3] });
  });

  test('name a column without a number, and one more than there are rows', () => {
    expect(leastSquares([[1, 0]], [1])).toEqual({ kind: 'dependent', columns: [1] });
    expect(leastSquares([[1, 2]], [1])).toEqual({ kind: 'dependent', columns: [0, 1] });
  });
});

describe('bounded least squares', () => {
  const rows = [
    [1, 0],
    [0, 1],
    [1, 1],
  ];

  test('are the unbounded ones where these are not negative', () => {
    const { values, free } = solved(boundedLeastSquares(rows, [1, 2, 3], [true, true]));
    expect(values[0]).toBeCloseTo(1, 12);
    expect(values[1]).toBeCloseTo(2, 12);
    expect(free).toEqual([0, 1]);
  });

  test('hold at 0 what would be negative, and fit the rest without it', () => {
    // Unbounded (7/3, −5/3); with the second at 0 the first is the mean of 2 and 1.
    const { values, free } = solved(boundedLeastSquares(rows, [2, -2, 1], [true, true]));
    expect(values[0]).toBeCloseTo(1.5, 12);
    expect(values[1]).toBe(0);
    expect(free).toEqual([0]);
  });

  test('leave alone what may be negative', () => {
    const { values } = solved(boundedLeastSquares(rows, [2, -2, 1], [true, false]));
    expect(values[1]).toBeCloseTo(-5 / 3, 12);
  });

  test('meet the conditions of Karush, Kuhn and Tucker', () => {
    const number = fc.integer({ min: -9, max: 9 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number, number, number), { minLength: 4, maxLength: 9 }),
        (numbers) => {
          const matrix = numbers.map(([a, b, c]) => [a, b, c]);
          const right = numbers.map(([, , , y]) => y);
          const result = boundedLeastSquares(matrix, right, [true, true, true]);
          if (result.kind === 'dependent') return;
          const rest = matrix.map(
            (row, i) => right[i] - row.reduce((s, v, j) => s + v * result.values[j], 0),
          );
          result.values.forEach((value, j) => {
            const gain = matrix.reduce((sum, row, i) => sum + row[j] * rest[i], 0);
            expect(value).toBeGreaterThanOrEqual(0);
            // Nothing is won by more of it, and if it is not 0 nothing by less.
            expect(gain).toBeLessThan(1e-6);
            if (value > 0) expect(Math.abs(gain)).toBeLessThan(1e-6);
          });
        },
      ),
    );
  });
});
