/**
 * Dispatch (doSendPushes): at most `throttle` connections are pushed to at a time. A slot is held from dequeueing
 * until the push is done, also while the event waits for a connection that is busy; a connection does one thing at a
 * time, and takes requests, acknowledgements among them, before it takes a push.
 */
import {
  ACKS,
  ASKS,
  BUSY,
  type Connections,
  DOING,
  FREE_AT,
  HELD,
  OFFERED,
  RESUMES,
  ROW,
  ROW_F64,
  STATE,
} from './connections.ts';
import type { PushQueue } from './push-queue.ts';
import type { Task, Tasks } from './tasks.ts';
import type { World } from './world.ts';

/** What a dispatcher's owner does; it answers by `pushDone` or `requestDone`, at once or later. */
export interface ConnectionHandlers {
  /** A slot was taken for the connection. */
  dequeued(task: Task): void;
  /** The connection has closed before the push began. */
  dropped(task: Task): void;
  push(task: Task): void;
  answer(connection: number): void;
}

export interface DispatchSettings {
  /** PILOT_PUSH_THROTTLE. */
  readonly throttle: number;
  /** How long a connection takes over an acknowledgement. [ns] */
  readonly perAck: number;
}

export class Dispatcher {
  private readonly queue: PushQueue;
  private readonly connections: Connections;
  private readonly tasks: Tasks;
  private readonly world: World;
  private readonly throttle: number;
  private readonly perAck: number;
  private readonly owner: ConnectionHandlers;
  /** By connection that has any: requests that wait for an answer. */
  private readonly requests = new Map<number, number>();
  private taken = 0;
  private isDispatching = false;
  private readonly onResume: number;

  constructor(
    world: World,
    queue: PushQueue,
    connections: Connections,
    tasks: Tasks,
    { throttle, perAck }: DispatchSettings,
    owner: ConnectionHandlers,
  ) {
    this.world = world;
    this.queue = queue;
    this.connections = connections;
    this.tasks = tasks;
    this.throttle = throttle;
    this.perAck = perAck;
    this.owner = owner;
    this.onResume = world.register((_, connection) => this.resume(connection));
  }

  /** Slots in use. */
  get slots(): number {
    return this.taken;
  }

  /** A connection closes: a push that waits for it gives its slot back. What it is doing is still reported as done. */
  close(connection: number): void {
    const { i32 } = this.connections;
    const at = connection * ROW;
    i32[at + STATE] &= ~ASKS;
    this.requests.delete(connection);
    const offered = i32[at + OFFERED];
    if (offered < 0) return;
    i32[at + OFFERED] = -1;
    this.drop(this.tasks.all[offered]);
  }

  /** Takes work from the queue while there are slots. */
  dispatch(): void {
    // A push that is done at once comes back here; the loop below goes on with the next.
    if (this.isDispatching) return;
    this.isDispatching = true;
    while (this.taken < this.throttle) {
      const connection = this.queue.dequeue();
      if (connection < 0) break;
      this.taken++;
      const task = this.tasks.take(connection, this.world.now);
      this.queue.take(connection, task);
      this.owner.dequeued(task);
      if (this.connections.isClosed(connection)) {
        this.drop(task);
        continue;
      }
      this.connections.i32[connection * ROW + OFFERED] = task.index;
      this.next(connection);
    }
    this.isDispatching = false;
  }

  /** The proxy has asked for something; requests need no slot. */
  request(connection: number): void {
    this.connections.i32[connection * ROW + STATE] |= ASKS;
    this.requests.set(connection, (this.requests.get(connection) ?? 0) + 1);
    this.next(connection);
  }

  /**
   * An acknowledgement has come, now or a while ago: the connection is taken by it as soon as it is free. Nobody has
   * to be told when that is over unless there is something else to do.
   */
  acknowledged(connection: number, at: number): void {
    const { i32, f64 } = this.connections;
    if ((i32[connection * ROW + STATE] & BUSY) !== 0) i32[connection * ROW + ACKS]++;
    else {
      const free = connection * ROW_F64 + FREE_AT;
      f64[free] = Math.max(f64[free], at) + this.perAck;
    }
  }

  /** An answer is given. */
  requestDone(connection: number): void {
    this.becomeFree(connection);
    this.next(connection);
    this.connections.release(connection);
  }

  pushDone(task: Task): void {
    const { connection } = task;
    this.becomeFree(connection);
    this.giveBack(task);
    this.next(connection);
    this.connections.release(connection);
  }

  private drop(task: Task): void {
    const { connection } = task;
    this.owner.dropped(task);
    this.giveBack(task);
    this.connections.release(connection);
  }

  private giveBack(task: Task): void {
    this.connections.i32[task.connection * ROW + DOING] = -1;
    this.queue.markDone(task.connection);
    this.tasks.free(task);
    this.taken--;
    this.dispatch();
  }

  private becomeFree(connection: number): void {
    const { i32, f64 } = this.connections;
    const at = connection * ROW;
    i32[at + STATE] &= ~BUSY;
    if (i32[at + ACKS] === 0) return;
    f64[connection * ROW_F64 + FREE_AT] = this.world.now + i32[at + ACKS] * this.perAck;
    i32[at + ACKS] = 0;
  }

  private next(connection: number): void {
    const { i32 } = this.connections;
    const at = connection * ROW;
    const state = i32[at + STATE];
    const offered = i32[at + OFFERED];
    if ((state & (BUSY | RESUMES)) !== 0 || ((state & ASKS) === 0 && offered < 0)) return;
    if (this.hasToWait(connection)) return;
    i32[at + STATE] = state | BUSY;
    if ((state & ASKS) !== 0) {
      this.takeRequest(connection);
      this.owner.answer(connection);
      return;
    }
    i32[at + OFFERED] = -1;
    i32[at + DOING] = offered;
    this.owner.push(this.tasks.all[offered]);
  }

  private takeRequest(connection: number): void {
    const left = (this.requests.get(connection) ?? 1) - 1;
    if (left > 0) {
      this.requests.set(connection, left);
      return;
    }
    this.requests.delete(connection);
    this.connections.i32[connection * ROW + STATE] &= ~ASKS;
  }

  /** Acknowledgements come first. */
  private hasToWait(connection: number): boolean {
    const { i32, f64 } = this.connections;
    const free = f64[connection * ROW_F64 + FREE_AT];
    if (free <= this.world.now) return false;
    i32[connection * ROW + STATE] |= RESUMES;
    i32[connection * ROW + HELD]++;
    this.world.schedule(free, this.onResume, connection);
    return true;
  }

  private resume(connection: number): void {
    const { i32 } = this.connections;
    i32[connection * ROW + STATE] &= ~RESUMES;
    i32[connection * ROW + HELD]--;
    if (this.connections.isClosed(connection)) this.connections.release(connection);
    else this.next(connection);
  }
}
