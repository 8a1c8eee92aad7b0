/**
 * The connections of one istiod replica: a row of 64 bytes each, so that all of a connection is on one cache line when
 * a push goes over them in random order. A connection does one thing at a time, so one row has room for all of it.
 */

import { mix } from '../engine/random.ts';

/** Fields of a row as 32-bit integers. */
export const PROXY = 0;
/** Where it stands among the open ones; −1 once it is closed. */
export const PLACE = 1;
/** Bits of what is going on, below. */
export const STATE = 2;
/** What waits for it in the push queue: pushes FIRST to LAST; and START, since when. */
export const FIRST = 3;
export const LAST = 4;
/** The task that has a slot and waits for it, and the task that it is busy with; −1 for none. */
export const OFFERED = 5;
export const DOING = 6;
/** Messages on their way to its proxy: the first, the last, and the first that has not arrived; −1 for none. */
export const HEAD = 7;
export const TAIL = 8;
export const COMING = 9;
/** Acknowledgements that came while it was busy. */
export const ACKS = 10;
/** Acknowledgements and requests on their way, and messages that its proxy's main thread works on: they keep the row. */
export const HELD = 11;
/** Fields of the row as 64-bit floats. FREE_AT: when it has taken all acknowledgements. [ns] */
export const START = 6;
export const FREE_AT = 7;

/** Integers, and floats, of a row. */
export const ROW = 16;
export const ROW_F64 = 8;

/** Bits of STATE: it is in the push queue or will be once it is done; was dequeued and is not done; is to be told all. */
export const WAITS = 1;
export const PROCESSING = 2;
export const FORCED = 4;
/** It answers or is pushed to; has requests that wait for an answer; goes on once it has taken acknowledgements. */
export const BUSY = 8;
export const ASKS = 16;
export const RESUMES = 32;

const EMPTY_FIELDS = [OFFERED, DOING, HEAD, TAIL, COMING, PLACE] as const;

export class Connections {
  /** By connection, PLACE apart from the rest in no order that matters: those that are open. */
  readonly open: number[] = [];
  i32: Int32Array;
  f64: Float64Array;
  private order = new Int32Array(0);
  private used = 0;
  private readonly free: number[] = [];

  constructor(capacity = 16) {
    const buffer = new ArrayBuffer(capacity * ROW * 4);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  /** Rows that are in use, of closed connections too. */
  get count(): number {
    return this.used - this.free.length;
  }

  /** All rows there are; those that are free have nothing in them. */
  get rows(): number {
    return this.used;
  }

  add(proxy: number): number {
    const connection = this.free.pop() ?? this.used++;
    if (this.used * ROW > this.i32.length) this.grow();
    const at = connection * ROW;
    this.i32.fill(0, at, at + ROW);
    for (const field of EMPTY_FIELDS) this.i32[at + field] = -1;
    this.i32[at + PROXY] = proxy;
    this.i32[at + PLACE] = this.open.push(connection) - 1;
    return connection;
  }

  close(connection: number): void {
    const { i32, open } = this;
    const place = i32[connection * ROW + PLACE];
    const moved = open[open.length - 1];
    open[place] = moved;
    i32[moved * ROW + PLACE] = place;
    open.pop();
    i32[connection * ROW + PLACE] = -1;
  }

  /**
   * All that are open, in random order, as Go goes over a map; more may stand behind them.
   *
   * @param key - a 32-bit integer, of which the order is a function
   */
  inRandomOrder(key: number): Int32Array {
    const { open } = this;
    if (this.order.length < open.length) this.order = new Int32Array(open.length);
    const { order } = this;
    // Fisher and Yates, from the front, so that filling and mixing are one pass.
    for (let i = 0; i < open.length; i++) {
      const other = Math.floor(((mix(key, i) >>> 0) / 2 ** 32) * (i + 1));
      order[i] = order[other];
      order[other] = open[i];
    }
    return order;
  }

  isClosed(connection: number): boolean {
    return this.i32[connection * ROW + PLACE] < 0;
  }

  proxyOf(connection: number): number {
    return this.i32[connection * ROW + PROXY];
  }

  /** Nothing is left that refers to it. */
  isIdle(connection: number): boolean {
    const { i32 } = this;
    const at = connection * ROW;
    return (
      (i32[at + STATE] & (WAITS | PROCESSING | BUSY)) === 0 &&
      i32[at + HEAD] < 0 &&
      i32[at + HELD] === 0
    );
  }

  /** The row of a closed connection is used again if nothing refers to it. */
  release(connection: number): void {
    const proxy = connection * ROW + PROXY;
    if (!this.isClosed(connection) || !this.isIdle(connection) || this.i32[proxy] < 0) return;
    this.i32[proxy] = -1;
    this.free.push(connection);
  }

  private grow(): void {
    const buffer = new ArrayBuffer(this.i32.byteLength * 2);
    const i32 = new Int32Array(buffer);
    i32.set(this.i32);
    this.i32 = i32;
    this.f64 = new Float64Array(buffer);
  }
}
