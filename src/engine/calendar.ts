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

/** Above this many events a bucket becomes a rung. */
const CROWD = 48;
/** Above this many a bottom is spilt into a rung. */
const SPILL = 2 * CROWD;
/** Buckets of one rung at most: 16 MB of list ends. */
const BUCKETS_MAX = 1 << 20;
const RUNGS_MAX = 48;
const NONE = -1;

export class Calendar {
  /** How many events are pending. */
  size = 0;

  /** By id × 2: when the event is due. One record of 16 bytes an event, so that it costs one cache line. */
  time: Float64Array;
  /** By id × 4 + 2, on the same buffer: the next event of the same bucket. */
  private link: Int32Array;

  /** Sorted events, due first: [bottomHead, bottomTail). */
  private bottomTime = new Float64Array(256);
  private bottomId = new Int32Array(256);
  private bottomHead = 0;
  private bottomTail = 0;

  /** By rung, outermost first. */
  private readonly rungs: Rung[] = [];
  private depth = 0;

  private topHead = NONE;
  private topTail = NONE;
  private topCount = 0;
  private topMin = Number.POSITIVE_INFINITY;
  private topMax = 0;
  /** edge[0]: events at or after this time belong to top. In an array, as a double in a field is boxed. */
  private readonly edge = new Float64Array(1);

