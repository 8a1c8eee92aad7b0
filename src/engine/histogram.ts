/**
 * How often latencies of each size occurred: counts in log-linear buckets, as in HdrHistogram with three digits.
 * Values below 2048 ns have a bucket each; above, every octave has 1024 equally wide ones. So a bucket's middle is
 * within 0.05 % of everything in it. Only the octaves between the least and the largest value take memory.
 */

/** Buckets of an octave, and of a step in which the array grows. */
const OCTAVE = 1024;
const TWO_POW_31 = 2 ** 31;
/** Shifts the doubles of [2^31, 2^53) to integers of [2^10, 2^32). */
const FAR_SHIFT = 21;
const TWO_POW_MINUS_21 = 2 ** -FAR_SHIFT;
/** Buckets of all values up to 2^53 − 1. */
export const BUCKET_COUNT = 44 * OCTAVE;

/** Fields of `stats`; doubles in an array, because in fields of the object every write would box them. */
const COUNT = 0;
const SUM = 1;
const LEAST = 2;
const MOST = 3;

/** The bucket of a value. [ns, 0 to 2^53 − 1; fractions are cut off] */
export function indexOf(value: number): number {
  if (value < TWO_POW_31) {
    const whole = value | 0;
    // The octave of 1024 to 2047 is the first; below it buckets are as wide, 1 ns.
    const shift = 21 - Math.clz32(whole | OCTAVE);
    return shift * OCTAVE + (whole >>> shift);
  }
  const high = (value * TWO_POW_MINUS_21) >>> 0;
  const shift = 21 - Math.clz32(high);
  return (shift + FAR_SHIFT) * OCTAVE + (high >>> shift);
}

/** The least value of a bucket. [ns] */
export function lowestOf(index: number): number {
  if (index < 2 * OCTAVE) return index;
  return (OCTAVE + (index % OCTAVE)) * widthOf(index);
}

/** The largest whole value of a bucket. [ns] */
export function highestOf(index: number): number {
  return lowestOf(index) + widthOf(index) - 1;
}

function widthOf(index: number): number {
  return index < 2 * OCTAVE ? 1 : 2 ** (Math.floor(index / OCTAVE) - 1);
}

export class LatencyHistogram {
  /** By bucket, from bucket `first` on; whole octaves. */
  private counts = new Float64Array(0);
  private first = 0;
  private readonly stats = Float64Array.of(0, 0, Number.POSITIVE_INFINITY, 0);

  get count(): number {
    return this.stats[COUNT];
  }

  /** Sum of all values over their count, not of buckets; 0 of nothing. [ns] */
  get mean(): number {
    return this.count === 0 ? 0 : this.stats[SUM] / this.count;
  }

  /** 0 of nothing. [ns] */
  get min(): number {
    return this.count === 0 ? 0 : this.stats[LEAST];
  }

  /** 0 of nothing. [ns] */
  get max(): number {
    return this.stats[MOST];
  }

  /** @param ns - 0 to 2^53 − 1 */
  record(ns: number): void {
    const index = indexOf(ns);
    let at = index - this.first;
    if (at < 0 || at >= this.counts.length) {
      this.cover(index);
      at = index - this.first;
    }
    this.counts[at]++;
    const stats = this.stats;
    stats[COUNT]++;
    stats[SUM] += ns;
    if (ns < stats[LEAST]) stats[LEAST] = ns;
    if (ns > stats[MOST]) stats[MOST] = ns;
  }

  /**
   * The middle of the bucket that holds the value of rank ⌈q · count⌉, so within 0.05 % of it; 0 of nothing.
   *
   * @param q - 0 (the least) to 1 (the largest)
   */
  quantile(q: number): number {
    const { counts, first } = this;
    const rank = Math.min(Math.max(1, Math.ceil(q * this.count)), this.count);
    if (rank === this.count) return this.max;
    let seen = 0;
    for (let i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        const middle = (lowestOf(first + i) + highestOf(first + i)) / 2;
        return Math.min(Math.max(middle, this.min), this.max);
      }
    }
    return this.max;
  }

  /** Counts all of another histogram too. */
  add(other: LatencyHistogram): void {
    if (other.count === 0) return;
    this.cover(other.first);
    this.cover(other.first + other.counts.length - 1);
    const shift = other.first - this.first;
    for (let i = 0; i < other.counts.length; i++) this.counts[shift + i] += other.counts[i];
    this.stats[COUNT] += other.stats[COUNT];
    this.stats[SUM] += other.stats[SUM];
    this.stats[LEAST] = Math.min(this.stats[LEAST], other.stats[LEAST]);
    this.stats[MOST] = Math.max(this.stats[MOST], other.stats[MOST]);
  }

  /** The filled buckets as plain data: index, count, index, count and so on, by rising index. */
  sparse(): number[] {
    const pairs: number[] = [];
    this.counts.forEach((count, i) => {
      if (count > 0) pairs.push(this.first + i, count);
    });
    return pairs;
  }

  /** What `sparse` gave; mean, min and max are then those of the middles of the buckets. */
  static fromSparse(pairs: readonly number[]): LatencyHistogram {
    const histogram = new LatencyHistogram();
    for (let p = 0; p < pairs.length; p += 2) histogram.addBucket(pairs[p], pairs[p + 1]);
    return histogram;
  }

  private addBucket(index: number, count: number): void {
    const middle = (lowestOf(index) + highestOf(index)) / 2;
    this.cover(index);
    this.counts[index - this.first] += count;
    this.stats[COUNT] += count;
    this.stats[SUM] += count * middle;
    this.stats[LEAST] = Math.min(this.stats[LEAST], middle);
    this.stats[MOST] = Math.max(this.stats[MOST], middle);
  }

  /** Makes room for a bucket. */
  private cover(index: number): void {
    const from = Math.floor(index / OCTAVE) * OCTAVE;
    const isEmpty = this.counts.length === 0;
    const first = isEmpty ? from : Math.min(from, this.first);
    const end = isEmpty ? from + OCTAVE : Math.max(from + OCTAVE, this.first + this.counts.length);
    if (end - first === this.counts.length) return;
    const counts = new Float64Array(end - first);
    if (!isEmpty) counts.set(this.counts, this.first - first);
    this.counts = counts;
    this.first = first;
  }
}
