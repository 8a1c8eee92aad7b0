/**
 * Dispatch (doSendPushes): at most `throttle` connections are pushed to at a time. A slot is held from dequeueing
 * until the push is done, also while the event waits for a connection that is busy; a connection does one thing at a
 * time, and takes requests, acknowledgements among them, before it takes a push.
 */
import {
  ACKS,
  BUSY,
  type Connections,
  DOING,
  OFFERED,
  REQUESTS,
  ROW,
  STATE,
} from './connections.ts';
import type { PushQueue } from './push-queue.ts';
import type { Task, Tasks } from './tasks.ts';

/** What a dispatcher's owner does; it answers by `pushDone` or `requestDone`, at once or later. */
export interface ConnectionHandlers {
  /** A slot was taken for the connection. */
  dequeued(task: Task): void;
  /** The connection has closed before the push began. */
  dropped(task: Task): void;
  push(task: Task): void;
  answer(connection: number): void;
  acknowledge(connection: number): void;
}

export class Dispatcher {
  private readonly queue: PushQueue;
  private readonly connections: Connections;
  private readonly tasks: Tasks;
  private readonly throttle: number;
  private readonly owner: ConnectionHandlers;
  private readonly now: () => number;
  private taken = 0;
  private isDispatching = false;

  constructor(
    queue: PushQueue,
    connections: Connections,
    tasks: Tasks,
    throttle: number,
    owner: ConnectionHandlers,
    now: () => number,
  ) {
    this.queue = queue;
    this.connections = connections;
    this.tasks = tasks;
    this.throttle = throttle;
    this.owner = owner;
    this.now = now;
  }

  /** Slots in use. */
  get slots(): number {
    return this.taken;
  }

  /** A connection closes: a push that waits for it gives its slot back. What it is doing is still reported as done. */
  close(connection: number): void {
    const { i32 } = this.connections;
    const at = connection * ROW;
    i32[at + REQUESTS] = 0;
    i32[at + ACKS] = 0;
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
      const task = this.tasks.take(connection, this.now());
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
    this.connections.i32[connection * ROW + REQUESTS]++;
    this.next(connection);
  }

  /** An acknowledgement has come. */
  acknowledged(connection: number): void {
    this.connections.i32[connection * ROW + ACKS]++;
    this.next(connection);
  }

  /** An answer is given, or an acknowledgement taken. */
  requestDone(connection: number): void {
    this.connections.i32[connection * ROW + STATE] &= ~BUSY;
    this.next(connection);
    this.connections.release(connection);
  }

  pushDone(task: Task): void {
    const { connection } = task;
    this.connections.i32[connection * ROW + STATE] &= ~BUSY;
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

  private next(connection: number): void {
    const { i32 } = this.connections;
    const at = connection * ROW;
    if ((i32[at + STATE] & BUSY) !== 0) return;
    if (i32[at + ACKS] > 0) {
      i32[at + ACKS]--;
      i32[at + STATE] |= BUSY;
      this.owner.acknowledge(connection);
    } else if (i32[at + REQUESTS] > 0) {
      i32[at + REQUESTS]--;
      i32[at + STATE] |= BUSY;
      this.owner.answer(connection);
    } else if (i32[at + OFFERED] >= 0) {
      const task = i32[at + OFFERED];
      i32[at + OFFERED] = -1;
      i32[at + DOING] = task;
      i32[at + STATE] |= BUSY;
      this.owner.push(this.tasks.all[task]);
    }
  }
}
