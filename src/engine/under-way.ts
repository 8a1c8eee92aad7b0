/**
 * Calls under way, by pair of a caller and a callee. Of very many pairs few have any at a time, so only these are kept: a
 * hash table of open addressing (Knuth, The Art of Computer Programming, volume 3, 6.4, algorithms L and R), which
 * stays in the caches where a matrix of all pairs would not.
 */

/** Fibonacci hashing: 2 ** 32 by the golden ratio. */
const GOLDEN = 0x9e3779b1;
const BITS_AT_START = 8;

export class UnderWay {
  /** By slot: pair + 1, 0 for an empty one, and its calls. At most half of the slots are taken. */
  private slots = new Int32Array(2 << BITS_AT_START);
  private mask = (1 << BITS_AT_START) - 1;
  private shift = 32 - BITS_AT_START;
  /** Pairs that have calls. */
  taken = 0;

  /** Calls of a pair. */
  of(pair: number): number {
    return this.slots[2 * this.slotOf(pair) + 1];
  }

  add(pair: number): void {
    const { slots } = this;
    const at = 2 * this.slotOf(pair);
    slots[at + 1]++;
    if (slots[at] !== 0) return;
    slots[at] = pair + 1;
    this.taken++;
    if (2 * this.taken > this.mask) this.grow();
  }

  /** One call less of a pair that has some. */
  remove(pair: number): void {
    const slot = this.slotOf(pair);
    if (--this.slots[2 * slot + 1] === 0) this.empty(slot);
  }

  /** Where a pair stands, or may be put. */
  private slotOf(pair: number): number {
    const { slots, mask } = this;
    let slot = this.homeOf(pair);
    while (slots[2 * slot] !== pair + 1 && slots[2 * slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  private homeOf(pair: number): number {
    return Math.imul(pair, GOLDEN) >>> this.shift;
  }

  /** Empties a slot; those behind it that could not stand further in front move up. */
  private empty(slot: number): void {
    const { slots, mask } = this;
    let hole = slot;
    let next = (hole + 1) & mask;
    while (slots[2 * next] !== 0) {
      const home = this.homeOf(slots[2 * next] - 1);
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[2 * hole] = slots[2 * next];
        slots[2 * hole + 1] = slots[2 * next + 1];
        hole = next;
      }
      next = (next + 1) & mask;
    }
    slots[2 * hole] = 0;
    slots[2 * hole + 1] = 0;
    this.taken--;
  }

  private grow(): void {
    const { slots } = this;
    this.slots = new Int32Array(2 * slots.length);
    this.mask = slots.length - 1;
    this.shift--;
    for (let at = 0; at < slots.length; at += 2) {
      if (slots[at] === 0) continue;
      const to = 2 * this.slotOf(slots[at] - 1);
      this.slots[to] = slots[at];
      this.slots[to + 1] = slots[at + 1];
    }
  }
}
