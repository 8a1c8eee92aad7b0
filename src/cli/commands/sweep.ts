/** `meshsim sweep` and `meshsim merge`: the arguments; `../sweep/` carries them out. */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { append, count } from './options.ts';

export const sweepOutputs = ['table', 'csv', 'ndjson', 'json'] as const;
export type SweepOutput = (typeof sweepOutputs)[number];

export interface SweepArguments {
  readonly axis: readonly string[];
  readonly zip: boolean;
  readonly sample?: string;
  readonly find?: string;
  /** [share of 1] */
  readonly confidence?: number;
  readonly shard: string;
  readonly set: readonly string[];
  readonly seed?: string;
  readonly reps?: string;
  readonly until?: string;
  readonly threshold: readonly string[];
  readonly baseline: boolean;
  readonly dryRun: boolean;
  readonly executor: string;
  readonly jobs: number;
  /** [s] */
  readonly timeLimit: number;
  readonly keepGoing: boolean;
  readonly fresh: boolean;
  readonly output: SweepOutput;
  readonly outDir?: string;
  readonly quiet: boolean;
  readonly progress: boolean;
}

const defaults: SweepArguments = {
  axis: [],
  zip: false,
  shard: '1/1',
  set: [],
  threshold: [],
  baseline: true,
  dryRun: false,
  executor: 'local',
  jobs: 1,
  timeLimit: Number.POSITIVE_INFINITY,
  keepGoing: false,
  fresh: false,
  output: 'table',
  quiet: false,
  progress: true,
};

export function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .summary('simulate a scenario at many points')
    .description(
      'Simulate a scenario at many points: every combination of the values of its axes, values side by side, or samples. Points that are done are kept: the same command goes on where it was, and other values add to what is there.',
    )
    .argument('<scenario>', 'scenario file, or sweep file that names one; - is standard input')
    .addHelpText('after', HELP);
  command.optionsGroup('Points:');
  command.option(
    '--axis <path=values>',
    'values of one path, repeatable: a,b,c or start:end:step or start:end:*factor, or low..high for samples',
    append,
  );
  command.option('--zip', 'the first values of all axes, then the second ones, …');
  command.option('--sample <kind:n>', 'n points spread evenly: lhs:100 or sobol:128');
  command.option(
    '--shard <i/n>',
    'only every n-th point, from the i-th on; meshsim merge unites them',
  );
  command.option(
    '--find <path>',
    'look along this axis for where the thresholds stop being kept; an interval has 129 values',
  );
  command.option('--confidence <share>', 'of --find (default: 0.95)', share);
  command.optionsGroup('Scenario:');
  command.option('--set <path=value>', 'change one value at all points, repeatable', append);
  command.option('--seed <seed>', 'seed of all randomness, the same at all points');
  command.option('--reps <n>', 'independent replications of each point');
  command.option('--until <time>', 'simulated time of a replication, such as 60s');
  command.option('--no-baseline', 'do not simulate the same without a mesh');
  command.option('--threshold <expr>', "add one, repeatable: 'latency.p99 < 25ms'", append);
  command.optionsGroup('Execution:');
  command.option('--dry-run', 'check, list the first points, simulate nothing');
  command.option('--executor <where>', 'local, or redis://host:port/queue for meshsim worker');
  command.option('-j, --jobs <n>', 'threads', count(1), availableParallelism());
  command.option('--time-limit <s>', 'seconds that a point may take', seconds);
  command.option('--keep-going', 'simulate the other points when one has failed');
  command.option('--fresh', 'forget the points that are done');
  command.option('-q, --quiet', 'only errors on stderr');
  command.option('--no-progress', 'no progress on stderr');
  command.optionsGroup('Output:');
  command.addOption(
    new Option('-o, --output <format>', 'what goes to stdout')
      .choices(sweepOutputs)
      .default('table'),
  );
  command.option('-O, --out-dir <dir>', 'where the files go (default: out/<scenario>/sweep)');
  command.action(async (file: string, options: Partial<SweepArguments>) => {
    const { sweepCommand } = await import('../sweep/sweep.ts');
    process.exitCode = await sweepCommand(file, { ...defaults, ...options });
  });
}

export interface MergeArguments {
  readonly outDir: string;
  readonly output: SweepOutput;
}

export function addMerge(program: Command): void {
  program
    .command('merge')
    .summary('unite the shards of a sweep')
    .description(
      'Unite the directories of the shards of a sweep. What comes out is what the sweep without --shard writes.',
    )
    .argument('<dirs...>', 'directories of shards')
    .requiredOption('-O, --out-dir <dir>', 'where the files go')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout')
        .choices(sweepOutputs)
        .default('table'),
    )
    .addHelpText(
      'after',
      `
Examples:
  meshsim sweep s.yml --axis 'load[0].rate=100/s:900/s:100/s' --shard 1/2 -O out/1
  meshsim sweep s.yml --axis 'load[0].rate=100/s:900/s:100/s' --shard 2/2 -O out/2
  meshsim merge out/1 out/2 -O out/all`,
    )
    .action(async (dirs: readonly string[], options: MergeArguments) => {
      const { mergeCommand } = await import('../sweep/merge.ts');
      process.exitCode = await mergeCommand(dirs, options);
    });
}

function share(text: string): number {
  if (/^0?\.\d{1,9}$/.test(text) && Number(text) >= 0.5) return Number(text);
  throw new InvalidArgumentError('Expected a share from 0.5 on and below 1, such as 0.95.');
}

function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)s?$/.exec(text);
  if (match !== null && Number(match[1]) > 0) return Number(match[1]);
  throw new InvalidArgumentError('Expected seconds above 0, such as 60.');
}

const HELP = `
Sweep file:
  scenario: bookinfo.yml                  # relative to the sweep file
  axes:                                   # lists, or texts as --axis has them
    mesh.mode: [none, sidecar, ambient]
    load[0].rate: 100/s:500/s:100/s
  design: grid                            # or zip; or lhs or sobol, with points: 100
  Also seed, reps, until, set, thresholds, baseline, and find with axis and confidence. Options of
  the command line go before it.

Files:
  The directory gets points.ndjson, a line for each point as it is done, from which the same command
  goes on; and at the end results.csv, results.parquet, results.ndjson and sweep.json, points in
  order, and sweep.sha256, which is the same however and wherever the points were simulated.

Exit status:
  0 all points are there   2 bad usage or invalid input   3 some points failed
  74 the files could not be written   130, 143 interrupted: what is done is kept

Examples:
  meshsim sweep scenarios/bookinfo.yml --axis mesh.mode=none,sidecar,ambient --axis 'load[0].rate=100/s:500/s:100/s'
  meshsim sweep scenarios/bookinfo.yml --axis 'load[0].rate=100/s..900/s' --axis 'measure.reps=1,3' --sample lhs:20
  meshsim sweep scenarios/sweeps/bookinfo-modes.yml --dry-run
  meshsim sweep scenarios/bookinfo.yml --axis 'load[0].rate=100/s:900/s:10/s' --find 'load[0].rate' --threshold 'latency.p99 < 25ms'
  meshsim sweep scenarios/bookinfo.yml --axis mesh.mode=sidecar,ambient --keep-going --time-limit 60 -o csv > points.csv`;
