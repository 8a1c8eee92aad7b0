/**
 * Where the start-up transient of a simulation ends: MSER-5, which cuts so much that the mean of the rest has the
 * least estimated error (White 1997; White and Spratt 2000; Hoad, Robinson and Davies 2010 compare it with others).
 */

/** Observations averaged to one value of the series. */
const GROUP = 5;
/** The statistic of a few last values is a matter of luck: they are never all that remains. */
const REST_MIN = 5;
/** Below this many values the rule has nothing to work on. */
const SERIES_MIN = 2 * REST_MIN;

export interface Cut {
  /** Values at the start of the series to leave out. */
  readonly count: number;
  /** False: the least error lies in the second half, or the series is too short; a longer run is needed. */
  readonly reached: boolean;
}

/** MSER-5 of single observations in their order; the cut counts observations, and is a multiple of five. */
export function mser5(observations: readonly number[]): Cut {
  const { count, reached } = mser(meansOfFive(observations));
  return { count: count * GROUP, reached };
}

/** Means of consecutive groups of five; what does not fill a group at the end is left out. */
export function meansOfFive(observations: readonly number[]): readonly number[] {
  return Array.from({ length: Math.floor(observations.length / GROUP) }, (_, group) => {
    let sum = 0;
    for (let i = group * GROUP; i < (group + 1) * GROUP; i++) sum += observations[i];
    return sum / GROUP;
  });
}

/**
 * The marginal standard error rule on a series of means: the cut d with the least
 * Σ (y_i − ȳ)² / (n − d)², over i and ȳ of what remains after d. Of equal ones the earliest.
 * A cut in the second half is not believed: then `reached` is false and the cut is half of the series.
 */
export function mser(means: readonly number[]): Cut {
  if (means.length < SERIES_MIN) return { count: 0, reached: false };
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let centre = 0;
  let squares = 0;
  // From the end, so that mean and sum of squares of the rest grow by one value a step (Welford 1962).
  for (let d = means.length - 1; d >= 0; d--) {
    const rest = means.length - d;
    const step = means[d] - centre;
    centre += step / rest;
    squares += step * (means[d] - centre);
    const error = squares / rest ** 2;
    if (rest >= REST_MIN && error <= least) {
      least = error;
      best = d;
    }
  }
  const half = Math.floor(means.length / 2);
  return best <= half ? { count: best, reached: true } : { count: half, reached: false };
}
