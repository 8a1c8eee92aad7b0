/**
 * A draft to a scenario: names resolved, defaults filled in, templates expanded; and what no schema can see: names
 * that stand for nothing, calls that lead back, times that do not fit together.
 */

import type { MeshModeName } from '../mesh/modes.ts';
import { quote } from '../problems.ts';
import { formatTime, type Nanos, SECOND } from '../units.ts';
import type { Finding, Path } from '../yaml/finding.ts';
import { withHelp } from '../yaml/suggest.ts';
import { checkCalls } from './calls.ts';
import { expandChurn } from './expand-churn.ts';
import { controlledNamespaces, expandConfig, relayIds } from './expand-config.ts';
import { expandLoads } from './expand-load.ts';
import { expandTopology } from './expand-topology.ts';
import { type Catalog, catalogOf, type Found, findNamespaces, findServices } from './names.ts';
import { UNTIL_PATH } from './overrides.ts';
import { type Report, reporter } from './reporter.ts';
import type { MeasureSettings, MeshSettings, Scenario } from './scenario.ts';
import type { Draft, MeasureDraft, MeshDraft } from './schema.ts';
import { parseThreshold } from './thresholds.ts';

export interface ExpandOptions {
  /** Where the draft has none. */
  readonly defaultName: string;
  /** Simulated time that was asked for on the command line, or null. What lies beyond it then does not happen. */
  readonly until: Nanos | null;
  /** Whether what lies beyond the end of the run is a problem. */
  readonly checksEnd: boolean;
}

/** @returns the scenario, or null with at least one finding */
export function expand(
  draft: Draft,
  { defaultName, until, checksEnd }: ExpandOptions,
): { readonly scenario: Scenario | null; readonly findings: readonly Finding[] } {
  const collected = reporter();
  const { report } = collected;
  const measure = expandMeasure(draft.measure, until, report);
  const end = (measure.warmup ?? 0) + measure.window;
  const istio = expandIstio(draft.istio, report);
  if (draft.load.length === 0 && measure.precision !== null) {
    report(['measure', 'precision'], 'there is no load whose latency could be precise');
  }
  const loads = draft.load.map(({ name, to }) => name ?? to);
  const thresholds = draft.thresholds.flatMap((text, i) =>
    attempted(['thresholds', i], report, () => parseThreshold(text, loads)),
  );
  const expanded = expandTopology(draft.topology, report);
  if (expanded === null) return { scenario: null, findings: collected.findings };

  const { topology, catalog } = expanded;
  const load = expandLoads(draft.load, expanded, checksEnd ? end : null, report);
  checkCalls(
    expanded,
    load.flatMap(({ to }) => to),
    report,
  );
  if (checksEnd) checkJoins(draft, end, report);
  const watch = expandWatch(draft.measure.watch, catalog, report);
  const mesh = expandMesh(draft.mesh, catalog, report);
  const config = expandConfig(draft.config, catalog, report);
  const site = {
    catalog: catalogOf([...catalog.services, ...relayIds(config)]),
    hostCount: topology.hosts.count,
    istiodCount: istio.replicas,
    controlled: controlledNamespaces(config),
    end,
    checksEnd,
  };
  const churn = draft.churn.map((entry, i) => expandChurn(entry, ['churn', i], site, report));
  if (collected.findings.length > 0) return { scenario: null, findings: collected.findings };
  const { description, seed, profile } = draft;
  const name = draft.name ?? defaultName;
  const scenario = {
    name,
    description,
    seed,
    profile,
    topology,
    mesh,
    config,
    load,
    churn,
    events: draft.events?.file ?? null,
    istio,
    measure: { ...measure, watch },
    thresholds,
  };
  return { scenario, findings: [] };
}

function expandWatch(
  written: readonly string[],
  catalog: Catalog,
  report: Report,
): readonly string[] {
  const ids = new Set<string>();
  written.forEach((pattern, i) => {
    const found = findServices(catalog, pattern);
    if ('message' in found) report(['measure', 'watch', i], found.message, found.help);
    else for (const id of found.ids) ids.add(id);
  });
  return [...ids];
}

