/** Where points may be simulated, by what the name of an executor begins with. */

import { quote } from '../../problems.ts';
import type { SweepExecutor } from '../../sweep/executor.ts';
import { UsageError } from '../exit.ts';

export interface ExecutorOptions {
  /** Threads of this machine. */
  readonly jobs: number;
}

/** A new executor is one file and one line here; its libraries are only loaded when it is asked for. */
const executors: readonly (readonly [
  RegExp,
  (name: string, options: ExecutorOptions) => Promise<SweepExecutor>,
])[] = [
  [
    /^local$/,
    async (_, { jobs }) => {
      const { pointThreads } = await import('../../sweep/executors/points.adapter.ts');
      return pointThreads({ jobs });
    },
  ],
  [
    /^rediss?:/,
    async (name) => {
      const { queueOf } = await import('../queue.ts');
      return await queueOf(name);
    },
  ],
];

/** @throws UsageError if there is no such executor */
export async function executorOf(name: string, options: ExecutorOptions): Promise<SweepExecutor> {
  const found = executors.find(([pattern]) => pattern.test(name));
  if (found !== undefined) return await found[1](name, options);
  throw new UsageError(
    `--executor: ${quote(name)} is no executor; expected local or redis://host:port/queue`,
  );
}
