/** Estimates of quantities that cannot be negative, from one value a replication, in the unit of the result. */
import { meanInterval } from './interval.ts';
import type { Estimate } from './result.ts';

/** Mean over replications; an interval from two of them on, cut off at zero, which no such quantity passes. */
export function across(values: readonly number[], unit = 1): Estimate {
  return nonNegative(scaled(meanInterval(values), 1 / unit));
}

export function scaled({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: value * factor, low: times(low, factor), high: times(high, factor) };
}

export function nonNegative({ value, low, high }: Estimate): Estimate {
  return { value, low: low === null ? null : Math.max(0, low), high };
}

export function withoutInterval(value: number): Estimate {
  return { value, low: null, high: null };
}

function times(bound: number | null, factor: number): number | null {
  return bound === null ? null : bound * factor;
}
