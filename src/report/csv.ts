/** Results as CSV files: a table a file, a row a thing and case, units in the headers, intervals beside the values. */
import { stringify } from 'csv-stringify/sync';
import {
  type CaseResult,
  type Estimate,
  type LatencyEstimates,
  type Result,
  type StaleResult,
  stages,
} from '../measure/result.ts';

type Cell = string | number | boolean | null;
type Row = Readonly<Record<string, Cell>>;

/** By name of the file. */
export const csvFiles = {
  'loads.csv': loads,
  'services.csv': services,
  'stations.csv': stations,
  'proxies.csv': proxies,
  'pushes.csv': pushes,
  'reasons.csv': reasons,
  'watched.csv': watched,
  'series.csv': series,
} satisfies Record<string, (result: Result) => string>;

export function services(result: Result): string {
  const columns = [
    'case',
    'service',
    ...estimates('calls_per_s'),
    'failed',
    'retries',
    ...staleColumns.map((column) => `stale_${column}`),
    ...latencies,
  ];
  return table(columns, result, ({ name, services }) =>
    services.map(({ service, calls_per_s, failed, retries, latency, stale }) => ({
      case: name,
      service,
      ...spread('calls_per_s', calls_per_s),
      failed,
      retries,
      ...prefixed('stale_', { ...stale }),
      ...spreadLatency(latency),
    })),
  );
}

function loads(result: Result): string {
  const outcomes = result.cases.flatMap(({ loads }) =>
    loads.flatMap((load) => Object.keys(load.outcomes)),
  );
  const outcomeColumns = [...new Set(outcomes)].sort().map((outcome) => `outcome_${outcome}`);
  const columns = [
    'case',
    'load',
    'requests',
    ...estimates('throughput_per_s'),
    ...estimates('errors_share'),
    ...outcomeColumns,
    'saturated',
    ...latencies,
  ];
  return table(columns, result, ({ name, loads }) =>
    loads.map((load) => ({
      case: name,
      load: load.name,
      requests: load.requests,
      ...spread('throughput_per_s', load.throughput_per_s),
      ...spread('errors_share', load.errors_share),
      ...Object.fromEntries(outcomeColumns.map((column) => [column, 0])),
      ...prefixed('outcome_', load.outcomes),
      saturated: load.saturated,
      ...spreadLatency(load.latency),
    })),
  );
}

function stations(result: Result): string {
  const measures = ['visits_per_s', 'cpu_cores', 'utilisation', 'utilisation_max'] as const;
  const waits = ['wait_mean_us', 'queue_mean'] as const;
  const facts = ['kind', 'name', 'service', 'pods', 'servers', 'saturated', 'rejected'] as const;
  const columns = ['case', ...facts, ...[...measures, ...waits].flatMap(estimates)];
  return table(columns, result, ({ name, stations }) =>
    stations.map((station) => ({
      ...Object.fromEntries(facts.map((fact) => [fact, station[fact]])),
      ...spreadAll([...measures, ...waits].map((measure) => [measure, station[measure]])),
      case: name,
    })),
  );
}

function proxies(result: Result): string {
  const columns = [
    'case',
    'kind',
    'service',
    'count',
    'clusters',
    'endpoints',
    'memory_bytes',
  ] as const;
  return table(columns, result, ({ name, proxies }) =>
    proxies.map((proxy) => ({ case: name, ...proxy })),
  );
}

/** One row a quantity: counts by type of resource, then bytes, and how long everything took. */
function pushes(result: Result): string {
  return table(['case', 'quantity', ...estimates('value')], result, ({ name, controlPlane }) => {
    const { pushes, stages_ms } = controlPlane;
    const { convergence, fleet_convergence, proxy_convergence } = controlPlane;
    const latencyRows = Object.entries({
      convergence,
      fleet_convergence,
      proxy_convergence,
    }).flatMap(([quantity, latency]) =>
      Object.entries(latency ?? {}).map(([key, of]) => [`${quantity}_${key}`, of] as const),
    );
    const rows: readonly (readonly [string, Estimate])[] = [
      ['events', controlPlane.events],
      ['batches', controlPlane.batches],
      ...Object.entries(pushes).map(([type, of]) => [`pushes_${type}`, of] as const),
      ['pushes_total', controlPlane.pushes_total],
      ['pushed_proxies', controlPlane.pushed_proxies],
      ['bytes', controlPlane.bytes],
      ['istiod_cpu_s', controlPlane.istiod_cpu_s],
      ...stages.map((stage) => [`stage_${stage}_ms`, stages_ms[stage]] as const),
      ...latencyRows,
    ];
    return rows.map(([quantity, of]) => ({ case: name, quantity, ...spread('value', of) }));
  });
}

function reasons(result: Result): string {
  const columns = ['case', 'reason', ...estimates('events')];
  const timeColumns = stages.map((stage) => `stage_${stage}_ms`);
  return table([...columns, ...timeColumns.flatMap(estimates)], result, ({ name, controlPlane }) =>
    controlPlane.by_reason.map(({ reason, events, stages_ms }) => ({
      case: name,
      reason,
      ...spread('events', events),
      ...spreadAll(stages.map((stage) => [`stage_${stage}_ms`, stages_ms[stage]])),
    })),
  );
}

function watched(result: Result): string {
  const names = result.cases.flatMap(({ watched }) => watched.flatMap(({ columns }) => columns));
  const columns = ['case', 'service', 'config', ...new Set(names)];
  return table(columns, result, ({ name, watched }) =>
    watched.flatMap(({ service, config, columns, rows }) =>
      rows.map((row) => ({
        ...Object.fromEntries(columns.map((column, i) => [column, row[i]])),
        case: name,
        service,
        config,
      })),
    ),
  );
}

function series(result: Result): string {
  const names = [...new Set(result.cases.flatMap(({ series }) => series.columns))];
  return table(['case', ...names], result, ({ name, series: { columns, rows } }) =>
    rows.map((row) => ({
      ...Object.fromEntries(columns.map((column, i) => [column, row[i]])),
      case: name,
    })),
  );
}

/** Of `stale_`. */
const staleColumns = [
  'tries',
  'failed',
  'retried',
  'removals',
  'window_mean_ms',
  'window_max_ms',
] as const satisfies readonly (keyof StaleResult)[];

// ---- Columns of an estimate: its value, and the ends of its interval.

const quantities = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
const latencies = quantities.flatMap((quantity) => estimates(`${quantity}_ms`));

function estimates(name: string): readonly string[] {
  return [name, `${name}_low`, `${name}_high`];
}

function spread(name: string, of: Estimate | null): Row {
  return {
    [name]: of?.value ?? null,
    [`${name}_low`]: of?.low ?? null,
    [`${name}_high`]: of?.high ?? null,
  };
}

function spreadAll(entries: readonly (readonly [string, Estimate | null])[]): Row {
  return Object.assign({}, ...entries.map(([name, of]) => spread(name, of)));
}

function spreadLatency(latency: LatencyEstimates | null): Row {
  return spreadAll(
    quantities.map((quantity) => [`${quantity}_ms`, latency?.[`${quantity}_ms`] ?? null]),
  );
}

function prefixed(prefix: string, values: Readonly<Record<string, number | undefined>>): Row {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value ?? 0]),
  );
}

function table(
  columns: readonly string[],
  { cases }: Result,
  rowsOf: (of: CaseResult) => readonly Row[],
): string {
  return stringify([...cases.flatMap(rowsOf)], {
    header: true,
    columns: [...columns],
    escape_formulas: true,
    cast: { boolean: String, number: String },
  });
}
