/** The logarithm of the gamma function. */

const LN_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);
/** Stirling's series is exact to a double from here on. */
const FAR = 12;

/** Stirling's series, after stepping up to where it converges. @param x - above 0 */
export function logGamma(x: number): number {
  let steps = 1;
  let z = x;
  while (z < FAR) steps *= z++;
  const w = 1 / (z * z);
  // Bernoulli numbers B2n / (2n (2n − 1)).
  const series =
    (1 / 12 -
      w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - (w * 691) / 360360))))) /
    z;
  return (z - 0.5) * Math.log(z) - z + LN_SQRT_2PI + series - Math.log(steps);
}
