/** What programs count as jobs pass, and since when: read and cleared from outside. */
import { NONE } from './layout.ts';
import type { Simulation } from './simulate.ts';

const NEVER = -1;

export class Counters {
  /** By counter. */
  private readonly counts: Float64Array;
  /** By counter: when it last left zero, or NEVER. [ns] */
  private readonly since: Float64Array;

  constructor(count: number) {
    this.counts = new Float64Array(count);
    this.since = new Float64Array(count).fill(NEVER);
  }

  count(index: number, now: number): void {
    if (this.counts[index]++ === 0) this.since[index] = now;
  }

  /** Since it was last cleared. */
  of(index: number): number {
    return this.counts[index];
  }

  /** When it was first counted at since it was last cleared, −1 if it was not. [ns] */
  firstOf(index: number): number {
    return this.since[index];
  }

  clear(index: number): void {
    this.counts[index] = 0;
    this.since[index] = NEVER;
  }
}

/** Counts at the counter that the record at `at` names, or at that of a place. */
export function count(sim: Simulation, job: number, at: number): void {
  const { code } = sim;
  const place = code[at + 1];
  const index = place === NONE ? code[at + 2] : code[at + 2] + sim.jobs.i32[job + place];
  sim.counters.count(index, sim.now);
}
