/**
 * Calls with a policy: an attempt with a deadline, its retries with back-off and budget, and what becomes of
 * work whose caller has given up.
 *
 * Few deadlines pass. So a call runs in its caller's own row, and only when a deadline passes do the two part: a copy
 * of the row goes on as the caller, and the row itself burns on as the call that nobody waits for.
 */
import { OUTCOMES } from './calls.ts';
import * as J from './jobs.ts';
import { NONE, ROW } from './jobs.ts';
import { CANCELLED, OK, TIMEOUT } from './network.ts';
import * as P from './program.ts';
import { STEP } from './program.ts';
import { mix } from './random.ts';
import { NOW, UNIFORM } from './registers.ts';
import type { Simulation } from './simulate.ts';
import { TimerList } from './timers.ts';
import { traceParting } from './trace.ts';

/** Opens a call, or its next try. */
export function openCall(sim: Simulation, job: number, pc: number): void {
  const { code } = sim.program;
  const at = pc * STEP;
  const policy = code[at + 2];
  const frame = job * sim.jobs.depths + code[at + 1];
  const rows = sim.jobs.i32;
  if (rows[job * ROW + J.FLAGS] & J.RETRYING) {
    rows[job * ROW + J.FLAGS] &= ~J.RETRYING;
  } else {
    const frames = sim.jobs.frameI32;
    sim.jobs.frameF64[frame * (J.FRAME / 2) + J.FRAME_BEGIN] = sim.registers[NOW];
    frames[frame * J.FRAME + J.FRAME_RETRY] = 0;
    frames[frame * J.FRAME + J.FRAME_SALT] = rows[job * ROW + J.SALT];
    frames[frame * J.FRAME + J.FRAME_COUNTED] = 0;
    sim.calls.begin(policy, callerOf(sim, frame));
  }
  const timer = sim.deadlines.listOf[policy];
  if (timer === NONE || isStopped(sim, job)) return;
  sim.deadlines.lists[timer].set(frame, pc);
  if (sim.deadlines.armed[timer] === 0) arm(sim, timer);
}

/** Closes a call, or sends it to its next try. @returns true if the job goes on behind the call */
export function settleCall(sim: Simulation, job: number, pc: number): boolean {
  const { code } = sim.program;
  const at = pc * STEP;
  const policy = code[at + 2];
  const rows = sim.jobs.i32;
  const frame = job * sim.jobs.depths + code[at + 1];
  const retry = sim.jobs.frameI32[frame * J.FRAME + J.FRAME_RETRY];
  const outcome = rows[job * ROW + J.OUTCOME];
  sim.picker.settle(frame);
  if (retry === J.ABANDONED) {
    sim.jobs.release(job);
    return false;
  }
  const timer = sim.deadlines.listOf[policy];
  if (timer !== NONE && sim.jobs.timerI32[frame * J.TIMER + J.TIMER_STEP] !== 0) {
    sim.deadlines.lists[timer].cancel(frame);
  }
  const caller = callerOf(sim, frame);
  const isMeasured = (rows[job * ROW + J.FLAGS] & J.MEASURED) !== 0;
  const tag = code[at + 4];
  if (isMeasured) sim.calls.tries[tag * OUTCOMES + outcome]++;
  if (retry > 0) sim.calls.endRetry(policy, caller);
  if (outcome !== OK && !isStopped(sim, job)) {
    if (sim.calls.mayRetry(policy, caller, outcome, retry)) {
      if (isMeasured) sim.calls.retries[tag]++;
      sendBack(sim, job, frame, pc, retry + 1);
      return false;
    }
  }
  rows[job * ROW + J.SALT] = sim.jobs.frameI32[frame * J.FRAME + J.FRAME_SALT];
  sim.calls.end(policy, caller);
  if (isMeasured) recordLatency(sim, frame, tag);
  return true;
}

function recordLatency(sim: Simulation, frame: number, tag: number): void {
  const took = sim.registers[NOW] - sim.jobs.frameF64[frame * (J.FRAME / 2) + J.FRAME_BEGIN];
  // As a small integer it is not boxed on its way.
  sim.calls.latency[tag].record(took < 0x7fffffff ? took | 0 : took);
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
  sim.uniform(job, code[at + 3]);
  const wait = sim.calls.backoff(code[at + 2], retry, sim.registers[UNIFORM]);
  sim.calendar.insert(sim.now + wait, job);
}

function callerOf(sim: Simulation, frame: number): number {
  return sim.jobs.frameI32[(frame - 1) * J.FRAME + J.FRAME_PLACE];
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
    lists: lengths.map((length) => new TimerList(length, sim.jobs, sim.registers)),
    listOf: Int32Array.from(policies, ({ deadline }) => lengths.indexOf(deadline)),
    armed: new Uint8Array(lengths.length),
  };
}

function arm(sim: Simulation, timer: number): void {
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

/** The caller gives up and goes on in a row of its own; the call burns on, or stops where deadlines propagate. */
function timeOut(sim: Simulation, list: TimerList): void {
  const frame = list.first();
  const step = sim.jobs.timerI32[frame * J.TIMER + J.TIMER_STEP] - 1;
  list.cancel(frame);
  sim.picker.settle(frame);
  const call = Math.floor(frame / sim.jobs.depths);
  const caller = sim.allocate();
  partFrom(sim, call, caller, frame - call * sim.jobs.depths);
  const rows = sim.jobs.i32;
  rows[caller * ROW + J.PC] = sim.program.code[step * STEP + 5];
  rows[caller * ROW + J.HERE] = 0;
  rows[caller * ROW + J.OUTCOME] = TIMEOUT;
  sim.jobs.frameI32[frame * J.FRAME + J.FRAME_RETRY] = J.ABANDONED;
  rows[call * ROW + J.PARENT] = NONE;
  if (sim.network.deadlinesPropagate) rows[call * ROW + J.FLAGS] |= J.STOPPED;
  traceParting(sim, call, caller, step);
  sim.execute(caller);
}

/** Copies a call's row to its caller, with the frames down to `depth`; deadlines of the calls above go over. */
function partFrom(sim: Simulation, call: number, caller: number, depth: number): void {
  const { jobs, deadlines } = sim;
  const { code } = sim.program;
  const from = call * jobs.depths;
  const to = caller * jobs.depths;
  jobs.i32.copyWithin(caller * ROW, call * ROW, (call + 1) * ROW);
  jobs.frameI32.copyWithin(to * J.FRAME, from * J.FRAME, (from + depth + 1) * J.FRAME);
  for (let d = 0; d < depth; d++) {
    const step = jobs.timerI32[(from + d) * J.TIMER + J.TIMER_STEP] - 1;
    if (step < 0) continue;
    deadlines.lists[deadlines.listOf[code[step * STEP + 2]]].move(from + d, to + d);
  }
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
