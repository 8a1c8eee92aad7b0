/**
 * `meshsim run`, carried out: read, announce, simulate on threads, write the directory, print. stdout is the result,
 * stderr everything else.
 */
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import type { Result } from '../measure/result.ts';
import { serialise } from '../measure/serialise.ts';
import { quote } from '../problems.ts';
import { charts, drawSvg, figuresOf } from '../report/charts.ts';
import { csvFiles } from '../report/csv.ts';
import { plainPaint } from '../report/layout.ts';
import { type RenderOptions, type ReportName, reports } from '../report/reports.ts';
import { runScenario } from '../run.ts';
import { type LocalExecutor, localExecutor } from '../sweep/executors/local.adapter.ts';
import type { RunArguments } from './commands/run.ts';
import {
  checkDirectory,
  checkDirectoryName,
  defaultDirectory,
  type Files,
  type Written,
  writeDirectory,
} from './directory.ts';
import { type ExitCode, exitCodes, UsageError } from './exit.ts';
import { renderNotes } from './foreign.ts';
import { type Inputs, loadInputs } from './inputs.ts';
import { onInterrupt } from './interrupt.ts';
import { overridesOf } from './overrides.ts';
import { packageVersion } from './package.ts';
import { checkFile, writeFile } from './places.ts';
import { planOf, renderPlan } from './plan.ts';
import { makeProgress } from './progress.ts';
import { runLine } from './run-line.ts';
import { hasColour, painter, progressLook, widthOf } from './terminal.ts';
import { startTiming } from './timing.ts';
import { type Traced, traceIn } from './trace.ts';

export async function runCommand(file: string, options: RunArguments): Promise<ExitCode> {
  checkArguments(options);
  const inputs = await loadInputs(file, overridesOf(options));
  if (!options.quiet) process.stderr.write(renderNotes(inputs.notes));
  if (!options.quiet) process.stderr.write(`${runLine(inputs, process.argv.slice(2))}\n`);
  if (options.dryRun) {
    process.stdout.write(renderPlan(planOf(inputs, options)));
    return exitCodes.ok;
  }
  const directory = options.outDir ?? defaultDirectory(namesOf(inputs));
  checkFiles(checkDirectory(directory, directoryNames), options);
  const outcome = await simulate(inputs, options, directory);
  const { obstacle } = await publish(outcome, options, directory);
  if (obstacle !== null) return exitCodes.elsewhere;
  const failed = outcome.result.slos.some(({ pass }) => !pass);
  return failed && options.thresholds ? exitCodes.threshold : exitCodes.ok;
}

/** All names that a directory of ours may have in it. */
const directoryNames: ReadonlySet<string> = new Set([
  'result.json',
  'summary.txt',
  'timing.json',
  'trace.json',
  ...Object.keys(csvFiles),
  ...Object.keys(charts).map(figureName),
]);

function figureName(chart: string): string {
  return `figure-${chart}.svg`;
}

/** What can be wrong before anything is read. @throws UsageError */
function checkArguments({ outDir, report, trace, traceFile }: RunArguments): void {
  if (outDir !== undefined) checkDirectoryName(outDir);
  for (const file of report) {
    checkFile('--report', file);
    reportNameOf(file);
  }
  if (traceFile === undefined) return;
  if (trace === undefined) throw new UsageError('"--trace-file" needs "--trace <request>"');
  checkFile('--trace-file', traceFile);
}

/**
 * Refuses files that would take the place of the result or of each other.
 *
 * @param directory - where it really is
 * @throws UsageError
 */
function checkFiles(directory: string, { report, traceFile }: RunArguments): void {
  const seen = new Set([directory, ...[...directoryNames].map((name) => join(directory, name))]);
  const files: [string, string][] = report.map((file) => ['--report', file]);
  if (traceFile !== undefined) files.push(['--trace-file', traceFile]);
  for (const [option, file] of files) {
    const place = checkFile(option, file);
    if (seen.has(place)) {
      throw new UsageError(
        `${option}: ${quote(file)} is where something else of the result is written; choose another name`,
      );
    }
    seen.add(place);
  }
}

function namesOf({ scenario, digest }: Inputs) {
  return { scenario: scenario.name, digest, seed: scenario.seed };
}

interface Outcome {
  readonly result: Result;
  /** Text of timing.json. */
  readonly timing: string;
  readonly traced: Traced | null;
}

