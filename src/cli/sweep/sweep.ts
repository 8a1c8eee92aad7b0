/**
 * `meshsim sweep`, carried out: plan the points, simulate those that the journal does not have, write all of them in
 * order. stdout is the result, stderr everything else.
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { PointFailure, PointRecord } from '../../measure/points.ts';
import { quote } from '../../problems.ts';
import { type Axis, parseAxis } from '../../sweep/axes.ts';
import { type Design, gridOf, type Sample, sampleOf, zipOf } from '../../sweep/design.ts';
import { sha256 } from '../../sweep/hash.adapter.ts';
import { jobsOf, parseShard, type Shard } from '../../sweep/jobs.ts';
import { commandOf } from '../../sweep/point.ts';
import type { PointJob, SweepSpec } from '../../sweep/spec.ts';
import type { SweepArguments, SweepOutput } from '../commands/sweep.ts';
import { checkDirectoryName } from '../directory.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { renderNotes } from '../foreign.ts';
import type { Inputs } from '../inputs.ts';
import { overridesOf } from '../overrides.ts';
import { runLine } from '../run-line.ts';
import { checkValues } from './check.ts';
import { executorOf } from './executors.ts';
import { Journal } from './journal.ts';
import { sweepProgress } from './progress.ts';
import { recordsOf, type SweepHead, writeSweep } from './results.ts';
import { loadSpec } from './spec.ts';
import { askedFor } from './sweep-file.ts';
import { pointsTable, ROWS_MAX } from './table.ts';

const LISTED = 10;

export async function sweepCommand(named: string, given: SweepArguments): Promise<ExitCode> {
  if (given.outDir !== undefined) checkDirectoryName(given.outDir);
  const own = refusing(() => given.axis.map(parseAxis));
  const asked = await askedFor(named, own, given);
  if (asked.options.find !== undefined) {
    const { findCommand } = await import('./find.ts');
    return await findCommand(asked);
  }
  const { file, axes, options } = asked;
  const { design, shard } = refusing(() => pointsOf(axes, options));
  const { spec, base } = await loadSpec(file, overridesOf(options), design, options.baseline);
  if (!options.quiet) {
    process.stderr.write(renderNotes(base.notes));
    process.stderr.write(`${runLine(base, process.argv.slice(2))}\n`);
  }
  const jobs = () => jobsOf(design, shard, spec.digest, sha256);
  checkValues(spec, design);
  if (options.dryRun) {
    process.stdout.write(planText(spec, design, shard, jobs()));
    return exitCodes.ok;
  }
  const directory = options.outDir ?? join('out', base.scenario.name, 'sweep');
  const executor = await executorOf(options.executor, {
    jobs: Math.min(options.jobs, 4 * availableParallelism()),
  });
  const journal = new Journal(directory, options.fresh);
  try {
    const { failures, interrupted } = await simulate({ spec, journal, executor, options, jobs });
    const head = headOf(base, spec, design);
    const records = () => recordsOf(journal, jobs());
    const { points } = await writeSweep(directory, { head, spec: spec.digest }, records, failures);
    process.stderr.write(failureText(failures));
    if (!options.quiet) process.stderr.write(endText(interrupted, points, directory));
    if (interrupted !== null) return interrupted;
    await show(directory, options.output, head, records());
    return failures.length > 0 ? exitCodes.someFailed : exitCodes.ok;
  } finally {
    await executor.close();
    journal.close();
  }
}

/** @throws RangeError with what is wrong with the options */
function pointsOf(
  axes: readonly Axis[],
  { zip, sample, shard, seed }: SweepArguments,
): { readonly design: Design; readonly shard: Shard } {
  if (axes.length === 0) {
    throw new RangeError('a sweep needs an axis: --axis mesh.mode=none,sidecar');
  }
  if (zip && sample !== undefined) throw new RangeError('--zip and --sample exclude each other');
  const design =
    sample === undefined
      ? (zip ? zipOf : gridOf)(axes)
      : sampleOf(axes, parseSample(sample), keysOf(seed ?? '1', axes.length));
  return { design, shard: parseShard(shard) };
}

/** @throws UsageError in place of a RangeError */
export function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

const kinds = { lhs: 'latin-hypercube', sobol: 'sobol' } as const;

function parseSample(text: string): Sample {
  const match = /^(lhs|sobol):(\d{1,7})$/.exec(text);
  if (match === null || Number(match[2]) === 0) {
    throw new RangeError(`${quote(text)} is no sample; expected lhs:<points> or sobol:<points>`);
  }
  return { kind: kinds[match[1] as keyof typeof kinds], size: Number(match[2]) };
}

/** Two 32-bit integers an axis. */
function keysOf(seed: string, axes: number): Int32Array {
  return Int32Array.from({ length: 2 * axes }, (_, i) =>
    Number.parseInt(sha256(`sweep ${seed} ${i}`).slice(0, 8), 16),
  );
}

