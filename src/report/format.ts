/** Numbers as summaries show them: three significant digits, margins to the digit that matters, units once. */
import type { Estimate } from '../measure/result.ts';

/** What stands where there is no number to show. */
export const NONE = '–';

/** Three significant digits, trailing zeros kept, so that columns line up: 3.10, 12.4, 1230. */
export function digits(value: number): string {
  if (value === 0) return '0';
  return value.toFixed(decimalsOf(value));
}

/** `+1.82`, `−0.31`, `0`. */
export function signed(value: number): string {
  const text = digits(Math.abs(value));
  if (Number(text) === 0) return '0';
  return value > 0 ? `+${text}` : `−${text}`;
}

/** An interval so much narrower than its value is of no interest to a reader. */
const NEGLIGIBLE = 1e-4;

/** Half of the interval's width, to the last digit of its value, or one digit of its own: `±0.02`; '' for none. */
export function margin({ value, low, high }: Estimate): string {
  if (low === null || high === null) return '';
  const half = Math.max(high - value, value - low);
  if (half <= Math.abs(value) * NEGLIGIBLE) return '';
  const text = half.toFixed(decimalsOf(value));
  return `±${Number(text) === 0 ? Number(half.toPrecision(1)) : text}`;
}

/** `3.12 ±0.02`. */
export function estimate(of: Estimate | null | undefined): string {
  if (of === null || of === undefined) return NONE;
  return `${digits(of.value)} ${margin(of)}`.trim();
}

export function signedEstimate(of: Estimate): string {
  return `${signed(of.value)} ${margin(of)}`.trim();
}

/** Scaled to another unit. */
export function times(of: Estimate, factor: number): Estimate {
  const { value, low, high } = of;
  return {
    value: value * factor,
    low: low === null ? null : low * factor,
    high: high === null ? null : high * factor,
  };
}

/** `1,234,567`. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A unit and how many of the base unit it is. */
export interface Unit {
  readonly name: string;
  readonly size: number;
}

/** The unit in which a time is at least 1. [ms] */
export function timeUnit(ms: number): Unit {
  return unitFor(ms, [
    { name: 's', size: 1000 },
    { name: 'ms', size: 1 },
    { name: 'µs', size: 1e-3 },
  ]);
}

export function byteUnit(bytes: number): Unit {
  return unitFor(bytes, [
    { name: 'GiB', size: 2 ** 30 },
    { name: 'MiB', size: 2 ** 20 },
    { name: 'KiB', size: 2 ** 10 },
    { name: 'B', size: 1 },
  ]);
}

export function coreUnit(cores: number): Unit {
  return unitFor(cores, [
    { name: 'cores', size: 1 },
    { name: 'millicores', size: 1e-3 },
  ]);
}

/** `61.2 ±0.4 millicores`. */
export function withUnit(of: Estimate | null, unitOf: (value: number) => Unit): string {
  if (of === null) return NONE;
  if (of.value === 0) return '0';
  const { name, size } = unitOf(of.value);
  return `${estimate(times(of, 1 / size))} ${name}`;
}

function unitFor(value: number, units: readonly Unit[]): Unit {
  const found = units.find(({ size }) => Math.abs(value) >= size);
  return found ?? units[units.length - 1];
}

function decimalsOf(value: number): number {
  if (value === 0) return 0;
  // The rounded number decides: 9.996 has one digit before the point, but shows as 10.0.
  const rounded = Number(Math.abs(value).toPrecision(3));
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(rounded))));
}
