/**
 * Calls with a policy: an attempt with a deadline, its retries with back-off and budget, and what becomes of
 * work whose caller has given up.
 *
 * Under a deadline the body of an attempt is a job of its own, so that its caller can go on without it.
 */
import { OUTCOMES } from './calls.ts';
import { child } from './forks.ts';
import * as J from './jobs.ts';
import { NONE, ROW } from './jobs.ts';
import { CANCELLED, OK, TIMEOUT } from './network.ts';
import * as P from './program.ts';
import { STEP } from './program.ts';
import { mix } from './random.ts';
import type { Simulation } from './simulate.ts';
import { TimerList } from './timers.ts';

/** Opens a call, or its next try. @returns the job that goes on: this one, or the body that it waits for */
export function openCall(sim: Simulation, job: number, pc: number): number {
  const { code } = sim.program;
  const at = pc * STEP;
  const depth = code[at + 1];
  const policy = code[at + 2];
  const frame = job * sim.jobs.depths + depth;
  const rows = sim.jobs.i32;
  if (rows[job * ROW + J.FLAGS] & J.RETRYING) {
    rows[job * ROW + J.FLAGS] &= ~J.RETRYING;
  } else {
    const frames = sim.jobs.frameI32;
    sim.jobs.frameF64[frame * (J.FRAME / 2) + J.FRAME_BEGIN] = sim.now;
    frames[frame * J.FRAME + J.FRAME_RETRY] = 0;
    frames[frame * J.FRAME + J.FRAME_SALT] = rows[job * ROW + J.SALT];
    frames[frame * J.FRAME + J.FRAME_COUNTED] = 0;
    sim.calls.begin(policy, callerOf(sim, frame));
  }
  const timer = sim.deadlines.listOf[policy];
  if (timer === NONE || isStopped(sim, job)) return job;
  rows[job * ROW + J.PC] = code[at + 5];
  const body = child(sim, job, pc + 1, depth);
  sim.jobs.frameI32[(body * sim.jobs.depths + depth) * J.FRAME + J.FRAME_RETRY] =
    J.BODY_OF_DEADLINE;
  sim.jobs.i32[job * ROW + J.PENDING] = body;
  sim.deadlines.lists[timer].set(sim.now, job);
  arm(sim, timer);
  return body;
}

/**
 * Closes a call, or sends it to its next try.
 *
 * @returns the job that goes on: this one, the parent if this was the body of its attempt, or NONE
 */
export function settleCall(sim: Simulation, job: number, pc: number): number {
  const { code } = sim.program;
  const at = pc * STEP;
  const policy = code[at + 2];
  const rows = sim.jobs.i32;
  const frame = job * sim.jobs.depths + code[at + 1];
  const retry = sim.jobs.frameI32[frame * J.FRAME + J.FRAME_RETRY];
  const outcome = rows[job * ROW + J.OUTCOME];
  sim.picker.settle(frame);
  if (retry === J.BODY_OF_DEADLINE) return endBody(sim, job, outcome, policy);
  const caller = callerOf(sim, frame);
  const isMeasured = (rows[job * ROW + J.FLAGS] & J.MEASURED) !== 0;
  const tag = code[at + 4];
  if (isMeasured) sim.calls.tries[tag * OUTCOMES + outcome]++;
  if (retry > 0) sim.calls.endRetry(policy, caller);
  if (outcome !== OK && !isStopped(sim, job)) {
    if (sim.calls.mayRetry(policy, caller, outcome, retry)) {
      if (isMeasured) sim.calls.retries[tag]++;
      sendBack(sim, job, frame, pc, retry + 1);
      return NONE;
    }
  }
  rows[job * ROW + J.SALT] = sim.jobs.frameI32[frame * J.FRAME + J.FRAME_SALT];
  sim.calls.end(policy, caller);
  if (isMeasured) {
    const began = sim.jobs.frameF64[frame * (J.FRAME / 2) + J.FRAME_BEGIN];
    sim.calls.latency[tag].record(sim.now - began);
  }
  return job;
}

