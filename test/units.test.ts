import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCores,
  formatRate,
  formatShare,
  formatTime,
  parseBandwidth,
  parseBytes,
  parseCores,
  parseRate,
  parseShare,
  parseTime,
} from '../src/units.ts';

test.each([
  ['250us', 250e3],
  ['250µs', 250e3],
  ['250\u03bcs', 250e3],
  ['1.5ms', 1.5e6],
  ['7ns', 7],
  ['2m', 120e9],
  ['2min', 120e9],
  ['1h', 3600e9],
  ['1m30s', 90e9],
  ['1h 2m 3s', 3723e9],
  ['1.1s', 1.1e9],
  ['0', 0],
  [0, 0],
  ['10.6 ms', 10.6e6],
])('%s is a time of %d ns', (text, nanos) => {
  expect(parseTime(text)).toBe(nanos);
});

test.each([
  ['300B', 300],
  ['2KiB', 2048],
  ['2KB', 2000],
  ['2kB', 2000],
  ['1MB', 1e6],
  ['1.5 MiB', 1.5 * 2 ** 20],
  [0, 0],
])('%s is a size of %d bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test('rates are per second, whatever they are written in', () => {
  expect(parseRate('800/s')).toBe(800);
  expect(parseRate('30/min')).toBeCloseTo(0.5, 12);
  expect(parseRate('2/h')).toBeCloseTo(2 / 3600, 12);
  expect(parseRate('1e3/s')).toBe(1000);
});

test('shares, bandwidths and cores are plain numbers inside', () => {
  expect(parseShare('95%')).toBeCloseTo(0.95, 12);
  expect(parseShare(0.95)).toBe(0.95);
  expect(parseShare('120%')).toBeCloseTo(1.2, 12);
  expect(parseBandwidth('10Gbit/s')).toBe(1e10);
  expect(parseCores('500m')).toBe(0.5);
  expect(parseCores(2)).toBe(2);
});

describe('what is no quantity is refused with what was expected', () => {
  test.each([
    [parseTime, '5', '"5" has no unit; expected a time such as "250us", "1.5ms" or "1m30s"'],
    [parseTime, '', '"" is no time; expected'],
    [parseTime, '1m30', '"1m30" is no time'],
    [parseTime, '30s1m', '"30s1m" is no time'],
    [parseTime, '1s1s', '"1s1s" is no time'],
    [parseTime, '-5ms', '"-5ms" is negative'],
    [parseTime, 'NaN', '"NaN" is no time'],
    [parseTime, '105h', null],
    [parseTime, '2600h', '"2600h" is too long; the simulated clock holds 104 days'],
    [parseBytes, '5K', '"5K" is no size'],
    [parseBytes, '9999999TiB', 'too large'],
    [parseRate, '5 rps', '"5 rps" is no rate'],
    [parseRate, 100, '"100" has no unit'],
    [parseRate, '-1/s', '"-1/s" is negative'],
    [parseShare, 'half', '"half" is no share'],
    [parseBandwidth, '10Gbps', '"10Gbps" is no bandwidth'],
    [parseCores, '2 cores', '"2 cores" is no number of cores'],
    [parseCores, Number.POSITIVE_INFINITY, '"Infinity" is no number of cores'],
  ] as const)('%o of %s', (parse, text, message) => {
    if (message === null) expect(parse(text)).toBe(105 * 3600e9);
    else expect(() => parse(text)).toThrow(message);
  });
});

test.each([
  [0, '0 s'],
  [999, '999 ns'],
  [999.7e3, '1 ms'],
  [1234, '1.23 µs'],
  [10.6e6, '10.6 ms'],
  [59.94e9, '59.9 s'],
  [59.96e9, '1m'],
  [90e9, '1m30s'],
  [3600e9, '1h'],
  [3600e9 + 61e9, '1h1m'],
  [-1.5e6, '-1.5 ms'],
  [Number.NaN, 'NaN'],
])('%d ns are shown as %s', (nanos, text) => {
  expect(formatTime(nanos)).toBe(text);
});

test('sizes, rates, shares and cores are shown with three significant digits', () => {
  expect([300, 1536, 1023.9, 5e6, -2048].map(formatBytes)).toEqual([
    '300 B',
    '1.5 KiB',
    '1 KiB',
    '4.77 MiB',
    '-2 KiB',
  ]);
  expect(formatRate(1234.5)).toBe('1230/s');
  expect(formatShare(0.00123)).toBe('0.123%');
  expect([0.0612, 0.99999, 2.5, 0].map(formatCores)).toEqual(['61.2m', '1', '2.5', '0']);
});

test('what is shown can be read again, within half of its last digit', () => {
  const near = (a: number, b: number, { share = 0.0051, slack = 1e-9 } = {}) =>
    expect(Math.abs(a - b)).toBeLessThanOrEqual(share * b + slack);
  const positive = fc.double({ min: 1e-3, max: 1e8, noNaN: true });
  fc.assert(
    fc.property(positive, (value) => {
      const nanos = value * 1e6;
      // Half a second of a minute, half a minute of an hour, and whole nanoseconds.
      near(parseTime(formatTime(nanos)), nanos, {
        share: nanos > 59e9 ? 0.0085 : 0.0051,
        slack: 1,
      });
      near(parseBytes(formatBytes(value * 1e3)), value * 1e3, { slack: 1 });
      near(parseRate(formatRate(value)) / value, 1);
      near(parseShare(formatShare(value)) / value, 1);
      near(parseCores(formatCores(value)) / value, 1);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