function expandMeasure(
  draft: MeasureDraft,
  until: Nanos | null,
  report: Report,
): Omit<MeasureSettings, 'watch'> {
  const { warmup, precision, reps, repsMax, step } = draft;
  const window = until === null ? draft.window : until - (warmup ?? 0);
  if (window <= 0) {
    const [shownEnd, shownWarmup] = [until ?? 0, warmup ?? 0].map((time) =>
      quote(formatTime(time)),
    );
    report(UNTIL_PATH, `nothing is left of a run of ${shownEnd} after a warm-up of ${shownWarmup}`);
  }
  if (precision !== null && reps > repsMax) {
    report(['measure', 'reps'], `"${reps}" is above "repsMax", which is "${repsMax}"`);
  }
  const total = (warmup ?? 0) + window;
  if (step !== null && total / step > ROWS_MAX) {
    const rows = Math.ceil(total / step);
    report(['measure', 'step'], `a time series of "${rows}" rows; expected at most "${ROWS_MAX}"`);
  }
  return { ...draft, window, step: step ?? stepOf(total) };
}

/** Rows of the time series that a user may ask for, and that there are if nobody asks. */
const ROWS_MAX = 100_000;
const ROWS = 3600;

/** The shortest of 1, 2, 5, 10, 20, 50 … seconds that makes no more rows than these. [ns] */
function stepOf(total: Nanos): Nanos {
  for (let decade = SECOND; ; decade *= 10) {
    for (const factor of [1, 2, 5]) if (total / (decade * factor) <= ROWS) return decade * factor;
  }
}

function checkJoins({ topology }: Draft, end: Nanos, report: Report): void {
  topology.namespaces.forEach(({ joins, every, count }, i) => {
    const last = joins + (count - 1) * every;
    if (last < end) return;
    const field = joins < end ? 'every' : 'joins';
    const message = `it joins at ${quote(formatTime(last))}, but the run ends at ${quote(formatTime(end))}`;
    report(['topology', 'namespaces', i, field], message);
  });
}

/** Later entries win over earlier ones, those by service over those by namespace. */
function expandMesh(draft: MeshDraft, catalog: Catalog, report: Report): MeshSettings {
  const { namespaces, services, resilience, ...rest } = draft;
  const modeOf: Record<string, MeshModeName> = {};
  const put = (
    field: string,
    written: string,
    mode: MeshModeName,
    found: Found,
    ids: (name: string) => readonly string[],
  ) => {
    const path: Path = ['mesh', field, written];
    if ('message' in found) report(path, found.message, found.help, 'key');
    else for (const id of found.ids.flatMap(ids)) modeOf[id] = mode;
  };
  for (const id of catalog.services) modeOf[id] = draft.mode;
  const idsOf = (namespace: string) =>
    (catalog.namespaces.get(namespace) ?? []).map((name) => `${namespace}/${name}`);
  for (const [written, mode] of Object.entries(namespaces)) {
    put('namespaces', written, mode, findNamespaces(catalog, written), idsOf);
  }
  for (const [written, mode] of Object.entries(services)) {
    put('services', written, mode, findServices(catalog, written), (id) => [id]);
  }
  const { backoff, backoffMax, ...others } = resilience;
  if (backoff > backoffMax) {
    report(
      ['mesh', 'resilience', 'backoff'],
      `${quote(formatTime(backoff))} is above "backoffMax", which is ${quote(formatTime(backoffMax))}`,
    );
  }
  return { ...rest, modeOf, resilience: { ...others, backoffBase: backoff, backoffMax } };
}

function expandIstio({ debounce, ...rest }: Draft['istio'], report: Report): Scenario['istio'] {
  const { after, max, endpoints } = debounce;
  if (after > max) {
    report(
      ['istio', 'debounce', 'after'],
      `${quote(formatTime(after))} is above "max", which is ${quote(formatTime(max))}`,
    );
  }
  return { ...rest, debounceAfter: after, debounceMax: max, debounceEndpoints: endpoints };
}

function attempted<Value>(path: Path, report: Report, make: () => Value): readonly Value[] {
  try {
    return [make()];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const { message, help } = withHelp(error.message);
    report(path, message, help);
    return [];
  }
}
