/** Holding something over several steps: a worker thread, a connection. */
import { isStopped } from './attempts.ts';
import * as L from './layout.ts';
import { OVERFLOW } from './network.ts';
import * as P from './program.ts';
import type { Simulation } from './simulate.ts';

const { NONE, OUTCOME, PC } = L;
const { STEP } = P;

/** @returns the step that the job goes on with, or NONE if it waits for its turn */
export function hold(sim: Simulation, job: number, at: number): number {
  const pool = poolOf(sim, job, at);
  if (pool < 0) return at + STEP;
  const onReject = sim.code[at + 3];
  if (sim.deadlinesPropagate && isStopped(sim, job)) return onReject;
  if (sim.pools.take(pool)) return at + STEP;
  const { i32 } = sim.jobs;
  i32[job + PC] = at + STEP;
  if (sim.pools.wait(pool, job)) return NONE;
  i32[job + OUTCOME] = OVERFLOW;
  return onReject;
}

/** Who has waited longest gets what the job gives back. */
export function release(sim: Simulation, job: number, at: number): void {
  const pool = poolOf(sim, job, at);
  const next = pool < 0 ? NONE : sim.pools.give(pool);
  if (next !== NONE) sim.calendar.insert(sim.now, next);
}

function poolOf(sim: Simulation, job: number, at: number): number {
  const { code } = sim;
  return sim.poolOf[code[at + 2] + sim.jobs.i32[job + code[at + 1]]];
}
