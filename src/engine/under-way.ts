/**
 * Calls under way, by pair of a caller and a callee. There may be a million pairs, and a call finds two or three of them
 * anywhere among those: so they are bytes, which stay in the caches, until one has more calls than a byte can say.
 */

/** Calls of a pair that a byte can say, and an integer; the latter are never reached. */
const BYTE_MAX = 255;
const WORD_MAX = 2 ** 30;

export class UnderWay {
  /** By pair. */
  private counts: Uint8Array | Int32Array;
  private most = BYTE_MAX;

  constructor(pairs: number) {
    this.counts = new Uint8Array(pairs);
  }

  of(pair: number): number {
    return this.counts[pair];
  }

  add(pair: number): void {
    if (this.counts[pair] === this.most) this.widen();
    this.counts[pair]++;
  }

  /** One call less of a pair that has some. */
  remove(pair: number): void {
    this.counts[pair]--;
  }

  /** Of all pairs. */
  total(): number {
    let sum = 0;
    for (const count of this.counts) sum += count;
    return sum;
  }

  private widen(): void {
    this.counts = Int32Array.from(this.counts);
    this.most = WORD_MAX;
  }
}
