/** Runs tasks on threads of this machine. A task that fails is named; the others of its run are given up. */
import { MessageChannel } from 'node:worker_threads';
import type { Life } from '../../measure/life.ts';
import type { Execute, Task } from '../../run.ts';
import type { Progress } from '../worker.ts';
import { threads } from './threads.adapter.ts';

export interface LocalOptions {
  /** Threads at most; never more than tasks. */
  readonly jobs: number;
  /** Heap of a thread at most. [MiB; default: as Node decides] */
  readonly heapMax?: number | undefined;
  /** Told which tasks are next, and then how far each is. */
  readonly onTasks?: (tasks: readonly Task[]) => void;
  readonly onProgress?: (task: Task, progress: Progress) => void;
}

export interface LocalExecutor {
  readonly execute: Execute;
  /** The life of one request of the first load, null if it did not arrive. */
  trace(task: Task, request: number): Promise<Life | null>;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}

/** A replication that could not be finished. */
export class ReplicationError extends Error {}

export function localExecutor(options: LocalOptions): LocalExecutor {
  const { jobs, heapMax, onTasks, onProgress } = options;
  const pool = threads({ jobs, heapMax });

  async function replicate(task: Task) {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (progress: Progress) => onProgress?.(task, progress));
    try {
      const job = { task, port: port2 };
      const replication = await pool.run(job, { name: 'replicate', transferList: [port2] });
      // The last message may still be on its way.
      onProgress?.(task, { share: 1, events: replication.events });
      return replication;
    } catch (error) {
      throw new ReplicationError(whatHappened(task, error), { cause: error });
    } finally {
      port1.close();
    }
  }

  return {
    execute: (tasks) => {
      onTasks?.(tasks);
      return Promise.all(tasks.map(replicate));
    },
    trace: (task, request) => pool.run({ task, request }, { name: 'trace' }),
    close: () => pool.destroy(),
  };
}

function whatHappened({ name, rep, isPilot }: Task, error: unknown): string {
  const what = isPilot ? 'the pilot run' : `replication ${rep}`;
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  const why =
    code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? 'ran out of memory; simulate less at once (-j 1), or allow more (NODE_OPTIONS=--max-old-space-size=4096)'
      : `failed: ${message ?? String(error)}`;
  return `${what} of case "${name}" ${why}`;
}
