/** Runs tasks on threads of this machine. A task that fails is named; the others of its run are given up. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Life } from '../../measure/life.ts';
import type { Execute, Task } from '../../run.ts';
import type { Progress } from '../worker.ts';

export interface LocalOptions {
  /** Threads at most; never more than tasks. */
  readonly jobs: number;
  /** Heap of a thread at most. [MiB; default: as Node decides] */
  readonly heapMax?: number;
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

const extension = extname(import.meta.url);
const worker = fileURLToPath(new URL(`../worker${extension}`, import.meta.url));

/**
 * Under the sources a thread needs the loader of TypeScript too. `--import tsx` would not do: it is looked for from
 * the current directory, and tsx takes a thread for one that has inherited the loader, which it has not in Node 20.
 */
function execArgv(): string[] {
  if (extension !== '.ts') return [];
  return ['--import', new URL('../../../bin/typescript.js', import.meta.url).href];
}

export function localExecutor(options: LocalOptions): LocalExecutor {
  const { jobs, heapMax, onTasks, onProgress } = options;
  const pool = new Piscina({
    filename: worker,
    execArgv: execArgv(),
    minThreads: 1,
    maxThreads: jobs,
    // Threads stay from the pilot runs to the last round.
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
    ...(heapMax === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMax } }),
  });

  // A thread that fails rejects its task, and that is reported; what it says beside that is of no use.
  pool.on('error', () => {});

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
