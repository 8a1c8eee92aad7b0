import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DistributionSpec, makeDistribution } from '../../src/engine/distributions.ts';
import { QuantileTable } from '../../src/engine/quantile-table.ts';

fc.configureGlobal({ seed: 1 });

const LAST = 1 - 2 ** -53;

const specs: readonly DistributionSpec[] = [
  { distribution: 'exponential', parameters: { mean: 1e6 } },
  { distribution: 'lognormal', parameters: { mean: 1e6, cv: 0.5 } },
  { distribution: 'lognormal', parameters: { mean: 1e6, cv: 10 } },
  { distribution: 'gamma', parameters: { mean: 1e6, cv: 0.3 } },
  { distribution: 'gamma', parameters: { mean: 1e6, cv: 5 } },
  { distribution: 'weibull', parameters: { mean: 1e6, shape: 0.3 } },
  { distribution: 'weibull', parameters: { mean: 1e6, shape: 8 } },
  { distribution: 'pareto', parameters: { mean: 1e6, shape: 1.1 } },
  { distribution: 'hyperexponential', parameters: { mean: 1e6, cv: 20 } },
  {
    distribution: 'empirical',
    parameters: {
      points: [
        [0, 1e6],
        [0.3333, 2e6],
        [0.3333, 7e6],
        [0.9, 7e6],
        [1, 9e6],
      ],
    },
  },
];
const named = specs.map(
  (spec) => [`${spec.distribution} ${JSON.stringify(spec.parameters)}`, spec] as const,
);

describe.each(named)('the table of %s', (_, spec) => {
  const distribution = makeDistribution(spec);
  const table = new QuantileTable(distribution);

  it('has a mean that is right to a millionth', () => {
    // 32 midpoints a bin; in exact bins both sides are the same.
    const points = 4096 * 32;
    let bias = 0;
    for (let i = 0; i < points; i++) {
      const u = (i + 0.5) / points;
      bias += (table.sample(u) - distribution.quantile(u)) / points;
    }
    expect(Math.abs(bias / distribution.mean)).toBeLessThan(1e-6);
  });

  it('uses the exact inverse in the first and the last bin', () => {
    for (const u of [0, 1e-9, 1 / 5000, 1 - 1 / 5000, 1 - 1e-12, LAST]) {
      expect(table.sample(u)).toBe(distribution.quantile(u));
    }
  });

  it('keeps most bins straight, so that it is fast', () => {
    expect(table.exactBinCount).toBeLessThan(4096 / 16);
    expect(table.exactBinCount).toBeGreaterThanOrEqual(2);
  });

  it('rises with the draw and stays between the quantiles of the ends of its bin', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: LAST, noNaN: true }), (u) => {
        const bin = Math.floor(u * 4096);
        const x = table.sample(u);
        expect(x).toBeGreaterThanOrEqual(distribution.quantile(bin / 4096) * (1 - 1e-12));
        const end = Math.min((bin + 1) / 4096, LAST);
        expect(x).toBeLessThanOrEqual(distribution.quantile(end) * (1 + 1e-12));
      }),
    );
  });

  it('knows the mean and variance of its distribution', () => {
    expect([table.mean, table.variance]).toEqual([distribution.mean, distribution.variance]);
    expect(table.isConstant).toBe(false);
  });
});

describe('the table of a constant', () => {
  it('has one whole value, and samples it', () => {
    const table = new QuantileTable(
      makeDistribution({ distribution: 'constant', parameters: { value: 250.6 } }),
    );
    expect([table.isConstant, table.value, table.mean, table.variance]).toEqual([
      true,
      251,
      250.6,
      0,
    ]);
    expect([table.sample(0), table.sample(0.5), table.sample(LAST)]).toEqual([251, 251, 251]);
  });
});

describe('the table of atoms', () => {
  it('samples nothing but the atoms, in their shares', () => {
    const points = [
      [0, 5],
      [0.25, 5],
      [0.25, 90],
      [0.999, 90],
      [0.999, 1000],
      [1, 1000],
    ];
    const table = new QuantileTable(
      makeDistribution({ distribution: 'empirical', parameters: { points } }),
    );
    const seen = new Map<number, number>();
    const draws = 100_000;
    for (let i = 0; i < draws; i++) {
      const x = table.sample((i + 0.5) / draws);
      seen.set(x, (seen.get(x) ?? 0) + 1);
    }
    expect([...seen]).toEqual([
      [5, 25_000],
      [90, 74_900],
      [1000, 100],
    ]);
  });
});
