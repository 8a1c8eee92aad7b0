/** Rounding to significant digits: what a number keeps when it is published, or compared with a golden one. */

/**
 * `Math.log` and `Math.exp` are only as portable as the JavaScript engine, and sums differ in the last bits with
 * their order, so published numbers keep six digits. Whole numbers are rounded as well: see `roundFraction`.
 *
 * @param digits - 1 to 15
 * @throws RangeError for NaN and the infinities: they are no measurements
 */
export function roundSignificant(value: number, digits = 6): number {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number to publish`);
  return Number(value.toPrecision(digits));
}

/** As `roundSignificant`, but whole numbers, which are counts, stay exact. */
export function roundFraction(value: number, digits = 6): number {
  // Adding 0 turns −0, which JSON does not know, into 0.
  return Number.isSafeInteger(value) ? value + 0 : roundSignificant(value, digits);
}
