/**
 * The loop: takes the next job off the calendar and lets it do its steps until it has to wait.
 *
 * A job waits in one of four ways: an event of its own (a visit or a delay in progress), the line of a station,
 * the line of a pool, or its branches. Everything else happens at once.
 */
import type { ArrivalTimes } from './arrivals.ts';
import { type Deadlines, makeDeadlines, openCall, settleCall } from './attempts.ts';
import { Calendar } from './calendar.ts';
import { Calls } from './calls.ts';
import { Counters, count } from './counters.ts';
import { delay } from './delays.ts';
import { fork, join } from './forks.ts';
import { hold, release } from './holds.ts';
import { executeInternal } from './internal.ts';
import { Jobs } from './jobs.ts';
import * as L from './layout.ts';
import { Misses, meetDown } from './misses.ts';
import type { Network } from './network.ts';
import * as N from './network.ts';
import type { Handler, Observer, SimulationOptions, Tracer } from './observer.ts';
import { Picker } from './pick.ts';
import { Pools } from './pools.ts';
import * as P from './program.ts';
import { encode, type Program } from './program.ts';
import type { QuantileTable } from './quantile-table.ts';
import { mix, uniformInto } from './random.ts';
import * as R from './registers.ts';
import { arrive, endRequest, openSources, startRequest } from './sources.ts';
import { Stations } from './stations.ts';
import { trace } from './trace.ts';
import { Views } from './views.ts';
import { leaveLine, serve, visit, visitWithTail } from './visits.ts';
import { awaitGroup, endWaits, giveUpWait, Waits } from './waits.ts';

export type { Handler, Observer, SimulationOptions, Tracer } from './observer.ts';

const { CONNECTION, DUE, FLAGS, HERE, NONE, OUTCOME, PARENT, PC, REQUEST, SALT, SOURCE } = L;
const { KEYS, START, STEP, VISIT_WITH_TAIL } = P;
const { NOW, TIME, UNIFORM } = R;
const { OK, UNAVAILABLE } = N;
const { VISIT, DELAY, PICK, FORK, JOIN, HOLD, RELEASE, SET_OUTCOME, JUMP, ATTEMPT, SETTLE } = P;
const { BRANCH_CHANCE, BRANCH_CLASS, BRANCH_KNOWN, BRANCH_OK, BRANCH_UP, LEAVE, ARRIVE } = P;
const { AWAIT, COUNT, STAY } = P;

/** No request has these numbers: what is no request, and what is traced when nothing is. */
const NOBODY = -2;
const UNTRACED = -3;

const CAPACITY_AT_START = 256;

export class Simulation {
  readonly registers = new Float64Array(R.REGISTERS);
  /** Events taken off the calendar so far. */
  events = 0;
  /** Requests of the window that have not left yet; of all requests, and at most so far. */
  measuredLive = 0;
  requestsLive = 0;
  requestsLiveMax = 0;
  readonly network: Network;
  readonly views: Views;
  readonly calls: Calls;
  readonly misses: Misses;
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
  /** Of the program, which the loop reads often. */
  readonly code: Int32Array;
  readonly calendar: Calendar;
  readonly picker: Picker;
  readonly deadlines: Deadlines;
  /** By source; null for a closed one. */
  readonly arrivals: (ArrivalTimes | null)[];

  readonly counters: Counters;
  readonly waits = new Waits();
  /** Called when the time of a wait may be over. */
  readonly onWaited: number;
  ask: ((viewer: number, group: number) => void) | null = null;
  private readonly placeState: Int32Array;
  private readonly classOf: Int32Array;
  readonly hostOf: Int32Array;
  readonly stationOf: Int32Array;
  readonly poolOf: Int32Array;
  readonly deadlinesPropagate: boolean;
  private readonly demands: readonly QuantileTable[];
  /** By station row: when the event is due that stands in the calendar for a sharing station. */
  readonly sharingDue: Float64Array;
  readonly handlers: Handler[] = [];
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
    this.code = this.program.code;
    this.jobs = new Jobs(this.program.layout, CAPACITY_AT_START);
    this.calendar = new Calendar(this.jobs.i32);
    this.views = new Views(network.groups, network.viewerCount);
    this.stations = new Stations(network, this.jobs, this.registers);
    this.pools = new Pools(network.pools, this.jobs, this.registers);
    this.picker = new Picker(network, this.jobs, this.views, this.registers);
    this.calls = new Calls(network);
    this.misses = new Misses(network.tagCount, network.placeCount);
    this.deadlines = makeDeadlines(this);
    this.counters = new Counters(network.counterCount);
    this.onWaited = this.register((_, ticket) => giveUpWait(this, ticket));
    this.placeState = Int32Array.from(network.placeState);
    this.classOf = Int32Array.from(network.classOf);
    this.hostOf = Int32Array.from(network.hostOf);
    this.stationOf = network.stationOf;
    this.poolOf = network.poolOf;
    this.deadlinesPropagate = network.deadlinesPropagate;
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

