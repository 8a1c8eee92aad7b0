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
/** Buckets of a rung for each event that it begins with: the fewer share one, the less there is to sort. */
const SPREAD = 4;
/** Buckets of one rung at most: 4 MB. */
const BUCKETS_MAX = 1 << 20;
const RUNGS_MAX = 48;
/**
 * In a rung that began with more events than LARGE, whose records are too many for the caches, SIGHT buckets at a time
 * are looked into ahead of their turn, to at most SIGHT_DEPTH events each.
 */
const LARGE = 512;
const SIGHT = 32;
const SIGHT_DEPTH = 256;
const SEEN_ALL = 0x7fffffff;

/** Fields of a rung, `RUNG` of them. From when on its buckets take events: where the one that was emptied last ends. */
const RUNG = 4;
const OPEN = 0;
/** Where the first bucket begins; nanoseconds of a bucket, a power of two; and its inverse. */
const START = 1;
const WIDTH = 2;
const PER_WIDTH = 3;

/** Fields of `topBounds`: the least and the largest time in top. */
const LEAST = 0;
const MOST = 1;

export class Calendar {
  /** How many events are pending. */
  size = 0;

  /** The records of the jobs, from `id` on, and the same buffer in doubles, from `id / 2` on. */
  private i32: Int32Array;
  private f64: Float64Array;

  /** Sorted events, due first: [bottomHead, bottomTail). */
  private bottomTime = new Float64Array(256);
  private bottomId: Int32Array = new Int32Array(256);
  private bottomHead = 0;
  private bottomTail = 0;

  /** By rung, outermost first, from rung 1 on; top stands in place of rung 0, which is open for all that is far enough. */
  private readonly rungs = new Float64Array((RUNGS_MAX + 1) * RUNG).fill(1);
  private depth = 0;
  /** By rung: where its buckets begin, which is where those of the rung before end; and the one that comes next. */
  private readonly first = new Int32Array(RUNGS_MAX + 2);
  private readonly next = new Int32Array(RUNGS_MAX + 1);
  /** By bucket: the event that came last, which is linked to the one before it, and so on; or NONE. */
  private buckets: Int32Array = new Int32Array(1024).fill(NONE);

  /** By rung: the first bucket that has not been looked into. See `foresee`. */
  private readonly seen = new Int32Array(RUNGS_MAX + 1);
  private readonly foreseen = new Int32Array(SIGHT);

  /** Events of top, in the order they came. */
  private top: Int32Array = new Int32Array(256);
  private topCount = 0;
  /** In an array, as a double in a field is boxed. */
  private readonly topBounds = new Float64Array(2);

  /** @param i32 - records as `layout.ts` has them; an event is known by the word where its record begins */
  constructor(i32: Int32Array) {
    this.i32 = i32;
    this.f64 = new Float64Array(i32.buffer);
    this.rungs[OPEN] = 0;
    this.clearTop();
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
    const { depth, rungs } = this;
    const at = this.f64[(id >> 1) + DUE];
    let r = 0;
    while (r <= depth && at < rungs[r * RUNG + OPEN]) r++;
    if (r > depth) this.insertIntoBottom(id);
    else if (r > 0) this.append(r, id);
    else this.appendToTop(id);
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
    const { topBounds } = this;
    const at = this.f64[(id >> 1) + DUE];
    if (this.topCount === this.top.length) this.top = enlarged(this.top);
    this.top[this.topCount++] = id;
    if (at < topBounds[LEAST]) topBounds[LEAST] = at;
    if (at > topBounds[MOST]) topBounds[MOST] = at;
  }

  /** Adds an event to the bucket of rung `r` that it belongs to. */
  private append(r: number, id: number): void {
    const { buckets, i32, rungs } = this;
    const ahead = this.f64[(id >> 1) + DUE] - rungs[r * RUNG + START];
    const bucket = this.first[r] + ((ahead * rungs[r * RUNG + PER_WIDTH]) | 0);
    i32[id + LINK] = buckets[bucket];
    buckets[bucket] = id;
  }

