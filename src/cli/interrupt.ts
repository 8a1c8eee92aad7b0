/** Ctrl-C and SIGTERM: says what is kept, and ends with the exit code of an interruption. */
import { existsSync } from 'node:fs';
import { exitCodes } from './exit.ts';
import type { Progress } from './progress.ts';

/** @returns stops listening */
export function onInterrupt(directory: string, progress: Progress): () => void {
  const interrupt = (signal: NodeJS.Signals) => {
    progress.stop();
    const kept = existsSync(directory)
      ? `the earlier result in ${directory} is as it was`
      : 'nothing was written';
    process.stderr.write(
      `meshsim: interrupted after ${progress.done} of ${progress.known} replications; ${kept}\n`,
    );
    // Ends the threads too, whatever they do.
    process.exit(signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
}
