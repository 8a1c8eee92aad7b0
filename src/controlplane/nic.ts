/**
 * istiod's network interface: connections that have bytes to send share its bandwidth equally, and the messages of one
 * leave one after the other (exact generalised processor sharing by virtual time; Parekh and Gallager 1993: a message
 * is out when the common virtual clock reaches its finish, max(clock, finish of the one before it) + size).
 *
 * Nothing happens when a message is out unless somebody waits for it, so only then there is an event.
 */
import type { World } from './world.ts';

/** What a connection may have under way before the next Send waits: gRPC's write quota. [B] */
export const WRITE_QUOTA = 64 * 1024;
/** Rounding of the virtual clock must not add a tick. [ns] */
const SLACK = 1e-3;
/** Stands for no message: a sender that waits for room. */
const ALARM = -1;

export class Nic {
  private readonly world: World;
  /** Of a message alone on the line. [ns/B] */
  private readonly perByte: number;
  private readonly quota: number;
  private readonly onOut: (message: number) => void;
  private readonly onRoom: (connection: number) => void;
  /** A heap by finish: virtual time, connection, message. */
  private readonly finish: number[] = [];
  private readonly connection: number[] = [];
  private readonly message: number[] = [];
  private size = 0;
  /** By message: its finish, when its last byte was out, whether somebody waits for that, and whether another follows. */
  private readonly finishOf: number[] = [];
  private readonly outAt: number[] = [];
  private readonly isAwaited: boolean[] = [];
  private readonly isFollowed: boolean[] = [];
  /** Connections that have something under way. */
  private flows = 0;
  private virtual = 0;
  private last = 0;
  private waiting = 0;
  private due = Number.POSITIVE_INFINITY;
  /** Of those who wait: messages that are out, and senders that may go on. */
  private ready: { readonly connection: number; readonly message: number }[] = [];
  private readonly handler: number;

  /**
   * @param bandwidth - in bit/s
   * @param onOut - a message is out that was waited for
   * @param onRoom - a sender that waited may go on
   */
  constructor(
    world: World,
    bandwidth: number,
    onOut: (message: number) => void,
    onRoom: (connection: number) => void,
  ) {
    this.world = world;
    this.perByte = 8e9 / bandwidth;
    this.quota = WRITE_QUOTA * this.perByte;
    this.onOut = onOut;
    this.onRoom = onRoom;
    this.handler = world.register((now) => this.onDue(now));
  }

  /** @param previous - the connection's message before this one, −1 for none */
  send(connection: number, message: number, bytes: number, previous: number): void {
    this.advance(this.world.now);
    let begin = this.virtual;
    if (this.isUnderWay(previous)) {
      begin = this.finishOf[previous];
      this.isFollowed[previous] = true;
    } else this.flows++;
    const finish = begin + bytes * this.perByte;
    this.finishOf[message] = finish;
    this.outAt[message] = Number.POSITIVE_INFINITY;
    this.isAwaited[message] = false;
    this.isFollowed[message] = false;
    this.push(finish, connection, message);
    if (this.waiting > 0) this.arm();
  }

  /** When the last byte of a message was out; Infinity if it is not yet. */
  timeOut(message: number): number {
    this.advance(this.world.now);
    return this.outAt[message];
  }

  /** When a message that is not out can be at the soonest: with the line to itself. */
  soonest(message: number): number {
    const left = Math.max(0, this.finishOf[message] - this.virtual);
    return this.world.now + Math.ceil(left - SLACK);
  }

  /** `onOut` is called when a message is out that is not yet. */
  await(message: number): void {
    this.isAwaited[message] = true;
    this.waiting++;
    this.arm();
  }

  /**
   * Whether a next Send has to wait; if so, `onRoom` is called when there is room.
   *
   * @param latest - the connection's latest message, −1 for none
   */
  hasToWait(connection: number, latest: number): boolean {
    this.advance(this.world.now);
    if (!this.isUnderWay(latest) || this.finishOf[latest] - this.virtual <= this.quota)
      return false;
    this.push(this.finishOf[latest] - this.quota, connection, ALARM);
    this.waiting++;
    this.arm();
    return true;
  }