  private insertIntoBottom(id: number): void {
    if (this.bottomTail - this.bottomHead >= SPILL && this.spill()) {
      // The bottom became a rung; the new event belongs there, or into what is left of the bottom.
      this.size--;
      this.place(id);
      return;
    }
    this.sortIn(id);
  }

  /** Insertion from the tail: later events and ties, the usual case, find their place at once. */
  private sortIn(id: number): void {
    if (this.bottomTail === this.bottomId.length) this.makeRoomInBottom();
    this.bottomId[this.bottomTail] = id;
    this.bottomTime[this.bottomTail] = this.f64[(id >> 1) + DUE];
    this.sink(this.bottomHead, this.bottomTail++);
  }

  /** Moves the event at `from` of the bottom to its place among those from `head` on. */
  private sink(head: number, from: number): void {
    const times = this.bottomTime;
    const ids = this.bottomId;
    const at = times[from];
    const id = ids[from];
    let i = from;
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
    if (pending * 2 > this.bottomId.length) this.enlargeBottom();
    this.bottomTime.copyWithin(0, this.bottomHead, this.bottomTail);
    this.bottomId.copyWithin(0, this.bottomHead, this.bottomTail);
    this.bottomHead = 0;
    this.bottomTail = pending;
  }

  private enlargeBottom(): void {
    const times = new Float64Array(this.bottomTime.length * 2);
    times.set(this.bottomTime);
    this.bottomTime = times;
    this.bottomId = enlarged(this.bottomId);
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
    this.spreadBottom(first, this.rungs[this.depth * RUNG + OPEN]);
    this.refill();
    return true;
  }

  /** Moves the events of bottom, which lie in [start, end), to a new rung. */
  private spreadBottom(start: number, end: number): void {
    const { bottomHead, bottomTail } = this;
    this.openRung(start, end, bottomTail - bottomHead);
    for (let i = bottomHead; i < bottomTail; i++) this.append(this.depth, this.bottomId[i]);
    this.bottomTail = bottomHead;
  }

  /** Fills the empty bottom from the next filled bucket; there must be an event somewhere. */
  private refill(): void {
    for (;;) {
      if (this.depth === 0) {
        if (this.topCount <= CROWD) {
          this.sortTop();
          return;
        }
        this.openRungFromTop();
      }
      const last = this.takeBucket();
      if (last === NONE) {
        this.depth--;
        continue;
      }
      if (!this.gather(last)) {
        this.gatherAll(last);
        if (!this.isLeast()) {
          this.spreadBottom(this.startOfNext(1), this.startOfNext(0));
          continue;
        }
      }
      this.sortBottom();
      return;
    }
  }

  /** True if a bucket of the innermost rung is not divided, however crowded: one nanosecond wide, or no rung is left. */
  private isLeast(): boolean {
    return this.rungs[this.depth * RUNG + WIDTH] === 1 || this.depth === RUNGS_MAX;
  }

  /** Empties the next filled bucket of the innermost rung. @returns the last of its events, or NONE if there is none left */
  private takeBucket(): number {
    const { buckets, depth, rungs } = this;
    const end = this.first[depth + 1];
    let bucket = this.next[depth];
    while (bucket < end && buckets[bucket] === NONE) bucket++;
    if (bucket === end) return NONE;
    if (bucket >= this.seen[depth]) this.foresee(bucket);
    this.next[depth] = bucket + 1;
    rungs[depth * RUNG + OPEN] = this.startOfNext(0);
    const last = buckets[bucket];
    buckets[bucket] = NONE;
    return last;
  }

  /**
   * Follows the lists of the next buckets side by side, so that their records are near when their turn comes. One after the
   * other every record would be waited for; so the waits overlap. Nothing is remembered of what is read.
   */
  private foresee(bucket: number): void {
    const { i32, foreseen } = this;
    foreseen.set(this.buckets.subarray(bucket, bucket + SIGHT));
    let isMore = true;
    for (let depth = 0; isMore && depth < SIGHT_DEPTH; depth++) {
      isMore = false;
      for (let b = 0; b < SIGHT; b++) {
        if (foreseen[b] === NONE) continue;
        foreseen[b] = i32[foreseen[b] + LINK];
        isMore = true;
      }
    }
    this.seen[this.depth] = bucket + SIGHT;
  }

