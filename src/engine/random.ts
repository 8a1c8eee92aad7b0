/**
 * Addressed random numbers: a draw is a function of (purpose key, request, draw), never of what was drawn before.
 * So request 17 brings the same work under every mesh mode, whatever the order of events, and a mesh whose
 * proxies cost nothing equals no mesh request by request.
 *
 * Keys are made once, outside the engine, from the seed and the purpose's name. A purpose has two keys:
 * with one, all purposes would be stretches of one sequence, which might overlap.
 */

const TWO_POW_MINUS_15 = 2 ** -15;
const TWO_POW_MINUS_27 = 2 ** -27;
const TWO_POW_MINUS_41 = 2 ** -41;
const TWO_POW_MINUS_53 = 2 ** -53;

/**
 * A uniform of 53 bits in [0, 1) for an address.
 *
 * Three rounds of a 32-bit finaliser (Stafford's mix, multipliers found by Wellons' "hash prospector") over a
 * Weyl sequence of the request and the draw give the high 27 bits; the low 26 are of the second round, with the third
 * over them, as alone they still showed the top bit of a key. `test/engine/random.test.ts` holds neighbours, purposes
 * and draws to chi-squared tests in two dimensions.
 *
 * @param keyA - first key of the purpose, any 32-bit integer
 * @param keyB - second key of the purpose, any 32-bit integer
 * @param request - number of the request, a 32-bit integer
 * @param draw - which draw of this purpose, mixed with the attempt; any 32-bit integer
 */
export function uniformAt(keyA: number, keyB: number, request: number, draw: number): number {
  const a = begin(keyA, request, draw);
  const b = middle(keyB, a, request, draw);
  return uniformOf(end(a, b), b);
}

/** The same, left in `registers[slot]`: see registers.ts. */
export function uniformInto(
  registers: Float64Array,
  slot: number,
  keyA: number,
  keyB: number,
  request: number,
  draw: number,
): void {
  registers[slot] = uniformAt(keyA, keyB, request, draw);
}

// The rounds, apart for who has no use for the double: all go from integers to an integer.

/** The first round, from an address. */
export function begin(keyA: number, request: number, draw: number): number {
  let a = (keyA + Math.imul(request, 0x9e3779b1)) ^ Math.imul(draw, 0x85ebca77);
  a = Math.imul(a ^ (a >>> 16), 0x21f0aaad);
  a = Math.imul(a ^ (a >>> 15), 0x735a2d97);
  return a ^ (a >>> 15);
}

/** The second round, of `a` from the first. */
export function middle(keyB: number, a: number, request: number, draw: number): number {
  let b = (keyB ^ a) + Math.imul(request ^ draw, 0xc2b2ae3d);
  b = Math.imul(b ^ (b >>> 16), 0x7feb352d);
  b = Math.imul(b ^ (b >>> 15), 0x846ca68b);
  return b ^ (b >>> 16);
}

/** The third round, of `a` and `b` from those before. @returns 32 bits, of which the uniform begins with 27 */
export function end(a: number, b: number): number {
  const c = Math.imul(a ^ (b >>> 13), 0x21f0aaad);
  return c ^ (c >>> 15);
}

/** The uniform that the last two rounds make: 27 bits of `c`, then 26 of `b` with `c` over them. */
export function uniformOf(c: number, b: number): number {
  return (c >>> 5) * TWO_POW_MINUS_27 + ((c ^ b) >>> 6) * TWO_POW_MINUS_53;
}

/** How far that uniform lies behind the multiple of 2^-12 below it, as a share of 2^-12; `c >>> 20` is the multiple. */
export function restOf(c: number, b: number): number {
  return ((c >>> 5) & 0x7fff) * TWO_POW_MINUS_15 + ((c ^ b) >>> 6) * TWO_POW_MINUS_41;
}

/** A 32-bit mix of two integers: names a connection or a retry by what it belongs to. */
export function mix(a: number, b: number): number {
  let h = (a ^ Math.imul(b, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}
