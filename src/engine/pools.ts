/** Pools: things held over several steps, such as worker threads; who finds none free waits in line, or is turned away. */
import type { Jobs } from './jobs.ts';
import * as L from './layout.ts';
import type { Pool } from './network.ts';
import * as R from './registers.ts';
import type { StationReading } from './stations.ts';

const { LINK, NONE } = L;
const { NOW } = R;

export class Pools {
  /** By pool. */
  private readonly free: Int32Array;
  private readonly waiting: Int32Array;
  private readonly queueMax: Int32Array;
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  private readonly turnedAway: Float64Array;
  private readonly taken: Float64Array;
  private readonly size: Int32Array;
  /** By pool: time integrals of how many are held and of how many wait, up to `changed`. */
  private readonly heldArea: Float64Array;
  private readonly waitArea: Float64Array;
  private readonly changed: Float64Array;
  private readonly jobs: Jobs;
  private readonly registers: Float64Array;

  constructor(pools: readonly Pool[], jobs: Jobs, registers: Float64Array) {
    this.registers = registers;
    this.jobs = jobs;
    this.free = Int32Array.from(pools, (pool) => Math.min(pool.size, 0x7fffffff));
    this.queueMax = Int32Array.from(pools, (pool) => Math.min(pool.queueMax, 0x7fffffff));
    this.waiting = new Int32Array(pools.length);
    this.head = new Int32Array(pools.length).fill(NONE);
    this.tail = new Int32Array(pools.length).fill(NONE);
    this.turnedAway = new Float64Array(pools.length);
    this.taken = new Float64Array(pools.length);
    this.size = this.free.slice();
    this.heldArea = new Float64Array(pools.length);
    this.waitArea = new Float64Array(pools.length);
    this.changed = new Float64Array(pools.length);
  }

  /** What a pool has done by now, as a station would say it: who holds one is being served. */
  read(pool: number): StationReading {
    this.advance(pool);
    const busy = this.heldArea[pool];
    const visits = this.taken[pool];
    return {
      visits,
      turnedAway: this.turnedAway[pool],
      area: busy + this.waitArea[pool],
      work: busy,
      busy,
      backlog: visits === 0 ? 0 : (this.waiting[pool] * busy) / visits,
    };
  }

  private advance(pool: number): void {
    const now = this.registers[NOW];
    const since = now - this.changed[pool];
    this.heldArea[pool] += (this.size[pool] - this.free[pool]) * since;
    this.waitArea[pool] += this.waiting[pool] * since;
    this.changed[pool] = now;
  }

  /** True if the job got one at once. */
  take(pool: number): boolean {
    if (this.free[pool] === 0) return false;
    this.advance(pool);
    this.taken[pool]++;
    this.free[pool]--;
    return true;
  }

  /** The job waits for one; false if the line is full. */
  wait(pool: number, job: number): boolean {
    if (this.waiting[pool] >= this.queueMax[pool]) {
      this.turnedAway[pool]++;
      return false;
    }
    this.advance(pool);
    this.waiting[pool]++;
    const { i32 } = this.jobs;
    i32[job + LINK] = NONE;
    if (this.tail[pool] === NONE) this.head[pool] = job;
    else i32[this.tail[pool] + LINK] = job;
    this.tail[pool] = job;
    return true;
  }

  /** Gives one back. @returns the job that has it now, or NONE */
  give(pool: number): number {
    this.advance(pool);
    const job = this.head[pool];
    if (job === NONE) {
      this.free[pool]++;
      return NONE;
    }
    this.taken[pool]++;
    this.waiting[pool]--;
    const next = this.jobs.i32[job + LINK];
    this.head[pool] = next;
    if (next === NONE) this.tail[pool] = NONE;
    return job;
  }
}
