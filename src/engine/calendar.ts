/**
 * The calendar: which thing comes next, and when. A ladder queue (Tang, Goh and Thng 2005) over dense ids,
 * first in first out among equal times.
 *
 * Far events lie unsorted in `top`; when they come near they are spread over the buckets of a rung, a crowded
 * bucket over a rung of its own, and a small one is sorted into `bottom`, from which events leave. So an
 * event is touched about three times, whatever the number pending.
 *
 * Two properties carry the order. The container of a time is a function of the time alone, so events of
 * equal time always lie in the same container and move together, in the order they came. And widths are
 * powers of two, so the bucket of an integer time is exact, without rounding.
 */
import * as L from './layout.ts';

const { DUE, LINK, NONE } = L;

/** Above this many events a bucket becomes a rung. */
const CROWD = 48;
/** Above this many a bottom is spilt into a rung. */
const SPILL = 2 * CROWD;
/** Buckets of one rung at most: 16 MB of list ends. */
const BUCKETS_MAX = 1 << 20;
const RUNGS_MAX = 48;

/** Fields of a rung, `RUNG` of each kind. Where it begins; nanoseconds of a bucket, a power of two; and its inverse. */
const RUNG = 4;
const START = 0;
const WIDTH = 1;
const PER_WIDTH = 2;
/** The bucket that was emptied last, those after it still take events; and how many buckets there are. */
const CURRENT = 0;
const COUNT = 1;

/** Fields of `bounds`. Events at or after EDGE belong to top; the least and the largest time in it. */
const EDGE = 0;
const TOP_MIN = 1;
const TOP_MAX = 2;

export class Calendar {
  /** How many events are pending. */
  size = 0;

  /** The records of the jobs, from `id` on, and the same buffer in doubles, from `id / 2` on. */
  private i32: Int32Array;
  private f64: Float64Array;

  /** Sorted events, due first: [bottomHead, bottomTail). */
  private bottomTime = new Float64Array(256);
  private bottomId = new Int32Array(256);
  private bottomHead = 0;
  private bottomTail = 0;

  /** Rungs, outermost first: fields of doubles and of integers, and the list ends of each. */
  private readonly rungF64 = new Float64Array(RUNGS_MAX * RUNG).fill(1);
  private readonly rungI32 = new Int32Array(RUNGS_MAX * RUNG);
  private readonly ends: Int32Array[] = [];
  private depth = 0;

  private topHead = NONE;
  private topTail = NONE;
  private topCount = 0;
  /** See EDGE, TOP_MIN, TOP_MAX. In an array, as a double in a field is boxed. */
  private readonly bounds = Float64Array.of(0, Number.POSITIVE_INFINITY, 0);

  /** @param i32 - records as `layout.ts` has them; an event is known by the word where its record begins */
  constructor(i32: Int32Array) {
    this.i32 = i32;
    this.f64 = new Float64Array(i32.buffer);
    for (let r = 0; r < RUNGS_MAX; r++) this.ends.push(new Int32Array(0));
  }

  /** The records have moved, to where there is room for more. */
  moveTo(i32: Int32Array): void {
    this.i32 = i32;
    this.f64 = new Float64Array(i32.buffer);
  }

  /** When the event of this id is due, if it is pending. */
  timeOf(id: number): number {
    return this.f64[(id >> 1) + DUE];
  }

  /**
   * Schedules `id`, which must not be pending.
   *
   * @param at - whole nanoseconds, not before the last event taken
   */
  insert(at: number, id: number): void {
    this.f64[(id >> 1) + DUE] = at;
    this.place(id);
  }

  /** The same for an event whose time stands in its record already. */
  place(id: number): void {
    this.size++;
    const at = this.f64[(id >> 1) + DUE];
    if (at >= this.bounds[EDGE]) {
      this.appendToTop(id);
      return;
    }
    const { depth, rungF64, rungI32 } = this;
    for (let r = 0; r < depth; r++) {
      const bucket = ((at - rungF64[r * RUNG + START]) * rungF64[r * RUNG + PER_WIDTH]) | 0;
      if (bucket > rungI32[r * RUNG + CURRENT]) {
        this.append(this.ends[r], bucket, id);
        return;
      }
    }
    this.insertIntoBottom(id);
  }

  /** True if the next event is due before a time. */
  isBefore(until: number): boolean {
    if (this.bottomHead === this.bottomTail) {
      if (this.size === 0) return false;
      this.refill();
    }
    return this.bottomTime[this.bottomHead] < until;
  }

