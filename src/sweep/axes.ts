/**
 * Axes of a sweep as the command line has them: `path=a,b,c`, `path=start:end:step`, `path=start:end:*factor`, and for
 * samples `path=low..high` or `path=low..high:log`. Values are YAML, so that they mean what they mean to `--set`.
 */
import type { PointValue, SweepAxis } from '../measure/points.ts';
import { quote } from '../problems.ts';
import { parseYaml } from '../yaml/text.ts';

/** What only samples can be drawn from. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Of equal shares of the logarithm. */
  readonly log: boolean;
  /** Written behind each value, such as `ms` or `/s`; may be empty. */
  readonly unit: string;
}
export type IntervalAxis = Interval & Pick<SweepAxis, 'path'>;
export type Axis = SweepAxis | IntervalAxis;
/** An axis, whatever its path. */
export type AxisValues = Interval | Pick<SweepAxis, 'values'>;

/** Of one range at most. */
const VALUES_MAX = 1_000_000;

export function isInterval(axis: Axis): axis is IntervalAxis {
  return 'low' in axis;
}

/** @throws RangeError saying what was found and what was expected */
export function parseAxis(text: string): Axis {
  const end = text.search(/=/);
  const path = text.slice(0, Math.max(0, end)).trim();
  const spec = text.slice(end + 1).trim();
  if (end < 0 || path === '' || spec === '') {
    throw new RangeError(
      `${quote(text)} is no axis; expected one such as "load[0].rate=100/s:500/s:100/s" or "mesh.mode=none,sidecar"`,
    );
  }
  return { path, ...parseValues(spec) };
}

/** What stands behind the `=`. @throws RangeError as `parseAxis` does */
export function parseValues(spec: string): AxisValues {
  return intervalOf(spec) ?? { values: rangeOf(spec) ?? listOf(spec) };
}

// ---- Numbers with a unit.

export interface Quantity {
  readonly number: number;
  readonly decimals: number;
  readonly unit: string;
}

/** A decimal number with a unit or without; null of other text. */
export function quantityOf(text: string): Quantity | null {
  const match = /^([-+]?\d+(?:\.(\d+))?)\s*([A-Za-zµ%/]*)$/.exec(text.trim());
  if (match === null) return null;
  const [, number, decimals = '', unit] = match;
  return { number: Number(number), decimals: decimals.length, unit };
}

function written(number: number, unit: string): PointValue {
  return unit === '' ? number : `${number}${unit}`;
}

function intervalOf(spec: string): Interval | null {
  const match = /^(.+?)\.\.(.+?)(:log)?$/.exec(spec);
  if (match === null) return null;
  const [low, high] = [quantityOf(match[1]), quantityOf(match[2])];
  if (low === null || high === null) return null;
  const unit = sameUnit(spec, [low, high]);
  const log = match[3] !== undefined;
  if (low.number >= high.number || (log && low.number <= 0)) {
    const wanted = log
      ? 'a low end above 0 and below the high one'
      : 'a low end below the high one';
    throw new RangeError(`${quote(spec)} is no interval; expected ${wanted}`);
  }
  return { low: low.number, high: high.number, log, unit };
}

/** Also in decimal fractions exact: 0.1:0.5:0.1 are five values, and the third is 0.3. */
function rangeOf(spec: string): readonly PointValue[] | null {
  const parts = spec.split(':');
  if (parts.length !== 3 || !parts.every((part) => /^\s*\*?[-+]?\d/.test(part))) return null;
  const isFactor = parts[2].trim().startsWith('*');
  const [start, end, step] = parts.map((part) => quantityOf(part.trim().replace(/^\*/, '')));
  if (start === null || end === null || step === null) {
    throw new RangeError(
      `${quote(spec)} is no range; expected numbers with a unit or without, such as 10ms:50ms:10ms`,
    );
  }
  const unit = sameUnit(spec, isFactor ? [start, end] : [start, end, step]);
  const fits = isFactor ? step.number > 1 && start.number > 0 && step.unit === '' : step.number > 0;
  if (!fits || end.number < start.number) {
    const wanted = isFactor ? 'a factor above 1 without a unit, from above 0' : 'a step above 0';
    throw new RangeError(
      `${quote(spec)} is no range; expected ${wanted}, up to an end not below the start`,
    );
  }
  const numbers = isFactor ? factors(start, end, step) : steps(start, end, step);
  return numbers.map((number) => written(number, unit));
}

function steps(start: Quantity, end: Quantity, step: Quantity): readonly number[] {
  const decimals = Math.max(start.decimals, end.decimals, step.decimals);
  const scale = 10 ** decimals;
  const whole = ({ number }: Quantity) => Math.round(number * scale);
  const count = Math.floor((whole(end) - whole(start)) / whole(step)) + 1;
  checkCount(count);
  const at = (i: number) => Number(((whole(start) + i * whole(step)) / scale).toFixed(decimals));
  return Array.from({ length: count }, (_, i) => at(i));
}

function factors(start: Quantity, end: Quantity, factor: Quantity): readonly number[] {
  const SLACK = 1e-9;
  const count =
    Math.floor(Math.log(end.number / start.number) / Math.log(factor.number) + SLACK) + 1;
  checkCount(count);
  const at = (i: number) => Number((start.number * factor.number ** i).toPrecision(12));
  return Array.from({ length: count }, (_, i) => at(i));
}

function checkCount(count: number): void {
  if (count <= VALUES_MAX) return;
  throw new RangeError(`a range of ${count} values is too long; expected at most ${VALUES_MAX}`);
}

function sameUnit(spec: string, quantities: readonly Quantity[]): string {
  const [{ unit }] = quantities;
  if (quantities.every((one) => one.unit === unit)) return unit;
  throw new RangeError(`${quote(spec)} has different units; expected one, such as 10ms:50ms:10ms`);
}

// ---- Lists.

/** A YAML list without its brackets: commas inside of brackets, braces and quotes are part of a value. */
function listOf(spec: string): readonly PointValue[] {
  const { document, faults } = parseYaml(`[${spec}]`);
  const items = faults.length > 0 ? null : document.toJS();
  if (!Array.isArray(items)) {
    const why = faults.length > 0 ? `: ${faults[0].message}` : '';
    throw new RangeError(`${quote(spec)} is no list of YAML values${why}`);
  }
  return items.map((item) => {
    if (typeof item === 'number' && !Number.isFinite(item)) {
      throw new RangeError(`${quote(item)} is no value of an axis; expected a finite number`);
    }
    if (typeof item !== 'object' || item === null) return item as PointValue;
    const shown = quote(JSON.stringify(item));
    throw new RangeError(
      `${shown} is no value of an axis; expected text, a number, true, false or null`,
    );
  });
}
