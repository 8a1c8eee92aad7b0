/** Where requests come from and where they end: open sources send on schedule, closed ones after the last answer. */
import { ArrivalTimes } from './arrivals.ts';
import * as J from './jobs.ts';
import { NONE, ROW } from './jobs.ts';
import { OK, type Source } from './network.ts';
import * as P from './program.ts';
import { mix, uniformAt } from './random.ts';
import { TIME } from './registers.ts';
import type { Simulation } from './simulate.ts';

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
    const rows = sim.jobs.i32;
    rows[job * ROW + J.SOURCE] = s;
    rows[job * ROW + J.REQUEST] = connection;
    rows[job * ROW + J.CONNECTION] = mix(connection, s);
    rows[job * ROW + J.FLAGS] = 0;
    rows[job * ROW + J.HERE] = 0;
    think(sim, job, s, source.start);
  }
}

/** A connection pauses before its next request. */
function think(sim: Simulation, job: number, s: number, from: number): void {
  const source = sim.network.sources[s];
  if (source.arrivals.kind !== 'closed') throw new Error(`source ${s} is not closed`);
  const rows = sim.jobs.i32;
  rows[job * ROW + J.PC] = sim.program.internal;
  rows[job * ROW + J.SALT] = 0;
  sim.draw(job, source.arrivals.think, source.gapPurpose);
  const at = from + sim.registers[TIME];
  if (at < source.stop) sim.calendar.insert(at, job);
  else sim.jobs.release(job);
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
    sim.calendar.time[messenger * 2] = registers[TIME];
    sim.calendar.place(messenger);
  } else sim.jobs.release(messenger);
}

/** The next request of an open source is here. */
export function arrive(sim: Simulation, messenger: number, s: number): void {
  const source = sim.network.sources[s];
  const request = sim.arrived[s] | 0;
  sim.arrived[s]++;
  scheduleArrival(sim, s, messenger);
  const job = sim.allocate();
  const rows = sim.jobs.i32;
  rows[job * ROW + J.SOURCE] = s;
  rows[job * ROW + J.REQUEST] = request;
  rows[job * ROW + J.CONNECTION] = mix(connectionOf(sim, source, request), s);
  rows[job * ROW + J.SALT] = 0;
  rows[job * ROW + J.HERE] = 0;
  begin(sim, job, s);
  rows[job * ROW + J.PC] = source.entry;
  sim.execute(job);
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
  const s = sim.jobs.i32[job * ROW + J.SOURCE];
  sim.arrived[s]++;
  begin(sim, job, s);
  return sim.network.sources[s].entry;
}

function begin(sim: Simulation, job: number, s: number): void {
  const rows = sim.jobs.i32;
  const { now } = sim;
  const isMeasured = now >= sim.from && now < sim.to;
  rows[job * ROW + J.FLAGS] = isMeasured ? J.MEASURED : 0;
  rows[job * ROW + J.OUTCOME] = OK;
  rows[job * ROW + J.PARENT] = NONE;
  sim.jobs.f64[job * (ROW / 2) + J.ARRIVAL] = now;
  sim.jobs.frameI32[job * sim.jobs.depths * J.FRAME + J.FRAME_PLACE] = sim.network.sources[s].place;
  sim.requestsLive++;
  if (sim.requestsLive > sim.requestsLiveMax) sim.requestsLiveMax = sim.requestsLive;
  if (isMeasured) sim.measuredLive++;
}

/** A request ends; a closed source's connection goes on to its next. */
export function endRequest(sim: Simulation, job: number): void {
  const rows = sim.jobs.i32;
  const s = rows[job * ROW + J.SOURCE];
  sim.requestsLive--;
  if (rows[job * ROW + J.FLAGS] & J.MEASURED) sim.measuredLive--;
  if (sim.observer !== null) {
    const arrival = sim.jobs.f64[job * (ROW / 2) + J.ARRIVAL];
    const request = rows[job * ROW + J.REQUEST];
    sim.observer.leave(s, request, arrival, sim.now, rows[job * ROW + J.OUTCOME]);
  }
  const source = sim.network.sources[s];
  if (source.arrivals.kind === 'open') {
    sim.jobs.release(job);
    return;
  }
  rows[job * ROW + J.FLAGS] = 0;
  rows[job * ROW + J.REQUEST] += source.connections;
  think(sim, job, s, sim.now);
}
