/**
 * Deadlines of one length, kept apart from the calendar: as all are equally long they pass in the order they
 * were set, so a list does. Nearly all are cancelled in time; setting and cancelling cost O(1), and the calendar
 * holds one event a list, not one a call.
 */
import { type Jobs, LINK, MARK, NONE, PREVIOUS, ROW } from './jobs.ts';

export class TimerList {
  /** Deadlines lie this far ahead. [ns] */
  readonly length: number;
  private readonly jobs: Jobs;
  private head = NONE;
  private tail = NONE;

  constructor(length: number, jobs: Jobs) {
    this.length = length;
    this.jobs = jobs;
  }

  /** Sets the deadline of a job, which must not have one. */
  set(now: number, job: number): void {
    const { i32, f64 } = this.jobs;
    f64[job * (ROW / 2) + MARK] = now + this.length;
    i32[job * ROW + LINK] = NONE;
    i32[job * ROW + PREVIOUS] = this.tail;
    if (this.tail === NONE) this.head = job;
    else i32[this.tail * ROW + LINK] = job;
    this.tail = job;
  }

  /** Takes a job off the list: its deadline passed, or it needs none any more. */
  cancel(job: number): void {
    const i32 = this.jobs.i32;
    const next = i32[job * ROW + LINK];
    const previous = i32[job * ROW + PREVIOUS];
    if (previous === NONE) this.head = next;
    else i32[previous * ROW + LINK] = next;
    if (next === NONE) this.tail = previous;
    else i32[next * ROW + PREVIOUS] = previous;
  }

  /** The job whose deadline passes first, or NONE. */
  first(): number {
    return this.head;
  }

  /** When it passes; Infinity if there is none. */
  firstTime(): number {
    return this.head === NONE
      ? Number.POSITIVE_INFINITY
      : this.jobs.f64[this.head * (ROW / 2) + MARK];
  }
}
