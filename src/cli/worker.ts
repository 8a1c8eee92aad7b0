/** `meshsim worker`, carried out: a queue is served by threads of this machine, and what happens said on stderr. */
import { pointThreads } from '../sweep/executors/points.adapter.ts';
import { serveQueue } from '../sweep/queue/serve.adapter.ts';
import type { WorkerArguments } from './commands/worker.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import { packageVersion } from './package.ts';
import { queueAddress, usable } from './queue.ts';

const NEVER = Number.POSITIVE_INFINITY;

export async function workerCommand(
  queue: string,
  { jobs, timeLimit = NEVER, idleExit = NEVER, quiet }: WorkerArguments,
): Promise<ExitCode> {
  const address = queueAddress(queue);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const meshsim = packageVersion();
  if (!quiet) say(`meshsim ${meshsim} worker, process ${process.pid}`);
  const ending = new AbortController();
  const stop = onSignals(ending, say);
  const serving = {
    meshsim,
    threads: jobs,
    makeExecutor: () => pointThreads({ jobs }),
    timeMax: timeLimit,
    idleMax: idleExit * 1000,
    signal: ending.signal,
    tell: quiet ? () => {} : say,
  };
  try {
    const { served, refused } = await usable(() => serveQueue(address, serving));
    const also = refused === 0 ? '' : `, ${refused} refused`;
    if (!quiet) say(`ended after ${served} ${served === 1 ? 'point' : 'points'}${also}`);
    return exitCodes.ok;
  } finally {
    stop();
  }
}

/** @returns stops listening */
function onSignals(ending: AbortController, say: (line: string) => void): () => void {
  const end = (signal: NodeJS.Signals) => {
    if (ending.signal.aborted) {
      process.exit(signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted);
    }
    say('ending when the points that have begun are done; once more to end at once');
    ending.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}
