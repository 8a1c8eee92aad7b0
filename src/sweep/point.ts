/** One point of a sweep: the scenario with its settings, run here and now, and what is kept of the result. */
import { type MetricName, metrics } from '../measure/metrics.ts';
import type { PointFailure, PointRecord } from '../measure/points.ts';
import type { Estimate, Result } from '../measure/result.ts';
import { read } from '../measure/slo.ts';
import { ProblemsError, quote, renderProblems } from '../problems.ts';
import { type Execute, runScenario, simulate } from '../run.ts';
import { canonicalScenario } from '../scenario/canonical.ts';
import { withEvents } from '../scenario/events.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Hash } from './jobs.ts';
import type { PointJob, PointOutcome, SweepSpec } from './spec.ts';

/**
 * Never throws for what is wrong with the point: that is an outcome too.
 *
 * @param progress - told as simulated time passes how many events there have been
 */
export async function simulatePoint(
  spec: SweepSpec,
  job: PointJob,
  hash: Hash,
  progress: (events: number) => void = () => {},
): Promise<PointOutcome> {
  let scenario: Scenario;
  try {
    scenario = scenarioOf(spec, job);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return { failure: failureOf(spec, job, 'invalid', renderProblems(error.problems).trimEnd()) };
  }
  const used = spec.profiles[scenario.profile];
  if (used === undefined) {
    const known = Object.keys(spec.profiles).map(quote).join(', ');
    const reason = `profile ${quote(scenario.profile)} was not read; expected one of ${known}`;
    return { failure: failureOf(spec, job, 'invalid', reason) };
  }
  const identity = {
    meshsim: spec.meshsim,
    digest: hash(canonicalScenario(scenario)),
    profileDigest: used.digest,
  };
  const run = { baseline: spec.baseline, identity };
  const result = await runScenario(scenario, used.profile, run, counting(progress));
  return { record: recordOf(job, result) };
}

/** Here, one after the other, as `executeHere`; events are counted over all of them. */
function counting(progress: (events: number) => void): Execute {
  let before = 0;
  return async (tasks) =>
    tasks.map((task) => {
      let here = 0;
      const replication = simulate(task, {
        progress: (_, events) => {
          here = events;
          progress(before + here);
        },
      });
      before += here;
      return replication;
    });
}

/** @throws ProblemsError with all that is wrong with the scenario as the point changes it */
export function scenarioOf(spec: SweepSpec, job: Pick<PointJob, 'settings'>): Scenario {
  const { file, text, events, seed, reps, until, thresholds } = spec;
  const scenario = loadScenario({
    file,
    text,
    overrides: {
      set: [...spec.set, ...job.settings],
      thresholds,
      ...(seed === null ? {} : { seed }),
      ...(reps === null ? {} : { reps }),
      ...(until === null ? {} : { until }),
    },
  });
  return events === null ? scenario : withEvents(scenario, events);
}

function recordOf({ id, index, values }: PointJob, result: Result): PointRecord {
  const mesh = result.cases.find(({ name }) => name === 'mesh');
  return {
    id,
    index,
    values,
    metrics: Object.fromEntries(
      Object.keys(metrics).map((metric) => [metric, estimateOf(metric as MetricName, result)]),
    ) as PointRecord['metrics'],
    slos: result.slos,
    saturated: mesh?.saturated.map(({ name }) => name) ?? [],
    visits: result.visits,
    events: result.events,
    hdr: mesh?.loads[0]?.hdr ?? '',
  };
}

function estimateOf(metric: MetricName, result: Result): Estimate | null {
  const reading = read(metric, null, result);
  return 'missing' in reading ? null : reading;
}

/** A point that is not simulated, with the command that tries it alone. */
export function failureOf(
  spec: SweepSpec,
  { id, index, values, settings }: PointJob,
  kind: PointFailure['kind'],
  reason: string,
): PointFailure {
  return { id, index, values, kind, reason, command: commandOf(spec, settings) };
}

/** `meshsim run` of one point, for a shell. */
export function commandOf(spec: SweepSpec, settings: readonly string[]): string {
  const { seed, reps, until, thresholds, baseline } = spec;
  const options = [
    ...[...spec.set, ...settings].flatMap((setting) => ['--set', setting]),
    ...(seed === null ? [] : ['--seed', seed]),
    ...(reps === null ? [] : ['--reps', reps]),
    ...(until === null ? [] : ['--until', until]),
    ...thresholds.flatMap((threshold) => ['--threshold', threshold]),
    ...(baseline ? [] : ['--no-baseline']),
  ];
  return ['meshsim', 'run', spec.file, ...options].map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[-\w./:=@%+,]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
