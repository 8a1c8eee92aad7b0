/** Tells the tracer of a request what its jobs do. */
import * as L from './layout.ts';
import { NONE } from './layout.ts';
import { STEP } from './program.ts';
import type { Simulation } from './simulate.ts';

/** Tells the tracer of the step that a job of the traced request is about to do. */
export function trace(sim: Simulation, job: number, at: number): void {
  const { i32 } = sim.jobs;
  if (sim.tracer === null || i32[job + L.SOURCE] !== sim.tracer.source) return;
  if (at >= sim.program.internal) return;
  const step = sim.network.steps[at / STEP];
  const place = 'depth' in step ? i32[job + L.PLACES + step.depth] : NONE;
  const [number, outcome, salt] = [numberOf(sim, job), i32[job + L.OUTCOME], i32[job + L.SALT]];
  sim.tracer.step(sim.now, number, at / STEP, place, outcome, salt);
}

/** Tells the tracer that a call of the traced request and its caller are two jobs from now on. */
export function traceParting(sim: Simulation, call: number, caller: number, attempt: number): void {
  const { i32 } = sim.jobs;
  if (sim.tracer === null || i32[call + L.REQUEST] !== sim.tracer.request) return;
  if (i32[call + L.SOURCE] !== sim.tracer.source) return;
  sim.tracer.part(sim.now, numberOf(sim, call), numberOf(sim, caller), attempt / STEP);
}

/** Jobs counted from 0, for people. */
function numberOf(sim: Simulation, job: number): number {
  return job / sim.jobs.layout.stride;
}
