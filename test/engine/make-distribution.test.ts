import { describe, expect, it } from 'vitest';
import { makeDistribution } from '../../src/engine/distributions.ts';

type Parameters = Readonly<Record<string, unknown>>;
const half = { distribution: 'exponential', parameters: { mean: 0.5e6 } };

describe('makeDistribution', () => {
  const wrong: readonly (readonly [string, Parameters, RegExp])[] = [
    ['lognorm', {}, /^"lognorm" is no distribution; expected one of constant, /],
    ['toString', {}, /^"toString" is no distribution/],
    ['constant', {}, /^constant needs a parameter "value"/],
    ['constant', { value: -1 }, /^constant value is "-1"; expected a time/],
    ['constant', { value: Number.NaN }, /^constant value is "NaN"/],
    ['constant', { value: 1, mean: 2 }, /^constant has no parameter "mean"; expected value/],
    ['exponential', { mean: Number.POSITIVE_INFINITY }, /^exponential mean is "Infinity"/],
    ['lognormal', { mean: 1, cv: 0 }, /^lognormal cv is "0"; expected a number above 0/],
    ['gamma', { mean: 1, cv: '1' }, /^gamma cv is "1"; expected a number/],
    [
      'weibull',
      { mean: 1, shape: 0.01 },
      /^weibull shape is "0.01"; expected a number from 0.1 to 1000/,
    ],
    ['pareto', { mean: 1, shape: 1 }, /^pareto shape is "1"; expected a number above 1/],
    [
      'hyperexponential',
      { mean: 1, cv: 0.9 },
      /^hyperexponential cv is "0.9"; expected a number of at least 1/,
    ],
    ['empirical', { points: [] }, /^empirical points are "\[\]"; expected at least two/],
    [
      'empirical',
      {
        points: [
          [0, 1],
          [0.9, 2],
        ],
      },
      /^empirical points run from share "0" to "0.9"; expected 0 to 1/,
    ],
    [
      'empirical',
      {
        points: [
          [0, 2],
          [1, 1],
        ],
      },
      /^empirical point 2 is "\[1,1\]"; expected no smaller/,
    ],
    [
      'empirical',
      {
        points: [
          [0, 2],
          [1.5, 3],
        ],
      },
      /^share of empirical point 2 is "1.5"/,
    ],
    ['scaled', { by: 0, of: half }, /^scaled by is "0"; expected a number above 0/],
    ['shifted', { by: 1, of: 3 }, /^shifted of is "3"; expected a distribution/],
    [
      'shifted',
      { by: 1, of: { distribution: 'pareto', parameters: { mean: 1, shape: 0.5 } } },
      /^pareto shape/,
    ],
  ];
  it.each(wrong)('says what is wrong with %s %j', (distribution, parameters, message) => {
    const make = () => makeDistribution({ distribution, parameters });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
