import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SweepAxis } from '../../src/measure/points.ts';
import { parseAxis } from '../../src/sweep/axes.ts';
import { gridOf, sampleOf, zipOf } from '../../src/sweep/design.ts';
import { sha256 } from '../../src/sweep/hash.adapter.ts';
import { asYaml, jobAt, jobsOf, parseShard } from '../../src/sweep/jobs.ts';
import { DIMENSIONS_MAX, sobol } from '../../src/sweep/sobol.ts';
import { parseYaml } from '../../src/yaml/text.ts';

const valuesOf = (text: string) => (parseAxis(text) as SweepAxis).values;
const all = (design: ReturnType<typeof gridOf>) =>
  Array.from({ length: design.size }, (_, index) => design.valuesAt(index));
const keys = (seed: number, axes: number) =>
  Int32Array.from({ length: 2 * axes }, (_, i) => Math.imul(seed + i + 1, 0x9e3779b1));

describe('parseAxis', () => {
  it.each([
    ['mesh.mode=none,sidecar', ['none', 'sidecar']],
    ['a=1, 2.5,true,null,"x, y"', [1, 2.5, true, null, 'x, y']],
    ['a=0.1:0.5:0.1', [0.1, 0.2, 0.3, 0.4, 0.5]],
    ['load[0].rate=100/s:300/s:100/s', ['100/s', '200/s', '300/s']],
    ['a=10ms:35ms:10ms', ['10ms', '20ms', '30ms']],
    ['a=100:10000:*10', [100, 1000, 10000]],
    ['a=1KiB:8KiB:*2', ['1KiB', '2KiB', '4KiB', '8KiB']],
    ['a=5:5:1', [5]],
  ])('reads %s', (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it('reads intervals, for samples', () => {
    expect(parseAxis('a=1ms..10ms')).toEqual({
      path: 'a',
      low: 1,
      high: 10,
      log: false,
      unit: 'ms',
    });
    expect(parseAxis('a=1..100:log')).toMatchObject({ low: 1, high: 100, log: true });
  });

  it.each([
    ['mesh.mode', '"mesh.mode" is no axis'],
    ['=1,2', 'is no axis'],
    ['a=5:1:1', 'is no range; expected a step above 0, up to an end not below the start'],
    ['a=1:5:0', 'is no range'],
    ['a=0:5:*2', 'expected a factor above 1'],
    ['a=1ms:5s:1ms', 'different units'],
    ['a=1:1e9:1e-9', 'is no range; expected numbers with a unit or without'],
    ['a=0:100000000:1', 'is too long; expected at most 1000000'],
    ['a=9..1', 'expected a low end below the high one'],
    ['a=0..1:log', 'expected a low end above 0'],
    ['a={b: 1}', 'is no value of an axis'],
    ['a="b', 'is no list of YAML values'],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => parseAxis(text)).toThrow(message);
    expect(() => parseAxis(text)).toThrow(RangeError);
  });
});

describe('designs', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
  const axesOf = (lengths: readonly number[]): readonly SweepAxis[] =>
    lengths.map((length, a) => ({
      path: `a${a}`,
      values: Array.from({ length }, (_, v) => v),
    }));

  it('a grid has every combination once, the last axis changing fastest', () => {
    fc.assert(
      fc.property(sizes, (lengths) => {
        const points = all(gridOf(axesOf(lengths))).map((values) => values.join());
        expect(points.length).toBe(lengths.reduce((product, length) => product * length, 1));
        expect(new Set(points).size).toBe(points.length);
        expect(points.map((point) => point.split(',').map(Number))).toEqual(
          [...points].map((point) => point.split(',').map(Number)).sort(byParts),
        );
      }),
    );
  });

  it('a grid of a thousand million points is no list', () => {
    const design = gridOf(
      Array.from({ length: 9 }, (_, a) => ({ ...axesOf([10])[0], path: `${a}` })),
    );
    expect(design.size).toBe(1e9);
    expect(design.valuesAt(123_456_789).join('')).toBe('123456789');
  });

  it('a zip has values side by side, of axes that are equally long', () => {
    expect(all(zipOf([parseAxis('a=1,2'), parseAxis('b=x,y')]))).toEqual([
      [1, 'x'],
      [2, 'y'],
    ]);
    expect(() => zipOf([parseAxis('a=1,2'), parseAxis('b=x')])).toThrow('found a: 2, b: 1');
  });

  it('an axis stands once, and an interval in samples only', () => {
    expect(() => gridOf([parseAxis('a=1'), parseAxis('a=2')])).toThrow('two axes "a"');
    expect(() => gridOf([parseAxis('a=1..2')])).toThrow('"a" is an interval');
  });

  it.each(['latin-hypercube', 'sobol'] as const)(
    '%s has one point in every stratum of every axis',
    (kind) => {
      for (const size of [1, 4, 32, 128]) {
        const axes = [parseAxis('a=0..1'), parseAxis('b=0..1'), parseAxis('c=0..1')];
        const points = all(sampleOf(axes, { kind, size }, keys(size, 3)));
        for (const a of axes.keys()) {
          const strata = points.map((values) => Math.floor(Number(values[a]) * size));
          // Values are rounded to six digits, so one on an edge may fall into the next stratum.
          expect(new Set(strata).size).toBeGreaterThanOrEqual(size - 1);
        }
      }
    },
  );

  it('samples give each value of a list its share, and intervals their unit and scale', () => {
    const axes = [parseAxis('mode=none,sidecar'), parseAxis('rate=1/s..10000/s:log')];
    const points = all(sampleOf(axes, { kind: 'latin-hypercube', size: 100 }, keys(1, 2)));
    expect(points.filter(([mode]) => mode === 'none').length).toBe(50);
    const rates = points.map(([, rate]) => Number(String(rate).replace('/s', '')));
    expect(rates.filter((rate) => rate < 100).length).toBe(50);
  });

  it('samples are others for another seed, and the same for the same', () => {
    const of = (seed: number) =>
      all(sampleOf([parseAxis('a=0..1')], { kind: 'sobol', size: 8 }, keys(seed, 1)));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });
});

