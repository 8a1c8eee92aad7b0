/** What options of the command line change in a scenario. */
import type { Overrides } from '../scenario/load.ts';

export interface OverrideOptions {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly reps?: string;
  readonly until?: string;
  readonly threshold: readonly string[];
}

export function overridesOf({
  set,
  seed,
  reps,
  until,
  threshold,
}: OverrideOptions): Overrides & { readonly set: readonly string[] } {
  return {
    set,
    thresholds: threshold,
    ...(seed === undefined ? {} : { seed }),
    ...(reps === undefined ? {} : { reps }),
    ...(until === undefined ? {} : { until }),
  };
}
