/**
 * The loop: takes the next job off the calendar and lets it do its steps until it has to wait.
 *
 * A job waits in one of four ways: an event of its own (a visit or a delay in progress), the line of a station,
 * the line of a pool, or its branches. Everything else happens at once.
 */
import type { ArrivalTimes } from './arrivals.ts';
import {
  type Deadlines,
  isStopped,
  makeDeadlines,
  openCall,
  passDeadlines,
  settleCall,
} from './attempts.ts';
import { Calendar } from './calendar.ts';
import { Calls } from './calls.ts';
import { fork, join } from './forks.ts';
import { hold, release } from './holds.ts';
import * as J from './jobs.ts';
import { Jobs, NONE, ROW } from './jobs.ts';
import { type Network, OK, UNAVAILABLE } from './network.ts';
import type { Handler, Observer, SimulationOptions, Tracer } from './observer.ts';
import { Picker } from './pick.ts';
import { Pools } from './pools.ts';
import * as P from './program.ts';
import { encode, type Program, STEP } from './program.ts';
import type { QuantileTable } from './quantile-table.ts';
import { mix, uniformInto } from './random.ts';
import { NOW, REGISTERS, TAIL, TIME, UNIFORM } from './registers.ts';
import { arrive, endRequest, openSources, startRequest } from './sources.ts';
import { Stations } from './stations.ts';
import { trace } from './trace.ts';
import { Views } from './views.ts';
import { leaveLine, leaveSharing, serve, visit } from './visits.ts';

export type { Handler, Observer, SimulationOptions, Tracer } from './observer.ts';

/** No request has these numbers: what is no request, and what is traced when nothing is. */
const NOBODY = -2;
const UNTRACED = -3;

const CAPACITY_AT_START = 256;

export class Simulation {
  /** See registers.ts. */
  readonly registers = new Float64Array(REGISTERS);
  /** Events taken off the calendar so far. */
  events = 0;
  /** Requests of the window that have not left yet; of all requests, and at most so far. */
  measuredLive = 0;
  requestsLive = 0;
  requestsLiveMax = 0;
  readonly network: Network;
  readonly views: Views;
  readonly calls: Calls;
  readonly stations: Stations;
  readonly pools: Pools;
  readonly jobs: Jobs;
  /** By source: requests so far. */
  readonly arrived: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly observer: Observer | null;

  // For the engine's own parts (`sources.ts`, `attempts.ts`).
  readonly program: Program;
  readonly calendar: Calendar;
  readonly picker: Picker;
  readonly deadlines: Deadlines;
  /** By source; null for a closed one. */
  readonly arrivals: (ArrivalTimes | null)[];

  private readonly placeState: Int32Array;
  private readonly classOf: Int32Array;
  private readonly hostOf: Int32Array;
  readonly stationOf: Int32Array;
  readonly placeCount: number;
  private readonly keys: Int32Array;
  private readonly demands: readonly QuantileTable[];
  /** By station row: when the event is due that stands in the calendar for a sharing station. */
  readonly sharingDue: Float64Array;
  private readonly handlers: Handler[] = [];
  readonly tracer: Tracer | null;
  private readonly traced: number;

  /** @throws RangeError if the network is not sound, such as a purpose that stands in it twice */
  constructor(network: Network, options: SimulationOptions) {
    this.network = network;
    this.from = options.from;
    this.to = options.to;
    this.observer = options.observer ?? null;
    this.tracer = options.tracer ?? null;
    this.traced = options.tracer?.request ?? UNTRACED;
    this.program = encode(network);
    const hasDeadlines = network.policies.some(({ deadline }) => deadline > 0);
    this.jobs = new Jobs(this.program.depths, CAPACITY_AT_START, hasDeadlines);
    this.calendar = new Calendar(CAPACITY_AT_START);
    this.views = new Views(network.groups, network.viewerCount);
    this.stations = new Stations(network, this.jobs, this.registers, this.calendar);
    this.pools = new Pools(network.pools, this.jobs, this.registers);
    this.picker = new Picker(network, this.jobs, this.views, this.registers);
    this.calls = new Calls(network);
    this.deadlines = makeDeadlines(this);
    this.placeState = Int32Array.from(network.placeState);
    this.classOf = Int32Array.from(network.classOf);
    this.hostOf = Int32Array.from(network.hostOf);
    this.stationOf = network.stationOf;
    this.placeCount = network.placeCount;
    this.keys = network.keys;
    this.demands = network.demands;
    this.arrived = new Float64Array(network.sources.length);
    this.sharingDue = new Float64Array(this.stations.count).fill(Number.POSITIVE_INFINITY);
    this.arrivals = network.sources.map(() => null);
    openSources(this);
  }

