/**
 * Stations: where jobs are served, as rows of typed arrays.
 *
 * At a plain first-come-first-served station the departure is known on arrival,
 * max(arrival, earliest free server) + demand (Lindley; Kiefer and Wolfowitz), so it is scheduled at once: one
 * event a visit and no waiting line in memory. Where the future decides (a bounded line, a host whose cores
 * are shared) a station keeps its line; where all are served at once it shares its servers exactly.
 * The kind decides, and callers do not see it.
 */
import type { Jobs } from './jobs.ts';
import * as L from './layout.ts';
import type { Network, Station } from './network.ts';
import { mix } from './random.ts';
import * as R from './registers.ts';
import { Sharing } from './sharing.ts';

const { DUE, HERE, LINK, NONE } = L;
const { NOW, TAIL: TAIL_TIME, TIME } = R;

/** Kinds of rows. A pinned station has lanes, a row for each server, and its own row is not used. */
const SINGLE = 0;
const SEVERAL = 1;
const LINE = 2;
const SHARING = 3;

/** `serve` answers so where the departure is known and not known yet, and where the job was turned away. */
const DEPARTS = 0;
const WAITS = -1;
const REJECTED = -2;
export const answers = { DEPARTS, WAITS, REJECTED } as const;

/**
 * The record of a row: doubles and integers side by side, so that a visit at a plain station finds all it needs in 64
 * bytes. In 64-bit words, from `row * DOUBLES` on; FREE: when the server is next free; of LINE and SHARING: last change.
 */
const DOUBLES = 16;
const FREE = 0;
/** Demands of all visits so far; of a LINE, of those that have begun. */
const WORK = 1;
/** Sum over visits of their sojourn, which is the time integral of the number present. */
const AREA = 2;
const VISITS = 3;
/** Time that servers were taken: WORK, stretched by the host's load. */
const OCCUPIED = 8;
const TURNED_AWAY = 9;
/** Of a LINE: servers at work, on tails too, and the demands of those who wait. */
const BUSY = 10;
const WAITING = 11;

/** In 32-bit words, from `row * WORDS` on, behind the first doubles. */
const WORDS = 2 * DOUBLES;
const KIND = 8;
const SERVERS = 9;
/** Host, of LINE; where its servers begin in `f64`, of SEVERAL; index of `shared`, of SHARING. */
const PART = 10;
const JOBS_MAX = 11;
const PRESENT = 12;
const HEAD = 13;
const TAIL = 14;
/** Index of `wakes`, or NONE. */
const WAKE = 15;

/** Totals of a row since the start. */
export interface StationReading {
  readonly visits: number;
  readonly turnedAway: number;
  /** Time integral of the number present, what those present still have before them included. [ns] */
  readonly area: number;
  /** Demands served, and the time that servers were taken by it: longer where a host was crowded. [ns] */
  readonly work: number;
  readonly busy: number;
  /** Work accepted and not done. [ns] */
  readonly backlog: number;
}

/** The wake-ups of a row. */
interface Wake {
  readonly costs: NonNullable<Station['wake']>;
  /** Of a LINE: since when each idle server is idle, longest first from `first` on, in a ring. */
  readonly idleSince: Float64Array;
  first: number;
}

export class Stations {
  /** Rows, lanes included; `count` of them. */
  readonly count: number;
  /** The rows; and behind them when each server of a SEVERAL is next free. The same buffer in integers. */
  private readonly f64: Float64Array;
  private readonly i32: Int32Array;
  /** By station: its first row, and how many: lanes[2 * station], lanes[2 * station + 1]. */
  private readonly lanes: Int32Array;
  private readonly wakes: Wake[] = [];
  readonly shared: Sharing[] = [];
  /** By host: servers at work now, and how many it can run at once. */
  private readonly hostBusy: Int32Array;
  private readonly hostCores: Float64Array;
  private readonly jobs: Jobs;
  private readonly registers: Float64Array;

