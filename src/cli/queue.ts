/** A queue as the command line names it, for those that fill it and those that serve it. */
import type { SweepExecutor } from '../sweep/executor.ts';
import { queueExecutor } from '../sweep/executors/bullmq.adapter.ts';
import { parseQueueAddress, type QueueAddress } from '../sweep/queue/address.ts';
import { QueueError } from '../sweep/queue/connection.adapter.ts';
import { UsageError } from './exit.ts';

/** @throws UsageError that says why it cannot be used */
export async function queueOf(name: string): Promise<SweepExecutor> {
  const tell = (line: string) => process.stderr.write(`meshsim: ${line}\n`);
  const address = queueAddress(name);
  const { run, close } = await usable(() => queueExecutor(address, { tell }));
  return {
    async *run(...all) {
      const outcomes = run(...all)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { done, value } = await usable(() => outcomes.next());
          if (done === true) return;
          yield value;
        }
      } finally {
        await outcomes.return?.();
      }
    },
    close,
  };
}

/** @throws UsageError */
export function queueAddress(name: string): QueueAddress {
  try {
    return parseQueueAddress(name);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError where a queue cannot be used */
export async function usable<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof QueueError) throw new UsageError(error.message);
    throw error;
  }
}