async function simulate(
  inputs: Inputs,
  options: RunArguments,
  directory: string,
): Promise<Outcome> {
  const { scenario, profile, digest, profileDigest } = inputs;
  const identity = { meshsim: packageVersion(), digest, profileDigest };
  const jobs = Math.min(options.jobs, 4 * availableParallelism());
  const timing = startTiming(jobs);
  const progress = makeProgress(
    process.stderr,
    options.progress && !options.quiet ? progressLook(process.stderr, options.color) : 'none',
  );
  const executor = localExecutor({
    jobs,
    onTasks: (tasks) => progress.expect(tasks.length),
    onProgress: (task, { share, events }) => progress.at(task, share, events),
  });
  const stopListening = onInterrupt(directory, progress);
  try {
    const traced = await traceAsked(inputs, options, executor);
    const run = { baseline: options.baseline, identity };
    const result = await runScenario(scenario, profile, run, executor.execute);
    return { result, timing: timing(result), traced };
  } finally {
    progress.stop();
    stopListening();
    await executor.close();
  }
}

function traceAsked(
  inputs: Inputs,
  { trace }: RunArguments,
  executor: LocalExecutor,
): Promise<Traced> | null {
  return trace === undefined ? null : traceIn(inputs, trace, executor);
}

/** Files first, so that what is printed is already kept; but where the disk is full, it is printed all the same. */
async function publish(
  outcome: Outcome,
  options: RunArguments,
  directory: string,
): Promise<Written> {
  const { result, traced } = outcome;
  try {
    // Everything is made before anything is written, and then written without a pause.
    const files = await filesOf(outcome);
    const extra = await extraFilesOf(outcome, options);
    const written = writeDirectory(directory, files, directoryNames);
    for (const [file, text] of extra) writeFile(file, text);
    announce(written, options, directory);
    return written;
  } finally {
    const paint = painter(hasColour(process.stdout, options.color));
    const look = { paint, width: widthOf(process.stdout) };
    process.stdout.write(reports[outputReports[options.output]](result, look));
    if (traced !== null && options.output === 'table') process.stdout.write(`\n${traced.text}`);
  }
}

function announce({ path, obstacle }: Written, { quiet }: RunArguments, directory: string): void {
  if (obstacle !== null) {
    process.stderr.write(
      `meshsim: ${quote(directory)} ${obstacle}, so the result is in ${quote(path)}\n`,
    );
  }
  if (!quiet) process.stderr.write(`results: ${path}\n`);
}

/** Those that were asked for one by one. */
function extraFilesOf(
  { result, traced }: Outcome,
  { report, traceFile }: RunArguments,
): Promise<readonly (readonly [string, string])[]> {
  const trace: [string, string][] =
    traced === null || traceFile === undefined ? [] : [[traceFile, traced.otlp]];
  const made = report.map(async (file): Promise<readonly [string, string]> => {
    return [file, await reports[reportNameOf(file)](result, plain)];
  });
  return Promise.all([...made, ...trace]);
}

const plain: RenderOptions = { paint: plainPaint, width: 100 };

const outputReports = {
  table: 'txt',
  json: 'json',
  csv: 'csv',
} as const satisfies Record<RunArguments['output'], ReportName>;

async function filesOf({ result, timing, traced }: Outcome): Promise<Files> {
  const tables = Object.entries(csvFiles).map(([name, make]) => [name, make(result)] as const);
  const figures: [string, string][] = [];
  for (const [name, chart] of figuresOf(result)) {
    figures.push([figureName(name), await drawSvg([chart])]);
  }
  return {
    'result.json': serialise(result),
    'summary.txt': reports.txt(result, plain),
    ...Object.fromEntries([...tables, ...figures]),
    'timing.json': timing,
    ...(traced === null ? {} : { 'trace.json': traced.otlp }),
  };
}

/** The report that an extension asks for. @throws UsageError if there is none */
function reportNameOf(file: string): ReportName {
  const name = extname(file).slice(1);
  if (Object.hasOwn(reports, name)) return name as ReportName;
  const known = Object.keys(reports).map((extension) => `".${extension}"`);
  const found = name === '' ? 'no extension' : `extension "${extname(file)}"`;
  throw new UsageError(
    `report ${quote(file)} has ${found}; expected ${known.slice(0, -1).join(', ')} or ${known.at(-1)}`,
  );
}
