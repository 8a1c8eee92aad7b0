/**
 * Exact processor sharing, by virtual time: with n visitors at c servers each is served at rate min(1, c / n), so
 * all virtual clocks run alike and a visitor leaves when the common clock has advanced by its demand. A heap of
 * finishing times gives O(log n) an event (as weighted fair queueing does; Demers, Keshav and Shenker 1989).
 */

/** The virtual clock is set back this often, so that its fractions stay exact to 1e-8 however long a station is busy. [ns] */
const SET_BACK = 2 ** 24;
/** Rounding of the virtual clock must not add a tick. [ns] */
const SLACK = 1e-6;
/** Visitors that there is room for at first. */
const SMALL = 8;

export class Sharing {
  readonly servers: number;
  /** Present visitors as a heap by (finish, order of arrival). */
  private finish = new Float64Array(SMALL);
  private order = new Float64Array(SMALL);
  private job = new Int32Array(SMALL);
  private size = 0;
  private virtual = 0;
  private last = 0;
  private arrivals = 0;

  constructor(servers: number) {
    this.servers = servers;
  }

  get present(): number {
    return this.size;
  }

  arrive(now: number, job: number, demand: number): void {
    this.advance(now);
    if (this.size === this.job.length) this.grow();
    let i = this.size++;
    const finish = this.virtual + demand;
    const order = this.arrivals++;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (this.finish[above] <= finish) break;
      this.move(above, i);
      i = above;
    }
    this.put(i, finish, order, job);
  }

  /** When the next visitor is done if nobody comes; rounded up to a whole nanosecond. */
  nextDeparture(now: number): number {
    if (this.size === 0) return Number.POSITIVE_INFINITY;
    this.advance(now);
    const left = Math.max(0, this.finish[0] - this.virtual - SLACK);
    return now + Math.ceil(left * this.slowdown());
  }

  /** Takes the next visitor out if it is done by now, else returns −1. */
  depart(now: number): number {
    if (this.nextDeparture(now) > now) return -1;
    const job = this.job[0];
    // What it was short of by rounding is given to it, so that demands add up.
    if (this.finish[0] > this.virtual) this.virtual = this.finish[0];
    const n = --this.size;
    if (n > 0) this.siftDown(this.finish[n], this.order[n], this.job[n]);
    else this.virtual = 0;
    return job;
  }

  /** Work that those present still ask for. [ns] */
  backlog(now: number): number {
    this.advance(now);
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += Math.max(0, this.finish[i] - this.virtual);
    return sum;
  }

  private slowdown(): number {
    return Math.max(1, this.size / this.servers);
  }

  private advance(now: number): void {
    if (this.size > 0) this.virtual += (now - this.last) / this.slowdown();
    this.last = now;
    if (this.virtual > SET_BACK) this.setBack();
  }

  private setBack(): void {
    for (let i = 0; i < this.size; i++) this.finish[i] -= this.virtual;
    this.virtual = 0;
  }

  private siftDown(finish: number, order: number, job: number): void {
    const n = this.size;
    let i = 0;
    for (;;) {
      let below = 2 * i + 1;
      if (below >= n) break;
      if (below + 1 < n && this.isBefore(below + 1, this.finish[below], this.order[below])) below++;
      if (!this.isBefore(below, finish, order)) break;
      this.move(below, i);
      i = below;
    }
    this.put(i, finish, order, job);
  }

  private isBefore(i: number, finish: number, order: number): boolean {
    const own = this.finish[i];
    return own < finish || (own === finish && this.order[i] < order);
  }

  private move(from: number, to: number): void {
    this.finish[to] = this.finish[from];
    this.order[to] = this.order[from];
    this.job[to] = this.job[from];
  }

  private put(i: number, finish: number, order: number, job: number): void {
    this.finish[i] = finish;
    this.order[i] = order;
    this.job[i] = job;
  }

  private grow(): void {
    const { finish, order, job } = this;
    const room = job.length * 2;
    this.finish = new Float64Array(room);
    this.order = new Float64Array(room);
    this.job = new Int32Array(room);
    this.finish.set(finish);
    this.order.set(order);
    this.job.set(job);
  }
}
