/**
 * Calls with a policy: an attempt with a deadline, its retries with back-off and budget, and what becomes of
 * work whose caller has given up.
 *
 * Few deadlines pass. So a call runs in its caller's own row, and only when a deadline passes do the two part: a copy
 * of the row goes on as the caller, and the row itself burns on as the call that nobody waits for.
 */
import * as C from './calls.ts';
import * as L from './layout.ts';
import * as N from './network.ts';
import * as P from './program.ts';
import { mix } from './random.ts';
import * as R from './registers.ts';
import type { Simulation } from './simulate.ts';
import { TimerList } from './timers.ts';
import { traceParting } from './trace.ts';

const { ABANDONED, FLAGS, FRAME_BEGIN, FRAME_COUNTED, FRAME_RETRY, FRAME_SALT, FRAME_TIMED } = L;
const { HERE, MEASURED, MISSED, NONE, OUTCOME, PARENT, PC, RETRYING, SALT, SOURCE, STOPPED } = L;
const { KEYS, STEP } = P;
const { NOW, UNIFORM } = R;
const { CANCELLED, OK, TIMEOUT } = N;
const { OUTCOMES } = C;

/** Opens a call, or its next try, at the attempt whose record begins at `at`. */
export function openCall(sim: Simulation, job: number, at: number): void {
  const { code } = sim;
  const { i32, f64 } = sim.jobs;
  const frame = job + code[at + 2];
  const policy = code[at + 3];
  if (i32[job + FLAGS] & RETRYING) {
    i32[job + FLAGS] &= ~RETRYING;
  } else {
    f64[(frame >> 1) + FRAME_BEGIN] = sim.registers[NOW];
    i32[frame + FRAME_RETRY] = 0;
    i32[frame + FRAME_SALT] = i32[job + SALT];
    i32[frame + FRAME_COUNTED] = 0;
    sim.calls.begin(policy, i32[job + code[at + 1] - 1]);
  }
  const timer = sim.deadlines.listOf[policy];
  if (timer === NONE || (sim.deadlinesPropagate && isStopped(sim, job))) return;
  sim.deadlines.lists[timer].set(frame, at);
  if (sim.deadlines.armed[timer] === 0) arm(sim, timer);
}

/** Closes a call, or sends it to its next try. @returns true if the job goes on behind the call */
export function settleCall(sim: Simulation, job: number, at: number): boolean {
  const { code } = sim;
  const { i32 } = sim.jobs;
  const frame = job + code[at + 2];
  const policy = code[at + 3];
  const retry = i32[frame + FRAME_RETRY];
  const outcome = i32[job + OUTCOME];
  sim.picker.settle(frame);
  const hasMissed = outcome !== OK && i32[job + MISSED] === frame - job;
  if (hasMissed) i32[job + MISSED] = 0;
  if (retry === ABANDONED) {
    sim.jobs.release(job);
    return false;
  }
  if (i32[frame + FRAME_TIMED] !== 0) {
    sim.deadlines.lists[sim.deadlines.listOf[policy]].cancel(frame);
  }
  const caller = i32[job + code[at + 1] - 1];
  const isMeasured = (i32[job + FLAGS] & MEASURED) !== 0;
  const tag = code[at + 5];
  if (isMeasured) sim.calls.tries[tag * OUTCOMES + outcome]++;
  if (retry > 0) sim.calls.endRetry(policy, caller);
  if (outcome !== OK && !isStopped(sim, job)) {
    if (sim.calls.mayRetry(policy, caller, outcome, retry)) {
      if (isMeasured) {
        sim.calls.retries[tag]++;
        if (hasMissed) sim.misses.retried[tag]++;
      }
      sendBack(sim, job, at, retry + 1);
      return false;
    }
  }
  i32[job + SALT] = i32[frame + FRAME_SALT];
  sim.calls.end(policy, caller);
  if (isMeasured) {
    recordLatency(sim, frame, tag);
    if (hasMissed) sim.misses.failed[tag]++;
  }
  return true;
}

