/** Expands loads: their targets and what is asked of them are found by name, arrivals become open or closed. */
import { quote } from '../problems.ts';
import { formatTime, type Nanos } from '../units.ts';
import type { Path } from '../yaml/finding.ts';
import type { ExpandedTopology } from './expand-topology.ts';
import { type Catalog, findOperation, findServices } from './names.ts';
import type { Report } from './reporter.ts';
import type { Load } from './scenario.ts';
import type { LoadDraft } from './schema.ts';

/** @param end - of the run, or null if nothing need come before it */
export function expandLoads(
  drafts: readonly LoadDraft[],
  expanded: ExpandedTopology,
  end: Nanos | null,
  report: Report,
): readonly Load[] {
  const names = new Set<string>();
  return drafts.flatMap((draft, i): readonly Load[] => {
    const path: Path = ['load', i];
    const name = draft.name ?? draft.to;
    if (names.has(name)) {
      report(
        [...path, draft.name === undefined ? 'to' : 'name'],
        `${quote(name)} is the name of two loads`,
      );
    }
    names.add(name);
    const arrivals = arrivalsOf(draft, path, report);
    const found = findServices(expanded.catalog, draft.to);
    if ('message' in found) {
      report([...path, 'to'], found.message, found.help);
      return [];
    }
    const to = found.ids;
    checkTimes(draft, expanded, to, end, path, report);
    const operation = operationOf(draft, to, expanded.catalog, path, report);
    if (arrivals === null || operation === null) return [];
    const { request, mesh, connections, start, stop } = draft;
    return [{ name, to, operation, request, mesh, connections, arrivals, start, stop }];
  });
}

/** The one operation that all targets are asked for, or null. */
function operationOf(
  { to, operation }: LoadDraft,
  targets: readonly string[],
  catalog: Catalog,
  path: Path,
  report: Report,
): string | null {
  const found = new Map<string, string>();
  for (const id of targets) {
    const one = findOperation(catalog, id, operation);
    if ('message' in one) {
      report([...path, 'operation'], one.message, one.help);
      return null;
    }
    if (!found.has(one.operation)) found.set(one.operation, id);
  }
  if (found.size > 1) {
    const first = [...found].map(([name, id]) => `${quote(name)} of ${quote(id)}`).slice(0, 2);
    const message = `the services that match ${quote(to)} differ in their first operation, ${first.join(' and ')}`;
    report([...path, 'to'], message, 'expected "operation" beside it');
  }
  return [...found.keys()][0];
}

function arrivalsOf(
  { rate, think, arrivals }: LoadDraft,
  path: Path,
  report: Report,
): Load['arrivals'] | null {
  if (think !== undefined) {
    if (rate !== undefined)
      report([...path, 'rate'], 'found "rate" beside "think"; expected one of them');
    if (arrivals !== undefined) {
      report(
        [...path, 'arrivals'],
        'a closed load has no arrivals of its own; expected "rate" instead of "think"',
      );
    }
    return { kind: 'closed', think };
  }
  if (rate === undefined) {
    report(path, 'a load without requests; expected "rate" (open) or "think" (closed)');
    return null;
  }
  const rates = typeof rate === 'number' ? [{ at: 0, rate }] : rate;
  if (rates.every((piece) => piece.rate === 0)) {
    report([...path, 'rate'], 'the rate is 0; expected one above 0');
  }
  rates.forEach(({ at }, i) => {
    if (i === 0 || at > rates[i - 1].at) return;
    report(
      [...path, 'rate', i, 'at'],
      `${quote(formatTime(at))} is not after the piece before; expected times that rise`,
    );
  });
  return { kind: 'open', rates, regular: arrivals === 'constant' };
}

/** A load must start before it stops, and before the run ends. */
function checkTimes(
  { start, stop }: LoadDraft,
  { topology }: ExpandedTopology,
  targets: readonly string[],
  end: Nanos | null,
  path: Path,
  report: Report,
): void {
  const namespaces = new Set(targets.map((id) => id.split('/')[0]));
  const joined = topology.namespaces
    .filter(({ name }) => namespaces.has(name))
    .map(({ joins, readySpread }) => (joins === 0 ? 0 : joins + readySpread));
  const earliest =
    joined.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY) + start;
  if (stop !== null && stop <= earliest) {
    report(
      [...path, 'stop'],
      `it stops at ${quote(formatTime(stop))}, but starts at ${quote(formatTime(earliest))}`,
    );
  }
  if (end !== null && earliest >= end) {
    report(
      [...path, 'start'],
      `it starts at ${quote(formatTime(earliest))}, but the run ends at ${quote(formatTime(end))}`,
    );
  }
}
