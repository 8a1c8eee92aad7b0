/**
 * Exact processor sharing, by virtual time: with n visitors at c servers each is served at rate min(1, c / n), so
 * all virtual clocks run alike and a visitor leaves when the common clock has advanced by its demand. A heap of
 * finishing times gives O(log n) an event (as weighted fair queueing does; Demers, Keshav and Shenker 1989).
 */

/** The virtual clock is set back this often, so that its fractions stay exact to 1e-8 however long a station is busy. [ns] */
const SET_BACK = 2 ** 24;
/** Rounding of the virtual clock must not add a tick. [ns] */
const SLACK = 1e-6;

export class Sharing {
  readonly servers: number;
  /** Present visitors as a heap by (finish, order of arrival). */
  private readonly finish: number[] = [];
  private readonly order: number[] = [];
  private readonly job: number[] = [];
  private virtual = 0;
  private last = 0;
  private arrivals = 0;

  constructor(servers: number) {
    this.servers = servers;
  }

  get present(): number {
    return this.job.length;
  }

  arrive(now: number, job: number, demand: number): void {
    this.advance(now);
    let i = this.job.length;
    const finish = this.virtual + demand;
    const order = this.arrivals++;
    this.finish.push(finish);
    this.order.push(order);
    this.job.push(job);
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
    if (this.job.length === 0) return Number.POSITIVE_INFINITY;
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
    const n = this.job.length - 1;
    const finish = this.finish[n];
    const order = this.order[n];
    const moved = this.job[n];
    this.finish.length = n;
    this.order.length = n;
    this.job.length = n;
    if (n > 0) this.siftDown(finish, order, moved);
    else this.virtual = 0;
    return job;
  }

  /** Work that those present still ask for. [ns] */
  backlog(now: number): number {
    this.advance(now);
    let sum = 0;
    for (const finish of this.finish) sum += Math.max(0, finish - this.virtual);
    return sum;
  }

  private slowdown(): number {
    return Math.max(1, this.job.length / this.servers);
  }

  private advance(now: number): void {
    if (this.job.length > 0) this.virtual += (now - this.last) / this.slowdown();
    this.last = now;
    if (this.virtual > SET_BACK) this.setBack();
  }

  private setBack(): void {
    for (let i = 0; i < this.finish.length; i++) this.finish[i] -= this.virtual;
    this.virtual = 0;
  }

  private siftDown(finish: number, order: number, job: number): void {
    const n = this.job.length;
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
}