function recordLatency(sim: Simulation, frame: number, tag: number): void {
  const took = sim.registers[NOW] - sim.jobs.f64[(frame >> 1) + FRAME_BEGIN];
  // As a small integer it is not boxed on its way.
  sim.calls.latency[tag].record(took < 0x7fffffff ? took | 0 : took);
}

/** Sends a job back to its attempt, to try once more after the back-off. */
function sendBack(sim: Simulation, job: number, at: number, retry: number): void {
  const { code } = sim;
  const { i32 } = sim.jobs;
  const frame = job + code[at + 2];
  i32[frame + FRAME_RETRY] = retry;
  i32[job + SALT] = mix(i32[frame + FRAME_SALT] + retry, at / STEP);
  i32[job + OUTCOME] = OK;
  i32[job + FLAGS] |= RETRYING;
  i32[job + PC] = code[at + 4];
  sim.uniform(job, at + KEYS);
  const wait = sim.calls.backoff(code[at + 3], retry, sim.registers[UNIFORM]);
  sim.calendar.insert(sim.now + wait, job);
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
  const { i32 } = sim.jobs;
  const list = sim.deadlines.lists[timer];
  const isPostponed = i32[messenger + SOURCE] === 1;
  if (list.firstTime() === sim.now && !isPostponed) {
    i32[messenger + SOURCE] = 1;
    sim.calendar.insert(sim.now, messenger);
    return;
  }
  while (list.firstTime() <= sim.now) timeOut(sim, list);
  sim.deadlines.armed[timer] = 0;
  sim.jobs.release(messenger);
  if (list.first() !== NONE) arm(sim, timer);
}

/** The caller gives up and goes on in a record of its own; the call burns on, or stops where deadlines propagate. */
function timeOut(sim: Simulation, list: TimerList): void {
  const frame = list.first();
  const attempt = sim.jobs.i32[frame + FRAME_TIMED] - 1;
  list.cancel(frame);
  sim.picker.settle(frame);
  const call = sim.jobs.ownerOf(frame);
  const caller = sim.allocate();
  partFrom(sim, call, caller, frame);
  const { i32 } = sim.jobs;
  i32[caller + PC] = sim.code[attempt + 4];
  i32[caller + HERE] = 0;
  i32[caller + OUTCOME] = TIMEOUT;
  // What a call below has missed is not this one's.
  if (i32[caller + MISSED] !== frame - call) i32[caller + MISSED] = 0;
  i32[frame + FRAME_RETRY] = ABANDONED;
  i32[call + PARENT] = NONE;
  if (sim.deadlinesPropagate) i32[call + FLAGS] |= STOPPED;
  traceParting(sim, call, caller, attempt);
  sim.execute(caller);
}

/** Copies a call's record to its caller, with the frames down to `last`; deadlines of the calls above go over. */
function partFrom(sim: Simulation, call: number, caller: number, last: number): void {
  const { jobs, deadlines } = sim;
  const { code } = sim;
  const { i32, layout } = jobs;
  i32.copyWithin(caller, call, last + layout.frameWidth);
  for (let frame = call + layout.frames; frame < last; frame += layout.frameWidth) {
    const attempt = i32[frame + FRAME_TIMED] - 1;
    if (attempt < 0) continue;
    deadlines.lists[deadlines.listOf[code[attempt + 3]]].move(frame, frame - call + caller);
  }
}

/** True if a deadline above the job has passed, and deadlines propagate; it then only cleans up behind itself. */
export function isStopped(sim: Simulation, job: number): boolean {
  if (!sim.deadlinesPropagate) return false;
  const { i32 } = sim.jobs;
  for (let above = job; above !== NONE; above = i32[above + PARENT]) {
    if (i32[above + FLAGS] & STOPPED) {
      i32[job + FLAGS] |= STOPPED;
      i32[job + OUTCOME] = CANCELLED;
      return true;
    }
  }
  return false;
}