  constructor(network: Network, jobs: Jobs, registers: Float64Array) {
    const { stations, deadlinesPropagate } = network;
    this.jobs = jobs;
    this.registers = registers;
    this.lanes = new Int32Array(stations.length * 2);
    let rows = stations.length;
    let servers = 0;
    stations.forEach((station, s) => {
      const isPinned = station.discipline === 'pinned';
      this.lanes.set(isPinned ? [rows, station.servers] : [s, 1], s * 2);
      if (isPinned) rows += station.servers;
      if (station.discipline === 'fifo') servers += station.servers;
    });
    this.count = rows;
    this.f64 = new Float64Array(rows * DOUBLES + servers);
    this.i32 = new Int32Array(this.f64.buffer);
    this.hostBusy = new Int32Array(network.hosts.length);
    this.hostCores = Float64Array.from(network.hosts, (host) => host.cores);
    let free = rows * DOUBLES;
    stations.forEach((station, s) => {
      if (station.discipline === 'pinned') {
        const lane = { ...station, servers: 1 };
        const kind = kindOf(lane, deadlinesPropagate);
        for (const row of this.rowsOf(s)) this.describe(row, kind, lane, station.host);
        return;
      }
      const kind = kindOf(station, deadlinesPropagate);
      let part = kind === LINE ? station.host : free;
      if (kind === SHARING) part = this.shared.push(new Sharing(station.servers)) - 1;
      if (kind === SEVERAL) free += station.servers;
      this.describe(s, kind, station, part);
    });
  }

  private describe(row: number, kind: number, station: Station, part: number): void {
    const fields = this.i32.subarray(row * WORDS, (row + 1) * WORDS);
    fields[KIND] = kind;
    fields[SERVERS] = station.servers;
    fields[PART] = part;
    fields[JOBS_MAX] = Math.min(station.jobsMax, 0x7fffffff);
    fields[HEAD] = NONE;
    fields[TAIL] = NONE;
    fields[WAKE] = NONE;
    if (station.wake === null || kind === SHARING) return;
    const idleSince = new Float64Array(kind === LINE ? station.servers : 0);
    fields[WAKE] = this.wakes.push({ costs: station.wake, idleSince, first: 0 }) - 1;
  }

  /**
   * The row of the server that a connection belongs to, for a pinned station; else the station itself.
   *
   * @param lane - names the connection among those of the request
   */
  laneOf(station: number, connection: number, lane: number): number {
    const first = this.lanes[station * 2];
    const count = this.lanes[station * 2 + 1];
    if (count === 1) return first;
    // Both as unsigned integers, and cut to one: only then does V8 divide integers.
    return first + (((mix(connection, lane) >>> 0) % (count >>> 0)) | 0);
  }

  /** The rows of a station's servers: its lanes, or itself. */
  rowsOf(station: number): number[] {
    const first = this.lanes[station * 2];
    return Array.from({ length: this.lanes[station * 2 + 1] }, (_, w) => first + w);
  }

  sharingOf(row: number): Sharing {
    return this.shared[this.i32[row * WORDS + PART]]!;
  }

  isSharing(row: number): boolean {
    return this.i32[row * WORDS + KIND] === SHARING;
  }

  /**
   * A job arrives with the demand that stands in register TIME. What stands in TAIL keeps the server after the
   * job has left; plain stations see to it at once, others on departure.
   *
   * @param row - a station, or a lane of a pinned one
   * @returns DEPARTS, and the time of it stands in the calendar for the job; WAITS if the station will say so
   *   later; or REJECTED
   */
  serve(row: number, job: number): number {
    const kind = this.i32[row * WORDS + KIND];
    if (kind === SINGLE) return this.serveSingle(row, job);
    if (kind === SEVERAL) return this.serveSeveral(row, job);
    const now = this.registers[NOW];
    const demand = this.registers[TIME];
    if (kind === LINE) return this.joinLine(row, job, now, demand);
    return this.share(row, job, now, demand);
  }

  private serveSingle(row: number, job: number): number {
    const { f64, registers } = this;
    const now = registers[NOW];
    const tail = registers[TAIL_TIME];
    const at = row * DOUBLES;
    const free = f64[at + FREE];
    let demand = registers[TIME];
    if (this.i32[row * WORDS + WAKE] !== NONE) demand += this.wakeCost(row, now, free);
    const departure = (free > now ? free : now) + demand;
    f64[at + FREE] = departure + tail;
    f64[at + WORK] += demand + tail;
    f64[at + AREA] += departure - now;
    f64[at + VISITS] += 1;
    this.jobs.f64[(job >> 1) + DUE] = departure;
    return DEPARTS;
  }