  /** The time of the next event; Infinity if there is none. */
  nextTime(): number {
    if (this.size === 0) return Number.POSITIVE_INFINITY;
    if (this.bottomHead === this.bottomTail) this.refill();
    return this.bottomTime[this.bottomHead];
  }

  /** Takes the next event and returns its id; there must be one. `timeOf(id)` stays valid. */
  pop(): number {
    if (this.bottomHead === this.bottomTail) this.refill();
    this.size--;
    return this.bottomId[this.bottomHead++];
  }

  private appendToTop(id: number): void {
    const { i32, bounds, topTail } = this;
    const at = this.f64[(id >> 1) + DUE];
    i32[id + LINK] = NONE;
    if (topTail === NONE) this.topHead = id;
    else i32[topTail + LINK] = id;
    this.topTail = id;
    this.topCount++;
    if (at < bounds[TOP_MIN]) bounds[TOP_MIN] = at;
    if (at > bounds[TOP_MAX]) bounds[TOP_MAX] = at;
  }

  private append(ends: Int32Array, bucket: number, id: number): void {
    const { i32 } = this;
    i32[id + LINK] = NONE;
    const tail = ends[bucket * 2 + 1];
    if (tail === NONE) ends[bucket * 2] = id;
    else i32[tail + LINK] = id;
    ends[bucket * 2 + 1] = id;
  }

  /** Insertion from the tail: later events and ties, the usual case, find their place at once. */
  private insertIntoBottom(id: number): void {
    if (this.bottomTail - this.bottomHead >= SPILL && this.spill()) {
      // The bottom became a rung; the new event belongs there, or into what is left of the bottom.
      this.size--;
      this.place(id);
      return;
    }
    this.sortIn(id);
  }

  private sortIn(id: number): void {
    if (this.bottomTail === this.bottomId.length) this.makeRoomInBottom();
    const times = this.bottomTime;
    const ids = this.bottomId;
    const head = this.bottomHead;
    const at = this.f64[(id >> 1) + DUE];
    let i = this.bottomTail++;
    while (i > head && times[i - 1] > at) {
      times[i] = times[i - 1];
      ids[i] = ids[i - 1];
      i--;
    }
    times[i] = at;
    ids[i] = id;
  }

  private makeRoomInBottom(): void {
    const pending = this.bottomTail - this.bottomHead;
    if (pending * 2 > this.bottomTime.length) {
      const times = new Float64Array(this.bottomTime.length * 2);
      const ids = new Int32Array(this.bottomId.length * 2);
      times.set(this.bottomTime);
      ids.set(this.bottomId);
      this.bottomTime = times;
      this.bottomId = ids;
    }
    this.bottomTime.copyWithin(0, this.bottomHead, this.bottomTail);
    this.bottomId.copyWithin(0, this.bottomHead, this.bottomTail);
    this.bottomHead = 0;
    this.bottomTail = pending;
  }

  /**
   * Turns a crowded bottom into a rung, so that a burst of near events does not degrade into a long insertion sort.
   *
   * @returns false if it cannot be divided: all at the same time, or no rung left
   */
  private spill(): boolean {
    const first = this.bottomTime[this.bottomHead];
    const last = this.bottomTime[this.bottomTail - 1];
    if (last === first || this.depth === RUNGS_MAX) return false;
    // The new rung must reach to the end of the stretch of time that bottom stands for.
    const end = this.depth === 0 ? this.bounds[EDGE] : this.startOfBucket(this.depth - 1, 1);
    this.openRung(first, end, this.bottomTail - this.bottomHead);
    for (let i = this.bottomHead; i < this.bottomTail; i++) this.spreadOne(this.bottomId[i]);
    this.bottomHead = 0;
    this.bottomTail = 0;
    this.refill();
    return true;
  }

  /** Fills the empty bottom from the next filled bucket; there must be an event somewhere. */
  private refill(): void {
    this.bottomHead = 0;
    this.bottomTail = 0;
    for (;;) {
      if (this.depth === 0) {
        if (this.topCount <= CROWD) {
          this.sortTop();
          return;
        }
        this.openRungFromTop();
      }
      const r = this.depth - 1;
      const ends = this.ends[r];
      const count = this.rungI32[r * RUNG + COUNT];
      let bucket = this.rungI32[r * RUNG + CURRENT] + 1;
      while (bucket < count && ends[bucket * 2] === NONE) bucket++;
      this.rungI32[r * RUNG + CURRENT] = bucket;
      if (bucket >= count) {
        this.depth--;
        continue;
      }
      const head = ends[bucket * 2];
      ends[bucket * 2] = NONE;
      ends[bucket * 2 + 1] = NONE;
      const isLeast = this.rungF64[r * RUNG + WIDTH] === 1 || this.depth === RUNGS_MAX;
      if (this.sortIntoBottom(head) || isLeast) {
        this.sortRest();
        return;
      }
      this.divide(r, head);
    }
  }

