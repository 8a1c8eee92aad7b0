/** Where requests come from and where they end: open sources send on schedule, closed ones after the last answer. */
import { ArrivalTimes } from './arrivals.ts';
import * as L from './layout.ts';
import { OK, type Source } from './network.ts';
import * as P from './program.ts';
import { mix, uniformAt } from './random.ts';
import * as R from './registers.ts';
import type { Simulation } from './simulate.ts';

const { ARRIVAL, CONNECTION, DUE, FLAGS, HERE, MEASURED, NONE, OUTCOME, PARENT, PC } = L;
const { PLACES, REQUEST, SALT, SOURCE } = L;
const { STEP } = P;
const { NOW, TIME } = R;

/** Sets the first arrival of every source, the first request of every connection. */
export function openSources(sim: Simulation): void {
  sim.network.sources.forEach((source, s) => {
    if (source.arrivals.kind === 'closed') openConnections(sim, s);
    else {
      const { rates, regular } = source.arrivals;
      sim.arrivals[s] = new ArrivalTimes(rates, regular, source.start);
      scheduleArrival(sim, s, sim.messenger(P.ARRIVE, 0, s));
    }
  });
}

/** Connections begin with a think time, so that they are out of step from the start. */
function openConnections(sim: Simulation, s: number): void {
  const source = sim.network.sources[s];
  for (let connection = 0; connection < source.connections; connection++) {
    const job = sim.allocate();
    const { i32 } = sim.jobs;
    i32[job + SOURCE] = s;
    i32[job + REQUEST] = connection;
    i32[job + CONNECTION] = nameOf(sim, source, connection);
    i32[job + FLAGS] = 0;
    i32[job + HERE] = 0;
    think(sim, job, s, 0);
  }
}

/** What a connection is told from others by: another with every seed, so that chance decides where it leads. */
function nameOf(sim: Simulation, source: Source, connection: number): number {
  return mix(connection, sim.network.keys[source.connectionPurpose * 2]);
}

/**
 * After a request that took no time at all, such as one that failed at once, the next comes no sooner than this: a
 * client without a think time would send for ever at one instant. [ns]
 */
const SPIN = 1e6;

/** A connection pauses before its next request, for `atLeast` if it thinks shorter. */
function think(sim: Simulation, job: number, s: number, atLeast: number): void {
  const source = sim.network.sources[s];
  if (source.arrivals.kind !== 'closed') throw new Error(`source ${s} is not closed`);
  const { i32 } = sim.jobs;
  i32[job + PC] = sim.program.internal;
  i32[job + SALT] = 0;
  drawThink(sim, job, source.arrivals.think, source.gapPurpose * 2);
  const from = Math.max(sim.now, source.start);
  const at = from + Math.max(atLeast, sim.registers[TIME]);
  if (at < source.stop) sim.calendar.insert(at, job);
  else sim.jobs.release(job);
}

/** Leaves a think time in register TIME. */
function drawThink(sim: Simulation, job: number, demand: number, key: number): void {
  const { registers } = sim;
  const { keys, demands } = sim.network;
  const table = demands[demand];
  registers[TIME] = table.value;
  if (table.isConstant) return;
  table.drawInto(registers, TIME, keys[key], keys[key + 1], sim.jobs.i32[job + REQUEST], 0);
}

/** The messenger comes again when the next request is due, if it still is before the source stops. */
function scheduleArrival(sim: Simulation, s: number, messenger: number): void {
  const source = sim.network.sources[s];
  const { keys } = sim.network;
  const { registers } = sim;
  const purpose = source.gapPurpose * 2;
  const times = sim.arrivals[s];
  if (times === null) throw new Error(`source ${s} is not open`);
  times.next(registers, keys[purpose], keys[purpose + 1], sim.arrived[s] | 0);
  if (registers[TIME] < source.stop) {
    sim.jobs.f64[(messenger >> 1) + DUE] = registers[TIME];
    sim.calendar.place(messenger);
  } else sim.jobs.release(messenger);
}

/** The next request of an open source is here. @returns its job */
export function arrive(sim: Simulation, messenger: number, s: number): number {
  const source = sim.network.sources[s];
  const request = sim.arrived[s] | 0;
  sim.arrived[s]++;
  scheduleArrival(sim, s, messenger);
  const job = sim.allocate();
  const { i32 } = sim.jobs;
  i32[job + SOURCE] = s;
  i32[job + REQUEST] = request;
  i32[job + CONNECTION] = nameOf(sim, source, connectionOf(sim, source, request));
  i32[job + SALT] = 0;
  i32[job + HERE] = 0;
  begin(sim, job, s);
  i32[job + PC] = source.entry * STEP;
  return job;
}

function connectionOf(sim: Simulation, source: Source, request: number): number {
  if (source.connections === 1) return 0;
  const { keys } = sim.network;
  const purpose = source.connectionPurpose * 2;
  const u = uniformAt(keys[purpose], keys[purpose + 1], request, 0);
  return Math.floor(u * source.connections);
}

/** A request of a closed source begins. @returns its first step */
export function startRequest(sim: Simulation, job: number): number {
  const s = sim.jobs.i32[job + SOURCE];
  sim.arrived[s]++;
  begin(sim, job, s);
  return sim.network.sources[s].entry * STEP;
}

function begin(sim: Simulation, job: number, s: number): void {
  const { i32 } = sim.jobs;
  const now = sim.registers[NOW];
  const isMeasured = now >= sim.from && now < sim.to;
  i32[job + FLAGS] = isMeasured ? MEASURED : 0;
  i32[job + OUTCOME] = OK;
  i32[job + PARENT] = NONE;
  sim.jobs.f64[(job >> 1) + ARRIVAL] = now;
  i32[job + PLACES] = sim.network.sources[s].place;
  sim.requestsLive++;
  if (sim.requestsLive > sim.requestsLiveMax) sim.requestsLiveMax = sim.requestsLive;
  if (isMeasured) sim.measuredLive++;
}

/** A request ends; a closed source's connection goes on to its next. */
export function endRequest(sim: Simulation, job: number): void {
  const { i32 } = sim.jobs;
  const s = i32[job + SOURCE];
  sim.requestsLive--;
  if (i32[job + FLAGS] & MEASURED) sim.measuredLive--;
  const arrival = sim.jobs.f64[(job >> 1) + ARRIVAL];
  if (sim.observer !== null) {
    const request = i32[job + REQUEST];
    sim.observer.leave(s, request, arrival, sim.now, i32[job + OUTCOME]);
  }
  const source = sim.network.sources[s];
  if (source.arrivals.kind === 'open') {
    sim.jobs.release(job);
    return;
  }
  i32[job + FLAGS] = 0;
  i32[job + REQUEST] += source.connections;
  think(sim, job, s, arrival === sim.now ? SPIN : 0);
}
