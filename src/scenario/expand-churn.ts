/** Expands churn: what it is about is found by name, and it must happen within the run. */
import { quote } from '../problems.ts';
import type { Churn, ConfigResource } from '../topology/churn.ts';
import { matcher } from '../topology/pattern.ts';
import { ROOT_NAMESPACE } from '../topology/topology.ts';
import { formatTime, type Nanos } from '../units.ts';
import type { Path } from '../yaml/finding.ts';
import { didYouMean } from '../yaml/suggest.ts';
import { type Catalog, findNamespaces, findServices } from './names.ts';
import type { Report } from './reporter.ts';
import { limits } from './schema/fields.ts';
import type { ChurnDraft } from './schema.ts';

/** What churn happens to. */
export interface ChurnSite {
  readonly catalog: Catalog;
  readonly hostCount: number;
  readonly istiodCount: number;
  /** Namespaces whose config mode has a controller. */
  readonly controlled: readonly string[];
  /** Of the run. */
  readonly end: Nanos;
  /** Whether what lies after the end is a problem, or left out without a word. */
  readonly checksEnd: boolean;
}

export function expandChurn(draft: ChurnDraft, path: Path, site: ChurnSite, report: Report): Churn {
  checkTimes(draft, path, site, report);
  switch (draft.kind) {
    case 'hostLoss':
      checkHosts(draft, path, site, report);
      return draft;
    case 'config':
      return { ...draft, ...expandResource(draft, path, site, report) };
    case 'configChurn': {
      const resources = draft.resources.map((one, i) =>
        expandResource(one, [...path, 'resources', i], site, report),
      );
      return { ...draft, ...once, resources };
    }
    case 'podChurn': {
      const services = draft.services.map((one, i) => {
        const at = isList(draft.services) ? [...path, 'services', i] : [...path, 'services'];
        return canonical(one, at, site.catalog, report);
      });
      return { ...draft, ...once, services };
    }
    case 'istiodFailure':
      if (draft.replicas > site.istiodCount) {
        const message = `"${draft.replicas}" replicas of istiod fail, but there are "${site.istiodCount}"`;
        report([...path, 'replicas'], message, 'expected more of them in "istio.replicas"');
      }
      checkPause(draft, path, { field: 'downFor', takes: draft.downFor }, report);
      return draft;
    case 'istiodRollout':
      checkPause(
        draft,
        path,
        { field: 'interval', takes: site.istiodCount * draft.interval },
        report,
      );
      return draft;
    case 'controllerRestart':
      checkControllers(draft, path, site, report);
      return draft;
    case 'rollingUpdate':
      if (draft.surge === 0 && draft.unavailable === 0) {
        const message =
          'neither "surge" nor "unavailable" is above 0, so that no pod could be replaced';
        report([...path, 'surge'], message);
      }
      break;
    case 'hpa':
    case 'deploymentScaler':
      checkBounds(draft, path, report);
  }
  const service = canonical(draft.service, [...path, 'service'], site.catalog, report);
  return { ...draft, service };
}

/** The timetable of what happens at random times: only its beginning is regular. */
const once = { every: null, jitter: 0 } as const;

/** The schema makes a list of a single one, which has its place where the list would be. */
function isList(services: readonly string[]): boolean {
  return services.length > 1;
}

function checkTimes(
  draft: ChurnDraft,
  path: Path,
  { end, checksEnd }: ChurnSite,
  report: Report,
): void {
  const { at, until } = draft;
  const shown = (time: Nanos) => quote(formatTime(time));
  if (checksEnd && at >= end) {
    report([...path, 'at'], `${shown(at)} is not before the end of the run at ${shown(end)}`);
  }
  const [field, pause] =
    'every' in draft ? (['every', draft.every] as const) : (['interval', draft.interval] as const);
  if (pause !== null && (end - at) / pause > limits.occurrences) {
    const message = `it happens more than ${limits.occurrences} times until ${shown(end)}`;
    report([...path, field], message);
  }
  if ('jitter' in draft && draft.jitter > at) {
    const message = `${shown(draft.jitter)} could move it before the start of the simulation`;
    report([...path, 'jitter'], `${message}; expected at most ${shown(at)}`);
  }
  if (until === null) return;
  if (pause === null)
    report([...path, 'until'], 'it happens once; expected "every" beside "until"');
  else if (until < at)
    report([...path, 'until'], `${shown(until)} is before its first time at ${shown(at)}`);
}

