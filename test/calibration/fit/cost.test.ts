import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  baseValue,
  parseCost,
  sizeOf,
  unitFor,
  unitNames,
  writeCost,
} from '../../../src/calibration/fit/cost.ts';

test.each([
  [63_974, 'KB', '64KB'],
  [1380.87, 'B', '1380B'],
  [787_000, 'MB', '0.787MB'],
  [44 * 2 ** 20, 'MiB', '44MiB'],
  [2449.5, 'us', '2.45us'],
  [0.5, 's', '0.0000000005s'],
  [0, 'us', '0us'],
] as const)('%d is written in %s as %s', (value, unit, text) => {
  expect(writeCost(value, unit)).toBe(text);
});

test('what is written is read again, to three digits', () => {
  const value = fc.double({ min: 1e-3, max: 1e15, noNaN: true });
  fc.assert(
    fc.property(value, fc.constantFrom(...unitNames), (number, unit) => {
      const cost = parseCost(writeCost(number, unit));
      expect(cost.unit).toBe(unit);
      expect(Math.abs(baseValue(cost) / number - 1)).toBeLessThan(0.00501);
    }),
  );
});

test.each(['', '5', 'KB', '5 kb', '-5KB', '1e3KB', '1m30s'])('"%s" is no cost', (text) => {
  expect(() => parseCost(text)).toThrow(/is no cost; expected a time such as/);
});

test('a value is shown in the decimal unit in which it is at least 1', () => {
  expect([999, 1000, 46.1e6].map((value) => unitFor(value, 'bytes'))).toEqual(['B', 'KB', 'MB']);
  expect([0, 0.5, 1e9].map((value) => unitFor(value, 'time'))).toEqual(['ns', 'ns', 's']);
  expect(sizeOf('MiB')).toBe(2 ** 20);
});
