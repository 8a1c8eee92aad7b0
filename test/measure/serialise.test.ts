/** The published document: what is written is read again, byte for byte, and its schema says what it is. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { Result } from '../../src/measure/result.ts';
import { resultJsonSchema, type resultSchema } from '../../src/measure/result-schema.ts';
import { roundFraction, roundSignificant } from '../../src/measure/round.ts';
import { deserialise, rounded, serialise } from '../../src/measure/serialise.ts';
import { summarise } from '../../src/measure/summarise.ts';
import { facts } from './facts.ts';
import { replications } from './replications.ts';

const result = summarise(
  {
    ...facts,
    precision: 0.01,
    thresholds: [
      { expression: 'errors < 1%', load: null, metric: 'errors', operator: '<', bound: 0.01 },
    ],
  },
  {
    mesh: replications(4, { proxies: true, pushes: 40, loads: [{ name: 'shop', failures: 3 }] }),
    baseline: replications(4),
  },
);
const text = serialise(result);

describe('a serialised result', () => {
  it('is read again as it was', () => {
    expect(deserialise(text)).toEqual(result);
    expect(serialise(deserialise(text))).toBe(text);
  });

  it('does not depend on the order of keys', () => {
    expect(serialise(reversed(result) as Result)).toBe(text);
    expect(text).toContain('"outcomes": { "ok": 7988, "refused": 12 }');
  });

  it('starts with its schema, ends with a newline, and has rows on a line', () => {
    expect(text).toMatch(/^\{\n {2}"schema": "meshsim\/result\/v1",\n/);
    expect(text.endsWith('\n}\n')).toBe(true);
    expect(text).toContain('\n          [10, 20.1235],\n');
    expect(text).toMatch(
      /\n +"throughput_per_s": \{ "value": [\d.]+, "low": [\d.]+, "high": [\d.]+ \},\n/,
    );
  });

  it('has no fraction of more than six digits', () => {
    const numbers = text.replace(/"hdr": "[^"]*"/g, '').match(/\d+\.\d+(e-\d+)?/g) ?? [];
    expect(numbers.length).toBeGreaterThan(100);
    for (const number of numbers) expect(Number(number)).toBe(roundSignificant(Number(number)));
  });

  it('is refused if it is none', () => {
    expect(() => serialise({ ...result, reps: Number.NaN })).toThrow(RangeError);
    expect(() => serialise({ ...result, extra: 1 } as Result)).toThrow('extra');
    expect(() => deserialise('{"schema":"meshsim/result/v2"}')).toThrow('meshsim/result/v1');
  });
});

describe('the schema', () => {
  it('infers the type of a result', () => {
    expectTypeOf<DeepReadonly<z.infer<typeof resultSchema>>>().toEqualTypeOf<Result>();
  });

  it('stands in schema/result.schema.json', async () => {
    const published = `${JSON.stringify(resultJsonSchema(), null, 2)}\n`;
    await expect(published).toMatchFileSnapshot('../../schema/result.schema.json');
  });
});

describe('rounding', () => {
  it.each([
    [123_456_789, 123_457_000],
    [0.000123456789, 0.000123457],
    [-2.5, -2.5],
    [0, 0],
    [-0, 0],
    [1.0000004, 1],
    [5e-324, 5e-324],
  ])('makes %d to %d', (value, expected) => {
    expect(roundSignificant(value)).toBe(expected);
  });

  it('keeps whole numbers where they are counts', () => {
    expect(rounded({ visits: 123_456_789, share: [1 / 3] })).toEqual({
      visits: 123_456_789,
      share: [0.333333],
    });
    expect(roundFraction(123_456_789.5)).toBe(123_457_000);
    expect(roundFraction(-0)).toBe(0);
  });

  it('has no digits for what is no number', () => {
    expect(() => roundSignificant(Number.NaN)).toThrow(RangeError);
    expect(() => roundFraction(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });

  it('of a rounded number changes nothing', () => {
    for (const x of [Math.PI, 1e9 / 7, 2 / 3e7]) {
      expect(roundSignificant(roundSignificant(x))).toBe(roundSignificant(x));
    }
  });
});

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, reversed(item)] as const);
  return Object.fromEntries(entries.reverse());
}