/** A replica that is about to be replaced cannot fail, or be replaced, once more. */
function checkPause(
  { every, jitter }: Extract<ChurnDraft, { kind: 'istiodFailure' | 'istiodRollout' }>,
  path: Path,
  { field, takes }: { readonly field: string; readonly takes: Nanos },
  report: Report,
): void {
  if (every === null || every - 2 * jitter >= takes) return;
  const least = formatTime(takes + 2 * jitter);
  const by = jitter === 0 ? quote(field) : `"${field}" and "jitter"`;
  report(
    [...path, 'every'],
    `${quote(formatTime(every))} is too short: by ${by} one may last until the next; expected at least ${quote(least)}`,
  );
}

function checkHosts(
  { hosts }: Extract<ChurnDraft, { kind: 'hostLoss' }>,
  path: Path,
  { hostCount }: ChurnSite,
  report: Report,
): void {
  if (hosts < hostCount) return;
  const message = `"${hosts}" of "${hostCount}" hosts are lost; expected one to be left`;
  report([...path, 'hosts'], message);
}

function checkBounds(
  draft: Extract<ChurnDraft, { kind: 'hpa' | 'deploymentScaler' }>,
  path: Path,
  report: Report,
): void {
  const { min, max } = draft;
  if (min > max) report([...path, 'min'], `"${min}" is above "max", which is "${max}"`);
  if (draft.kind === 'hpa' && draft.target === 0) {
    report([...path, 'target'], 'found "0"; expected a share above 0');
  }
}

function checkControllers(
  { namespaces }: Extract<ChurnDraft, { kind: 'controllerRestart' }>,
  path: Path,
  { catalog, controlled }: ChurnSite,
  report: Report,
): void {
  const place = [...path, 'namespaces'];
  const found = findNamespaces(catalog, namespaces);
  if ('message' in found) report(place, found.message, found.help);
  else if (!found.ids.some((name) => controlled.includes(name))) {
    const message = `no namespace that matches ${quote(namespaces)} has a config mode with a controller`;
    report(place, message, 'expected one in "config"');
  }
}

/** A pattern as it is, with its namespace; a name as an id. */
function canonical(written: string, path: Path, catalog: Catalog, report: Report): string {
  const found = findServices(catalog, written);
  if ('message' in found) report(path, found.message, found.help);
  if (written.includes('*')) return written.includes('/') ? written : `*/${written}`;
  return 'ids' in found ? found.ids[0] : written;
}

function expandResource(
  { resource, namespace, service }: ConfigResource,
  path: Path,
  { catalog }: ChurnSite,
  report: Report,
): ConfigResource {
  const namespaces = findNamespaces(catalog, namespace);
  const nothing = { resource, namespace, service: null };
  if ('message' in namespaces && namespace !== ROOT_NAMESPACE) {
    report([...path, 'namespace'], namespaces.message, namespaces.help);
    return nothing;
  }
  if (service === null) {
    if (resource === 'WorkloadEntry') {
      const message = 'a WorkloadEntry is an endpoint of a service; expected "service"';
      report([...path, 'resource'], message);
    }
    return nothing;
  }
  const id = service.includes('/') ? service : `${namespace}/${service}`;
  if ([...catalog.services].some(matcher(id))) return { resource, namespace, service: id };
  const names = catalog.namespaces.get(namespace) ?? [];
  const verdict = `there is no service ${quote(service)} in namespace ${quote(namespace)}`;
  report([...path, 'service'], verdict, didYouMean(service, names));
  return nothing;
}