  /** Calls a handler at a time, with a 32-bit integer of its own. @throws RangeError for a time between two nanoseconds */
  schedule(at: number, handler: number, argument: number): void {
    if (!Number.isSafeInteger(at)) throw new RangeError(`${at} is no time in whole nanoseconds`);
    this.calendar.insert(at, this.messenger(P.EXTERNAL, handler, argument));
  }

  /**
   * Does work at a station, in its line with everybody else, and then calls a handler.
   * @returns false if the station turned the work away, so that the handler will not be called
   */
  work(station: number, demand: number, handler: number, argument: number): boolean {
    const row = this.stations.laneOf(station, 0, 0);
    const messenger = this.messenger(P.EXTERNAL, handler, argument);
    this.registers[TIME] = Math.round(demand);
    const isTaken = serve(this, row, messenger);
    if (!isTaken) this.jobs.release(messenger);
    return isTaken;
  }

  /** How long a station's servers have been taken so far, all together. [ns] */
  busyTime(station: number): number {
    return this.stations.read(station, this.now).busy;
  }

  /** @param state - 0 for up, else the outcome of who comes there */
  setPlaceState(place: number, state: number): void {
    if (state === 0) this.misses.restored(place);
    else if (this.isUp(place)) this.misses.removed(place, this.now);
    this.placeState[place] = state;
  }

  /** The viewer knows the groups of this scope from now on; who waited for one of them goes on. */
  setScope(viewer: number, scope: number): void {
    this.views.setScope(viewer, scope);
    endWaits(this, viewer);
  }

  counter(index: number): number {
    return this.counters.of(index);
  }

  firstCounted(index: number): number {
    return this.counters.firstOf(index);
  }

  clearCounter(index: number): void {
    this.counters.clear(index);
  }

  /** Who is told that a job waits for its viewer to know a group. */
  onAsk(handler: (viewer: number, group: number) => void): void {
    this.ask = handler;
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
    const { i32, f64 } = this.jobs;
    this.registers[NOW] = f64[(job >> 1) + DUE];
    this.events++;
    const here = i32[job + HERE];
    if (here !== 0) {
      i32[job + HERE] = 0;
      leaveLine(this, here - 1, job);
    }
    this.execute(job);
  }