  private serveSeveral(row: number, job: number): number {
    const { f64, registers } = this;
    const now = registers[NOW];
    const tail = registers[TAIL_TIME];
    const first = this.i32[row * WORDS + PART];
    const end = first + this.i32[row * WORDS + SERVERS];
    let least = first;
    for (let s = first + 1; s < end; s++) if (f64[s] < f64[least]) least = s;
    const free = f64[least];
    let demand = registers[TIME];
    if (this.i32[row * WORDS + WAKE] !== NONE) demand += this.wakeCost(row, now, free);
    const departure = (free > now ? free : now) + demand;
    f64[least] = departure + tail;
    const at = row * DOUBLES;
    f64[at + WORK] += demand + tail;
    f64[at + AREA] += departure - now;
    f64[at + VISITS] += 1;
    this.jobs.f64[(job >> 1) + DUE] = departure;
    return DEPARTS;
  }

  /** What a visit pays for finding its server idle since `free`. */
  private wakeCost(row: number, now: number, free: number): number {
    const index = this.i32[row * WORDS + WAKE];
    if (index === NONE || free > now) return 0;
    const { costs } = this.wakes[index];
    return now - free >= costs.coldAfter ? costs.coldCost : costs.cost;
  }

  private share(row: number, job: number, now: number, demand: number): number {
    this.change(row, now, 1);
    this.f64[row * DOUBLES + VISITS] += 1;
    this.shareOn(row, job, now, demand);
    return WAITS;
  }

  /** Work at a SHARING station, of a visitor or of a tail that one has left behind. */
  shareOn(row: number, job: number, now: number, demand: number): void {
    this.f64[row * DOUBLES + WORK] += demand;
    this.sharingOf(row).arrive(now, job, demand);
    this.jobs.i32[job + HERE] = row + 1;
  }

  private joinLine(row: number, job: number, now: number, demand: number): number {
    const { i32, f64 } = this;
    const at = row * WORDS;
    if (i32[at + PRESENT] >= i32[at + JOBS_MAX]) {
      f64[row * DOUBLES + TURNED_AWAY] += 1;
      return REJECTED;
    }
    this.change(row, now, 1);
    f64[row * DOUBLES + VISITS] += 1;
    const rows = this.jobs.i32;
    rows[job + HERE] = row + 1;
    if (f64[row * DOUBLES + BUSY] < i32[at + SERVERS]) {
      const taken = this.begin(row, demand + this.wakeUp(row, now));
      this.jobs.f64[(job >> 1) + DUE] = now + taken;
      return DEPARTS;
    }
    f64[row * DOUBLES + WAITING] += demand;
    this.jobs.f64[(job >> 1) + DUE] = demand;
    rows[job + LINK] = NONE;
    if (i32[at + TAIL] === NONE) i32[at + HEAD] = job;
    else rows[i32[at + TAIL] + LINK] = job;
    i32[at + TAIL] = job;
    return WAITS;
  }

  /** Of the idle servers of a LINE the one that is idle longest begins. @returns what its wake-up costs */
  private wakeUp(row: number, now: number): number {
    const index = this.i32[row * WORDS + WAKE];
    if (index === NONE) return 0;
    const wake = this.wakes[index];
    const since = wake.idleSince[wake.first];
    wake.first = (wake.first + 1) % wake.idleSince.length;
    return this.wakeCost(row, now, since);
  }

  /** A server of a LINE finds nothing to do. */
  private goIdle(row: number, now: number): void {
    const index = this.i32[row * WORDS + WAKE];
    if (index === NONE) return;
    const { idleSince, first } = this.wakes[index];
    // Those that are at work, and this one no more, have left as many places of the ring.
    const idle = idleSince.length - 1 - this.f64[row * DOUBLES + BUSY];
    idleSince[(first + idle) % idleSince.length] = now;
  }

