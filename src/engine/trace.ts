/** What one job does, for people: the tracer of a request, and a line for whoever debugs. */
import * as J from './jobs.ts';
import { NONE, ROW } from './jobs.ts';
import type { Simulation } from './simulate.ts';

/** Tells the tracer of the step that a job of the traced request is about to do. */
export function trace(sim: Simulation, job: number, pc: number): void {
  const rows = sim.jobs.i32;
  if (sim.tracer === null || rows[job * ROW + J.SOURCE] !== sim.tracer.source) return;
  if (pc >= sim.program.internal) return;
  const step = sim.network.steps[pc];
  const place = 'depth' in step ? sim.placeOf(job, step.depth) : NONE;
  const row = job * ROW;
  sim.tracer.step(sim.now, job, pc, place, rows[row + J.OUTCOME], rows[row + J.SALT]);
}

/** Tells the tracer that a call of the traced request and its caller are two jobs from now on. */
export function traceParting(sim: Simulation, call: number, caller: number, attempt: number): void {
  if (sim.tracer === null || sim.jobs.i32[call * ROW + J.REQUEST] !== sim.tracer.request) return;
  if (sim.jobs.i32[call * ROW + J.SOURCE] !== sim.tracer.source) return;
  sim.tracer.part(sim.now, call, caller, attempt);
}

/** One line that says what a job is and does. */
export function describeJob(sim: Simulation, job: number): string {
  const { i32, depths } = sim.jobs;
  const pc = i32[job * ROW + J.PC];
  const step = sim.network.steps[pc]?.verb ?? 'internal';
  const places = Array.from({ length: depths }, (_, depth) => sim.placeOf(job, depth));
  const who = `request ${i32[job * ROW + J.REQUEST]} of source ${i32[job * ROW + J.SOURCE]}`;
  const outcome = i32[job * ROW + J.OUTCOME];
  return `job ${job} (${who}) next ${pc} ${step}, outcome ${outcome}, places ${places.join(' ')}`;
}
