/**
 * `meshsim sweep --find`, carried out: round by round the points that the search asks for, simulated as those of any
 * sweep and kept in the same journal, so that the same command goes on where it was.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { KneeResult, PointFailure } from '../../measure/points.ts';
import { quote } from '../../problems.ts';
import type { Axis } from '../../sweep/axes.ts';
import { type Design, gridOf } from '../../sweep/design.ts';
import { sha256 } from '../../sweep/hash.adapter.ts';
import { jobAt } from '../../sweep/jobs.ts';
import { type Border, efforts, findBorder, verdictOf } from '../../sweep/knee.ts';
import { commandOf } from '../../sweep/point.ts';
import type { PointJob, SweepSpec } from '../../sweep/spec.ts';
import { type Steps, stepsOf } from '../../sweep/steps.ts';
import type { SweepArguments } from '../commands/sweep.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { renderNotes } from '../foreign.ts';
import { type Inputs, loadInputs } from '../inputs.ts';
import { overridesOf } from '../overrides.ts';
import { runLine } from '../run-line.ts';
import { executorOf } from './executors.ts';
import { Journal } from './journal.ts';
import { recordsOf, writeSweep } from './results.ts';
import { loadSpec } from './spec.ts';
import { endText, failureText, headOf, refusing, show, simulate } from './sweep.ts';
import type { Asked } from './sweep-file.ts';

export async function findCommand({ file, axes, options }: Asked): Promise<ExitCode> {
  const steps = refusing(() => stepsFor(axes, options));
  const { reps, ...others } = overridesOf(options);
  // A point says itself how often it is replicated.
  const set = reps === undefined ? others.set : [...others.set, `measure.reps=${reps}`];
  const overrides = { ...others, set };
  const { scenario } = await loadInputs(file, overrides);
  checkScenario(scenario);
  const design = designOf(steps, scenario.measure.reps);
  const { spec, base } = await loadSpec(file, overrides, design, options.baseline);
  if (!options.quiet) {
    process.stderr.write(renderNotes(base.notes));
    process.stderr.write(`${runLine(base, process.argv.slice(2))}\n`);
  }
  if (options.dryRun) {
    process.stdout.write(planText(spec, design));
    return exitCodes.ok;
  }
  const directory = options.outDir ?? join('out', base.scenario.name, 'sweep');
  const executor = await executorOf(options.executor, {
    jobs: Math.min(options.jobs, 4 * availableParallelism()),
  });
  const journal = new Journal(directory, options.fresh);
  const round = (jobs: readonly PointJob[]) =>
    simulate({ spec, journal, executor, options, jobs: () => jobs });
  try {
    const found = await look({ spec, design, base, journal, round, options });
    const { border, interrupted } = found;
    const jobs = inOrder(found.jobs);
    const failures = found.failures.map((failure) => {
      const index = jobs.findIndex(({ id }) => id === failure.id);
      return { ...failure, index, values: failure.values.slice(0, 1) };
    });
    const axis = { path: steps.axis.path, values: jobs.map(({ values }) => values[0]) };
    const head = {
      ...headOf(base, spec, design),
      axes: [axis],
      design: 'adaptive' as const,
      size: jobs.length,
    };
    const knee = border === null ? null : kneeOf(border, steps, base, confidenceOf(options));
    const records = () => recordsOf(journal, jobs);
    const { points } = await writeSweep(
      directory,
      { head, spec: spec.digest },
      records,
      failures,
      knee,
    );
    process.stderr.write(failureText(failures));
    if (!options.quiet) process.stderr.write(endText(interrupted, points, directory));
    if (interrupted !== null) return interrupted;
    await show(directory, options.output, head, records());
    if (knee !== null) {
      const stream = options.output === 'table' ? process.stdout : process.stderr;
      stream.write(kneeText(knee, steps));
    }
    return failures.length > 0 ? exitCodes.someFailed : exitCodes.ok;
  } finally {
    await executor.close();
    journal.close();
  }
}

/** @throws RangeError with what is wrong with the options */
function stepsFor(axes: readonly Axis[], { find, zip, sample, shard }: SweepArguments): Steps {
  const [first, ...rest] = axes;
  if (first === undefined || rest.length > 0 || first.path !== find) {
    const found = axes.length === 0 ? 'none' : axes.map(({ path }) => quote(path)).join(', ');
    throw new RangeError(
      `--find looks along one axis: expected one --axis ${find}=…; found ${found}`,
    );
  }
  if (zip || sample !== undefined || shard !== '1/1') {
    throw new RangeError(
      '--find decides on its points itself: not with --zip, --sample or --shard',
    );
  }
  return stepsOf(first);
}

