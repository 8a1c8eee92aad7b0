/**
 * Deadlines of one length, kept apart from the calendar: as all are equally long they pass in the order they
 * were set, so a ring does. Nearly all are cancelled in time; setting and cancelling cost O(1), and the calendar
 * holds one event a ring, not one a call. A deadline belongs to a frame, which is one call of one job.
 *
 * Who is cancelled leaves a gap, which goes when it comes to the front. So nothing but the frame itself and the end of
 * the ring is touched, which is near, while the neighbours in a linked list would be anywhere.
 */
import type { Jobs } from './jobs.ts';
import * as L from './layout.ts';
import * as R from './registers.ts';

const { FRAME_DEADLINE, FRAME_TIMED, NONE } = L;
const { NOW } = R;

export class Timers {
  /** Deadlines lie this far ahead. [ns] */
  readonly length: number;
  private readonly jobs: Jobs;
  private readonly registers: Float64Array;
  /** By number of a deadline, cut to the length of the ring, a power of two: its frame, NONE for a gap; when it passes. */
  private frames = new Int32Array(64);
  private due = new Float64Array(64);
  /** Numbers [head, tail) are in the ring; 32-bit integers that begin again where they end. */
  private head = 0;
  private tail = 0;

  constructor(length: number, jobs: Jobs, registers: Float64Array) {
    this.length = length;
    this.jobs = jobs;
    this.registers = registers;
  }

  /**
   * Sets the deadline of a frame, which must not have one.
   *
   * @param attempt - where its record begins in the program
   */
  set(frame: number, attempt: number): void {
    if (((this.tail - this.head) | 0) === this.frames.length) this.makeRoom();
    const { i32 } = this.jobs;
    const { tail } = this;
    const at = tail & (this.frames.length - 1);
    this.frames[at] = frame;
    this.due[at] = this.registers[NOW] + this.length;
    i32[frame + FRAME_DEADLINE] = tail;
    i32[frame + FRAME_TIMED] = attempt + 1;
    this.tail = (tail + 1) | 0;
  }

  /** A frame's deadline has passed, or it needs none any more. */
  cancel(frame: number): void {
    const { i32 } = this.jobs;
    i32[frame + FRAME_TIMED] = 0;
    this.frames[i32[frame + FRAME_DEADLINE] & (this.frames.length - 1)] = NONE;
  }

  /** The deadline of one frame becomes that of another. */
  move(from: number, to: number): void {
    const { i32 } = this.jobs;
    const number = i32[from + FRAME_DEADLINE];
    i32[to + FRAME_DEADLINE] = number;
    i32[to + FRAME_TIMED] = i32[from + FRAME_TIMED];
    i32[from + FRAME_TIMED] = 0;
    this.frames[number & (this.frames.length - 1)] = to;
  }

  /** The frame whose deadline passes first, or NONE. */
  first(): number {
    this.closeGaps();
    return this.head === this.tail ? NONE : this.frames[this.head & (this.frames.length - 1)];
  }

  /** When it passes; Infinity if there is none. */
  firstTime(): number {
    this.closeGaps();
    if (this.head === this.tail) return Number.POSITIVE_INFINITY;
    return this.due[this.head & (this.frames.length - 1)];
  }

  /** Deadlines that are set; counted one by one. */
  pending(): number {
    const mask = this.frames.length - 1;
    let count = 0;
    for (let n = this.head; n !== this.tail; n = (n + 1) | 0) {
      if (this.frames[n & mask] !== NONE) count++;
    }
    return count;
  }

  /** Afterwards the first in the ring is no gap. */
  private closeGaps(): void {
    const { frames, tail } = this;
    const mask = frames.length - 1;
    let { head } = this;
    while (head !== tail && frames[head & mask] === NONE) head = (head + 1) | 0;
    this.head = head;
  }

  private makeRoom(): void {
    this.closeGaps();
    const { frames, due, head } = this;
    const count = (this.tail - head) | 0;
    const old = frames.length;
    if (count <= old / 2) return;
    this.frames = new Int32Array(2 * old);
    this.due = new Float64Array(2 * old);
    for (let n = 0; n < count; n++) {
      const from = (head + n) & (old - 1);
      const to = (head + n) & (2 * old - 1);
      this.frames[to] = frames[from];
      this.due[to] = due[from];
    }
  }
}
