/** Expands churn: its services are found by name, and it must happen within the run. */
import { quote } from '../problems.ts';
import type { Churn } from '../topology/churn.ts';
import { matcher } from '../topology/pattern.ts';
import { ROOT_NAMESPACE } from '../topology/topology.ts';
import { formatTime, type Nanos } from '../units.ts';
import type { Path } from '../yaml/finding.ts';
import { didYouMean } from '../yaml/suggest.ts';
import { type Catalog, findNamespaces, findServices } from './names.ts';
import type { Report } from './reporter.ts';
import { limits } from './schema/fields.ts';
import type { ChurnDraft } from './schema.ts';

/**
 * @param end - of the run
 * @param checksEnd - whether what lies after the end is a problem, or left out without a word
 */
export function expandChurn(
  draft: ChurnDraft,
  path: Path,
  {
    catalog,
    hostCount,
    end,
    checksEnd,
  }: {
    readonly catalog: Catalog;
    readonly hostCount: number;
    readonly end: Nanos;
    readonly checksEnd: boolean;
  },
  report: Report,
): Churn {
  checkTimes(draft, path, checksEnd ? end : null, report);
  if (draft.every !== null && (end - draft.at) / draft.every > limits.occurrences) {
    report(
      [...path, 'every'],
      `it happens more than ${limits.occurrences} times until ${quote(formatTime(end))}`,
    );
  }
  if (draft.kind === 'hostLoss') {
    if (draft.hosts >= hostCount) {
      report(
        [...path, 'hosts'],
        `"${draft.hosts}" of "${hostCount}" hosts are lost; expected one to be left`,
      );
    }
    return draft;
  }
  if (draft.kind === 'config') {
    return { ...draft, service: serviceOfConfig(draft, path, catalog, report) };
  }
  if (draft.kind === 'rollingUpdate' && draft.surge === 0 && draft.unavailable === 0) {
    report(
      [...path, 'surge'],
      'neither "surge" nor "unavailable" is above 0, so that no pod could be replaced',
    );
  }
  return { ...draft, service: canonical(draft.service, [...path, 'service'], catalog, report) };
}

function checkTimes(
  { at, every, jitter, until }: ChurnDraft,
  path: Path,
  end: Nanos | null,
  report: Report,
): void {
  const shown = (time: Nanos) => quote(formatTime(time));
  if (end !== null && at >= end) {
    report([...path, 'at'], `${shown(at)} is not before the end of the run at ${shown(end)}`);
  }
  if (jitter > at) {
    report(
      [...path, 'jitter'],
      `${shown(jitter)} could move it before the start of the simulation; expected at most ${shown(at)}`,
    );
  }
  if (until === null) return;
  if (every === null)
    report([...path, 'until'], 'it happens once; expected "every" beside "until"');
  else if (until < at)
    report([...path, 'until'], `${shown(until)} is before its first time at ${shown(at)}`);
}

/** A pattern as it is, with its namespace; a name as an id. */
function canonical(written: string, path: Path, catalog: Catalog, report: Report): string {
  const found = findServices(catalog, written);
  if ('message' in found) report(path, found.message, found.help);
  if (written.includes('*')) return written.includes('/') ? written : `*/${written}`;
  return 'ids' in found ? found.ids[0] : written;
}

function serviceOfConfig(
  { namespace, service }: Extract<ChurnDraft, { kind: 'config' }>,
  path: Path,
  catalog: Catalog,
  report: Report,
): string | null {
  const namespaces = findNamespaces(catalog, namespace);
  if ('message' in namespaces && namespace !== ROOT_NAMESPACE) {
    report([...path, 'namespace'], namespaces.message, namespaces.help);
    return null;
  }
  if (service === null) return null;
  const id = service.includes('/') ? service : `${namespace}/${service}`;
  if ([...catalog.services].some(matcher(id))) return id;
  const names = catalog.namespaces.get(namespace) ?? [];
  const verdict = `there is no service ${quote(service)} in namespace ${quote(namespace)}`;
  report([...path, 'service'], verdict, didYouMean(service, names));
  return null;
}
