/**
 * Jobs as records of one buffer, so that a million in flight stay cheap: see `layout.ts`. Free records are linked;
 * nothing is allocated in the loop.
 */
import * as L from './layout.ts';

const { LINK, NONE, PLACES } = L;

export class Jobs {
  /** All records, from `job` on; and the same buffer in doubles, from `job / 2` on. */
  i32: Int32Array;
  f64: Float64Array;
  readonly layout: L.Layout;
  /** Records in use now, and at most so far. */
  live = 0;
  liveMax = 0;
  private free = NONE;
  private used = 0;
  private readonly stride: number;

  constructor(layout: L.Layout, capacity: number) {
    this.layout = layout;
    this.stride = layout.stride;
    this.i32 = new Int32Array(capacity * layout.stride);
    this.f64 = new Float64Array(this.i32.buffer);
  }

  /** True if the next `allocate` needs `grow` first: all records are taken. */
  isFull(): boolean {
    return this.free === NONE && this.used === this.i32.length;
  }

  grow(): void {
    const i32 = new Int32Array(this.i32.length * 2);
    i32.set(this.i32);
    this.i32 = i32;
    this.f64 = new Float64Array(i32.buffer);
  }

  /** A record for a new job, its fields as the last owner left them. */
  allocate(): number {
    this.live++;
    if (this.live > this.liveMax) this.liveMax = this.live;
    const job = this.free;
    if (job === NONE) {
      const fresh = this.used;
      this.used += this.stride;
      return fresh;
    }
    this.free = this.i32[job + LINK];
    return job;
  }

  release(job: number): void {
    this.live--;
    this.i32[job + LINK] = this.free;
    this.free = job;
  }

  /** Copies where the calls are, down to `depth`. */
  copyPlaces(from: number, to: number, depth: number): void {
    const { i32 } = this;
    for (let w = PLACES + depth; w >= PLACES; w--) i32[to + w] = i32[from + w];
  }

  /** The job that has this frame. */
  ownerOf(frame: number): number {
    return frame - (frame % this.stride);
  }
}
