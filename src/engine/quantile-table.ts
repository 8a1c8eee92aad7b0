/**
 * A distribution as a table of quantiles, so that a sample costs one look-up, whatever the distribution.
 *
 * The share axis is cut into equally likely bins, and between their ends the inverse is a straight line. Where it
 * bends too much for that (the tails, a jump, the way from the fast to the slow phase of a hyperexponential) the
 * exact inverse is used instead: see `EXCESS_MAX`.
 */
import type { Distribution } from './distributions.ts';
import { begin, end, middle, restOf, uniformOf } from './random.ts';

const BINS = 4096;
/** Of the 32 bits that a uniform begins with, those that do not tell its bin. */
const BIN_SHIFT = 20;
/**
 * What the straight lines may put wrong in the mean, as a share of it: below 1e-6. Bins leave the straight part, the
 * most bent first, until the sum of what is left is below this. An exponential then has 42 exact bins, a lognormal
 * of cv 1 has 69, a hyperexponential of cv 2 has 172; most lie in the upper tail.
 */
const EXCESS_MAX = 5e-7;

export class QuantileTable {
  /** All samples are `value`. */
  readonly isConstant: boolean;
  /** The only value, in whole nanoseconds; of a table that is not constant, the mean. */
  readonly value: number;
  /** Of the distribution, not of the table. [ns, ns²] */
  readonly mean: number;
  readonly variance: number;
  private readonly distribution: Distribution;
  /** knots[i] = quantile(i / BINS); the last one, at 1, belongs to a bin that is always exact. */
  private readonly knots: Float64Array;
  /** By bin: 1 where the exact inverse is used. */
  private readonly isExact: Uint8Array;
  /** The longest run of bins whose inverse is a straight line, so that most draws need not look at `isExact`. */
  private straightFrom = 0;
  private straightTo = 0;

  constructor(distribution: Distribution) {
    this.distribution = distribution;
    this.mean = distribution.mean;
    this.variance = distribution.variance;
    this.isConstant = distribution.variance === 0;
    this.value = this.isConstant ? Math.round(distribution.quantile(0.5)) : distribution.mean;
    this.knots = new Float64Array(this.isConstant ? 0 : BINS + 1);
    this.isExact = new Uint8Array(this.isConstant ? 0 : BINS);
    if (!this.isConstant) {
      this.fill();
      this.findRun();
    }
  }

  /**
   * The sample that belongs to a uniform draw. [ns, not negative, finite, not rounded]
   *
   * @param u - in [0, 1)
   */
  sample(u: number): number {
    if (this.isConstant) return this.value;
    const x = u * BINS;
    const bin = x | 0;
    if (this.isExact[bin] === 1) return this.distribution.quantile(u);
    const low = this.knots[bin];
    return low + (this.knots[bin + 1] - low) * (x - bin);
  }

  /** Leaves in `registers[to]` the sample that belongs to the uniform at an address, in whole nanoseconds. */
  drawInto(
    registers: Float64Array,
    to: number,
    keyA: number,
    keyB: number,
    request: number,
    draw: number,
  ): void {
    // The bin is known before the uniform is: it is all that the table must wait for.
    const a = begin(keyA, request, draw);
    const b = middle(keyB, a, request, draw);
    const c = end(a, b);
    const bin = c >>> BIN_SHIFT;
    const isInRun = bin >= this.straightFrom && bin < this.straightTo;
    if (!isInRun && this.isExact[bin] === 1) {
      registers[to] = Math.floor(this.distribution.quantile(uniformOf(c, b)) + 0.5);
      return;
    }
    const low = this.knots[bin];
    registers[to] = Math.floor(low + (this.knots[bin + 1] - low) * restOf(c, b) + 0.5);
  }

  /** How many bins use the exact inverse. */
  get exactBinCount(): number {
    return this.isExact.reduce((sum, flag) => sum + flag, 0);
  }

  private fill(): void {
    const { knots, isExact, distribution } = this;
    for (let i = 0; i < BINS; i++) knots[i] = distribution.quantile(i / BINS);
    // By bin: its excess, which is what the line puts wrong in the mean (Simpson's rule: two thirds of the gap in the middle).
    const excess = new Float64Array(BINS);
    for (let i = 1; i < BINS - 1; i++) {
      const middle = distribution.quantile((i + 0.5) / BINS);
      excess[i] = (Math.abs((knots[i] + knots[i + 1]) / 2 - middle) * (2 / 3)) / BINS;
    }
    isExact[0] = 1;
    isExact[BINS - 1] = 1;
    let left = excess.reduce((sum, e) => sum + e, 0);
    const mostBentFirst = Uint16Array.from(excess.keys()).sort((a, b) => excess[b] - excess[a]);
    for (const bin of mostBentFirst) {
      if (left <= EXCESS_MAX * this.mean) break;
      isExact[bin] = 1;
      left -= excess[bin];
    }
  }

  private findRun(): void {
    for (let from = 0; from < BINS; from++) {
      let to = from;
      while (to < BINS && this.isExact[to] === 0) to++;
      if (to - from > this.straightTo - this.straightFrom) {
        this.straightFrom = from;
        this.straightTo = to;
      }
      from = to;
    }
  }
}
