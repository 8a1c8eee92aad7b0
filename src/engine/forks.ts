/** Parallel calls: a job starts a branch for each and goes on when the last is done. */
import * as J from './jobs.ts';
import { NONE, ROW } from './jobs.ts';
import { OK } from './network.ts';
import { STEP } from './program.ts';
import type { Simulation } from './simulate.ts';

/** Starts the branches. @returns the job that goes on: the last of them, or this one if there are none */
export function fork(sim: Simulation, job: number, pc: number): number {
  const at = pc * STEP;
  const { code, branches } = sim.program;
  const depth = code[at + 1];
  const first = code[at + 2];
  const count = code[at + 3];
  if (count === 0) return job;
  const rows = sim.jobs.i32;
  rows[job * ROW + J.PC] = pc + 1;
  rows[job * ROW + J.PENDING] = count;
  const last = first + count - 1;
  for (let b = first; b < last; b++) sim.execute(child(sim, job, branches[b], depth));
  return child(sim, job, branches[last], depth);
}

/** A branch is done. @returns its parent if that was the last, else NONE */
export function join(sim: Simulation, job: number): number {
  const rows = sim.jobs.i32;
  const parent = rows[job * ROW + J.PARENT];
  const outcome = rows[job * ROW + J.OUTCOME];
  sim.jobs.release(job);
  const at = parent * ROW;
  if (outcome !== OK && rows[at + J.OUTCOME] === OK) rows[at + J.OUTCOME] = outcome;
  rows[at + J.PENDING]--;
  return rows[at + J.PENDING] === 0 ? parent : NONE;
}

/** A job that does part of another's work: it has the same request and the frames down to `depth`. */
export function child(sim: Simulation, parent: number, pc: number, depth: number): number {
  const job = sim.allocate();
  const rows = sim.jobs.i32;
  const from = parent * ROW;
  const to = job * ROW;
  rows[to + J.PC] = pc;
  rows[to + J.REQUEST] = rows[from + J.REQUEST];
  rows[to + J.PARENT] = parent;
  rows[to + J.OUTCOME] = OK;
  rows[to + J.FLAGS] = rows[from + J.FLAGS] & J.MEASURED;
  rows[to + J.SALT] = rows[from + J.SALT];
  rows[to + J.CONNECTION] = rows[from + J.CONNECTION];
  rows[to + J.SOURCE] = rows[from + J.SOURCE];
  rows[to + J.HERE] = 0;
  sim.jobs.copyFrames(parent, job, depth);
  return job;
}