/** Sends a job back to its attempt, to try once more after the back-off. */
function sendBack(sim: Simulation, job: number, frame: number, pc: number, retry: number): void {
  const { code } = sim.program;
  const at = pc * STEP;
  const rows = sim.jobs.i32;
  const frames = sim.jobs.frameI32;
  frames[frame * J.FRAME + J.FRAME_RETRY] = retry;
  rows[job * ROW + J.SALT] = mix(frames[frame * J.FRAME + J.FRAME_SALT] + retry, pc);
  rows[job * ROW + J.OUTCOME] = OK;
  rows[job * ROW + J.FLAGS] |= J.RETRYING;
  rows[job * ROW + J.PC] = code[at + 5];
  const wait = sim.calls.backoff(code[at + 2], retry, sim.uniform(job, code[at + 3]));
  sim.calendar.insert(sim.now + wait, job);
}

function callerOf(sim: Simulation, frame: number): number {
  return sim.jobs.frameI32[(frame - 1) * J.FRAME + J.FRAME_PLACE];
}

/** The body of an attempt is done in time, or its parent has long given up. */
function endBody(sim: Simulation, job: number, outcome: number, policy: number): number {
  const rows = sim.jobs.i32;
  const parent = rows[job * ROW + J.PARENT];
  sim.jobs.release(job);
  if (parent === NONE) return NONE;
  sim.deadlines.lists[sim.deadlines.listOf[policy]].cancel(parent);
  rows[parent * ROW + J.OUTCOME] = outcome;
  return parent;
}

/** The timer lists of a network: one for each length of deadline that its policies have. */
export interface Deadlines {
  readonly lists: readonly TimerList[];
  /** By policy: its list, or NONE. */
  readonly listOf: Int32Array;
  /** By list: whether an event stands in the calendar for it. */
  readonly armed: Uint8Array;
}

export function makeDeadlines(sim: Simulation): Deadlines {
  const { policies } = sim.network;
  const lengths = [...new Set(policies.map(({ deadline }) => deadline))].filter((d) => d > 0);
  return {
    lists: lengths.map((length) => new TimerList(length, sim.jobs)),
    listOf: Int32Array.from(policies, ({ deadline }) => lengths.indexOf(deadline)),
    armed: new Uint8Array(lengths.length),
  };
}

function arm(sim: Simulation, timer: number): void {
  if (sim.deadlines.armed[timer] === 1) return;
  sim.deadlines.armed[timer] = 1;
  const due = sim.deadlines.lists[timer].firstTime();
  sim.calendar.insert(due, sim.messenger(P.DEADLINE, timer, 0));
}

/** Deadlines come last at an instant: an answer of the same nanosecond is in time. */
export function passDeadlines(sim: Simulation, messenger: number, timer: number): void {
  const rows = sim.jobs.i32;
  const list = sim.deadlines.lists[timer];
  const isPostponed = rows[messenger * ROW + J.SOURCE] === 1;
  if (list.firstTime() === sim.now && !isPostponed) {
    rows[messenger * ROW + J.SOURCE] = 1;
    sim.calendar.insert(sim.now, messenger);
    return;
  }
  while (list.firstTime() <= sim.now) timeOut(sim, list);
  sim.deadlines.armed[timer] = 0;
  sim.jobs.release(messenger);
  if (list.first() !== NONE) arm(sim, timer);
}

/** The caller gives up: the body goes on as an orphan, or stops at its next step where deadlines propagate. */
function timeOut(sim: Simulation, list: TimerList): void {
  const job = list.first();
  list.cancel(job);
  const rows = sim.jobs.i32;
  const body = rows[job * ROW + J.PENDING];
  rows[body * ROW + J.PARENT] = NONE;
  if (sim.network.deadlinesPropagate) rows[body * ROW + J.FLAGS] |= J.STOPPED;
  const depth = sim.program.code[rows[job * ROW + J.PC] * STEP + 1];
  sim.picker.settle(body * sim.jobs.depths + depth);
  rows[job * ROW + J.OUTCOME] = TIMEOUT;
  sim.execute(job);
}

/** True if a deadline above the job has passed, and deadlines propagate; it then only cleans up behind itself. */
export function isStopped(sim: Simulation, job: number): boolean {
  if (!sim.network.deadlinesPropagate) return false;
  const rows = sim.jobs.i32;
  for (let above = job; above !== NONE; above = rows[above * ROW + J.PARENT]) {
    if (rows[above * ROW + J.FLAGS] & J.STOPPED) {
      rows[job * ROW + J.FLAGS] |= J.STOPPED;
      rows[job * ROW + J.OUTCOME] = CANCELLED;
      return true;
    }
  }
  return false;
}
