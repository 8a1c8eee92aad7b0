/**
 * Tries that came to a place which was down, as their caller did not know or could not know in time; and for each time
 * that a place went down, until when that went on. Calls that go well never come here.
 */

import { isStopped } from './attempts.ts';
import { MISSED, NONE, OUTCOME, PC } from './layout.ts';
import type { Simulation } from './simulate.ts';

/** A place went down. */
export interface Removal {
  readonly place: number;
  /** [ns] */
  readonly at: number;
  /** When the last try came to it, before it was up again; `at` if none did. [ns] */
  last: number;
}

const UP = -1;

export class Misses {
  /** By tag: measured tries that came to a place which was down; their call then failed, or was tried again. */
  readonly failed: Float64Array;
  readonly retried: Float64Array;
  /** In the order of time. */
  readonly removals: Removal[] = [];
  /** By place: index of its removal, UP while it is up, and until it has been up once. */
  private readonly removalOf: Int32Array;

  constructor(tagCount: number, placeCount: number) {
    this.failed = new Float64Array(tagCount);
    this.retried = new Float64Array(tagCount);
    this.removalOf = new Int32Array(placeCount).fill(UP);
  }

  removed(place: number, now: number): void {
    this.removalOf[place] = this.removals.push({ place, at: now, last: now }) - 1;
  }

  restored(place: number): void {
    this.removalOf[place] = UP;
  }

  /** A try comes to a place that is down. */
  came(place: number, now: number): void {
    const removal = this.removalOf[place];
    if (removal !== UP) this.removals[removal].last = now;
  }
}

/**
 * The job finds the place of a branch, whose record begins at `at`, down.
 *
 * @returns the step that it goes on with, or NONE while it waits for an answer
 */
export function meetDown(sim: Simulation, job: number, at: number, state: number): number {
  const { code } = sim;
  const { i32 } = sim.jobs;
  const call = code[at + 3];
  i32[job + OUTCOME] = state;
  i32[job + MISSED] = call;
  if (call !== 0) sim.misses.came(i32[job + code[at + 1]], sim.now);
  const to = code[at + 2];
  const delay = sim.network.downDelay[state];
  if (delay === 0 || isStopped(sim, job)) return to;
  i32[job + PC] = to;
  sim.calendar.insert(sim.now + delay, job);
  return NONE;
}