  /** [ns] */
  get now(): number {
    return this.registers[NOW];
  }

  // ---- From outside: the control plane and the measures enter here.

  /** Makes a handler known; `schedule` and `work` name it by the number returned. */
  register(handler: Handler): number {
    return this.handlers.push(handler) - 1;
  }

  /** Calls a handler at a time, with a 32-bit integer of its own. */
  schedule(at: number, handler: number, argument: number): void {
    this.calendar.insert(at, this.messenger(P.EXTERNAL, handler, argument));
  }

  /**
   * Does work at a station, in its line with everybody else, and then calls a handler.
   *
   * @returns false if the station turned the work away, so that the handler will not be called
   */
  work(station: number, demand: number, handler: number, argument: number): boolean {
    const row = this.stations.laneOf(station, 0);
    const messenger = this.messenger(P.EXTERNAL, handler, argument);
    this.registers[TIME] = Math.round(demand);
    this.registers[TAIL] = 0;
    const isTaken = serve(this, row, messenger);
    if (!isTaken) this.jobs.release(messenger);
    return isTaken;
  }

  /** @param state - 0 for up, else the outcome of who comes there */
  setPlaceState(place: number, state: number): void {
    this.placeState[place] = state;
  }

  isUp(place: number): boolean {
    return this.placeState[place] === 0;
  }

  /** Runs all events before `until`, which is then the time. */
  runUntil(until: number): void {
    while (this.calendar.isBefore(until)) this.step();
    if (until > this.now && until !== Number.POSITIVE_INFINITY) this.registers[NOW] = until;
  }

  /** Runs on until every request of the window has left, at most to `limit`. */
  drain(limit: number): void {
    while (this.measuredLive > 0 && this.calendar.isBefore(limit)) this.step();
  }

  // ---- The loop.

  private step(): void {
    const job = this.calendar.pop();
    this.registers[NOW] = this.calendar.time[job * 2];
    this.events++;
    const rows = this.jobs.i32;
    const here = rows[job * ROW + J.HERE];
    if (here !== 0) {
      rows[job * ROW + J.HERE] = 0;
      leaveLine(this, here - 1, job);
    }
    this.execute(job);
  }

  /** Lets a job do its steps until it has to wait or is done. */
  execute(first: number): void {
    const { code } = this.program;
    let job = first;
    let pc = this.jobs.i32[job * ROW + J.PC];
    for (;;) {
      const rows = this.jobs.i32;
      const row = job * ROW;
      const at = pc * STEP;
      if (rows[row + J.REQUEST] === this.traced) trace(this, job, pc);
      switch (code[at]) {
        case P.VISIT:
          if (visit(this, job, pc)) return;
          break;
        case P.DELAY: {
          if (isStopped(this, job)) break;
          const far = code[at + 2];
          const near = code[at + 4];
          const demand = near !== far && this.isNear(job, code[at + 1]) ? near : far;
          this.draw(job, demand, code[at + 3]);
          if (this.registers[TIME] === 0) break;
          rows[row + J.PC] = pc + 1;
          this.delay(job);
          return;
        }
        case P.PICK:
          if (this.pick(job, pc)) break;
          rows[row + J.OUTCOME] = UNAVAILABLE;
          pc = code[at + 6];
          continue;
        case P.ATTEMPT:
          openCall(this, job, pc);
          break;
        case P.SETTLE:
          if (settleCall(this, job, pc)) break;
          return;
        case P.FORK: {
          const next = fork(this, job, pc);
          if (next === job) break;
          // This job waits: the last branch goes on in its stead.
          job = next;
          pc = this.jobs.i32[job * ROW + J.PC];
          continue;
        }
        case P.BRANCH_OK:
          if (rows[row + J.OUTCOME] === OK) break;
          pc = code[at + 2];
          continue;
        case P.BRANCH_UP: {
          const state = this.placeState[this.placeOf(job, code[at + 1])];
          if (state === 0) break;
          rows[row + J.OUTCOME] = state;
          pc = code[at + 2];
          const delay = this.network.downDelay[state];
          if (delay === 0 || isStopped(this, job)) continue;
          rows[row + J.PC] = pc;
          this.calendar.insert(this.now + delay, job);
          return;
        }
        case P.BRANCH_CHANCE:
          this.uniform(job, code[at + 4]);
          if (this.registers[UNIFORM] < this.program.shares[code[at + 3]]) break;
          pc = code[at + 2];
          continue;
        case P.BRANCH_CLASS:
          if (this.classOf[this.placeOf(job, code[at + 1])] === code[at + 3]) break;
          pc = code[at + 2];
          continue;
        case P.HOLD:
          pc = hold(this, job, pc);
          if (pc === NONE) return;
          continue;
        case P.RELEASE:
          release(this, job, pc);
          break;
        case P.SET_OUTCOME:
          if (code[at + 3] === 0 || rows[row + J.OUTCOME] !== OK) {
            rows[row + J.OUTCOME] = code[at + 2];
          }
          break;
        case P.JUMP:
          // A loop begins its next pass, whose draws need addresses of their own.
          if (code[at + 2] <= pc) rows[row + J.SALT] = mix(rows[row + J.SALT] + 1, pc);
          pc = code[at + 2];
          continue;
        case P.JOIN:
          job = join(this, job);
          if (job === NONE) return;
          pc = this.jobs.i32[job * ROW + J.PC];
          continue;
        case P.LEAVE:
          endRequest(this, job);
          return;
        case P.START:
          pc = startRequest(this, job);
          continue;
        default:
          this.executeInternal(job, code[at]);
          return;
      }
      pc++;
    }
  }

