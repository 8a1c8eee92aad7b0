/**
 * Visits: a job arrives at a station, is served there, and what happens when it leaves. A plain station says at once
 * when that will be; one that keeps its line, or shares its servers, is told when a job leaves.
 */
import { isStopped } from './attempts.ts';
import * as L from './layout.ts';
import { OVERFLOW } from './network.ts';
import * as P from './program.ts';
import * as R from './registers.ts';
import type { Simulation } from './simulate.ts';
import { answers } from './stations.ts';

const { CONNECTION, HERE, NONE, OUTCOME, PC } = L;
const { KEYS, STEP, TAIL_KEYS, VISIT_WITH_TAIL, WAKE_UP } = P;
const { TAIL, TIME } = R;
const { DEPARTS, REJECTED } = answers;

/** @returns true if the job now waits; false if it goes on: turned away, or nothing to do there */
export function visit(sim: Simulation, job: number, at: number): boolean {
  const { code, registers } = sim;
  const { i32 } = sim.jobs;
  const station = sim.stationOf[code[at + 2] + i32[job + code[at + 1]]];
  if (station < 0 || (sim.deadlinesPropagate && isStopped(sim, job))) return false;
  sim.draw(job, code[at + 3], at + KEYS);
  if (registers[TIME] === 0 && registers[TAIL] === 0) return false;
  i32[job + PC] = at + STEP;
  if (serve(sim, sim.stations.laneOf(station, i32[job + CONNECTION], code[at + 4]), job))
    return true;
  i32[job + OUTCOME] = OVERFLOW;
  return false;
}

/** The same for a visit that occupies the server after the job has left. Register TAIL is 0 everywhere else. */
export function visitWithTail(sim: Simulation, job: number, at: number): boolean {
  sim.draw(job, sim.code[at + 5], at + TAIL_KEYS);
  sim.registers[TAIL] = sim.registers[TIME];
  const isWaiting = visit(sim, job, at);
  sim.registers[TAIL] = 0;
  return isWaiting;
}

/** The job is served for what stands in registers TIME and TAIL. @returns false if the station turned it away */
export function serve(sim: Simulation, row: number, job: number): boolean {
  const answer = sim.stations.serve(row, job);
  if (answer === DEPARTS) sim.calendar.place(job);
  else if (answer === REJECTED) return false;
  else if (sim.stations.isSharing(row)) armSharing(sim, row);
  return true;
}

/** A job (or a tail) leaves a station that keeps its line: its tail or the next one is served. */
export function leaveLine(sim: Simulation, row: number, job: number): void {
  const { stations, now } = sim;
  stations.finish(row);
  if (!isGhost(sim, job)) stations.change(row, now, -1);
  const tail = tailOf(sim, job);
  if (tail > 0) {
    const ghost = sim.messenger(P.WAKE_UP, 0, 0);
    sim.jobs.i32[ghost + HERE] = row + 1;
    sim.calendar.insert(now + stations.goOn(row, tail), ghost);
    return;
  }
  let next = stations.next(row, now);
  // Who was given up on while it waited is not served any more.
  while (next !== NONE && isStopped(sim, next)) {
    stations.change(row, now, -1);
    sim.jobs.i32[next + HERE] = 0;
    sim.calendar.insert(now, next);
    next = stations.next(row, now);
  }
  if (next !== NONE) sim.calendar.insert(now + stations.beginNext(row, next), next);
}

/** A ghost stands for a tail, so that its server stays taken when the job is gone. */
function isGhost(sim: Simulation, job: number): boolean {
  return sim.code[sim.jobs.i32[job + PC]] === WAKE_UP;
}

/** The tail of the visit that a job ends. Draws are addressed, so it can be drawn when it is needed. */
function tailOf(sim: Simulation, job: number): number {
  const { code } = sim;
  const at = sim.jobs.i32[job + PC] - STEP;
  if (at < 0 || code[at] !== VISIT_WITH_TAIL) return 0;
  sim.draw(job, code[at + 5], at + TAIL_KEYS);
  return sim.registers[TIME];
}

function armSharing(sim: Simulation, row: number): void {
  const due = sim.stations.sharingOf(row).nextDeparture(sim.now);
  if (due >= sim.sharingDue[row]) return;
  sim.sharingDue[row] = due;
  sim.calendar.insert(due, sim.messenger(P.SHARING_DUE, row, 0));
}

export function leaveSharing(sim: Simulation, row: number): void {
  // An event that was overtaken by an earlier one finds nothing to do.
  if (sim.now !== sim.sharingDue[row]) return;
  sim.sharingDue[row] = Number.POSITIVE_INFINITY;
  const job = sim.stations.sharingOf(row).depart(sim.now);
  if (job !== NONE) {
    if (!isGhost(sim, job)) sim.stations.change(row, sim.now, -1);
    sim.jobs.i32[job + HERE] = 0;
    const tail = tailOf(sim, job);
    if (tail > 0) sim.stations.shareOn(row, sim.messenger(P.WAKE_UP, 0, 0), sim.now, tail);
  }
  armSharing(sim, row);
  if (job !== NONE) sim.execute(job);
}
