/** Threads that run `../worker.ts`. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

export interface ThreadOptions {
  /** Threads at most. */
  readonly jobs: number;
  /** Heap of a thread at most. [MiB; default: as Node decides] */
  readonly heapMax?: number | undefined;
}

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

export function threads({ jobs, heapMax }: ThreadOptions): Piscina {
  const pool = new Piscina({
    filename: worker,
    execArgv: execArgv(),
    minThreads: 1,
    maxThreads: jobs,
    // Threads stay from the first task to the last.
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
    ...(heapMax === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMax } }),
  });
  // A thread that fails rejects its task, and that is reported; what it says beside that is of no use.
  pool.on('error', () => {});
  return pool;
}
