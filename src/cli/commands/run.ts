/** `meshsim run`: the arguments of a simulation; `../run-scenario.ts` carries it out. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { append, count } from './options.ts';

export const outputs = ['table', 'json', 'csv'] as const;
/** Of `report/reports.ts`, whose libraries are not loaded for a help text. */
export const reportExtensions = ['.json', '.csv', '.txt', '.prom', '.svg', '.html'] as const;

export interface RunArguments {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly reps?: string;
  readonly until?: string;
  readonly baseline: boolean;
  readonly dryRun: boolean;
  readonly output: (typeof outputs)[number];
  readonly outDir?: string;
  readonly report: readonly string[];
  readonly trace?: number;
  readonly traceFile?: string;
  readonly threshold: readonly string[];
  /** False: failed thresholds are shown, and the exit code is 0. */
  readonly thresholds: boolean;
  readonly jobs: number;
  readonly quiet: boolean;
  readonly progress: boolean;
  readonly color: boolean;
}

/** Of what commander leaves out if it is not given; defaults given to commander would stand in the help. */
const defaults: RunArguments = {
  set: [],
  report: [],
  threshold: [],
  dryRun: false,
  quiet: false,
  baseline: true,
  thresholds: true,
  progress: true,
  color: true,
  output: 'table',
  jobs: 1,
};

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .summary('simulate a scenario and print its summary')
    .description(
      'Simulate a scenario under its mesh, and without a mesh to compare with. Prints latency, CPU, memory and configuration pushes, with 95 % confidence intervals, and writes them to out/.',
    )
    .argument('<scenario>', 'scenario file; - is standard input')
    .addHelpText('after', HELP);
  addScenarioOptions(command);
  addOutputOptions(command);
  command.optionsGroup('Execution:');
  command.option('-j, --jobs <n>', 'threads', count(1), availableParallelism());
  command.option('-q, --quiet', 'only errors on stderr');
  command.option('--no-progress', 'no progress on stderr');
  command.option('--no-color', 'plain text; so does NO_COLOR, or a stdout that is no terminal');
  command.action(async (file: string, options: Partial<RunArguments>) => {
    const { runCommand } = await import('../run-scenario.ts');
    process.exitCode = await runCommand(file, { ...defaults, ...options });
  });
}

function addScenarioOptions(command: Command): void {
  command.optionsGroup('Scenario:');
  command.option(
    '--set <path=value>',
    'change one value, repeatable: --set load[0].rate=800/s',
    append,
  );
  command.option('--seed <seed>', "seed of all randomness (default: the scenario's, else 1)");
  command.option('--reps <n>', 'independent replications');
  command.option('--until <time>', 'simulated time of a replication, such as 60s');
  command.option('--no-baseline', 'do not simulate the same without a mesh');
  command.option('--dry-run', 'check, print the plan and what it will take, simulate nothing');
  command.optionsGroup('Thresholds:');
  command.option(
    '--threshold <expr>',
    "add one, repeatable: 'latency.p99 < 25ms', 'users: errors < 0.1%'",
    append,
  );
  command.option('--no-thresholds', 'show thresholds that fail, but do not exit with 99');
}

function addOutputOptions(command: Command): void {
  command.optionsGroup('Output:');
  command.addOption(
    new Option(
      '-o, --output <format>',
      'what goes to stdout: the summary, or what is in result.json or services.csv',
    )
      .choices(outputs)
      .default('table'),
  );
  command.option(
    '-O, --out-dir <dir>',
    'where the files go (default: out/<scenario>/<digest>-<seed>)',
  );
  command.option(
    '--report <file>',
    `also write the result in another form, by extension (${reportExtensions.join(', ')}), repeatable`,
    append,
  );
  command.option(
    '--trace <request>',
    'also show the life of one request of the first load, counted from 0',
    count(0),
  );
  command.option('--trace-file <file>', 'write that life as OTLP/JSON too');
}

const HELP = `
Files:
  The directory gets result.json, summary.txt, services.csv, loads.csv, stations.csv, proxies.csv,
  pushes.csv, series.csv and timing.json; where there is something to show, reasons.csv, watched.csv
  and figures (.svg) too. A result that is there already is replaced as a whole.

Examples:
  meshsim run scenarios/bookinfo.yml
  meshsim run scenarios/bookinfo.yml --set mesh.mode=ambient --reps 10
  meshsim run scenarios/bookinfo.yml --threshold 'latency.p99 < 25ms' -q > summary.txt
  meshsim run scenarios/bookinfo.yml -o json | jq '.cases[0].loads[0].latency.p99_ms'
  meshsim run scenarios/bookinfo.yml --trace 17 --trace-file trace.json`;
