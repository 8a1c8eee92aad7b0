/**
 * Addressed random numbers: a draw is a function of (purpose key, request, draw), never of what was drawn before.
 * So request 17 brings the same work under every mesh mode, whatever the order of events, and a mesh whose
 * proxies cost nothing equals no mesh request by request.
 *
 * Keys are made once, outside the engine, from the seed and the purpose's name. A purpose has two keys:
 * with one, all purposes would be stretches of one sequence, which might overlap.
 */

const TWO_POW_MINUS_27 = 2 ** -27;
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
  uniformInto(own, 0, keyA, keyB, request, draw);
  return own[0];
}

const own = new Float64Array(1);

/**
 * The same, left in `registers[slot]`: see registers.ts.
 *
 * @returns the first 32 bits of it, so that who looks it up in a table need not wait for the double
 */
export function uniformInto(
  registers: Float64Array,
  slot: number,
  keyA: number,
  keyB: number,
  request: number,
  draw: number,
): number {
  let a = (keyA + Math.imul(request, 0x9e3779b1)) ^ Math.imul(draw, 0x85ebca77);
  a = Math.imul(a ^ (a >>> 16), 0x21f0aaad);
  a = Math.imul(a ^ (a >>> 15), 0x735a2d97);
  a ^= a >>> 15;
  let b = (keyB ^ a) + Math.imul(request ^ draw, 0xc2b2ae3d);
  b = Math.imul(b ^ (b >>> 16), 0x7feb352d);
  b = Math.imul(b ^ (b >>> 15), 0x846ca68b);
  b ^= b >>> 16;
  a = Math.imul(a ^ (b >>> 13), 0x21f0aaad);
  a ^= a >>> 15;
  registers[slot] = (a >>> 5) * TWO_POW_MINUS_27 + ((a ^ b) >>> 6) * TWO_POW_MINUS_53;
  return a;
}

/** A 32-bit mix of two integers: names a connection or a retry by what it belongs to. */
export function mix(a: number, b: number): number {
  let h = (a ^ Math.imul(b, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}
