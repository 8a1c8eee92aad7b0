/**
 * Dispatch (doSendPushes): at most `throttle` connections are pushed to at a time. A slot is held from dequeueing
 * until the push is done, also while the event waits for a connection that is busy; a connection does one thing at a
 * time, and answers requests before it takes a push.
 */
import type { PushQueue, Range } from './push-queue.ts';

/** What a dispatcher's owner does; each answers by `pushDone` or `requestDone`, at once or later. */
export interface Connections {
  isClosed(connection: number): boolean;
  /** A slot was taken for the connection. */
  dequeued(connection: number, range: Range): void;
  /** The connection has closed before the push began. */
  dropped(connection: number, range: Range): void;
  push(connection: number, range: Range): void;
  answer(connection: number): void;
}

export class Dispatcher {
  private readonly queue: PushQueue;
  private readonly throttle: number;
  private readonly connections: Connections;
  private taken = 0;
  private isDispatching = false;
  /** By connection. */
  private readonly isBusy: boolean[] = [];
  private readonly requests: number[] = [];
  /** By connection: the push that has a slot and waits for the connection. */
  private readonly offered: (Range | undefined)[] = [];

  constructor(queue: PushQueue, throttle: number, connections: Connections) {
    this.queue = queue;
    this.throttle = throttle;
    this.connections = connections;
  }

  /** Slots in use. */
  get slots(): number {
    return this.taken;
  }

  /** A connection is new. */
  open(connection: number): void {
    this.isBusy[connection] = false;
    this.requests[connection] = 0;
    this.offered[connection] = undefined;
  }

  /** A connection closes: a push that waits for it gives its slot back. What it is doing is still reported as done. */
  close(connection: number): void {
    this.requests[connection] = 0;
    const range = this.offered[connection];
    if (range === undefined) return;
    this.offered[connection] = undefined;
    this.connections.dropped(connection, range);
    this.giveBack(connection);
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
      const range = this.queue.take(connection);
      this.connections.dequeued(connection, range);
      if (this.connections.isClosed(connection)) {
        this.connections.dropped(connection, range);
        this.giveBack(connection);
        continue;
      }
      this.offered[connection] = range;
      this.next(connection);
    }
    this.isDispatching = false;
  }

  /** The proxy has asked for something; requests need no slot. */
  request(connection: number): void {
    this.requests[connection]++;
    this.next(connection);
  }

  requestDone(connection: number): void {
    this.isBusy[connection] = false;
    this.next(connection);
  }

  pushDone(connection: number): void {
    this.isBusy[connection] = false;
    this.giveBack(connection);
    this.next(connection);
  }

  private giveBack(connection: number): void {
    this.queue.markDone(connection);
    this.taken--;
    this.dispatch();
  }

  private next(connection: number): void {
    if (this.isBusy[connection]) return;
    if (this.requests[connection] > 0) {
      this.requests[connection]--;
      this.isBusy[connection] = true;
      this.connections.answer(connection);
      return;
    }
    const range = this.offered[connection];
    if (range === undefined) return;
    this.offered[connection] = undefined;
    this.isBusy[connection] = true;
    this.connections.push(connection, range);
  }
}
