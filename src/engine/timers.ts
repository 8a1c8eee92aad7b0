/**
 * Deadlines of one length, kept apart from the calendar: as all are equally long they pass in the order they
 * were set, so a list does. Nearly all are cancelled in time; setting and cancelling cost O(1), and the calendar
 * holds one event a list, not one a call. A deadline belongs to a frame, which is one call of one job.
 */
import {
  type Jobs,
  NONE,
  TIMER,
  TIMER_DUE,
  TIMER_NEXT,
  TIMER_PREVIOUS,
  TIMER_STEP,
} from './jobs.ts';
import { NOW } from './registers.ts';

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
   * @param step - that of the attempt
   */
  set(frame: number, step: number): void {
    const { timerI32, timerF64 } = this.jobs;
    timerF64[frame * (TIMER / 2) + TIMER_DUE] = this.registers[NOW] + this.length;
    timerI32[frame * TIMER + TIMER_NEXT] = NONE;
    timerI32[frame * TIMER + TIMER_PREVIOUS] = this.tail;
    timerI32[frame * TIMER + TIMER_STEP] = step + 1;
    if (this.tail === NONE) this.head = frame;
    else timerI32[this.tail * TIMER + TIMER_NEXT] = frame;
    this.tail = frame;
  }

  /** Takes a frame off the list: its deadline passed, or it needs none any more. */
  cancel(frame: number): void {
    const { timerI32 } = this.jobs;
    const next = timerI32[frame * TIMER + TIMER_NEXT];
    const previous = timerI32[frame * TIMER + TIMER_PREVIOUS];
    timerI32[frame * TIMER + TIMER_STEP] = 0;
    this.link(previous, next);
  }

  /** The deadline of one frame becomes that of another, in the same place of the list. */
  move(from: number, to: number): void {
    const { timerI32 } = this.jobs;
    timerI32.copyWithin(to * TIMER, from * TIMER, (from + 1) * TIMER);
    timerI32[from * TIMER + TIMER_STEP] = 0;
    this.link(timerI32[to * TIMER + TIMER_PREVIOUS], to);
    this.link(to, timerI32[to * TIMER + TIMER_NEXT]);
  }

  /** Makes two frames neighbours; NONE is the end of the list. */
  private link(previous: number, next: number): void {
    const { timerI32 } = this.jobs;
    if (previous === NONE) this.head = next;
    else timerI32[previous * TIMER + TIMER_NEXT] = next;
    if (next === NONE) this.tail = previous;
    else timerI32[next * TIMER + TIMER_PREVIOUS] = previous;
  }

  /** The frame whose deadline passes first, or NONE. */
  first(): number {
    return this.head;
  }

  /** When it passes; Infinity if there is none. */
  firstTime(): number {
    if (this.head === NONE) return Number.POSITIVE_INFINITY;
    return this.jobs.timerF64[this.head * (TIMER / 2) + TIMER_DUE];
  }
}