function confidenceOf({ confidence = 0.95 }: SweepArguments): number {
  return confidence;
}

/** @throws UsageError if there is nothing to find in it */
function checkScenario({ thresholds, measure }: Inputs['scenario']): void {
  if (thresholds.length === 0) {
    throw new UsageError("--find needs a threshold: --threshold 'latency.p99 < 25ms'");
  }
  if (measure.precision !== null) {
    throw new UsageError(
      '--find decides on the replications itself; expected --set measure.precision=null',
    );
  }
}

/** Each value with as many replications as it may get; a probe is a point of this grid. */
function designOf({ axis }: Steps, reps: number): Design {
  return gridOf([axis, { path: 'measure.reps', values: efforts.map((effort) => effort * reps) }]);
}

interface Search {
  readonly spec: SweepSpec;
  readonly design: Design;
  readonly base: Inputs;
  readonly journal: Journal;
  readonly round: (jobs: readonly PointJob[]) => ReturnType<typeof simulate>;
  readonly options: SweepArguments;
}

interface Found {
  /** null where it came to no end. */
  readonly border: Border | null;
  /** Of every value the last one. */
  readonly jobs: readonly PointJob[];
  readonly failures: readonly PointFailure[];
  readonly interrupted: ExitCode | null;
}

async function look(search: Search): Promise<Found> {
  const { spec, design, base, journal, round, options } = search;
  const { thresholds } = base.scenario;
  const border = findBorder(design.axes[0].values.length);
  const last = new Map<number, PointJob>();
  for (let step = border.next([]); ; ) {
    if (step.done === true) {
      return { border: step.value, jobs: [...last.values()], failures: [], interrupted: null };
    }
    const jobs = step.value.map(({ position, level }) => {
      const job = jobAt(design, position * efforts.length + level, spec.digest, sha256);
      last.set(position, job);
      return job;
    });
    const { failures, interrupted } = await round(jobs);
    const records = [...recordsOf(journal, jobs)];
    // Without an answer there is nothing to go by.
    if (records.length < jobs.length) {
      return { border: null, jobs: [...last.values()], failures, interrupted };
    }
    const confidence = confidenceOf(options);
    step = border.next(
      records.map(({ slos, values }) =>
        verdictOf(slos, thresholds, { reps: Number(values[1]), confidence }),
      ),
    );
  }
}

/** As points of a sweep along one axis. */
function inOrder(jobs: readonly PointJob[]): readonly PointJob[] {
  return jobs
    .toSorted((a, b) => a.index - b.index)
    .map((job, index) => ({ ...job, index, values: job.values.slice(0, 1) }));
}

function kneeOf(
  { keeps, breaks, certain, monotone }: Border,
  { axis, numbers }: Steps,
  { scenario }: Inputs,
  confidence: number,
): KneeResult {
  const threshold = scenario.thresholds.map(({ expression }) => expression).join(' and ');
  const numberAt = (position: number | null) => (position === null ? null : numbers[position]);
  return {
    path: axis.path,
    threshold,
    keeps: numberAt(keeps),
    breaks: numberAt(breaks),
    confidence,
    certain,
    monotone,
  };
}

// ---- What is said.

function kneeText(knee: KneeResult, { axis, numbers }: Steps): string {
  const { path, threshold, keeps, breaks, confidence, certain, monotone } = knee;
  const shown = (number: number) => String(axis.values[numbers.indexOf(number)]);
  const parts = [
    ...(keeps === null ? ['no value that was looked at keeps it'] : [`${shown(keeps)} keeps it`]),
    ...(breaks === null
      ? ['no value that was looked at breaks it']
      : [`${shown(breaks)} does not`]),
  ];
  const lines = [
    `${path}, ${threshold}: ${parts.join(', ')}`,
    certain
      ? `  with a confidence of ${Number((100 * confidence).toPrecision(6))}%`
      : `  by the values alone: even with ${efforts[efforts.length - 1]} times the replications, intervals hold the bound or are missing`,
    ...(monotone ? [] : ['  verdicts go to and fro along the axis: look at all of its points']),
  ];
  return `${lines.join('\n')}\n`;
}

function planText(spec: SweepSpec, design: Design): string {
  const [{ values }] = design.axes;
  const { value } = findBorder(values.length).next([]);
  const first = Array.isArray(value) ? value : [];
  return [
    `a search among ${values.length} values of ${design.axes[0].path}; it begins with`,
    ...first.map(({ position, level }) => {
      const { settings } = jobAt(design, position * efforts.length + level, spec.digest, sha256);
      return `  ${commandOf(spec, settings)}`;
    }),
    '',
  ].join('\n');
}
