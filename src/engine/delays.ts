/** Time that passes without occupying anything: the network, a sleep. */
import { isStopped } from './attempts.ts';
import * as L from './layout.ts';
import * as P from './program.ts';
import * as R from './registers.ts';
import type { Simulation } from './simulate.ts';

const { DUE, PC } = L;
const { KEYS, STEP } = P;
const { NOW, TIME } = R;

/** @returns true if the job now waits; false if it goes on at once */
export function delay(sim: Simulation, job: number, at: number): boolean {
  if (sim.deadlinesPropagate && isStopped(sim, job)) return false;
  const { code, registers } = sim;
  sim.draw(job, isNear(sim, job, at) ? code[at + 3] : code[at + 2], at + KEYS);
  if (registers[TIME] === 0) return false;
  const { i32, f64 } = sim.jobs;
  i32[job + PC] = at + STEP;
  f64[(job >> 1) + DUE] = registers[NOW] + registers[TIME];
  sim.calendar.place(job);
  return true;
}

/** True if a call stays on its caller's host, and that makes a difference to the delay at `at`. */
function isNear(sim: Simulation, job: number, at: number): boolean {
  const { code, hostOf } = sim;
  if (code[at + 2] === code[at + 3]) return false;
  const { i32 } = sim.jobs;
  const place = job + code[at + 1];
  return hostOf[i32[place - 1]] === hostOf[i32[place]];
}