  /** @param capacity - ids run from 0 to capacity − 1; see `grow` */
  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity * 16);
    this.time = new Float64Array(buffer);
    this.link = new Int32Array(buffer);
    for (let r = 0; r < RUNGS_MAX; r++) this.rungs.push(new Rung());
  }

  /** Makes room for ids up to `capacity` − 1. */
  grow(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * 16);
    const time = new Float64Array(buffer);
    time.set(this.time);
    this.time = time;
    this.link = new Int32Array(buffer);
  }

  /** When the event of this id is due, if it is pending. */
  timeOf(id: number): number {
    return this.time[id * 2];
  }

  /**
   * Schedules `id`, which must not be pending.
   *
   * @param at - whole nanoseconds, not before the last event taken
   */
  insert(at: number, id: number): void {
    this.time[id * 2] = at;
    this.place(id);
  }

  /** The same for an event whose time stands in `time` already. */
  place(id: number): void {
    this.size++;
    const at = this.time[id * 2];
    if (at >= this.edge[0]) {
      this.appendToTop(id);
      return;
    }
    const depth = this.depth;
    for (let r = 0; r < depth; r++) {
      const rung = this.rungs[r];
      const bucket = ((at - rung.start) * rung.perWidth) | 0;
      if (bucket > rung.current) {
        this.append(rung, bucket, id);
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
    const at = this.time[id * 2];
    this.link[id * 4 + 2] = NONE;
    if (this.topTail === NONE) this.topHead = id;
    else this.link[this.topTail * 4 + 2] = id;
    this.topTail = id;
    this.topCount++;
    if (at < this.topMin) this.topMin = at;
    if (at > this.topMax) this.topMax = at;
  }

  private append(rung: Rung, bucket: number, id: number): void {
    const ends = rung.ends;
    this.link[id * 4 + 2] = NONE;
    const tail = ends[bucket * 2 + 1];
    if (tail === NONE) ends[bucket * 2] = id;
    else this.link[tail * 4 + 2] = id;
    ends[bucket * 2 + 1] = id;
  }

  /** Insertion from the tail: later events and ties, the usual case, find their place at once. */
  private insertIntoBottom(id: number): void {
    const at = this.time[id * 2];
    if (this.bottomTail - this.bottomHead >= SPILL && this.spill()) {
      // The bottom became a rung; the new event belongs there, or into what is left of the bottom.
      this.size--;
      this.place(id);
      return;
    }
    if (this.bottomTail === this.bottomTime.length) this.makeRoomInBottom();
    const times = this.bottomTime;
    const ids = this.bottomId;
    const head = this.bottomHead;
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
    const end = this.depth === 0 ? this.edge[0] : this.rungs[this.depth - 1].currentEnd();
    const rung = this.openRung(first, end, this.bottomTail - this.bottomHead);
    for (let i = this.bottomHead; i < this.bottomTail; i++) {
      const bucket = ((this.bottomTime[i] - rung.start) * rung.perWidth) | 0;
      this.append(rung, bucket, this.bottomId[i]);
    }
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
      const rung = this.rungs[this.depth - 1];
      const ends = rung.ends;
      let bucket = rung.current + 1;
      while (bucket < rung.count && ends[bucket * 2] === NONE) bucket++;
      rung.current = bucket;
      if (bucket >= rung.count) {
        this.depth--;
        continue;
      }
      const head = ends[bucket * 2];
      ends[bucket * 2] = NONE;
      ends[bucket * 2 + 1] = NONE;
      if (this.sortIntoBottom(head) || rung.width === 1 || this.depth === RUNGS_MAX) {
        this.sortRest();
        return;
      }
      this.divide(rung, head);
    }
  }

  /** What of a bucket's list `sortIntoBottom` left, if it stopped at a crowd. */
  private rest = NONE;

  /** Sorts a bucket's list into the empty bottom; stops and returns false if there are too many. */
  private sortIntoBottom(head: number): boolean {
    const times = this.bottomTime;
    const ids = this.bottomId;
    let count = 0;
    let id = head;
    while (id !== NONE) {
      if (count === CROWD) {
        this.rest = id;
        this.bottomTail = count;
        return false;
      }
      const at = this.time[id * 2];
      let i = count++;
      while (i > 0 && times[i - 1] > at) {
        times[i] = times[i - 1];
        ids[i] = ids[i - 1];
        i--;
      }
      times[i] = at;
      ids[i] = id;
      id = this.link[id * 4 + 2];
    }
    this.rest = NONE;
    this.bottomTail = count;
    return true;
  }

  /** A bucket one nanosecond wide (or the deepest one) is not divided, however crowded: its ties keep their order. */
  private sortRest(): void {
    let id = this.rest;
    this.rest = NONE;
    while (id !== NONE) {
      const next = this.link[id * 4 + 2];
      if (this.bottomTail === this.bottomTime.length) this.makeRoomInBottom();
      const at = this.time[id * 2];
      let i = this.bottomTail++;
      while (i > 0 && this.bottomTime[i - 1] > at) {
        this.bottomTime[i] = this.bottomTime[i - 1];
        this.bottomId[i] = this.bottomId[i - 1];
        i--;
      }
      this.bottomTime[i] = at;
      this.bottomId[i] = id;
      id = next;
    }
  }

  /** Spreads the crowded bucket that starts with `head` over a rung of its own. */
  private divide(parent: Rung, head: number): void {
    this.rest = NONE;
    this.bottomTail = 0;
    let count = 0;
    for (let id = head; id !== NONE; id = this.link[id * 4 + 2]) count++;
    const start = parent.start + parent.current * parent.width;
    this.spread(this.openRung(start, start + parent.width, count), head);
  }

  /** A few events need no rung. */
  private sortTop(): void {
    this.sortIntoBottom(this.topHead);
    this.edge[0] = this.topMax + 1;
    this.clearTop();
  }

  private clearTop(): void {
    this.topHead = NONE;
    this.topTail = NONE;
    this.topCount = 0;
    this.topMin = Number.POSITIVE_INFINITY;
    this.topMax = 0;
  }

  private openRungFromTop(): void {
    const start = this.topMin;
    const rung = this.openRung(start, this.topMax + 1, this.topCount);
    const head = this.topHead;
    this.edge[0] = rung.end();
    this.clearTop();
    this.spread(rung, head);
  }

  private openRung(start: number, end: number, events: number): Rung {
    const rung = this.rungs[this.depth++];
    rung.open(start, end, events);
    return rung;
  }

  /** Moves a list into a rung's buckets, in its order. */
  private spread(rung: Rung, head: number): void {
    const { start, perWidth } = rung;
    let id = head;
    while (id !== NONE) {
      const next = this.link[id * 4 + 2];
      this.append(rung, ((this.time[id * 2] - start) * perWidth) | 0, id);
      id = next;
    }
  }
}

/** Buckets of equal width over a stretch of time. */
class Rung {
  start = 0;
  /** Nanoseconds of a bucket, a power of two, and its inverse. */
  width = 1;
  perWidth = 1;
  count = 0;
  /** The bucket that was emptied last; those after it still take events. */
  current = -1;
  /** By bucket × 2: first and last event of its list. */
  ends = new Int32Array(0);

  /** Covers [start, end) with about one bucket an event; every bucket is empty then. */
  open(start: number, end: number, events: number): void {
    const buckets = Math.min(Math.max(events, 8), BUCKETS_MAX);
    // The last width is a good first guess.
    let width = this.width;
    while (width > 1 && (width / 2) * buckets >= end - start) width /= 2;
    while (width * buckets < end - start) width *= 2;
    this.start = start;
    this.width = width;
    this.perWidth = 1 / width;
    this.count = Math.ceil((end - start) / width);
    this.current = -1;
    if (this.ends.length < this.count * 2) this.ends = new Int32Array(this.count * 4).fill(NONE);
  }

  end(): number {
    return this.start + this.count * this.width;
  }

  /** Where the bucket that was emptied last ends. */
  currentEnd(): number {
    return this.start + (this.current + 1) * this.width;
  }
}
