/** Parallel calls: a job starts a branch for each and goes on when the last is done. */
import * as L from './layout.ts';
import { OK } from './network.ts';
import type { Simulation } from './simulate.ts';

const { CONNECTION, FLAGS, HERE, MEASURED, NONE, OUTCOME, PARENT, PC } = L;
const { PENDING, REQUEST, SALT, SOURCE } = L;

/**
 * Starts the branches of the fork whose record begins at `at`; `next` is the job's own next step.
 *
 * @returns the job that goes on: the last of them, or this one if there are none
 */
export function fork(sim: Simulation, job: number, at: number, next: number): number {
  const { code } = sim;
  const { branches } = sim.program;
  const depth = code[at + 1];
  const first = code[at + 2];
  const count = code[at + 3];
  if (count === 0) return job;
  const { i32 } = sim.jobs;
  i32[job + PC] = next;
  i32[job + PENDING] = count;
  const last = first + count - 1;
  for (let b = first; b < last; b++) sim.execute(child(sim, job, branches[b], depth));
  return child(sim, job, branches[last], depth);
}

/** A branch is done. @returns its parent if that was the last, else NONE */
export function join(sim: Simulation, job: number): number {
  const { i32 } = sim.jobs;
  const parent = i32[job + PARENT];
  const outcome = i32[job + OUTCOME];
  sim.jobs.release(job);
  if (outcome !== OK && i32[parent + OUTCOME] === OK) i32[parent + OUTCOME] = outcome;
  i32[parent + PENDING]--;
  return i32[parent + PENDING] === 0 ? parent : NONE;
}

/** A job that does part of another's work: it has the same request and the places down to `depth`. */
function child(sim: Simulation, parent: number, pc: number, depth: number): number {
  const job = sim.allocate();
  const { i32 } = sim.jobs;
  i32[job + PC] = pc;
  i32[job + REQUEST] = i32[parent + REQUEST];
  i32[job + PARENT] = parent;
  i32[job + OUTCOME] = OK;
  i32[job + FLAGS] = i32[parent + FLAGS] & MEASURED;
  i32[job + SALT] = i32[parent + SALT];
  i32[job + CONNECTION] = i32[parent + CONNECTION];
  i32[job + SOURCE] = i32[parent + SOURCE];
  i32[job + HERE] = 0;
  sim.jobs.copyPlaces(parent, job, depth);
  return job;
}
