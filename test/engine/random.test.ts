/**
 * Goal: draws of different addresses are independent, in whatever way the addresses differ.
 * Method: pairs of draws fall into the cells of a square; Pearson's statistic over the cells, as a number of standard
 * deviations, is compared with what is all but impossible for independent draws. High, middle and low bits apart.
 */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { mix, uniformAt } from '../../src/engine/random.ts';

fc.configureGlobal({ seed: 1 });

type Keys = readonly [number, number];

function keysOf(name: string): Keys {
  const source = seedrandom(name);
  return [source.int32(), source.int32()];
}

/** Normal score of the chi-squared statistic of pairs over side × side cells, after `bits` high bits are cut off. */
function score(
  pair: (i: number) => readonly [number, number],
  count: number,
  bits: number,
  side = 32,
): number {
  const cells = new Uint32Array(side * side);
  const scale = 2 ** bits;
  for (let i = 0; i < count; i++) {
    const [a, b] = pair(i);
    cells[Math.floor(((a * scale) % 1) * side) * side + Math.floor(((b * scale) % 1) * side)]++;
  }
  const expected = count / cells.length;
  let statistic = 0;
  for (const cell of cells) statistic += (cell - expected) ** 2 / expected;
  const freedom = cells.length - 1;
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

const TOP = 0x80000000;
const COUNT = 200_000;
const [A, B] = keysOf('/productpage/reviews work');
const other = keysOf('/productpage/details work');
const seeds = Array.from({ length: 500 }, (_, s) => keysOf(`seed ${s}`));

const pairs: Record<string, (i: number) => readonly [number, number]> = {
  'neighbouring requests': (i) => [uniformAt(A, B, i, 0), uniformAt(A, B, i + 1, 0)],
  'requests a power of two apart': (i) => [uniformAt(A, B, i, 0), uniformAt(A, B, i + 65536, 0)],
  'requests that differ in the top bit': (i) => [
    uniformAt(A, B, i, 0),
    uniformAt(A, B, i ^ TOP, 0),
  ],
  'two draws of a request': (i) => [uniformAt(A, B, i, 0), uniformAt(A, B, i, 1)],
  'neighbouring draws of one request': (i) => [uniformAt(A, B, 7, i), uniformAt(A, B, 7, i + 1)],
  'draws that differ in the top bit': (i) => [uniformAt(A, B, i, 5), uniformAt(A, B, i, 5 ^ TOP)],
  'draws named by a hash': (i) => [uniformAt(A, B, i, mix(i, 3)), uniformAt(A, B, i, mix(i, 4))],
  'request and draw exchanged': (i) => [uniformAt(A, B, i, i + 1), uniformAt(A, B, i + 1, i)],
  'request and draw alike': (i) => [uniformAt(A, B, i, i), uniformAt(A, B, i + 1, i + 1)],
  'two purposes': (i) => [uniformAt(A, B, i, 0), uniformAt(...other, i, 0)],
  'purposes whose first keys are neighbours': (i) => [
    uniformAt(A, B, i, 0),
    uniformAt(A + 1, B, i, 0),
  ],
  'purposes whose second keys are neighbours': (i) => [
    uniformAt(A, B, i, 0),
    uniformAt(A, B + 1, i, 0),
  ],
  'first keys that differ in the top bit': (i) => [
    uniformAt(A, B, i, 0),
    uniformAt(A ^ TOP, B, i, 0),
  ],
  'second keys that differ in the top bit': (i) => [
    uniformAt(A, B, i, 0),
    uniformAt(A, B ^ TOP, i, 0),
  ],
  'keys of zero': (i) => [uniformAt(0, 0, i, 0), uniformAt(0, 0, i, 1)],
  'neighbouring seeds': (i) => {
    const s = i % (seeds.length - 1);
    const request = Math.floor(i / (seeds.length - 1));
    return [uniformAt(...seeds[s], request, 0), uniformAt(...seeds[s + 1], request, 0)];
  },
};

describe('uniformAt', () => {
  it.each(Object.entries(pairs))('gives independent draws to %s', (_, pair) => {
    // 48 scores; independent draws exceed 4.5 in one such table of six thousand.
    for (const bits of [0, 22, 44]) expect(Math.abs(score(pair, COUNT, bits))).toBeLessThan(4.5);
  });

  it('gives independent draws to second keys that differ in the top bit, down to the lowest bits', () => {
    // Before the low bits had a third round these scores were 6.7 and 8.8.
    const pair = pairs['second keys that differ in the top bit'];
    expect(Math.abs(score(pair, 2_000_000, 41, 64))).toBeLessThan(4.5);
    expect(Math.abs(score(pair, 2_000_000, 45, 128))).toBeLessThan(4.5);
  });

  it('lies in [0, 1), on the grid of 53 bits, for any integers', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer(),
        fc.integer(),
        fc.integer(),
        (keyA, keyB, request, draw) => {
          const u = uniformAt(keyA, keyB, request, draw);
          expect(u).toBeGreaterThanOrEqual(0);
          expect(u).toBeLessThan(1);
          expect(Number.isSafeInteger(u * 2 ** 53)).toBe(true);
          expect(uniformAt(keyA, keyB, request, draw)).toBe(u);
        },
      ),
    );
  });

  it('makes every one of its 53 bits one half of the time', () => {
    const ones = new Uint32Array(53);
    for (let i = 0; i < COUNT; i++) {
      const whole = BigInt(uniformAt(A, B, i, 0) * 2 ** 53);
      for (let bit = 0; bit < 53; bit++) if ((whole >> BigInt(bit)) & 1n) ones[bit]++;
    }
    for (const count of ones)
      expect(Math.abs(count - COUNT / 2)).toBeLessThan(4.5 * Math.sqrt(COUNT / 4));
  });

  it('repeats no value among a million addresses, as 53 bits would not', () => {
    const values = new Float64Array(1 << 20);
    for (let i = 0; i < values.length; i++) values[i] = uniformAt(A, B, i & 0xffff, i >>> 16);
    values.sort();
    let repeats = 0;
    for (let i = 1; i < values.length; i++) if (values[i] === values[i - 1]) repeats++;
    expect(repeats).toBe(0);
  });

  it('repeats the high 32 bits as often as chance does', () => {
    const high = new Uint32Array(1 << 20);
    for (let i = 0; i < high.length; i++) high[i] = Math.floor(uniformAt(A, B, i, 0) * 2 ** 32);
    high.sort();
    let repeats = 0;
    for (let i = 1; i < high.length; i++) if (high[i] === high[i - 1]) repeats++;
    // Poisson with mean n² / 2^33 = 128.
    expect(Math.abs(repeats - 128)).toBeLessThan(4.5 * Math.sqrt(128));
  });
});

describe('mix', () => {
  it('spreads neighbours evenly over a few servers', () => {
    const counts = new Uint32Array(7);
    for (let i = 0; i < 70_000; i++) counts[(mix(i % 100, Math.floor(i / 100)) >>> 0) % 7]++;
    const statistic = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 99.9 % point of chi-squared with six degrees of freedom.
    expect(statistic).toBeLessThan(22.5);
  });
});
