/**
 * Deadlines of one length, kept apart from the calendar: as all are equally long they pass in the order they
 * were set, so a list does. Nearly all are cancelled in time; setting and cancelling cost O(1), and the calendar
 * holds one event a list, not one a call. A deadline belongs to a frame, which is one call of one job.
 */
import type { Jobs } from './jobs.ts';
import * as L from './layout.ts';
import * as R from './registers.ts';

const { FRAME_DUE, FRAME_NEXT, FRAME_PREVIOUS, FRAME_TIMED, NONE } = L;
const { NOW } = R;

export class TimerList {
  /** Deadlines lie this far ahead. [ns] */
  readonly length: number;
  private readonly jobs: Jobs;
  private readonly registers: Float64Array;
  private head = NONE;
  private tail = NONE;

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
    const { i32, f64 } = this.jobs;
    const { tail } = this;
    f64[(frame >> 1) + FRAME_DUE] = this.registers[NOW] + this.length;
    i32[frame + FRAME_NEXT] = NONE;
    i32[frame + FRAME_PREVIOUS] = tail;
    i32[frame + FRAME_TIMED] = attempt + 1;
    if (tail === NONE) this.head = frame;
    else i32[tail + FRAME_NEXT] = frame;
    this.tail = frame;
  }

  /** Takes a frame off the list: its deadline passed, or it needs none any more. */
  cancel(frame: number): void {
    const { i32 } = this.jobs;
    i32[frame + FRAME_TIMED] = 0;
    this.link(i32[frame + FRAME_PREVIOUS], i32[frame + FRAME_NEXT]);
  }

  /** The deadline of one frame becomes that of another, in the same place of the list. */
  move(from: number, to: number): void {
    const { i32, f64 } = this.jobs;
    f64[(to >> 1) + FRAME_DUE] = f64[(from >> 1) + FRAME_DUE];
    i32[to + FRAME_TIMED] = i32[from + FRAME_TIMED];
    i32[from + FRAME_TIMED] = 0;
    this.link(i32[from + FRAME_PREVIOUS], to);
    this.link(to, i32[from + FRAME_NEXT]);
  }

  /** Makes two frames neighbours; NONE is the end of the list. */
  private link(previous: number, next: number): void {
    const { i32 } = this.jobs;
    if (previous === NONE) this.head = next;
    else i32[previous + FRAME_NEXT] = next;
    if (next === NONE) this.tail = previous;
    else i32[next + FRAME_PREVIOUS] = previous;
  }

  /** The frame whose deadline passes first, or NONE. */
  first(): number {
    return this.head;
  }

  /** When it passes; Infinity if there is none. */
  firstTime(): number {
    if (this.head === NONE) return Number.POSITIVE_INFINITY;
    return this.jobs.f64[(this.head >> 1) + FRAME_DUE];
  }
}