  /** Lets a job do its steps until it has to wait or is done. */
  execute(first: number): void {
    const { code } = this;
    let job = first;
    // Where the record of the step begins.
    let at = this.jobs.i32[job + PC];
    for (;;) {
      const { i32 } = this.jobs;
      if (i32[job + REQUEST] === this.traced) trace(this, job, at);
      switch (code[at]) {
        case VISIT:
          if (visit(this, job, at)) return;
          break;
        case VISIT_WITH_TAIL:
          if (visitWithTail(this, job, at)) return;
          break;
        case DELAY:
          if (delay(this, job, at)) return;
          break;
        case PICK:
          if (this.pick(job, at)) break;
          i32[job + OUTCOME] = UNAVAILABLE;
          at = code[at + 6];
          continue;
        case ATTEMPT:
          openCall(this, job, at);
          break;
        case SETTLE:
          if (settleCall(this, job, at)) break;
          return;
        case FORK: {
          const next = fork(this, job, at, at + STEP);
          if (next === job) break;
          // This job waits: the last branch goes on in its stead.
          job = next;
          at = this.jobs.i32[job + PC];
          continue;
        }
        case BRANCH_OK:
          if (i32[job + OUTCOME] === OK) break;
          at = code[at + 2];
          continue;
        case BRANCH_UP: {
          const state = this.placeState[i32[job + code[at + 1]]];
          if (state === 0) break;
          at = meetDown(this, job, at, state);
          if (at === NONE) return;
          continue;
        }
        case BRANCH_CHANCE:
          this.uniform(job, at + KEYS);
          if (this.registers[UNIFORM] < this.program.shares[code[at + 3]]) break;
          at = code[at + 2];
          continue;
        case BRANCH_CLASS:
          if (this.classOf[i32[job + code[at + 1]]] === code[at + 3]) break;
          at = code[at + 2];
          continue;
        case BRANCH_KNOWN:
          if (this.views.isKnown(code[at + 3], this.picker.viewerOf[i32[job + code[at + 1]]]))
            break;
          at = code[at + 2];
          continue;
        case STAY:
          i32[job + code[at + 1]] = i32[job + code[at + 1] - 1] + code[at + 2];
          break;
        case COUNT:
          count(this, job, at);
          break;
        case AWAIT:
          at = awaitGroup(this, job, at);
          if (at === NONE) return;
          continue;
        case HOLD:
          at = hold(this, job, at);
          if (at === NONE) return;
          continue;
        case RELEASE:
          release(this, job, at);
          break;
        case SET_OUTCOME:
          if (code[at + 3] === 0 || i32[job + OUTCOME] !== OK) i32[job + OUTCOME] = code[at + 2];
          break;
        case JUMP:
          // A loop begins its next pass, whose draws need addresses of their own.
          if (code[at + 2] <= at) i32[job + SALT] = mix(i32[job + SALT] + 1, at / STEP);
          at = code[at + 2];
          continue;
        case JOIN:
          job = join(this, job);
          if (job === NONE) return;
          at = this.jobs.i32[job + PC];
          continue;
        case LEAVE:
          endRequest(this, job);
          return;
        case START:
          at = startRequest(this, job);
          continue;
        case ARRIVE:
          job = arrive(this, job, i32[job + SOURCE]);
          at = this.jobs.i32[job + PC];
          continue;
        default:
          executeInternal(this, job, code[at]);
          return;
      }
      at += STEP;
    }
  }

  // ---- Draws.

  /** Leaves in register UNIFORM what the job draws by the keys that stand at `key` in the program. */
  uniform(job: number, key: number): void {
    const { code } = this;
    const { i32 } = this.jobs;
    const request = i32[job + REQUEST];
    uniformInto(this.registers, UNIFORM, code[key], code[key + 1], request, i32[job + SALT]);
  }

  /** Leaves a draw from a distribution in register TIME, in whole nanoseconds. */
  draw(job: number, demand: number, key: number): void {
    const table = this.demands[demand];
    if (table.isConstant) {
      this.registers[TIME] = table.value;
      return;
    }
    const { code, registers } = this;
    const { i32 } = this.jobs;
    const request = i32[job + REQUEST];
    table.drawInto(registers, TIME, code[key], code[key + 1], request, i32[job + SALT]);
  }

  // ---- Jobs.

  /** A record for a new job, its fields as the last owner left them. */
  allocate(): number {
    if (this.jobs.isFull()) {
      this.jobs.grow();
      this.calendar.moveTo(this.jobs.i32);
    }
    return this.jobs.allocate();
  }

  /** A job that does one of the steps that no program contains. */
  messenger(verb: number, subject: number, argument: number): number {
    const job = this.allocate();
    const { i32 } = this.jobs;
    i32[job + PC] = this.program.internal + (verb - START) * STEP;
    i32[job + REQUEST] = NOBODY;
    i32[job + PARENT] = NONE;
    i32[job + FLAGS] = 0;
    i32[job + HERE] = 0;
    i32[job + CONNECTION] = subject;
    i32[job + SOURCE] = argument;
    return job;
  }

  /** @returns false if the caller sees no place */
  private pick(job: number, at: number): boolean {
    const { code } = this;
    this.uniform(job, at + KEYS);
    const place = this.picker.pick(job, code, at);
    if (place === NONE) return false;
    this.jobs.i32[job + code[at + 1]] = place;
    return true;
  }
}