  private executeInternal(job: number, verb: number): void {
    const rows = this.jobs.i32;
    const subject = rows[job * ROW + J.CONNECTION];
    const argument = rows[job * ROW + J.SOURCE];
    switch (verb) {
      case P.ARRIVE:
        arrive(this, job, argument);
        return;
      case P.SHARING_DUE:
        this.jobs.release(job);
        leaveSharing(this, subject);
        return;
      case P.DEADLINE:
        passDeadlines(this, job, subject);
        return;
      case P.EXTERNAL:
        this.jobs.release(job);
        this.handlers[subject](this.now, argument);
        return;
      case P.WAKE_UP:
        this.jobs.release(job);
        return;
      default:
        throw new Error(`step verb ${verb} is not known`);
    }
  }

  // ---- Draws.

  /** Leaves a uniform draw in register UNIFORM. */
  uniform(job: number, purpose: number): void {
    const { keys, registers } = this;
    const rows = this.jobs.i32;
    const request = rows[job * ROW + J.REQUEST];
    const salt = rows[job * ROW + J.SALT];
    uniformInto(registers, UNIFORM, keys[purpose * 2], keys[purpose * 2 + 1], request, salt);
  }

  /** Leaves a draw from a distribution in register TIME, in whole nanoseconds. */
  draw(job: number, demand: number, purpose: number): void {
    const table = this.demands[demand];
    if (table.isConstant) {
      this.registers[TIME] = table.value;
      return;
    }
    this.uniform(job, purpose);
    table.sampleInto(this.registers, UNIFORM, TIME);
  }

  /** The job goes on after what stands in register TIME. */
  delay(job: number): void {
    this.calendar.time[job * 2] = this.registers[NOW] + this.registers[TIME];
    this.calendar.place(job);
  }

  // ---- Jobs.

  /** A row for a new job, its fields as the last owner left them. */
  allocate(): number {
    if (this.jobs.isFull()) {
      this.jobs.grow();
      this.calendar.grow(this.jobs.capacity);
    }
    return this.jobs.allocate();
  }

  /** A job that does one of the steps that no program contains. */
  messenger(verb: number, subject: number, argument: number): number {
    const job = this.allocate();
    const rows = this.jobs.i32;
    const at = job * ROW;
    rows[at + J.PC] = this.program.internal + verb - P.START;
    rows[at + J.REQUEST] = NOBODY;
    rows[at + J.PARENT] = NONE;
    rows[at + J.FLAGS] = 0;
    rows[at + J.HERE] = 0;
    rows[at + J.CONNECTION] = subject;
    rows[at + J.SOURCE] = argument;
    return job;
  }

  /** Where the call of this frame is. */
  placeOf(job: number, depth: number): number {
    const { frameI32, depths } = this.jobs;
    return frameI32[(job * depths + depth) * J.FRAME + J.FRAME_PLACE];
  }

  /** True if a call stays on its caller's host. */
  private isNear(job: number, depth: number): boolean {
    const { hostOf } = this;
    return hostOf[this.placeOf(job, depth - 1)] === hostOf[this.placeOf(job, depth)];
  }

  /** @returns false if the caller sees no place */
  private pick(job: number, pc: number): boolean {
    const { code } = this.program;
    const at = pc * STEP;
    const frame = job * this.jobs.depths + code[at + 1];
    this.uniform(job, code[at + 5]);
    const connection = this.jobs.i32[job * ROW + J.CONNECTION];
    const place = this.picker.pick(frame, code, at, connection);
    if (place === NONE) return false;
    this.jobs.frameI32[frame * J.FRAME + J.FRAME_PLACE] = place;
    return true;
  }
}
