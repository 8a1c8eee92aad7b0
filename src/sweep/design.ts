/**
 * Which points a sweep has: all combinations of the values of its axes, values side by side, or samples. A point is made
 * from its index, so a sweep is never listed, however many points it has.
 */
import { uniformAt } from '../engine/random.ts';
import type { PointValue, SweepAxis, SweepResult } from '../measure/points.ts';
import { quote } from '../problems.ts';
import { type Axis, isInterval } from './axes.ts';
import { DIMENSIONS_MAX, sobol } from './sobol.ts';

export interface Design {
  readonly kind: Exclude<SweepResult['design'], 'adaptive'>;
  /** An axis of an interval has no values of its own: its list is empty. */
  readonly axes: readonly SweepAxis[];
  readonly size: number;
  /** By axis. @param index - from 0, below `size` */
  valuesAt(index: number): readonly PointValue[];
}

export interface Sample {
  readonly kind: 'latin-hypercube' | 'sobol';
  readonly size: number;
}

/** @throws RangeError if an axis is there twice, or has no values */
function checkAxes(axes: readonly Axis[]): void {
  const paths = axes.map(({ path }) => path);
  const twice = paths.find((path, i) => paths.indexOf(path) < i);
  if (twice !== undefined) throw new RangeError(`there are two axes ${quote(twice)}; expected one`);
}

function listed(axes: readonly Axis[], kind: string): readonly SweepAxis[] {
  checkAxes(axes);
  return axes.map((axis) => {
    if (!isInterval(axis)) return axis;
    throw new RangeError(
      `axis ${quote(axis.path)} is an interval, which a ${kind} has no values of; expected a list or a range, or --sample`,
    );
  });
}

/** Every combination; the last axis changes fastest. */
export function gridOf(given: readonly Axis[]): Design {
  const axes = listed(given, 'grid');
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  if (!Number.isSafeInteger(size)) {
    throw new RangeError('the grid has more than 2^53 points; expected fewer, or a sample');
  }
  return {
    kind: 'grid',
    axes,
    size,
    valuesAt: (index) => {
      const values: PointValue[] = [];
      let rest = index;
      for (let a = axes.length - 1; a >= 0; a--) {
        const { length } = axes[a].values;
        values[a] = axes[a].values[rest % length];
        rest = Math.floor(rest / length);
      }
      return values;
    },
  };
}

/** The first values of all axes, then the second ones … @throws RangeError if they are not equally many */
export function zipOf(given: readonly Axis[]): Design {
  const axes = listed(given, 'zip');
  const sizes = axes.map(({ values }) => values.length);
  if (new Set(sizes).size > 1) {
    const found = axes.map(({ path }, a) => `${path}: ${sizes[a]}`).join(', ');
    throw new RangeError(`a zip needs axes with equally many values; found ${found}`);
  }
  return {
    kind: 'zip',
    axes,
    size: sizes[0] ?? 1,
    valuesAt: (index) => axes.map(({ values }) => values[index]),
  };
}

/**
 * Points spread evenly: by a Latin hypercube (McKay, Beckman and Conover 1979: each axis is cut into as many strata as
 * there are points, and has one point in each), or by Sobol's sequence with a random digital shift. A list is cut into
 * equal parts, one a value.
 *
 * @param keys - two 32-bit integers for each axis, of the seed
 */
export function sampleOf(given: readonly Axis[], { kind, size }: Sample, keys: Int32Array): Design {
  checkAxes(given);
  if (kind === 'sobol' && given.length > DIMENSIONS_MAX) {
    throw new RangeError(`sobol has at most ${DIMENSIONS_MAX} axes; found ${given.length}`);
  }
  const orders = kind === 'sobol' ? [] : given.map((_, a) => permutation(size, keys, a));
  const shareAt = (index: number, a: number): number => {
    if (kind === 'sobol') return sobol(index, a, keys[2 * a] >>> 0);
    return (orders[a][index] + uniform(keys, a, index, 1)) / size;
  };
  return {
    kind,
    axes: given.map((axis) => (isInterval(axis) ? { path: axis.path, values: [] } : axis)),
    size,
    valuesAt: (index) => given.map((axis, a) => valueAt(axis, shareAt(index, a))),
  };
}

/** @param share - of the way from the low end, or of the list; from 0 to 1, of a list below 1 */
export function valueAt(axis: Axis, share: number): PointValue {
  if (!isInterval(axis)) return axis.values[Math.floor(share * axis.values.length)];
  const { low, high, log, unit } = axis;
  const value = log ? low * (high / low) ** share : low + share * (high - low);
  // More digits say nothing, and make ids that depend on rounding.
  const rounded = Number(value.toPrecision(6));
  return unit === '' ? rounded : `${rounded}${unit}`;
}

/** 0 to size − 1 in random order (Fisher and Yates). */
function permutation(size: number, keys: Int32Array, axis: number): Int32Array {
  const order = Int32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const other = Math.floor(uniform(keys, axis, i, 0) * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

function uniform(keys: Int32Array, axis: number, index: number, draw: number): number {
  return uniformAt(keys[2 * axis], keys[2 * axis + 1], index, draw);
}