export function headOf({ scenario, digest }: Inputs, spec: SweepSpec, design: Design): SweepHead {
  return {
    schema: 'meshsim/sweep/v1',
    meshsim: spec.meshsim,
    scenario: scenario.name,
    digest,
    seed: scenario.seed,
    axes: design.axes,
    design: design.kind,
    size: design.size,
  };
}

interface Simulated {
  readonly failures: readonly PointFailure[];
  /** The exit code of the signal that ended it. */
  readonly interrupted: ExitCode | null;
}

export async function simulate(sweep: {
  readonly spec: SweepSpec;
  readonly journal: Journal;
  readonly executor: Awaited<ReturnType<typeof executorOf>>;
  readonly options: SweepArguments;
  readonly jobs: () => Iterable<PointJob>;
}): Promise<Simulated> {
  const { spec, journal, executor, options, jobs } = sweep;
  const missing = missingOf(journal, jobs());
  const stop = new AbortController();
  let interrupted: ExitCode | null = null;
  const onSignal = (signal: NodeJS.Signals) => {
    const code = signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    // Whoever asks twice does not want to wait.
    if (interrupted !== null) process.exit(code);
    interrupted = code;
    process.stderr.write('\nmeshsim: finishing the points under way; once more to stop at once\n');
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const look = options.progress && !options.quiet ? process.stderr : silent;
  const progress = sweepProgress(look, missing, countOf(jobs()) - missing);
  const failures: PointFailure[] = [];
  try {
    const todo = () => without(journal, jobs());
    const outcomes = executor.run(spec, todo(), {
      timeMax: options.timeLimit,
      signal: stop.signal,
      onEvents: progress.events,
    });
    for await (const outcome of outcomes) {
      if ('record' in outcome) {
        journal.append(outcome.record);
        progress.done();
        continue;
      }
      failures.push(outcome.failure);
      progress.failed();
      if (!options.keepGoing) stop.abort();
    }
  } finally {
    progress.stop();
    for (const signal of signals) process.off(signal, onSignal);
  }
  return { failures: failures.toSorted((a, b) => a.index - b.index), interrupted };
}

const silent = { isTTY: false, write: () => true };

function* without(journal: Journal, jobs: Iterable<PointJob>): Generator<PointJob> {
  // Two points may be the same, as where a value stands twice in a list.
  const begun = new Set<string>();
  for (const job of jobs) {
    if (journal.has(job.id) || begun.has(job.id)) continue;
    begun.add(job.id);
    yield job;
  }
}

function missingOf(journal: Journal, jobs: Iterable<PointJob>): number {
  return countOf(without(journal, jobs));
}

function countOf(all: Iterable<unknown>): number {
  let count = 0;
  for (const _ of all) count++;
  return count;
}

// ---- What is said.

function planText(
  spec: SweepSpec,
  design: Design,
  { part, count }: Shard,
  jobs: Iterable<PointJob>,
): string {
  const lines = [`${design.size} points (${design.kind})`];
  if (count > 1) {
    const own = Math.floor((design.size - part) / count) + 1;
    lines.push(`of which shard ${part}/${count} simulates ${Math.max(0, own)}`);
  }
  let listed = 0;
  for (const { settings } of jobs) {
    if (listed++ === LISTED) {
      lines.push('  …');
      break;
    }
    lines.push(`  ${commandOf(spec, settings)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Errors, which are said even if nothing else is. */
export function failureText(failures: readonly PointFailure[]): string {
  if (failures.length === 0) return '';
  const lines = failures.flatMap(({ index, kind, reason, command }) => [
    `point ${index}: ${kind}: ${reason}`,
    `  ${command}`,
  ]);
  const count = failures.length === 1 ? '1 point' : `${failures.length} points`;
  return `${lines.join('\n')}\n${count} failed\n`;
}

export function endText(interrupted: ExitCode | null, points: number, directory: string): string {
  const lines: string[] = [];
  if (interrupted !== null) lines.push('interrupted; the same command goes on from here');
  lines.push(`results: ${directory} (${points} points)`);
  return `${lines.join('\n')}\n`;
}

export async function show(
  directory: string,
  output: SweepOutput,
  head: SweepHead,
  records: Iterable<PointRecord>,
): Promise<void> {
  if (output === 'table') {
    const first: PointRecord[] = [];
    let points = 0;
    for (const record of records) if (points++ < ROWS_MAX) first.push(record);
    process.stdout.write(pointsTable(head.axes, first, points));
    return;
  }
  const name = { csv: 'results.csv', ndjson: 'results.ndjson', json: 'sweep.json' }[output];
  // In pieces: it may be larger than a text can be.
  for await (const piece of createReadStream(join(directory, name))) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}
