/** `meshsim worker`: the arguments of serving a queue; `../worker.ts` carries it out. */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { expected, parseTime, SECOND } from '../../units.ts';

export interface WorkerArguments {
  readonly jobs: number;
  /** [s] */
  readonly timeLimit?: number;
  /** [s] */
  readonly idleExit?: number;
  readonly quiet: boolean;
}

export function addWorker(program: Command): void {
  program
    .command('worker')
    .summary('simulate points of sweeps that wait in a queue')
    .description(
      'Simulate points that "meshsim sweep --executor <queue>" puts into a queue in Redis, until told to end. Needs the packages bullmq and ioredis, and the version of meshsim that the sweep has.',
    )
    .argument('<queue>', 'redis://[user:password@]host[:port][/queue][?db=n]; rediss:// for TLS')
    .option('-j, --jobs <n>', 'threads', threads, availableParallelism())
    .option(
      '--time-limit <time>',
      "of a point, such as 600s, if the sweep's is not shorter",
      positiveSeconds,
    )
    .option('--idle-exit <time>', 'end when there was nothing to do for this long', seconds)
    .option('-q, --quiet', 'nothing on stderr but errors')
    .addHelpText('after', HELP)
    .action(async (queue: string, options: Partial<WorkerArguments> & { jobs: number }) => {
      const { workerCommand } = await import('../worker.ts');
      process.exitCode = await workerCommand(queue, { quiet: false, ...options });
    });
}

function threads(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

function seconds(text: string): number {
  try {
    return parseTime(text) / SECOND;
  } catch {
    throw new InvalidArgumentError(`Expected ${expected.time}.`);
  }
}

function positiveSeconds(text: string): number {
  const time = seconds(text);
  if (time > 0) return time;
  throw new InvalidArgumentError('Expected a time above 0.');
}

const HELP = `
Signals:
  SIGTERM or Ctrl-C: points that have begun are finished, then the exit code is 0. A second one ends it
  at once; its points are begun again elsewhere.

Examples:
  meshsim worker redis://localhost
  meshsim worker redis://:password@redis.example:6379/nightly -j 8 --time-limit 600s
  meshsim worker rediss://redis.example/nightly --idle-exit 30s`;
