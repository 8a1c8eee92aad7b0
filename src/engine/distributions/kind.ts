/** What a distribution is: a mean, a variance, and the inverse of its distribution function. */

/** A distribution of times. [ns] */
export interface Distribution {
  readonly mean: number;
  /** Infinity where it has none. [ns²] */
  readonly variance: number;
  /** Inverse of the distribution function. `u` in [0, 1); the result is in [0, TIME_MAX]. [ns] */
  quantile(u: number): number;
}

/**
 * What a parameter may be: `time` in ns, not negative; `positive` a number above 0; `share` a number of [0, 1];
 * `points` pairs of [share, time]; `distribution` another distribution.
 */
export type ParameterKind = 'time' | 'positive' | 'share' | 'points' | 'distribution';

/** A kind of distribution, as the registry has it. */
export interface DistributionKind {
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  /** @throws RangeError, with a text for the user, if the parameters make no sense */
  of(parameters: Readonly<Record<string, unknown>>): Distribution;
}

/** No time is longer: 2^53 − 1 ns, about 104 days. */
export const TIME_MAX = Number.MAX_SAFE_INTEGER;

/** A time parameter. @throws RangeError if it is not a finite number of at least 0 */
export function time(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= TIME_MAX) return value;
  throw new RangeError(`${name} is "${shown(value)}"; expected a time from 0 to 104 days`);
}

/** @throws RangeError if the value is not a finite number above `above` (or, with `orEqual`, at it) */
export function number(
  name: string,
  value: unknown,
  { above, orEqual = false }: { readonly above: number; readonly orEqual?: boolean },
): number {
  const fits = typeof value === 'number' && (orEqual ? value >= above : value > above);
  if (fits && Number.isFinite(value)) return value;
  const bound = orEqual ? `of at least ${above}` : `above ${above}`;
  throw new RangeError(`${name} is "${shown(value)}"; expected a number ${bound}`);
}

/** @throws RangeError if the value is no distribution */
export function distribution(name: string, value: unknown): Distribution {
  if (typeof value === 'object' && value !== null && 'quantile' in value)
    return value as Distribution;
  throw new RangeError(`${name} is "${shown(value)}"; expected a distribution`);
}

/** Keeps a quantile finite and within what the clock can hold. */
export function capped(value: number): number {
  return value <= TIME_MAX ? value : TIME_MAX;
}

export function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
