/**
 * Quantities: text such as `250us`, `2KiB`, `800/s` or `95%` to one number in one unit, and back.
 * Inside meshsim time is whole nanoseconds, size is bytes, rate is per second, a share is 0 to 1.
 */

/** A span or an instant of simulated time, in whole nanoseconds. 2^53 ns are 104 days. */
export type Nanos = number & { readonly unit?: 'ns' };
/** A size in bytes. */
export type Bytes = number & { readonly unit?: 'B' };
/** Events per second. */
export type PerSecond = number & { readonly unit?: '/s' };

export const MICROSECOND = 1e3;
export const MILLISECOND = 1e6;
export const SECOND = 1e9;
export const MINUTE = 60e9;
export const HOUR = 3600e9;

/** Longest first, as compound times are written. [ns] */
const timeUnits: readonly (readonly [unit: string, nanos: number])[] = [
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
  ['ms', MILLISECOND],
  ['µs', MICROSECOND],
  ['ns', 1],
];
/** The same by name, with what else may be written. `µ` comes in two code points. */
const timeScales = new Map([
  ...timeUnits,
  ['us', MICROSECOND],
  ['\u03bcs', MICROSECOND],
  ['min', MINUTE],
] as const);
/** Powers of 1024, then of 1000. [B] */
const binaryUnits = { TiB: 2 ** 40, GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10, B: 1 };
const sizeUnits = new Map(
  Object.entries({ ...binaryUnits, KB: 1e3, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }),
);
const rateUnits = new Map([
  ['/s', 1],
  ['/min', 1 / 60],
  ['/h', 1 / 3600],
]);
const bandwidthUnits = new Map([
  ['bit/s', 1],
  ['kbit/s', 1e3],
  ['Mbit/s', 1e6],
  ['Gbit/s', 1e9],
  ['Tbit/s', 1e12],
]);
const shareUnits = new Map([['%', 0.01]]);
const coreUnits = new Map([['m', 0.001]]);

/** What a user may write, for messages: `expected ${expected.time}`. */
export const expected = {
  time: 'a time such as "250us", "1.5ms" or "1m30s"',
  bytes: 'a size such as "300B", "2KiB" or "1MB"',
  rate: 'a rate such as "800/s", "30/min" or "2/h"',
  share: 'a share such as "95%" or 0.95',
  bandwidth: 'a bandwidth such as "10Gbit/s"',
  cores: 'a number of cores such as "500m" or 2',
} as const;
export type Quantity = keyof typeof expected;

/**
 * `250us`, `1.5ms`, `2m`, `1h`, compound as in `1m30s`; a bare 0 needs no unit. Rounded to whole nanoseconds.
 *
 * @throws RangeError with a text for the user; so do the other parsers
 */
export function parseTime(written: string | number): Nanos {
  const text = String(written).trim();
  if (text === '0') return 0;
  refuseNegative('time', text);
  const part = /(\d+(?:\.\d+)?) ?(ns|us|µs|μs|ms|s|min|m|h) ?/y;
  let nanos = 0;
  let smallest = Number.POSITIVE_INFINITY;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    const unit = match === null ? 0 : (timeScales.get(match[2]) ?? 0);
    // Units must shrink from part to part: `30s1m` is a slip of the pen.
    if (match === null || unit >= smallest) throw noSuch('time', text);
    nanos += Number(match[1]) * unit;
    smallest = unit;
  }
  if (text === '') throw noSuch('time', text);
  if (nanos > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`${shown(text)} is too long; the simulated clock holds 104 days`);
  }
  return Math.round(nanos);
}

/** `300B`, `2KiB` (1024), `1MB` (10^6), rounded to whole bytes; a bare 0 needs no unit. */
export function parseBytes(written: string | number): Bytes {
  return Math.round(parseScaled('bytes', written, sizeUnits, { max: Number.MAX_SAFE_INTEGER }));
}

/** `800/s`, `30/min`, `2/h`; a bare 0 needs no unit. */
export function parseRate(written: string | number): PerSecond {
  return parseScaled('rate', written, rateUnits, { max: 1e9 });
}

