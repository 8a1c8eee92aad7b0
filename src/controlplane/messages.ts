/** Messages from istiod to its proxies, from Send until they are acknowledged: rows that are used again. */
import type { Plan } from './generate.ts';

/** Fields of a row as 32-bit integers: whose, the next in a list, the pushes it ends (as in a Range), flags. */
export const CONNECTION = 0;
export const NEXT = 1;
export const FIRST = 2;
export const LAST = 3;
export const FLAGS = 4;
/** Part of the plan that it is; version of the views in it, and version up to which the proxy then has all changes. */
export const PART = 5;
export const VERSION = 6;
export const COVERS = 7;
/** As 64-bit floats: work of Envoy's main thread; when its Send returned; since when it is the next; when it is due. [ns] */
export const APPLY = 4;
export const SENT = 5;
export const READY = 6;
export const DUE = 7;

export const ROW = 16;
export const ROW_F64 = 8;

/** Bits of FLAGS: the last message of a push or of all answers; an answer; a request comes with its acknowledgement. */
export const FINAL = 1;
export const ANSWER = 2;
export const ASKS_ON = 4;
/** The request is for endpoints of clusters that are new to the proxy. */
export const FOLLOWS = 8;

export class Messages {
  i32 = new Int32Array(ROW * 16);
  f64 = new Float64Array(this.i32.buffer);
  /** By message. */
  readonly plans: (Plan | null)[] = [];
  private readonly free: number[] = [];

  /** Those that are not free. */
  get count(): number {
    return this.plans.length - this.free.length;
  }

  add(plan: Plan): number {
    const message = this.free.pop() ?? this.plans.push(null) - 1;
    if (this.plans.length * ROW > this.i32.length) this.grow();
    this.plans[message] = plan;
    this.i32[message * ROW + NEXT] = -1;
    return message;
  }

  release(message: number): void {
    this.plans[message] = null;
    this.free.push(message);
  }

  private grow(): void {
    const i32 = new Int32Array(this.i32.length * 2);
    i32.set(this.i32);
    this.i32 = i32;
    this.f64 = new Float64Array(i32.buffer);
  }
}