  /** What of a bucket's list `sortIntoBottom` left, if it stopped at a crowd. */
  private rest = NONE;

  /** Sorts a bucket's list into the empty bottom; stops and returns false if there are too many. */
  private sortIntoBottom(head: number): boolean {
    const { i32, f64 } = this;
    const times = this.bottomTime;
    const ids = this.bottomId;
    let count = 0;
    let id = head;
    while (id !== NONE && count < CROWD) {
      const at = f64[(id >> 1) + DUE];
      let i = count++;
      while (i > 0 && times[i - 1] > at) {
        times[i] = times[i - 1];
        ids[i] = ids[i - 1];
        i--;
      }
      times[i] = at;
      ids[i] = id;
      id = i32[id + LINK];
    }
    this.rest = id;
    this.bottomTail = count;
    return id === NONE;
  }

  /** A bucket one nanosecond wide (or the deepest one) is not divided, however crowded: its ties keep their order. */
  private sortRest(): void {
    let id = this.rest;
    this.rest = NONE;
    while (id !== NONE) {
      const next = this.i32[id + LINK];
      this.sortIn(id);
      id = next;
    }
  }

  /** Spreads the crowded bucket of rung `r` that starts with `head` over a rung of its own. */
  private divide(r: number, head: number): void {
    const { i32 } = this;
    this.rest = NONE;
    this.bottomTail = 0;
    let count = 0;
    for (let id = head; id !== NONE; id = i32[id + LINK]) count++;
    this.openRung(this.startOfBucket(r, 0), this.startOfBucket(r, 1), count);
    this.spread(head);
  }

  /** A few events need no rung. */
  private sortTop(): void {
    this.sortIntoBottom(this.topHead);
    this.bounds[EDGE] = this.bounds[TOP_MAX] + 1;
    this.clearTop();
  }

  private clearTop(): void {
    this.topHead = NONE;
    this.topTail = NONE;
    this.topCount = 0;
    this.bounds[TOP_MIN] = Number.POSITIVE_INFINITY;
    this.bounds[TOP_MAX] = 0;
  }

  private openRungFromTop(): void {
    this.openRung(this.bounds[TOP_MIN], this.bounds[TOP_MAX] + 1, this.topCount);
    const head = this.topHead;
    const count = this.rungI32[COUNT];
    this.bounds[EDGE] = this.rungF64[START] + count * this.rungF64[WIDTH];
    this.clearTop();
    this.spread(head);
  }

  /** Opens the next rung over [start, end), with about one bucket an event; every bucket is empty then. */
  private openRung(start: number, end: number, events: number): void {
    const r = this.depth++;
    const { rungF64, rungI32 } = this;
    const buckets = Math.min(Math.max(events, 8), BUCKETS_MAX);
    // The last width is a good first guess.
    let width = rungF64[r * RUNG + WIDTH];
    while (width > 1 && (width / 2) * buckets >= end - start) width /= 2;
    while (width * buckets < end - start) width *= 2;
    const count = Math.ceil((end - start) / width);
    rungF64[r * RUNG + START] = start;
    rungF64[r * RUNG + WIDTH] = width;
    rungF64[r * RUNG + PER_WIDTH] = 1 / width;
    rungI32[r * RUNG + CURRENT] = -1;
    rungI32[r * RUNG + COUNT] = count;
    if (this.ends[r].length < count * 2) this.ends[r] = new Int32Array(count * 4).fill(NONE);
  }

  /** Where the bucket of rung `r` that was emptied last begins, or the one `ahead` of it. */
  private startOfBucket(r: number, ahead: number): number {
    const bucket = this.rungI32[r * RUNG + CURRENT] + ahead;
    return this.rungF64[r * RUNG + START] + bucket * this.rungF64[r * RUNG + WIDTH];
  }

  /** Moves a list into the innermost rung's buckets, in its order. */
  private spread(head: number): void {
    let id = head;
    while (id !== NONE) {
      const next = this.i32[id + LINK];
      this.spreadOne(id);
      id = next;
    }
  }

  private spreadOne(id: number): void {
    const r = this.depth - 1;
    const { rungF64 } = this;
    const ahead = this.f64[(id >> 1) + DUE] - rungF64[r * RUNG + START];
    this.append(this.ends[r], (ahead * rungF64[r * RUNG + PER_WIDTH]) | 0, id);
  }
}
