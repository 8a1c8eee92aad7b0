/**
 * Goal: every distribution is what it says: its quantiles invert its distribution function, and have its mean and variance.
 * Method: distribution functions written down independently (closed forms, and jStat's gamma and normal); numerical
 * integrals of the quantiles; and a hundred thousand addressed draws through a quantile table.
 */
import fc from 'fast-check';
import jstat from 'jstat';
import { describe, expect, it } from 'vitest';
import {
  type Distribution,
  distributions,
  makeDistribution,
} from '../../src/engine/distributions.ts';
import { QuantileTable } from '../../src/engine/quantile-table.ts';
import { uniformAt } from '../../src/engine/random.ts';

fc.configureGlobal({ seed: 1 });

const MS = 1e6;
const LAST = 1 - 2 ** -53;

type Parameters = Readonly<Record<string, unknown>>;
interface Row {
  readonly distribution: string;
  readonly parameters: Parameters;
  /** The share of times up to `x`. */
  readonly cdf: (x: number) => number;
}

const gammaFunction = (x: number) => Math.exp(stirling(x + 20) - sumOfLogs(x, 20));
const sumOfLogs = (x: number, n: number) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(x + i);
  return sum;
};
const stirling = (x: number) =>
  (x - 0.5) * Math.log(x) -
  x +
  Math.log(2 * Math.PI) / 2 +
  1 / (12 * x) -
  1 / (360 * x ** 3) +
  1 / (1260 * x ** 5);

function lognormalRow(cv: number): Row {
  const sigma = Math.sqrt(Math.log(1 + cv ** 2));
  const mu = Math.log(2 * MS) - sigma ** 2 / 2;
  const cdf = (x: number) => jstat.normal.cdf(Math.log(x), mu, sigma);
  return { distribution: 'lognormal', parameters: { mean: 2 * MS, cv }, cdf };
}

function gammaRow(cv: number): Row {
  const shape = cv ** -2;
  const cdf = (x: number) => jstat.gamma.cdf(x, shape, (2 * MS) / shape);
  return { distribution: 'gamma', parameters: { mean: 2 * MS, cv }, cdf };
}

function weibullRow(shape: number): Row {
  const scale = (2 * MS) / gammaFunction(1 + 1 / shape);
  const cdf = (x: number) => -Math.expm1(-((x / scale) ** shape));
  return { distribution: 'weibull', parameters: { mean: 2 * MS, shape }, cdf };
}

function paretoRow(shape: number): Row {
  const least = (2 * MS * (shape - 1)) / shape;
  const cdf = (x: number) => Math.max(0, 1 - (x / least) ** -shape);
  return { distribution: 'pareto', parameters: { mean: 2 * MS, shape }, cdf };
}

function hyperexponentialRow(cv: number): Row {
  const p = (1 + Math.sqrt((cv ** 2 - 1) / (cv ** 2 + 1))) / 2;
  const left = (x: number, share: number) => share * Math.exp((-share * x) / MS);
  const cdf = (x: number) => 1 - left(x, p) - left(x, 1 - p);
  return { distribution: 'hyperexponential', parameters: { mean: 2 * MS, cv }, cdf };
}

/** A slope to 1 ms, a jump to 3 ms, an atom there, and a long slope. */
const points = [
  [0, 0.5 * MS],
  [0.5, MS],
  [0.5, 3 * MS],
  [0.8, 3 * MS],
  [1, 20 * MS],
] as const;
const empiricalCdf = (x: number) => {
  if (x < MS) return (x - 0.5 * MS) / MS;
  return x < 3 * MS ? 0.5 : 0.8 + (0.2 * (x - 3 * MS)) / (17 * MS);
};
const half = { distribution: 'exponential', parameters: { mean: 0.5 * MS } };

