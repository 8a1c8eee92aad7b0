/** How far ahead events are scheduled, in the hold model: draws taken beforehand, so that only the calendar is timed. */

/** Draws of a sequence; a power of two. */
const DRAWS = 1 << 16;
const MEAN = 1e6;

type Draw = (uniform: () => number, i: number) => number;

/** By name; all whole nanoseconds. */
const draws = {
  /** Exponential: the classical hold model. */
  exponential: (uniform) => -Math.log(1 - uniform()) * MEAN,
  /** Nine in ten near, one in ten a thousand times as far: work and time-outs. */
  bimodal: (uniform) => -Math.log(1 - uniform()) * (uniform() < 0.9 ? MEAN / 100 : MEAN * 10),
  /** A thousand events within a microsecond, then a thousand spread wide: push storms. */
  bursts: (uniform, i) => uniform() * (i % 2048 < 1024 ? 1e3 : 2 * MEAN),
  /** Ten different times only: many events at once. */
  ties: (uniform) => Math.ceil(uniform() * 10) * (MEAN / 10),
} satisfies Record<string, Draw>;

export type IncrementName = keyof typeof draws;
export const incrementNames = Object.keys(draws) as IncrementName[];

/** A sequence of increments, to be gone through again and again: index it with `& (length − 1)`. */
export function increments(name: IncrementName, seed: number): Float64Array {
  const uniform = uniformFrom(seed);
  const draw: Draw = draws[name];
  return Float64Array.from({ length: DRAWS }, (_, i) => Math.round(draw(uniform, i)));
}

/** Mulberry32: a stateful generator is good enough to time a queue. */
export function uniformFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