  /** A server of a LINE starts on a demand; it takes longer the more servers of its host are at work. */
  private begin(row: number, demand: number): number {
    this.f64[row * DOUBLES + BUSY] += 1;
    const host = this.i32[row * WORDS + PART];
    let taken = demand;
    if (host >= 0) {
      const busy = ++this.hostBusy[host];
      const cores = this.hostCores[host];
      if (busy > cores) taken = Math.round((demand * busy) / cores);
    }
    this.f64[row * DOUBLES + WORK] += demand;
    this.f64[row * DOUBLES + OCCUPIED] += taken;
    return taken;
  }

  /** A server of a LINE goes on with a tail instead of the next job. @returns how long it takes */
  goOn(row: number, tail: number): number {
    return this.begin(row, tail);
  }

  /** A server of a LINE is done with a job or a tail. `next` then says who follows. */
  finish(row: number): void {
    this.f64[row * DOUBLES + BUSY] -= 1;
    const host = this.i32[row * WORDS + PART];
    if (host >= 0) this.hostBusy[host]--;
  }

  /** The first of a LINE's waiting jobs leaves the line to be served, or NONE; its departure is `beginNext`'s. */
  next(row: number, now: number): number {
    const { i32 } = this;
    const at = row * WORDS;
    const job = i32[at + HEAD];
    if (job === NONE) {
      this.goIdle(row, now);
      return NONE;
    }
    this.f64[row * DOUBLES + WAITING] -= this.jobs.f64[(job >> 1) + DUE];
    i32[at + HEAD] = this.jobs.i32[job + LINK];
    if (i32[at + HEAD] === NONE) i32[at + TAIL] = NONE;
    return job;
  }

  /** @returns how long the job that `next` named will be served */
  beginNext(row: number, job: number): number {
    return this.begin(row, this.jobs.f64[(job >> 1) + DUE]);
  }

  /** Counts arrivals and departures of LINE and SHARING into the time integral of the number present. */
  change(row: number, now: number, by: number): void {
    const at = row * DOUBLES;
    const present = this.i32[row * WORDS + PRESENT];
    this.f64[at + AREA] += present * (now - this.f64[at + FREE]);
    this.f64[at + FREE] = now;
    this.i32[row * WORDS + PRESENT] = present + by;
  }

  /** Of all stations so far. */
  visitCount(): number {
    let visits = 0;
    for (let row = 0; row < this.count; row++) visits += this.f64[row * DOUBLES + VISITS];
    return visits;
  }

  /** What a row has done by now. */
  read(row: number, now: number): StationReading {
    const at = row * DOUBLES;
    const f64 = this.f64;
    const i = row * WORDS;
    const kind = this.i32[i + KIND];
    const visits = f64[at + VISITS];
    const turnedAway = f64[at + TURNED_AWAY];
    if (kind === LINE) {
      const area = f64[at + AREA] + this.i32[i + PRESENT] * (now - f64[at + FREE]);
      const [work, busy, backlog] = [f64[at + WORK], f64[at + OCCUPIED], f64[at + WAITING]];
      return { visits, turnedAway, area, work, busy, backlog };
    }
    const backlog = this.backlog(row, now);
    const work = f64[at + WORK] - backlog;
    const since = kind === SHARING ? this.i32[i + PRESENT] * (now - f64[at + FREE]) : 0;
    return { visits, turnedAway, area: f64[at + AREA] + since, work, busy: work, backlog };
  }

  /** Work that was accepted but not done by now, where no line is kept. [ns] */
  private backlog(row: number, now: number): number {
    const at = row * WORDS;
    if (this.i32[at + KIND] === SINGLE) return Math.max(0, this.f64[row * DOUBLES + FREE] - now);
    if (this.i32[at + KIND] === SHARING) return this.sharingOf(row).backlog(now);
    let sum = 0;
    const first = this.i32[at + PART];
    const end = first + this.i32[at + SERVERS];
    for (let s = first; s < end; s++) sum += Math.max(0, this.f64[s] - now);
    return sum;
  }
}

/** A line is kept where the future decides: who shares a host's cores, is turned away, or is given up on. */
function kindOf(station: Station, deadlinesPropagate: boolean): number {
  if (station.discipline === 'sharing') return SHARING;
  if (deadlinesPropagate || station.host >= 0) return LINE;
  if (station.jobsMax !== Number.POSITIVE_INFINITY) return LINE;
  return station.servers === 1 ? SINGLE : SEVERAL;
}