const rows: readonly Row[] = [
  {
    distribution: 'exponential',
    parameters: { mean: 2 * MS },
    cdf: (x) => -Math.expm1(-x / (2 * MS)),
  },
  ...[0.1, 0.5, 1, 3].map(lognormalRow),
  ...[0.1, 0.5, 1, 1.7, 4].map(gammaRow),
  ...[0.5, 1, 3].map(weibullRow),
  ...[1.5, 2.5, 5].map(paretoRow),
  ...[1, 2, 8].map(hyperexponentialRow),
  { distribution: 'empirical', parameters: { points }, cdf: empiricalCdf },
  {
    distribution: 'shifted',
    parameters: { by: MS, of: half },
    cdf: (x) => -Math.expm1(-(x - MS) / (0.5 * MS)),
  },
  {
    distribution: 'scaled',
    parameters: { by: 4, of: half },
    cdf: (x) => -Math.expm1(-x / (2 * MS)),
  },
];
const named = rows.map(
  (row) => [`${row.distribution} ${JSON.stringify(row.parameters)}`, row] as const,
);

/** ∫ f(quantile(u)) du by the midpoint rule over the logit of u, so that both tails get their share of the points. */
function expectation(distribution: Distribution, f: (x: number) => number): number {
  const steps = 40_000;
  const width = 72 / steps;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const s = -36 + (i + 0.5) * width;
    const u = Math.min(1 / (1 + Math.exp(-s)), LAST);
    sum += f(distribution.quantile(u)) * u * (1 / (1 + Math.exp(s)));
  }
  return sum * width;
}

describe.each(named)('%s', (name, { distribution, parameters, cdf }) => {
  const made = makeDistribution({ distribution, parameters });
  const table = new QuantileTable(made);

  it('has quantiles that invert its distribution function', () => {
    for (const u of [1e-6, 0.001, 0.1, 0.3, 0.7, 0.9, 0.99, 0.999, 0.999999]) {
      // In the atom of the empirical one there is nothing to invert.
      if (distribution === 'empirical' && u === 0.7) continue;
      const error = Math.abs(cdf(made.quantile(u)) - u) / Math.min(u, 1 - u);
      // jStat's normal is good to about 1e-8 of its own.
      expect(error).toBeLessThan(distribution === 'lognormal' ? 0.02 : 1e-5);
    }
  });

  it('has its own mean and variance as the moments of its quantiles', () => {
    if (distribution === 'pareto' && !(Number(parameters['shape']) > 2)) {
      expect(made.variance).toBe(Number.POSITIVE_INFINITY);
      return;
    }
    const mean = expectation(made, (x) => x);
    const variance = expectation(made, (x) => (x - made.mean) ** 2);
    // What lies beyond 1 − e^−36 is worth up to 4e-4 of the variance of a pareto of shape 2.5.
    const heavy = distribution === 'pareto' ? 2e-3 : 2e-4;
    expect(Math.abs(mean / made.mean - 1)).toBeLessThan(2e-5);
    expect(Math.abs(variance / made.variance - 1)).toBeLessThan(heavy);
  });

  it('is sampled by its table with the right shape, moments and tail', () => {
    const count = 100_000;
    const samples = Float64Array.from({ length: count }, (_, i) =>
      table.sample(uniformAt(name.length, 17, i, 0)),
    );
    const mean = samples.reduce((sum, x) => sum + x, 0) / count;
    const moment = (power: number) =>
      samples.reduce((sum, x) => sum + (x - made.mean) ** power, 0) / count;
    if (Number.isFinite(made.variance)) {
      expect(Math.abs(mean - made.mean)).toBeLessThan(4 * Math.sqrt(made.variance / count));
      const error = Math.sqrt((moment(4) - moment(2) ** 2) / count);
      // Where rare times make most of the variance a sample misses them, and its own error too.
      if (moment(4) < 100 * moment(2) ** 2)
        expect(Math.abs(moment(2) - made.variance)).toBeLessThan(4 * error);
    }
    const beyond = samples.filter((x) => x > made.quantile(0.999)).length;
    expect(Math.abs(beyond - count * 0.001)).toBeLessThan(4 * Math.sqrt(count * 0.001));
    expect(largestGap(samples.sort(), cdf)).toBeLessThan(1.95 / Math.sqrt(count));
  });
});

