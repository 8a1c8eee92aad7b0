import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Fit,
  type Point,
  type Prior,
  regress,
  type Term,
  type Weighting,
} from '../../../src/calibration/fit/regression.ts';

const free: Term = { nonNegative: false, prior: null };
const known = (prior: Prior): Term => ({ nonNegative: false, prior });

function fitted(points: readonly Point[], terms: readonly Term[], weighting?: Weighting): Fit {
  const found = regress(points, terms, weighting);
  if (!('coefficients' in found)) throw new Error(`undetermined: ${found.terms.join(', ')}`);
  return found;
}

/** Points of a line by x. */
function line(...points: readonly (readonly [x: number, y: number])[]): readonly Point[] {
  return points.map(([x, y]) => ({ x: [1, x], y }));
}

// By hand: slope 1/2, intercept 2/3, RSS 1/6 with one degree of freedom, Sxx 2.
const textbook = line([1, 1], [2, 2], [3, 2]);

describe('a fit without priors', () => {
  const { coefficients, residuals, freedom, apartByPriors } = fitted(textbook, [free, free]);
  const [intercept, slope] = coefficients;

  test('has the values and standard errors worked out by hand', () => {
    expect(intercept.value).toBeCloseTo(2 / 3, 10);
    expect(slope.value).toBeCloseTo(1 / 2, 10);
    expect(freedom).toBe(1);
    expect(slope.error).toBeCloseTo(Math.sqrt(1 / 6 / 2), 8);
    expect(intercept.error).toBeCloseTo(Math.sqrt((1 / 6) * (14 / 6)), 8);
    expect(apartByPriors).toEqual([]);
  });

  test('has the interval of Student with one degree of freedom', () => {
    expect((slope.high ?? 0) - slope.value).toBeCloseTo(12.7062 * Math.sqrt(1 / 12), 3);
    expect(slope.value - (slope.low ?? 0)).toBeCloseTo(12.7062 * Math.sqrt(1 / 12), 3);
  });

  test('has residuals that add up to nothing', () => {
    expect(residuals.map((residual) => Number(residual.toFixed(6)))).toEqual([
      -0.166667, 0.333333, -0.166667,
    ]);
  });

  test('of as many points as terms has no errors', () => {
    const exact = fitted(line([1, 3], [2, 5]), [free, free]);
    expect(exact.coefficients.map(({ value }) => Number(value.toFixed(9)))).toEqual([1, 2]);
    expect(exact.coefficients.map(({ low, error, high }) => [low, error, high])).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });

  test('finds what was planted', () => {
    const cost = fc.double({ min: 1, max: 1e6, noNaN: true });
    const weighting = fc.constantFrom('equal' as const, 'relative' as const);
    fc.assert(
      fc.property(cost, cost, weighting, (base, slope, weights) => {
        const points = [1, 2, 5, 9, 20].map((x) => ({ x: [1, x], y: base + slope * x }));
        const [first, second] = fitted(points, [free, free], weights).coefficients;
        expect(first.value / base).toBeCloseTo(1, 6);
        expect(second.value / slope).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe('a prior', () => {
  const settle = (prior: Prior) => fitted(textbook, [free, known(prior)]).coefficients;

  test('without doubt is the value, and the rest follows', () => {
    const [intercept, slope] = settle({ mean: 1, sd: 1e-9 });
    expect(slope.value).toBeCloseTo(1, 8);
    // The mean of y − x.
    expect(intercept.value).toBeCloseTo(-1 / 3, 8);
    expect(slope.priorShare).toBeGreaterThan(0.999);
    expect(slope.error).toBeLessThan(1e-8);
    // Nothing of it was estimated from three points, so its interval is the normal one.
    expect(((slope.high ?? 0) - slope.value) / (slope.error ?? 1)).toBeCloseTo(1.96, 3);
  });

  test('that knows nothing leaves ordinary least squares, errors and interval', () => {
    const vague = settle({ mean: 1, sd: 1e6 });
    const plain = fitted(textbook, [free, free]).coefficients;
    vague.forEach(({ value, error, low, high, priorShare }, j) => {
      expect(value).toBeCloseTo(plain[j].value, 8);
      expect(error).toBeCloseTo(plain[j].error ?? 0, 8);
      expect(low).toBeCloseTo(plain[j].low ?? 0, 4);
      expect(high).toBeCloseTo(plain[j].high ?? 0, 4);
      expect(priorShare).toBeLessThan(1e-9);
    });
  });

  test('in between draws the value to its mean, the more the surer it is', () => {
    const values = [10, 1, 0.3, 0.1, 0.01].map((sd) => settle({ mean: 1, sd })[1].value);
    expect(values.toSorted((a, b) => a - b)).toEqual(values);
    expect(values[0]).toBeGreaterThan(0.5);
    expect(values[4]).toBeLessThan(1);
  });

  test('decides what points of exact sums leave open', () => {
    // y = 2a + 3b = 12: of the pairs (a, b) on that line the one nearest to (1, 1), measured in their sds.
    const points = [1, 2, 3].map((k) => ({ x: [2 * k, 3 * k], y: 12 * k }));
    const prior = known({ mean: 1, sd: 1 });
    const { coefficients, apartByPriors } = fitted(points, [prior, prior]);
    expect(coefficients[0].value).toBeCloseTo(1 + (7 * 2) / 13, 5);
    expect(coefficients[1].value).toBeCloseTo(1 + (7 * 3) / 13, 5);
    expect(apartByPriors).toEqual([[0, 1]]);
  });
});

describe('what points cannot tell', () => {
  test('is named where two columns are the same', () => {
    const points = [1, 2, 3].map((x) => ({ x: [1, x, 2 * x], y: x }));
    expect(regress(points, [free, free, free])).toEqual({ terms: [1, 2] });
  });

  test('is a pair of terms with correlated errors where two columns are nearly the same', () => {
    const points = [1, 2, 3, 4, 5].map((x) => ({
      x: [x, x + (x % 2) / 50],
      y: 2 * x + (x % 3) / 10,
    }));
    const { inseparable } = fitted(points, [free, free]);
    expect(inseparable).toHaveLength(1);
    expect(inseparable[0].terms).toEqual([0, 1]);
    expect(inseparable[0].correlation).toBeLessThan(-0.99);
  });

  test('is nothing where columns are at right angles', () => {
    const points = [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
      [2, 0],
    ].map((x, i) => ({ x, y: x[0] + i / 9 }));
    expect(fitted(points, [free, free]).inseparable).toEqual([]);
  });
});

describe('a cost', () => {
  const cost: Term = { nonNegative: true, prior: null };

  test('is held at 0 where points would have it negative, and says so', () => {
    const [base, slope] = fitted(line([1, 1], [2, 5], [3, 8]), [cost, cost]).coefficients;
    expect(base).toMatchObject({ value: 0, error: null, isHeld: true });
    expect(slope.value).toBeCloseTo((1 + 10 + 24) / 14, 10);
    expect(slope.isHeld).toBe(false);
  });

  test('has an interval that does not go below 0', () => {
    expect(fitted(textbook, [cost, cost]).coefficients[0].low).toBe(0);
    expect(fitted(textbook, [free, free]).coefficients[0].low).toBeLessThan(0);
  });
});

describe('relative weights', () => {
  const points = [
    { x: [10], y: 11 },
    { x: [1000], y: 900 },
  ];

  test('make of ratios their mean, where equal ones let the largest point decide', () => {
    expect(fitted(points, [free], 'relative').coefficients[0].value).toBeCloseTo(1, 8);
    expect(fitted(points, [free], 'equal').coefficients[0].value).toBeCloseTo(0.90002, 5);
  });

  test('need points above 0', () => {
    expect(() => regress([{ x: [1], y: 0 }], [free], 'relative')).toThrow(
      'relative weights need points above 0',
    );
  });
});