  /** A connection is gone, with all that it had under way. */
  forget(connection: number): void {
    this.advance(this.world.now);
    this.ready = this.ready.filter((one) => one.connection !== connection);
    const entries = this.connection
      .slice(0, this.size)
      .map((of, i) => ({ of, finish: this.finish[i], message: this.message[i] }));
    this.size = 0;
    for (const { of, finish, message } of entries) {
      if (of !== connection) {
        this.push(finish, of, message);
        continue;
      }
      if (this.isWaitedFor(message)) this.waiting--;
      if (message !== ALARM && !this.isFollowed[message]) this.flows--;
    }
    if (this.waiting > 0) this.arm();
  }

  private isUnderWay(message: number): boolean {
    return message >= 0 && this.outAt[message] === Number.POSITIVE_INFINITY;
  }

  private isWaitedFor(message: number): boolean {
    return message === ALARM || this.isAwaited[message];
  }

  private onDue(now: number): void {
    if (now !== this.due) return;
    this.due = Number.POSITIVE_INFINITY;
    this.advance(now);
    const { ready } = this;
    this.ready = [];
    for (const { connection, message } of ready) {
      if (message === ALARM) this.onRoom(connection);
      else this.onOut(message);
    }
    if (this.waiting > 0) this.arm();
  }

  /** When the next of all is out if nothing comes in between. */
  private arm(): void {
    const { now } = this.world;
    const left = this.size === 0 ? 0 : this.finish[0] - this.virtual;
    const due = this.ready.length > 0 ? now : now + Math.ceil(this.timeOf(left) - SLACK);
    if (due >= this.due) return;
    this.due = due;
    this.world.schedule(due, this.handler, 0);
  }

  private timeOf(virtual: number): number {
    return Math.max(0, virtual) * Math.max(1, this.flows);
  }

  /** Takes out what is out by now. */
  private advance(now: number): void {
    while (this.size > 0) {
      const out = this.last + this.timeOf(this.finish[0] - this.virtual);
      if (out - SLACK > now) {
        this.virtual += (now - this.last) / Math.max(1, this.flows);
        this.last = now;
        return;
      }
      this.virtual = Math.max(this.virtual, this.finish[0]);
      this.last = out;
      this.leave(this.connection[0], this.message[0]);
      this.pop();
    }
    this.virtual = 0;
    this.last = now;
  }

  private leave(connection: number, message: number): void {
    if (this.isWaitedFor(message)) {
      this.waiting--;
      this.ready.push({ connection, message });
    }
    if (message === ALARM) return;
    this.outAt[message] = Math.ceil(this.last - SLACK);
    if (!this.isFollowed[message]) this.flows--;
  }

  // ---- The heap; equal finishes leave in no order that matters, as they leave at one time.

  private push(finish: number, connection: number, message: number): void {
    let i = this.size++;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (this.finish[above] <= finish) break;
      this.move(above, i);
      i = above;
    }
    this.put(i, finish, connection, message);
  }

  private pop(): void {
    const n = --this.size;
    if (n === 0) return;
    const finish = this.finish[n];
    let i = 0;
    for (;;) {
      let below = 2 * i + 1;
      if (below >= n) break;
      if (below + 1 < n && this.finish[below + 1] < this.finish[below]) below++;
      if (this.finish[below] >= finish) break;
      this.move(below, i);
      i = below;
    }
    this.put(i, finish, this.connection[n], this.message[n]);
  }

  private move(from: number, to: number): void {
    this.finish[to] = this.finish[from];
    this.connection[to] = this.connection[from];
    this.message[to] = this.message[from];
  }

  private put(i: number, finish: number, connection: number, message: number): void {
    this.finish[i] = finish;
    this.connection[i] = connection;
    this.message[i] = message;
  }
}