/** Kolmogorov's distance; at an atom only its upper end counts. 1.95/√n is exceeded once in a thousand. */
function largestGap(sorted: Float64Array, cdf: (x: number) => number): number {
  let gap = 0;
  sorted.forEach((x, i) => {
    const isLastOfItsValue = sorted[i + 1] !== x;
    if (isLastOfItsValue) gap = Math.max(gap, Math.abs(cdf(x) - (i + 1) / sorted.length));
  });
  return gap;
}

const time = fc.double({ min: 0, max: 1e12, noNaN: true });
const spec = fc.oneof(
  fc.record({ distribution: fc.constant('constant'), parameters: fc.record({ value: time }) }),
  fc.record({ distribution: fc.constant('exponential'), parameters: fc.record({ mean: time }) }),
  ...(['lognormal', 'gamma'] as const).map((distribution) =>
    fc.record({
      distribution: fc.constant(distribution),
      parameters: fc.record({ mean: time, cv: fc.double({ min: 0.003, max: 50, noNaN: true }) }),
    }),
  ),
  fc.record({
    distribution: fc.constant('hyperexponential'),
    parameters: fc.record({ mean: time, cv: fc.double({ min: 1, max: 1000, noNaN: true }) }),
  }),
  fc.record({
    distribution: fc.constant('weibull'),
    parameters: fc.record({ mean: time, shape: fc.double({ min: 0.1, max: 1000, noNaN: true }) }),
  }),
  fc.record({
    distribution: fc.constant('pareto'),
    parameters: fc.record({ mean: time, shape: fc.double({ min: 1.001, max: 1000, noNaN: true }) }),
  }),
);

