/** Seeded synthetic data for the tests of measures: uniform, normal and exponential values, and waits in a queue. */
import { mix, uniformAt } from '../../src/engine/random.ts';

export type Draw = () => number;

/** Uniform in (0, 1), another sequence for every seed. */
export function uniforms(seed: number): Draw {
  const keyA = mix(seed, 0x51ab);
  const keyB = mix(seed, 0x7e37);
  let request = 0;
  return () => uniformAt(keyA, keyB, request++, 0) || Number.EPSILON;
}

/** Exponential with mean 1. */
export function exponentials(seed: number): Draw {
  const uniform = uniforms(seed);
  return () => -Math.log(uniform());
}

/** Standard normal (Box and Muller 1958). */
export function normals(seed: number): Draw {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Sojourn times in an M/M/1 queue with mean service time 1, after 1000 customers of warm-up (Lindley 1952). */
export function sojourns(seed: number, utilisation: number, count: number): readonly number[] {
  const exponential = exponentials(seed);
  let sojourn = 0;
  const next = () => {
    const gap = exponential() / utilisation;
    sojourn = Math.max(0, sojourn - gap) + exponential();
    return sojourn;
  };
  for (let i = 0; i < 1000; i++) next();
  return Array.from({ length: count }, next);
}

export function take(draw: Draw, count: number): readonly number[] {
  return Array.from({ length: count }, draw);
}
