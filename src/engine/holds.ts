/** Holding something over several steps: a worker thread, a connection. */
import { isStopped } from './attempts.ts';
import * as J from './jobs.ts';
import { NONE, ROW } from './jobs.ts';
import { OVERFLOW } from './network.ts';
import { STEP } from './program.ts';
import type { Simulation } from './simulate.ts';

/** @returns the step that the job goes on with, or NONE if it waits for its turn */
export function hold(sim: Simulation, job: number, pc: number): number {
  const pool = poolOf(sim, job, pc);
  if (pool < 0) return pc + 1;
  const { code } = sim.program;
  const onReject = code[pc * STEP + 3];
  if (isStopped(sim, job)) return onReject;
  if (sim.pools.take(pool)) return pc + 1;
  const rows = sim.jobs.i32;
  rows[job * ROW + J.PC] = pc + 1;
  if (sim.pools.wait(pool, job)) return NONE;
  rows[job * ROW + J.OUTCOME] = OVERFLOW;
  return onReject;
}

/** Who has waited longest gets what the job gives back. */
export function release(sim: Simulation, job: number, pc: number): void {
  const pool = poolOf(sim, job, pc);
  const next = pool < 0 ? NONE : sim.pools.give(pool);
  if (next !== NONE) sim.calendar.insert(sim.now, next);
}

function poolOf(sim: Simulation, job: number, pc: number): number {
  const { code } = sim.program;
  const place = sim.placeOf(job, code[pc * STEP + 1]);
  return sim.network.poolOf[code[pc * STEP + 2] * sim.placeCount + place];
}
