/**
 * istiod's push queue (pushqueue.go): connections in first-come-first-served order, each with one merged request. A
 * request for a connection that is being pushed to waits apart and is queued when that push is done.
 *
 * Pushes are numbered as they start, so what is merged for a connection is a range of numbers: nothing is allocated.
 */

/** Of a request without a numbered push: one that only says "everything, for this proxy". */
export const NO_PUSH = -1;
const ABOVE_ALL = 2 ** 30;

/** What a connection is to be told: pushes `first` to `last` (none if `last` is NO_PUSH), or everything if `forced`. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly forced: boolean;
  /** When the oldest of it was put into the queue. [ns] */
  readonly start: number;
}

export class PushQueue {
  private readonly fifo: number[] = [];
  private head = 0;
  /** By connection: whether a request waits for it, and what it says. */
  private readonly waits: boolean[] = [];
  private readonly first: number[] = [];
  private readonly last: number[] = [];
  private readonly forced: boolean[] = [];
  private readonly start: number[] = [];
  /** By connection: it was dequeued and is not marked done. */
  private readonly processing: boolean[] = [];

  /** Connections that wait to be dequeued. */
  get pending(): number {
    return this.fifo.length - this.head;
  }

  /** @param push - number of the push, or NO_PUSH for "everything" */
  enqueue(connection: number, push: number, start: number): void {
    const first = push === NO_PUSH ? ABOVE_ALL : push;
    if (this.waits[connection]) {
      this.first[connection] = Math.min(this.first[connection], first);
      this.last[connection] = Math.max(this.last[connection], push);
      this.forced[connection] ||= push === NO_PUSH;
      this.start[connection] = Math.min(this.start[connection], start);
      return;
    }
    this.waits[connection] = true;
    this.first[connection] = first;
    this.last[connection] = push;
    this.forced[connection] = push === NO_PUSH;
    this.start[connection] = start;
    if (!this.processing[connection]) this.fifo.push(connection);
  }

  /** The next connection, from now on in process, or −1; `take` says what it is to be told. */
  dequeue(): number {
    if (this.pending === 0) return -1;
    const connection = this.fifo[this.head++];
    if (this.head > 4096 && this.head * 2 > this.fifo.length) {
      this.fifo.splice(0, this.head);
      this.head = 0;
    }
    this.processing[connection] = true;
    return connection;
  }

  /** What the connection just dequeued is to be told; later requests for it are kept apart. */
  take(connection: number): Range {
    this.waits[connection] = false;
    return {
      first: this.first[connection],
      last: this.last[connection],
      forced: this.forced[connection],
      start: this.start[connection],
    };
  }

  markDone(connection: number): void {
    this.processing[connection] = false;
    if (this.waits[connection]) this.fifo.push(connection);
  }
}
