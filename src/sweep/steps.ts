/** An axis as the steps that a search goes along: numbers in rising order, as the scenario has them and as they are. */
import type { SweepAxis } from '../measure/points.ts';
import { quote } from '../problems.ts';
import { type Axis, isInterval, quantityOf } from './axes.ts';
import { valueAt } from './design.ts';

export interface Steps {
  readonly axis: SweepAxis;
  /** The values without their unit. */
  readonly numbers: readonly number[];
}

/** An interval is cut into so many parts: to be exact, one writes a range. */
const PARTS = 128;

/** @throws RangeError if values are no numbers, or have different units */
export function stepsOf(given: Axis): Steps {
  const { path } = given;
  const values = isInterval(given)
    ? Array.from({ length: PARTS + 1 }, (_, i) => valueAt(given, i / PARTS))
    : given.values;
  const all = values.map((value) => {
    const quantity = quantityOf(String(value));
    if (quantity !== null) return { value, ...quantity };
    throw new RangeError(
      `axis ${quote(path)} has the value ${quote(String(value))}; to look along it expected numbers, with a unit or without`,
    );
  });
  const units = [...new Set(all.map(({ unit }) => unit))];
  if (units.length > 1) {
    throw new RangeError(`axis ${quote(path)} has different units: ${units.map(quote).join(', ')}`);
  }
  const rising = all
    .toSorted((a, b) => a.number - b.number)
    .filter(({ number }, i, sorted) => i === 0 || number > sorted[i - 1].number);
  return {
    axis: { path, values: rising.map(({ value }) => value) },
    numbers: rising.map(({ number }) => number),
  };
}
