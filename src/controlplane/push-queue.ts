/**
 * istiod's push queue (pushqueue.go): connections in first-come-first-served order, each with one merged request. A
 * request for a connection that is being pushed to waits apart and is queued when that push is done.
 *
 * Pushes are numbered as they start, so what is merged for a connection is a range of numbers: nothing is allocated.
 */
import {
  type Connections,
  FIRST,
  FORCED,
  LAST,
  PROCESSING,
  ROW,
  ROW_F64,
  START,
  STATE,
  WAITS,
} from './connections.ts';

/** Of a request without a numbered push: one that only says "everything, for this proxy". */
export const NO_PUSH = -1;
const ABOVE_ALL = 2 ** 30;
const AHEAD = 4;

/** What a connection is to be told: pushes `first` to `last` (none if `last` is NO_PUSH), or everything if `forced`. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly forced: boolean;
  /** When the oldest of it was put into the queue. [ns] */
  readonly start: number;
}
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class PushQueue {
  /** Connections that wait to be dequeued. */
  pending = 0;
  private readonly connections: Connections;
  /** A ring; its length is a power of two. */
  private fifo = new Int32Array(64);
  private head = 0;
  /** A connection that is dequeued soon, or any. */
  coming = 0;
  /** Means nothing: read, so that it is fetched. */
  touched = 0;

  constructor(connections: Connections) {
    this.connections = connections;
  }

  /** @param push - number of the push, or NO_PUSH for "everything" */
  enqueue(connection: number, push: number, start: number): void {
    const { i32, f64 } = this.connections;
    const at = connection * ROW;
    const state = i32[at + STATE];
    const first = push === NO_PUSH ? ABOVE_ALL : push;
    const forced = push === NO_PUSH ? FORCED : 0;
    if ((state & WAITS) !== 0) {
      if (first < i32[at + FIRST]) i32[at + FIRST] = first;
      if (push > i32[at + LAST]) i32[at + LAST] = push;
      i32[at + STATE] = state | forced;
      // What came earlier began earlier.
      return;
    }
    i32[at + FIRST] = first;
    i32[at + LAST] = push;
    i32[at + STATE] = (state & ~FORCED) | WAITS | forced;
    f64[connection * ROW_F64 + START] = start;
    if ((state & PROCESSING) === 0) this.append(connection);
  }

  /** The next connection, from now on in process, or −1; `take` says what it is to be told. */
  dequeue(): number {
    if (this.pending === 0) return -1;
    const { fifo, head } = this;
    const connection = fifo[head];
    const mask = fifo.length - 1;
    this.head = (head + 1) & mask;
    this.pending--;
    // Rows of those that come soon are fetched into the caches meanwhile; a push goes over too many for them.
    this.coming = fifo[(head + AHEAD) & mask];
    this.touched = this.connections.i32[fifo[(head + 2 * AHEAD) & mask] * ROW + STATE];
    this.connections.i32[connection * ROW + STATE] |= PROCESSING;
    return connection;
  }

  /** Says what the connection just dequeued is to be told; later requests for it are kept apart. */
  take(connection: number, range: Mutable<Range>): void {
    const { i32, f64 } = this.connections;
    const at = connection * ROW;
    range.first = i32[at + FIRST];
    range.last = i32[at + LAST];
    range.forced = (i32[at + STATE] & FORCED) !== 0;
    range.start = f64[connection * ROW_F64 + START];
    i32[at + STATE] &= ~(WAITS | FORCED);
  }

  markDone(connection: number): void {
    const { i32 } = this.connections;
    const at = connection * ROW + STATE;
    i32[at] &= ~PROCESSING;
    if ((i32[at] & WAITS) !== 0) this.append(connection);
  }

  /** All that waits, also behind what is in process. */
  *waiting(): Iterable<Pick<Range, 'first' | 'last'>> {
    const { i32, rows } = this.connections;
    for (let at = 0; at < rows * ROW; at += ROW) {
      if ((i32[at + STATE] & WAITS) !== 0) yield { first: i32[at + FIRST], last: i32[at + LAST] };
    }
  }

  private append(connection: number): void {
    const { fifo } = this;
    if (this.pending === fifo.length) {
      this.fifo = new Int32Array(fifo.length * 2);
      for (let i = 0; i < this.pending; i++) {
        this.fifo[i] = fifo[(this.head + i) & (fifo.length - 1)];
      }
      this.head = 0;
    }
    this.fifo[(this.head + this.pending) & (this.fifo.length - 1)] = connection;
    this.pending++;
  }
}
