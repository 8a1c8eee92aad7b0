/** Costs as recipes and profiles write them, times and sizes: to one number in ns or B, and back in a unit of choice. */
import { expected, parseBytes, parseTime } from '../../units.ts';

export type Quantity = 'time' | 'bytes';

/** Units that profiles use; the first of each quantity is the one of computation. */
const units = {
  time: ['ns', 'us', 'ms', 's'],
  bytes: ['B', 'KB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'],
} as const satisfies Record<Quantity, readonly string[]>;

export const unitNames = [...units.time, ...units.bytes] as const;
export type UnitName = (typeof unitNames)[number];

/** As a profile is rounded. */
const DIGITS = 3;

/** A cost in a unit of its own: 63.1 KB. */
export interface Cost {
  readonly amount: number;
  readonly unit: UnitName;
}

export function quantityOf(unit: UnitName): Quantity {
  return (units.time as readonly string[]).includes(unit) ? 'time' : 'bytes';
}

/** How many ns or B a unit is. */
export function sizeOf(unit: UnitName): number {
  return quantityOf(unit) === 'time' ? parseTime(`1${unit}`) : parseBytes(`1${unit}`);
}

/** In ns or B. */
export function baseValue({ amount, unit }: Cost): number {
  return amount * sizeOf(unit);
}

/** `63.1KB`, `2.4 us`. @throws RangeError for the user */
export function parseCost(written: string): Cost {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(written.trim()) ?? [];
  const name = unitNames.find((known) => known === unit);
  if (name !== undefined) return { amount: Number(amount), unit: name };
  throw new RangeError(
    `${JSON.stringify(written)} is no cost; expected ${expected.time}, or ${expected.bytes}`,
  );
}

/** As a profile writes it, to three digits and without exponents: `63.1KB`. @param value - in ns or B */
export function writeCost(value: number, unit: UnitName): string {
  const digits = { maximumSignificantDigits: DIGITS, useGrouping: false };
  return `${(value / sizeOf(unit)).toLocaleString('en-US', digits)}${unit}`;
}

/** The unit, of powers of ten, in which a value is at least 1. */
export function unitFor(value: number, quantity: Quantity): UnitName {
  const decimal = units[quantity].filter((unit) => !unit.endsWith('iB'));
  return decimal.findLast((unit) => Math.abs(value) >= sizeOf(unit)) ?? decimal[0];
}
