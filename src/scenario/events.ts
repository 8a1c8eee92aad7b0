/**
 * A recorded event list: what has happened in a cluster, to happen again at the same times. Each row becomes an entry
 * of churn that happens once; what is wrong with it is told with its line.
 */
import { type Problem, ProblemsError, quote } from '../problems.ts';
import type { Churn, ChurnKind } from '../topology/churn.ts';
import { serviceId } from '../topology/topology.ts';
import type { Finding } from '../yaml/finding.ts';
import { findingsOf } from '../yaml/issues.ts';
import type { Written } from '../yaml/source.ts';
import { didYouMean, listed } from '../yaml/suggest.ts';
import { type Name, type Row, readRows } from './event-rows.ts';
import { type ChurnSite, expandChurn } from './expand-churn.ts';
import { controlledNamespaces, relayIds } from './expand-config.ts';
import { catalogOf } from './names.ts';
import { reporter } from './reporter.ts';
import type { Scenario } from './scenario.ts';
import { churn, churnFields } from './schema/churn.ts';
import { limits } from './schema/fields.ts';

/** Kinds of churn that are events, and the field that the column `count` stands for. */
const kinds: Readonly<Partial<Record<ChurnKind, string>>> = {
  rollingUpdate: '',
  scale: 'replicas',
  crash: 'pods',
  flap: 'pods',
  hostLoss: 'hosts',
  config: '',
  serviceCreate: '',
  serviceDelete: '',
  istiodFailure: 'replicas',
  istiodRollout: '',
  controllerRestart: '',
};
const kindNames = Object.keys(kinds);
const timetable: readonly string[] = ['at', 'every', 'jitter', 'until'];
/** Every column that some event has a use for: its own names of fields, and the fields of churn. */
const columns = ['time', 'count', ...churnFields.filter((name) => !timetable.includes(name))];

/**
 * The scenario with the events of a list in its churn.
 *
 * @throws ProblemsError with all that is wrong with the list
 */
export function withEvents(scenario: Scenario, list: Written): Scenario {
  const read = readRows(list);
  if (read === null) {
    throw new ProblemsError([
      place(list.file, null, 'no list of events by its ending; expected ".csv" or ".ndjson"'),
    ]);
  }
  const { rows, names } = read;
  const problems = [...read.problems, ...checkColumns(list.file, names)];
  if (rows.length > limits.occurrences) {
    const message = `"${rows.length}" events; expected at most ${limits.occurrences}`;
    problems.push(place(list.file, null, message));
  }
  const site = siteOf(scenario);
  const events = rows.flatMap((row): readonly Churn[] => {
    const { change, findings } = eventOf(row, site);
    problems.push(...findings.map((finding) => placed(list.file, row, finding)));
    return change === null ? [] : [change];
  });
  if (problems.length > 0) {
    throw new ProblemsError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return { ...scenario, churn: [...scenario.churn, ...events], events: null };
}

function siteOf({ topology, config, istio }: Scenario): ChurnSite {
  const ids = topology.namespaces.flatMap(({ services }) => services.map(serviceId));
  return {
    catalog: catalogOf([...ids, ...relayIds(config)]),
    hostCount: topology.hosts.count,
    istiodCount: istio.replicas,
    controlled: controlledNamespaces(config),
    // What was recorded may go on after the end.
    end: Number.POSITIVE_INFINITY,
    checksEnd: false,
  };
}

function checkColumns(file: string, names: readonly Name[]): readonly Problem[] {
  return names.flatMap(({ name, line, column, length }, i): readonly Problem[] => {
    const at = { file, line, column, path: '', length };
    if (!columns.includes(name)) {
      const help = didYouMean(name, columns) || `expected one of ${listed(columns)}`;
      return [{ ...at, message: `${quote(name)} is no column of events`, help }];
    }
    const isFirst = names.findIndex((other) => other.name === name) === i;
    return isFirst
      ? []
      : [{ ...at, message: `there is a column ${quote(name)} already`, help: '' }];
  });
}

/** What one row says: a change, or what is wrong with it. */
function eventOf(
  row: Row,
  site: ChurnSite,
): { readonly change: Churn | null; readonly findings: readonly Finding[] } {
  // Others are told once for the whole list.
  const known = [...row.cells].filter(([name]) => columns.includes(name));
  const cells = new Map(known.map(([name, { value }]) => [name, value]));
  const kind = cells.get('kind');
  const countField = typeof kind === 'string' ? kinds[kind as ChurnKind] : undefined;
  if (countField === undefined) return { change: null, findings: [unknownKind(kind)] };
  const written = draftOf(cells, countField);
  const parsed = churn.safeParse(written, { reportInput: true });
  if (!parsed.success) return { change: null, findings: findingsOf(parsed.error.issues) };
  const collected = reporter();
  const change = expandChurn(parsed.data, [], site, collected.report);
  return { change, findings: collected.findings };
}

/** The row in the language of scenarios. */
function draftOf(cells: ReadonlyMap<string, unknown>, countField: string): object {
  const { time, count, namespace, service, ...others } = Object.fromEntries(cells);
  const isConfig = others['kind'] === 'config';
  const isOfController = others['kind'] === 'controllerRestart';
  const id = namespace === undefined || isConfig ? service : `${namespace}/${service}`;
  return {
    ...others,
    ...(time === undefined ? {} : { at: time }),
    ...(count === undefined ? {} : { [countField === '' ? 'count' : countField]: count }),
    ...(service === undefined ? {} : { service: id }),
    ...(namespace === undefined || !isConfig ? {} : { namespace }),
    ...(namespace === undefined || !isOfController ? {} : { namespaces: namespace }),
  };
}

function unknownKind(kind: unknown): Finding {
  const help = didYouMean(kind, kindNames) || `expected ${listed(kindNames)}`;
  const message = kind === undefined ? 'missing' : `${quote(kind)} is no kind of event`;
  return { path: ['kind'], at: 'value', message, help };
}

/** The column that a finding is about. */
function columnOf([field]: Finding['path']): string {
  if (field === 'at') return 'time';
  return field === 'namespaces' ? 'namespace' : String(field);
}

function placed(file: string, row: Row, { path, message, help }: Finding): Problem {
  const column = columnOf(path);
  return { ...place(file, row, message, help, column), path: column };
}

/** @param column - of which; otherwise the problem is with the row, or with the list where there is none */
function place(file: string, row: Row | null, message: string, help = '', column = ''): Problem {
  if (row === null) return { file, line: 0, column: 0, path: '', message, help, length: 0 };
  const isCount = !row.cells.has(column) && ['pods', 'replicas', 'hosts'].includes(column);
  const cell = row.cells.get(isCount ? 'count' : column) ?? row.cells.get('kind');
  const { column: at, length } = cell ?? { column: 1, length: 1 };
  return { file, line: row.line, column: at, path: '', message, help, length };
}
