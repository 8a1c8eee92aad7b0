/**
 * Jobs as rows of one buffer: 64 bytes each, a cache line, so that a million in flight stay cheap. Beside the
 * row a job has a frame for every depth of the call tree. Free rows are linked; nothing is allocated in the loop.
 */

/** Fields of a row, in 32-bit words; a row is `ROW` words. */
export const ROW = 16;
/** Step that comes next. */
export const PC = 0;
export const REQUEST = 1;
/** Job that waits for this one, or NONE. */
export const PARENT = 2;
/** Branches that this job waits for. */
export const PENDING = 3;
/** Next of the free list, or of a waiting line. */
export const LINK = 4;
export const OUTCOME = 6;
/** Bits, see below. */
export const FLAGS = 7;
/** Which attempts this job is part of; 0 where every try is the first. Mixed into every draw. */
export const SALT = 8;
export const CONNECTION = 9;
export const SOURCE = 10;
/** Station that must be told when the job leaves it, + 1; 0 for none. */
export const HERE = 11;
/** Fields of a row, in 64-bit words; a row is `ROW / 2` of them. */
export const ARRIVAL = 6;
/** Demand of a visit that waits. */
export const MARK = 7;

/** Arrived in the window, so it is counted. */
export const MEASURED = 1;
/** Was given up on and must stop at its next step. */
export const STOPPED = 2;
/** Was sent back to its attempt by `settle`: the next try begins, not the first. */
export const RETRYING = 4;

/** Fields of a frame, in 32-bit words; a frame is `FRAME` words, its first two hold `FRAME_BEGIN`. */
export const FRAME = 6;
/** When the attempt of this frame began, in 64-bit words of a frame of `FRAME / 2`. */
export const FRAME_BEGIN = 0;
export const FRAME_PLACE = 2;
/** Retries so far; ABANDONED in a job whose caller has given this call up and gone on without it. */
export const FRAME_RETRY = 3;
/** SALT outside this attempt. */
export const FRAME_SALT = 4;
/** Counter of calls under way that this call holds, + 1; 0 for none. */
export const FRAME_COUNTED = 5;

export const ABANDONED = -1;

/**
 * Fields of a frame's deadline, in 32-bit words; a deadline is `TIMER` words, its first two hold `TIMER_DUE`. They
 * stand apart from the frames, which then stay small where no call has a deadline.
 */
export const TIMER = 6;
/** When it passes, in 64-bit words of a deadline of `TIMER / 2`. */
export const TIMER_DUE = 0;
/** Neighbours in the list of deadlines of the same length: frames, or NONE. */
export const TIMER_NEXT = 2;
export const TIMER_PREVIOUS = 3;
/** Step of the attempt + 1 while the deadline is set, else 0: so also in every row that is free. */
export const TIMER_STEP = 4;

export const NONE = -1;

export class Jobs {
  /** By job × ROW, and by job × ROW / 2 on the same buffer. */
  i32: Int32Array;
  f64: Float64Array;
  /** By (job × depths + depth) × FRAME, and × FRAME / 2 on the same buffer. */
  frameI32: Int32Array;
  frameF64: Float64Array;
  /** By (job × depths + depth) × TIMER, and × TIMER / 2 on the same buffer; empty if no call has a deadline. */
  timerI32: Int32Array;
  timerF64: Float64Array;
  capacity: number;
  /** Rows in use now, and at most so far. */
  live = 0;
  liveMax = 0;
  private free = NONE;
  private used = 0;

  /** Frames of a job. */
  readonly depths: number;

  constructor(depths: number, capacity: number, hasDeadlines: boolean) {
    this.depths = depths;
    this.capacity = capacity;
    const rows = new ArrayBuffer(capacity * ROW * 4);
    const frames = new ArrayBuffer(capacity * depths * FRAME * 4);
    this.i32 = new Int32Array(rows);
    this.f64 = new Float64Array(rows);
    this.frameI32 = new Int32Array(frames);
    this.frameF64 = new Float64Array(frames);
    const timers = new ArrayBuffer(hasDeadlines ? capacity * depths * TIMER * 4 : 0);
    this.timerI32 = new Int32Array(timers);
    this.timerF64 = new Float64Array(timers);
  }

  /** True if the next `allocate` needs `grow` first: all rows are taken. */
  isFull(): boolean {
    return this.free === NONE && this.used === this.capacity;
  }

  grow(): void {
    this.capacity *= 2;
    this.i32 = doubled(this.i32);
    this.f64 = new Float64Array(this.i32.buffer);
    this.frameI32 = doubled(this.frameI32);
    this.frameF64 = new Float64Array(this.frameI32.buffer);
    this.timerI32 = doubled(this.timerI32);
    this.timerF64 = new Float64Array(this.timerI32.buffer);
  }

  /** A row for a new job, its fields as the last owner left them. */
  allocate(): number {
    this.live++;
    if (this.live > this.liveMax) this.liveMax = this.live;
    const job = this.free;
    if (job === NONE) return this.used++;
    this.free = this.i32[job * ROW + LINK];
    return job;
  }

  release(job: number): void {
    this.live--;
    this.i32[job * ROW + LINK] = this.free;
    this.free = job;
  }

  /** Copies the frames 0 to `depth` of one job to another. */
  copyFrames(from: number, to: number, depth: number): void {
    const words = (depth + 1) * FRAME;
    const source = from * this.depths * FRAME;
    const target = to * this.depths * FRAME;
    const frames = this.frameI32;
    for (let w = 0; w < words; w++) frames[target + w] = frames[source + w];
  }
}

function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(words.length * 2);
  copy.set(words);
  return copy;
}