  /** Where the next bucket of the innermost rung begins, or the one `before` it. */
  private startOfNext(before: number): number {
    const { depth, rungs } = this;
    const buckets = this.next[depth] - before - this.first[depth];
    return rungs[depth * RUNG + START] + buckets * rungs[depth * RUNG + WIDTH];
  }

  /** Puts a bucket's events into the empty bottom, in the order they came; stops and returns false if they are too many. */
  private gather(last: number): boolean {
    const { i32, f64, bottomTime, bottomId } = this;
    let head = CROWD;
    let id = last;
    while (id !== NONE && head > 0) {
      head--;
      bottomTime[head] = f64[(id >> 1) + DUE];
      bottomId[head] = id;
      id = i32[id + LINK];
    }
    this.bottomHead = head;
    this.bottomTail = CROWD;
    return id === NONE;
  }

  private sortBottom(): void {
    const head = this.bottomHead;
    for (let i = head + 1; i < this.bottomTail; i++) this.sink(head, i);
  }

  /** The same for any number of them. */
  private gatherAll(last: number): void {
    let count = 0;
    for (let id = last; id !== NONE; id = this.i32[id + LINK]) {
      if (count === this.bottomId.length) this.enlargeBottom();
      this.bottomId[count++] = id;
    }
    this.bottomHead = 0;
    this.bottomTail = count;
    this.bottomId.subarray(0, count).reverse();
    for (let i = 0; i < count; i++) this.bottomTime[i] = this.timeOf(this.bottomId[i]);
  }

  /** A few events need no rung. */
  private sortTop(): void {
    const { bottomId, bottomTime, f64, top, topCount } = this;
    for (let i = 0; i < topCount; i++) {
      bottomId[i] = top[i];
      bottomTime[i] = f64[(top[i] >> 1) + DUE];
    }
    this.bottomHead = 0;
    this.bottomTail = topCount;
    this.sortBottom();
    this.rungs[OPEN] = this.topBounds[MOST] + 1;
    this.clearTop();
  }

  private clearTop(): void {
    this.topCount = 0;
    this.topBounds[LEAST] = Number.POSITIVE_INFINITY;
    this.topBounds[MOST] = 0;
  }

  private openRungFromTop(): void {
    const { rungs, top, topBounds, topCount } = this;
    this.openRung(topBounds[LEAST], topBounds[MOST] + 1, topCount);
    rungs[OPEN] = rungs[RUNG + START] + this.first[2] * rungs[RUNG + WIDTH];
    this.clearTop();
    for (let i = 0; i < topCount; i++) this.append(1, top[i]);
  }

  /** Opens the next rung over [start, end), with about `SPREAD` buckets an event; every bucket is empty then. */
  private openRung(start: number, end: number, events: number): void {
    this.depth++;
    const { depth, first, rungs } = this;
    const most = Math.min(Math.max(events * SPREAD, 8), BUCKETS_MAX);
    // The last width is a good first guess.
    let width = rungs[depth * RUNG + WIDTH];
    while (width > 1 && (width / 2) * most >= end - start) width /= 2;
    while (width * most < end - start) width *= 2;
    rungs[depth * RUNG + OPEN] = start;
    rungs[depth * RUNG + START] = start;
    rungs[depth * RUNG + WIDTH] = width;
    rungs[depth * RUNG + PER_WIDTH] = 1 / width;
    first[depth + 1] = first[depth] + Math.ceil((end - start) / width);
    this.next[depth] = first[depth];
    this.seen[depth] = events > LARGE ? first[depth] : SEEN_ALL;
    const missing = first[depth + 1] - this.buckets.length;
    if (missing > 0) {
      this.buckets = enlarged(this.buckets, Math.max(missing, this.buckets.length >> 2));
    }
  }
}

/** The same with room for so many more, empty so far; by default for twice as many. */
function enlarged(ids: Int32Array, more = ids.length): Int32Array {
  const larger = new Int32Array(ids.length + more).fill(NONE, ids.length);
  larger.set(ids);
  return larger;
}
