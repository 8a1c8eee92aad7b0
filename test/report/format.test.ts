import { describe, expect, test } from 'vitest';
import {
  byteUnit,
  coreUnit,
  count,
  digits,
  estimate,
  margin,
  signed,
  timeUnit,
  withUnit,
} from '../../src/report/format.ts';

describe('numbers have three significant digits', () => {
  test.each([
    [0, '0'],
    [3.1, '3.10'],
    [9.996, '10.0'],
    [12.44, '12.4'],
    [0.0123456, '0.0123'],
    [1234.4, '1234'],
    [-2.5, '-2.50'],
  ])('%d is %s', (value, text) => {
    expect(digits(value)).toBe(text);
  });

  test.each([
    [1.82, '+1.82'],
    [-0.31, '−0.310'],
    [0, '0'],
  ])('signed, %d is %s', (value, text) => {
    expect(signed(value)).toBe(text);
  });
});

describe('a margin', () => {
  test.each([
    [{ value: 3.12, low: 3.1, high: 3.14 }, '±0.02'],
    [{ value: 3.12, low: 3.1196, high: 3.1204 }, '±0.0004'],
    [{ value: 1600, low: 1520, high: 1690 }, '±90'],
    [{ value: 0, low: 0, high: 0.004 }, '±0.004'],
    [{ value: 5, low: 5, high: 5 }, ''],
    [{ value: 5, low: null, high: null }, ''],
  ])('of %o is %s', (of, text) => {
    expect(margin(of)).toBe(text);
  });

  test('follows its value', () => {
    expect(estimate({ value: 10.6, low: 10.4, high: 10.8 })).toBe('10.6 ±0.2');
    expect(estimate({ value: 10.6, low: null, high: null })).toBe('10.6');
    expect(estimate(null)).toBe('–');
  });
});

describe('a unit is the largest in which the value is at least 1', () => {
  test.each([
    [timeUnit(2500).name, 's'],
    [timeUnit(1).name, 'ms'],
    [timeUnit(0.2).name, 'µs'],
    [byteUnit(3 * 2 ** 30).name, 'GiB'],
    [byteUnit(12).name, 'B'],
    [coreUnit(0.06).name, 'millicores'],
    [coreUnit(2).name, 'cores'],
  ])('%s', (found, expected) => {
    expect(found).toBe(expected);
  });

  test('and is written after the interval', () => {
    expect(withUnit({ value: 0.0612, low: 0.06, high: 0.0624 }, coreUnit)).toBe(
      '61.2 ±1.2 millicores',
    );
    expect(withUnit(null, coreUnit)).toBe('–');
  });
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567.4, '1,234,567'],
])('the count %d is %s', (value, text) => {
  expect(count(value)).toBe(text);
});
