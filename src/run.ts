/**
 * The spine: a scenario and a profile become a result.
 *
 *   scenario, profile
 *     │ plan          which cases (mesh, baseline) and how many replications
 *     │ pilot         how much of the start to cut off (MSER-5), if the scenario leaves that open
 *     ▼
 *   tasks             one replication of one case each: plain data, so they can run anywhere
 *     │ compile       model/compile.ts: names become numbers …
 *     │ simulate      engine/simulate.ts and controlplane/: events
 *     │ record        measure/recorder.ts: … and become names again
 *     ▼
 *   replications ── summarise ──▶ Result
 *
 * Everything here is pure: the same input gives the same result, whoever executes the tasks and in whatever order.
 */
import type { Profile } from './calibration/profile.ts';
import { proxyMemoryOf } from './calibration/proxy-memory.ts';
import { precisionOf, REPLICATIONS_MIN } from './measure/precision.ts';
import type { Replication } from './measure/replication.ts';
import type { Result } from './measure/result.ts';
import { type RunFacts, summarise } from './measure/summarise.ts';
import type { CaseName } from './run/cases.ts';
import { findWarmup, isStationary, type Warmup } from './run/pilot.ts';
import { simulate, type Task } from './run/replicate.ts';
import { remarksOn } from './scenario/remarks.ts';
import type { Scenario } from './scenario/scenario.ts';

export type { Task } from './run/replicate.ts';
export { simulate } from './run/replicate.ts';

/** What the caller knows and the scenario does not: goes into the result as it is. */
export type RunIdentity = Pick<RunFacts, 'meshsim' | 'digest' | 'profileDigest'>;

export interface RunOptions {
  /** Simulate the same without a mesh too, with common random numbers. */
  readonly baseline: boolean;
  readonly identity: RunIdentity;
}

/** Runs tasks, on as many threads or machines as it likes, and gives their replications in the order of the tasks. */
export type Execute = (tasks: readonly Task[]) => Promise<readonly Replication[]>;

/** Runs them one after the other, here. */
export const executeHere: Execute = async (tasks) => tasks.map((task) => simulate(task));

export async function runScenario(
  scenario: Scenario,
  profile: Profile,
  { baseline, identity }: RunOptions,
  execute: Execute = executeHere,
): Promise<Result> {
  const names: readonly CaseName[] = baseline ? ['mesh', 'baseline'] : ['mesh'];
  const warmup = await warmupOf(scenario, profile, names, execute);
  const window = { from: warmup.cut, to: warmup.cut + scenario.measure.window };
  const task = (name: CaseName, rep: number): Task => ({
    scenario,
    profile,
    name,
    rep,
    window,
    isPilot: false,
  });

  const done: Record<CaseName, Replication[]> = { mesh: [], baseline: [] };
  for (const reps of rounds(scenario)) {
    const first = done.mesh.length;
    const tasks = Array.from({ length: reps }, (_, r) =>
      names.map((name) => task(name, first + r)),
    ).flat();
    const replications = await execute(tasks);
    replications.forEach((replication, t) => {
      done[tasks[t].name].push(replication);
    });
    const { precision } = scenario.measure;
    if (precision === null || precisionOf(done.mesh, precision).reached) break;
  }
  const facts: RunFacts = {
    ...identity,
    scenario: scenario.name,
    seed: scenario.seed,
    profile: profile.name,
    platform: profile.platform,
    proxyMemory: proxyMemoryOf(profile, scenario.istio.release).kind,
    release: scenario.istio.release,
    mode: modeOf(scenario),
    warmup: { method: warmup.method, reached: warmup.reached },
    precision: scenario.measure.precision,
    thresholds: scenario.thresholds,
    remarks: remarksOn(scenario),
  };
  return summarise(facts, { mesh: done.mesh, baseline: baseline ? done.baseline : null });
}

/** The mode of all services, or all that there are, the most frequent first. */
function modeOf({ mesh }: Scenario): string {
  const counts = new Map<string, number>();
  for (const mode of Object.values(mesh.modeOf)) counts.set(mode, (counts.get(mode) ?? 0) + 1);
  const modes = [...counts].toSorted((a, b) => b[1] - a[1]).map(([mode]) => mode);
  return modes.length === 0 ? mesh.mode : modes.join(' + ');
}

/** How many replications to add before looking again whether they are enough. */
function rounds({ measure }: Scenario): readonly number[] {
  if (measure.precision === null) return [measure.reps];
  const first = Math.max(measure.reps, REPLICATIONS_MIN);
  const rest = Math.max(0, measure.repsMax - first);
  const step = 4;
  return [
    Math.min(first, measure.repsMax),
    ...Array.from({ length: Math.ceil(rest / step) }, (_, i) => Math.min(step, rest - i * step)),
  ];
}

async function warmupOf(
  scenario: Scenario,
  profile: Profile,
  names: readonly CaseName[],
  execute: Execute,
): Promise<Warmup> {
  const { warmup } = scenario.measure;
  if (warmup !== null) return { cut: warmup, method: 'fixed', reached: true };
  // With churn or namespaces that join, what happens when is what the scenario is about.
  if (!isStationary(scenario)) return { cut: 0, method: 'fixed', reached: true };
  const window = { from: 0, to: scenario.measure.window };
  const pilots = names.map(
    (name): Task => ({ scenario, profile, name, rep: 0, window, isPilot: true }),
  );
  return findWarmup(await execute(pilots));
}
