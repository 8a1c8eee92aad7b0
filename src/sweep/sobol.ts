/**
 * Sobol's sequence (1967), by the direction numbers of Joe and Kuo, "Constructing Sobol sequences with better
 * two-dimensional projections" (2008), new-joe-kuo-6.21201; shifted digit by digit by a random number (Matoušek 1998), so
 * that it is another one for every seed and stays as even.
 */

const BITS = 32;
/** By dimension from the second on: the primitive polynomial's inner coefficients, and the first direction numbers. */
const numbers: readonly (readonly [a: number, m: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
];
export const DIMENSIONS_MAX = numbers.length + 1;

/** By dimension, by bit of the index. */
const directions: readonly Uint32Array[] = [
  Uint32Array.from({ length: BITS }, (_, bit) => 2 ** (BITS - 1 - bit)),
  ...numbers.map(([a, m]) => {
    const degree = m.length;
    const v = new Uint32Array(BITS);
    m.forEach((odd, bit) => {
      v[bit] = odd * 2 ** (BITS - 1 - bit);
    });
    for (let bit = degree; bit < BITS; bit++) {
      v[bit] = v[bit - degree] ^ (v[bit - degree] >>> degree);
      for (let k = 1; k < degree; k++) {
        if ((a >>> (degree - 1 - k)) & 1) v[bit] ^= v[bit - k];
      }
    }
    return v;
  }),
];

/** In [0, 1). @param shift - a 32-bit integer, 0 for the plain sequence */
export function sobol(index: number, dimension: number, shift: number): number {
  const v = directions[dimension];
  let x = shift;
  // By Gray code, so that neighbours differ in one direction.
  let gray = index ^ (index >>> 1);
  for (let bit = 0; gray !== 0; bit++, gray >>>= 1) if (gray & 1) x ^= v[bit];
  return (x >>> 0) / 2 ** BITS;
}
