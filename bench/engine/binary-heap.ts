/** A binary heap of ids by (time, order of insertion), in typed arrays: what the calendar is measured against. */
export class BinaryHeap {
  size = 0;
  /** By position in the heap. */
  private readonly time: Float64Array;
  private readonly order: Float64Array;
  private readonly id: Int32Array;
  /** By id. */
  private readonly times: Float64Array;
  private inserted = 0;

  /** @param capacity - ids are below it */
  constructor(capacity: number) {
    this.time = new Float64Array(capacity);
    this.order = new Float64Array(capacity);
    this.id = new Int32Array(capacity);
    this.times = new Float64Array(capacity);
  }

  timeOf(id: number): number {
    return this.times[id];
  }

  insert(at: number, id: number): void {
    const { time, order } = this;
    const own = this.inserted++;
    this.times[id] = at;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (time[parent] <= at) break;
      this.move(parent, i);
      i = parent;
    }
    time[i] = at;
    order[i] = own;
    this.id[i] = id;
  }

  pop(): number {
    const { time, order } = this;
    const first = this.id[0];
    const n = --this.size;
    const at = time[n];
    const own = order[n];
    const id = this.id[n];
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && this.isBefore(child + 1, time[child], order[child])) child++;
      if (!this.isBefore(child, at, own)) break;
      this.move(child, i);
      i = child;
    }
    time[i] = at;
    order[i] = own;
    this.id[i] = id;
    return first;
  }

  private isBefore(i: number, at: number, own: number): boolean {
    return this.time[i] < at || (this.time[i] === at && this.order[i] < own);
  }

  private move(from: number, to: number): void {
    this.time[to] = this.time[from];
    this.order[to] = this.order[from];
    this.id[to] = this.id[from];
  }
}
