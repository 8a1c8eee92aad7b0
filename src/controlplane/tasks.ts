/**
 * What connections are doing: a task is a push from its dequeueing, or an answer from when it is taken up, until the
 * last Send has returned. There are about as many at a time as the throttle lets through; they are used again.
 */
import type { Plan } from './generate.ts';
import type { Range } from './push-queue.ts';
import type { Work } from './work.ts';

export class Task implements Range {
  /** In `Tasks`. */
  readonly index: number;
  connection = -1;
  /** An answer to a request of the proxy; it has no range. */
  isAnswer = false;
  first = 0;
  last = 0;
  forced = false;
  start = 0;
  /** When it was dequeued, or taken up. [ns] */
  since = 0;
  plan: Plan | null = null;
  /** Of the part at hand: which of the plan's, its work, when generating it began, and when it was generated. */
  part = 0;
  work: Work | null = null;
  /** Of the views, as the part's endpoints have them. */
  version = 0;
  began = 0;
  generated = 0;
  /** Sending waits for room in the transport. */
  isBlocked = false;
  /** Time so far. [ns] */
  generating = 0;
  sending = 0;

  constructor(index: number) {
    this.index = index;
  }
}

export class Tasks {
  /** By index. */
  readonly all: Task[] = [];
  private readonly unused: Task[] = [];

  /** Those that are not free. */
  get count(): number {
    return this.all.length - this.unused.length;
  }

  take(connection: number, now: number): Task {
    const task = this.unused.pop() ?? this.make();
    task.connection = connection;
    task.since = now;
    task.isAnswer = false;
    task.isBlocked = false;
    task.plan = null;
    task.part = 0;
    task.generating = 0;
    task.sending = 0;
    return task;
  }

  free(task: Task): void {
    task.connection = -1;
    task.plan = null;
    task.work = null;
    this.unused.push(task);
  }

  private make(): Task {
    const task = new Task(this.all.length);
    this.all.push(task);
    return task;
  }
}