describe('sobol', () => {
  it('has the first points of Joe and Kuo', () => {
    const points = [0, 1, 2, 3].map((i) => [0, 1, 2].map((d) => sobol(i, d, 0)));
    expect(points).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
    ]);
  });

  it('has one of 2^k points in each of 2^k equal parts, in every dimension', () => {
    for (let d = 0; d < DIMENSIONS_MAX; d++) {
      const parts = Array.from({ length: 1024 }, (_, i) => Math.floor(sobol(i, d, 0) * 1024));
      expect(new Set(parts).size).toBe(1024);
    }
  });

  it('fills the elementary intervals of its first two dimensions evenly', () => {
    for (const [x, y] of [
      [1, 64],
      [4, 16],
      [8, 8],
      [32, 2],
    ]) {
      const cells = Array.from(
        { length: 64 },
        (_, i) => Math.floor(sobol(i, 0, 0) * x) * y + Math.floor(sobol(i, 1, 0) * y),
      );
      expect(new Set(cells).size).toBe(64);
    }
  });
});

describe('jobs', () => {
  const value = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );

  it('have settings that mean their values to a YAML parser', () => {
    fc.assert(
      fc.property(value, (one) => {
        const { document, faults } = parseYaml(asYaml(one));
        expect(faults).toEqual([]);
        // YAML has one zero.
        expect(document.toJS()).toEqual(one === 0 ? 0 : one);
      }),
    );
  });

  it('have a name that does not depend on the order of axes, nor on other points', () => {
    const [a, b] = [parseAxis('a=1,2'), parseAxis('b=x,y,z')];
    const id = (design: ReturnType<typeof gridOf>, index: number) =>
      jobAt(design, index, 'd', sha256).id;
    expect(id(gridOf([a, b]), 1)).toBe(id(gridOf([b, a]), 2));
    expect(id(gridOf([a, parseAxis('b=w,x,y,z')]), 1)).toBe(id(gridOf([a, b]), 0));
    expect(id(gridOf([a, b]), 1)).not.toBe(jobAt(gridOf([a, b]), 1, 'e', sha256).id);
    expect(id(gridOf([a, b]), 1)).toMatch(/^p[0-9a-f]{40}$/);
  });

  it('of all shards together are those of the sweep', () => {
    const design = gridOf([parseAxis('a=1:10:1'), parseAxis('b=1:3:1')]);
    for (const count of [1, 2, 7, 40]) {
      const parts = Array.from({ length: count }, (_, i) => [
        ...jobsOf(design, { part: i + 1, count }, 'd', sha256),
      ]);
      expect(
        parts
          .flat()
          .map(({ index }) => index)
          .sort((x, y) => x - y),
      ).toEqual(Array.from({ length: 30 }, (_, i) => i));
      expect(new Set(parts.flat().map(({ id }) => id)).size).toBe(30);
    }
    expect(parseShard('2/3')).toEqual({ part: 2, count: 3 });
    for (const bad of ['0/3', '4/3', '1', 'a/b', '1/0']) {
      expect(() => parseShard(bad)).toThrow('is no shard');
    }
  });
});

function byParts(a: readonly number[], b: readonly number[]): number {
  const first = a.findIndex((part, i) => part !== b[i]);
  return first < 0 ? 0 : a[first] - b[first];
}