/** `95%` or `0.95`. May be above 1, as an overhead can be. */
export function parseShare(written: string | number): number {
  return parseScaled('share', written, shareUnits, { bare: true, max: 1e9 });
}

/** `10Gbit/s`, in bits per second. */
export function parseBandwidth(written: string | number): number {
  return parseScaled('bandwidth', written, bandwidthUnits, { max: 1e18 });
}

/** `500m` or `2`. */
export function parseCores(written: string | number): number {
  return parseScaled('cores', written, coreUnits, { bare: true, max: 1e9 });
}

/** `1.5 ms`, `250 µs`, with three significant digits; from a minute on to the second, `1m30s`, from an hour on to the minute. */
export function formatTime(nanos: number): string {
  if (!Number.isFinite(nanos)) return String(nanos);
  if (nanos < 0) return `-${formatTime(-nanos)}`;
  if (nanos === 0) return '0 s';
  if (digits(nanos / SECOND) >= 60) return formatLongTime(nanos);
  // The rounded number decides the unit: 999.7 µs are 1 ms.
  const [unit, scale] = timeUnits.find((entry) => digits(nanos / entry[1]) >= 1) ?? ['ns', 1];
  return `${digits(nanos / scale)} ${unit}`;
}

/** `300 B`, `1.5 MiB`. Three significant digits. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return String(bytes);
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  const found = Object.entries(binaryUnits).find(([, scale]) => digits(bytes / scale) >= 1);
  const [unit, scale] = found ?? ['B', 1];
  return `${digits(bytes / scale)} ${unit}`;
}

/** `800/s`. Three significant digits. */
export function formatRate(rate: number): string {
  return `${digits(rate)}/s`;
}

/** `0.1%`. Three significant digits. */
export function formatShare(share: number): string {
  return `${digits(share * 100)}%`;
}

/** `61m` below one core, else `2.5`. Three significant digits. */
export function formatCores(cores: number): string {
  const rounded = digits(cores);
  return rounded === 0 || Math.abs(rounded) >= 1 ? `${rounded}` : `${digits(cores * 1000)}m`;
}

/** A number and one unit of a table; without a unit only if `bare`, or for 0. */
function parseScaled(
  quantity: Quantity,
  written: string | number,
  units: ReadonlyMap<string, number>,
  { bare = false, max }: { readonly bare?: boolean; readonly max: number },
): number {
  const text = String(written).trim();
  refuseNegative(quantity, text);
  const [, number, unit] = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?) ?(.*)$/i.exec(text) ?? [];
  const isBare = unit === '' && (bare || Number(number) === 0);
  const scale = isBare ? 1 : units.get(unit);
  if (scale === undefined) throw noSuch(quantity, text);
  const value = Number(number) * scale;
  if (value > max) throw new RangeError(`${shown(text)} is too large; expected at most ${max}`);
  return value;
}

function refuseNegative(quantity: Quantity, text: string): void {
  if (!/^-\s*[\d.]/.test(text)) return;
  throw new RangeError(`${shown(text)} is negative; expected ${expected[quantity]}`);
}

function noSuch(quantity: Quantity, text: string): RangeError {
  const isNumber = /^\d+(\.\d+)?$/.test(text);
  const verdict = isNumber ? 'has no unit' : `is no ${nouns[quantity] ?? quantity}`;
  return new RangeError(`${shown(text)} ${verdict}; expected ${expected[quantity]}`);
}

/** Where the word for a quantity is not its name. */
const nouns: Readonly<Partial<Record<Quantity, string>>> = {
  bytes: 'size',
  cores: 'number of cores',
};

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Minutes and seconds, or hours and minutes; those that are zero are left out. */
function formatLongTime(nanos: number): string {
  const step = nanos >= HOUR ? MINUTE : SECOND;
  let rest = Math.round(nanos / step) * step;
  let text = '';
  for (const [unit, scale] of timeUnits.slice(0, 3)) {
    const count = Math.floor(rest / scale);
    rest -= count * scale;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** Rounded to three significant digits. */
function digits(value: number): number {
  return Number(value.toPrecision(3));
}