describe('any distribution', () => {
  it('gives finite times from 0 to 2^53 - 1 that rise with the draw, up to the last draw', () => {
    fc.assert(
      fc.property(spec, fc.array(fc.double({ min: 0, max: LAST, noNaN: true })), (made, draws) => {
        const { quantile } = makeDistribution(made);
        let before = 0;
        for (const u of [0, ...draws.sort((a, b) => a - b), LAST]) {
          const x = quantile(u);
          expect(x).toBeGreaterThanOrEqual(before * (1 - 1e-9));
          expect(x).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
          before = x;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives finite times shifted and scaled, too', () => {
    fc.assert(
      fc.property(spec, time, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (of, by, factor) => {
        for (const distribution of [
          makeDistribution({ distribution: 'shifted', parameters: { by, of } }),
          makeDistribution({ distribution: 'scaled', parameters: { by: factor, of } }),
        ]) {
          for (const u of [0, 0.5, LAST]) {
            expect(distribution.quantile(u)).toBeGreaterThanOrEqual(0);
            expect(distribution.quantile(u)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
          }
        }
      }),
    );
  });

  it('is constant 0 where its mean is 0', () => {
    const extra: Record<string, Parameters> = {
      exponential: {},
      lognormal: { cv: 2 },
      gamma: { cv: 2 },
      weibull: { shape: 0.5 },
      pareto: { shape: 1.5 },
      hyperexponential: { cv: 2 },
    };
    for (const [distribution, parameters] of Object.entries(extra)) {
      const made = makeDistribution({ distribution, parameters: { mean: 0, ...parameters } });
      expect(
        [made.mean, made.variance, made.quantile(0), made.quantile(LAST)].map(Math.abs),
      ).toEqual([0, 0, 0, 0]);
    }
  });
});

describe('empirical', () => {
  it('names the later time on a share that has two', () => {
    const { quantile } = makeDistribution({ distribution: 'empirical', parameters: { points } });
    expect([quantile(0.5 - 1e-9), quantile(0.5)].map(Math.round)).toEqual(
      [MS - 1e-9 * MS, 3 * MS].map(Math.round),
    );
  });
});

describe('gamma', () => {
  it('agrees with reference quantiles far out in both tails', () => {
    // scipy.stats.gamma.ppf and isf, scipy 1.17.1.
    for (const { shape, u, reference } of GAMMA_REFERENCES) {
      const made = makeDistribution({
        distribution: 'gamma',
        parameters: { mean: shape, cv: 1 / Math.sqrt(shape) },
      });
      expect(Math.abs(made.quantile(u) / reference - 1)).toBeLessThan(1e-10);
    }
  });

  it('agrees with jStat', () => {
    for (const shape of [0.3, 1, 2.5, 40, 400]) {
      const made = makeDistribution({
        distribution: 'gamma',
        parameters: { mean: shape, cv: 1 / Math.sqrt(shape) },
      });
      for (const u of [0.001, 0.25, 0.5, 0.9, 0.999]) {
        expect(Math.abs(made.quantile(u) / jstat.gamma.inv(u, shape, 1) - 1)).toBeLessThan(1e-8);
      }
    }
  });
});

const GAMMA_REFERENCES = [
  { shape: 0.01, u: 0.02, reference: 7.175838109858222e-171 },
  { shape: 0.01, u: 0.5, reference: 4.465535018910562e-31 },
  { shape: 0.01, u: 0.98, reference: 0.08123121419942188 },
  { shape: 0.01, u: 0.999999, reference: 7.151253478084882 },
  { shape: 0.01, u: 0.9999999999999999, reference: 28.778516948644555 },
  { shape: 0.3, u: 1e-9, reference: 6.972699096409367e-31 },
  { shape: 0.3, u: 0.02, reference: 1.514147144569685e-6 },
  { shape: 0.3, u: 0.5, reference: 0.07313113586695198 },
  { shape: 0.3, u: 0.98, reference: 2.076564006242206 },
  { shape: 0.3, u: 0.999999, reference: 10.984835632108625 },
  { shape: 0.3, u: 0.9999999999999999, reference: 33.16955361260487 },
  { shape: 1.0, u: 1e-9, reference: 1.0000000004999997e-9 },
  { shape: 1.0, u: 0.02, reference: 0.02020270731751945 },
  { shape: 1.0, u: 0.5, reference: 0.6931471805599455 },
  { shape: 1.0, u: 0.98, reference: 3.912023005428146 },
  { shape: 1.0, u: 0.999999, reference: 13.815510557935518 },
  { shape: 1.0, u: 0.9999999999999999, reference: 36.7368005696771 },
  { shape: 7.5, u: 1e-9, reference: 0.23162014084420926 },
  { shape: 7.5, u: 0.02, reference: 2.9924581631124485 },
  { shape: 7.5, u: 0.5, reference: 7.169429755478323 },
  { shape: 7.5, u: 0.98, reference: 14.129748168716501 },
  { shape: 7.5, u: 0.999999, reference: 28.246721249849795 },
  { shape: 7.5, u: 0.9999999999999999, reference: 55.42193061332793 },
  { shape: 400.0, u: 1e-9, reference: 291.44730161608874 },
  { shape: 400.0, u: 0.02, reference: 360.00537378660783 },
  { shape: 400.0, u: 0.5, reference: 399.6667160944644 },
  { shape: 400.0, u: 0.98, reference: 442.13946930391876 },
  { shape: 400.0, u: 0.999999, reference: 502.3647773823574 },
  { shape: 400.0, u: 0.9999999999999999, reference: 586.9696497603566 },
  { shape: 20000.0, u: 1e-9, reference: 19163.40550516098 },
  { shape: 20000.0, u: 0.02, reference: 19710.62979002868 },
  { shape: 20000.0, u: 0.5, reference: 19999.66666765434 },
  { shape: 20000.0, u: 0.98, reference: 20291.515458104255 },
  { shape: 20000.0, u: 0.999999, reference: 20679.448517666664 },
  { shape: 20000.0, u: 0.9999999999999999, reference: 21183.232422595927 },
];

describe('the table above', () => {
  it('has every distribution there is', () => {
    const tested = new Set([...rows.map((row) => row.distribution), 'constant']);
    expect([...tested].sort()).toEqual(Object.keys(distributions).sort());
  });
});
