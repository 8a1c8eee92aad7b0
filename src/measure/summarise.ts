/**
 * From what replications measured to the result that is published: estimates with their intervals,
 * the overhead by pairs, thresholds, and what to be wary of.
 */

import { SECOND } from '../units.ts';
import { controlPlaneResult } from './control-plane.ts';
import { costResult, proxyResults } from './costs.ts';
import { loadResults, serviceResults } from './loads.ts';
import type { Threshold } from './metrics.ts';
import { overheadResults } from './overhead.ts';
import { precisionOf } from './precision.ts';
import type { Replication } from './replication.ts';
import type { CaseResult, Result } from './result.ts';
import { saturatedStations } from './saturation.ts';
import { rounded } from './serialise.ts';
import { evaluate } from './slo.ts';
import { stationResults } from './stations.ts';
import { warningsOfCase, warningsOfRun } from './warnings.ts';
import { watchedResults } from './watched.ts';

/** What the run was, beside its replications. */
export interface RunFacts {
  /** Version of the simulator. */
  readonly meshsim: string;
  readonly scenario: string;
  readonly digest: string;
  readonly seed: string;
  readonly profile: string;
  readonly profileDigest: string;
  /** Of the profile, and of its entry for the release. */
  readonly platform: string;
  readonly proxyMemory: 'allocated' | 'rss';
  readonly release: string;
  readonly mode: string;
  /** One cut for all cases; `reached` is false where MSER-5 found none to believe. */
  readonly warmup: { readonly method: 'fixed' | 'MSER-5'; readonly reached: boolean };
  /** Relative half-width asked for; null: as many replications as there are. */
  readonly precision: number | null;
  readonly thresholds: readonly Threshold[];
  /** What the scenario says without effect; they become warnings. */
  readonly remarks: readonly string[];
}

/** In replication order; those of one number have the same random numbers. */
export interface Replications {
  readonly mesh: readonly Replication[];
  /** null: not simulated. */
  readonly baseline: readonly Replication[] | null;
}

/**
 * Replications after the one at which the precision is reached are surplus and not looked at.
 *
 * @throws RangeError where replications do not fit together: none, other windows, other loads, pairs that lack a partner
 */
export function summarise(facts: RunFacts, replications: Replications): Result {
  const { precision, mesh, baseline } = trim(facts.precision, replications);
  const used = [...mesh, ...(baseline ?? [])];
  const { cut, window } = commonWindow(used);
  const cases = [caseResult('mesh', facts.mode, mesh)];
  if (baseline !== null) cases.push(caseResult('baseline', 'none', baseline));
  // Rounded before thresholds look at it, so that a reader of the document comes to the same verdict.
  const measured = rounded({
    cases,
    overhead: baseline === null ? [] : overheadResults(mesh, baseline),
  });
  return {
    schema: 'meshsim/result/v1',
    meshsim: facts.meshsim,
    scenario: facts.scenario,
    digest: facts.digest,
    seed: facts.seed,
    profile: facts.profile,
    profile_digest: facts.profileDigest,
    platform: facts.platform,
    proxy_memory: facts.proxyMemory,
    release: facts.release,
    mode: facts.mode,
    reps: mesh.length,
    ...rounded({
      warmup_s: cut / SECOND,
      window_s: window / SECOND,
      method: methodOf(facts, mesh.length),
      precision,
    }),
    visits: sumOf(used, ({ visits }) => visits),
    events: sumOf(used, ({ events }) => events),
    ...measured,
    slos: facts.thresholds.map((threshold) => rounded(evaluate(threshold, measured))),
    warnings: [
      ...facts.remarks,
      ...warningsOfRun({ precision, reps: mesh.length }, facts.warmup),
      ...warningsOfCase(cases[0], mesh),
      ...(baseline === null ? [] : warningsOfCase(cases[1], baseline)),
    ],
  };
}

/** Without the surplus, and how precise what remains is. */
function trim(target: number | null, { mesh, baseline }: Replications) {
  if (mesh.length === 0) throw new RangeError('a result needs at least one replication');
  if (target === null) return { precision: null, mesh, baseline };
  const { reps, achieved, reached } = precisionOf(mesh, target);
  return {
    precision: { target, achieved, reached },
    mesh: mesh.slice(0, reps),
    baseline: baseline?.slice(0, reps) ?? null,
  };
}

function caseResult(
  name: CaseResult['name'],
  mode: string,
  replications: readonly Replication[],
): CaseResult {
  const saturated = saturatedStations(replications);
  const stations = stationResults(replications, saturated);
  return {
    name,
    mode,
    saturated: stations
      .filter((station) => station.saturated)
      .map((station) => ({
        name: station.name,
        servers: station.servers,
        utilisation: station.utilisation_max.value,
      })),
    in_flight_max: Math.max(...replications.map(({ inFlightMax }) => inFlightMax)),
    cost: costResult(replications),
    loads: loadResults(replications, saturated),
    services: serviceResults(replications, saturated),
    stations,
    proxies: proxyResults(replications),
    controlPlane: controlPlaneResult(replications),
    watched: watchedResults(replications),
    series: replications[0].series,
  };
}

function methodOf({ warmup }: RunFacts, reps: number): Result['method'] {
  return reps > 1
    ? { warmup: warmup.method, intervals: 'replications', quantiles: 'replications' }
    : { warmup: warmup.method, intervals: 'batch means', quantiles: 'order statistics' };
}

function commonWindow(replications: readonly Replication[]) {
  const [{ cut, window }] = replications;
  if (replications.some((other) => other.cut !== cut || other.window !== window)) {
    throw new RangeError('replications of one run must have the same warm-up and window');
  }
  return { cut, window };
}

function sumOf(
  replications: readonly Replication[],
  of: (replication: Replication) => number,
): number {
  return replications.reduce((sum, replication) => sum + of(replication), 0);
}
