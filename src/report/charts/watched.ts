/** The sidecars of single services over time, side by side by namespace and config mode. */
import type { Result, WatchedResult } from '../../measure/result.ts';
import { type Chart, interval, line } from './chart.ts';

/** What the y axis shows, and the column it comes from. */
interface Quantity {
  readonly title: string;
  readonly subtitle: string;
  readonly column: string;
  readonly axis: string;
  /** Of the column's unit in the axis'. */
  readonly unit: number;
}

/** Memory that each service's Envoy takes for its configuration (the DATM paper's Figures 8 and 9). */
export const memoryChart = (result: Result): Chart | null =>
  overTime(result, {
    title: 'Memory of a sidecar',
    subtitle: `Envoy, ${result.proxy_memory === 'allocated' ? 'allocated' : 'resident'}; mean of the service's pods`,
    column: 'memory_bytes',
    axis: 'MB',
    unit: 1e-6,
  });

/** Envoy's cluster_manager.cluster_updated, which the paper's Figure 10 shows as CDS updates. */
export const clusterUpdatesChart = (result: Result): Chart | null =>
  overTime(result, {
    title: 'Cluster updates',
    subtitle: 'changes of host sets that a sidecar was told (cluster_manager.cluster_updated)',
    column: 'cluster_updates',
    axis: 'updates since the start',
    unit: 1,
  });

/** Figure 11: what the sidecars are configured with. */
export const clustersChart = (result: Result): Chart | null =>
  overTime(result, {
    title: 'Clusters of a sidecar (CDS)',
    subtitle: 'resources it is configured with',
    column: 'clusters',
    axis: 'clusters',
    unit: 1,
  });
export const endpointsChart = (result: Result): Chart | null =>
  overTime(result, {
    title: 'Endpoints of a sidecar (EDS)',
    subtitle: 'in all its clusters; a pod counts once for each that has it',
    column: 'endpoints',
    axis: 'endpoints',
    unit: 1,
  });

function overTime(result: Result, { title, subtitle, column, axis, unit }: Quantity): Chart | null {
  const watched = watchedOf(result);
  if (watched.length === 0) return null;
  const rows = watched.flatMap((one) => {
    const { name, group } = namesOf(one);
    const at = one.columns.indexOf(column);
    return one.rows.map((row) => ({
      minute: (row[0] ?? 0) / 60,
      service: name,
      group,
      value: (row[at] ?? 0) * unit,
      low: scaled(row[at + 1], unit),
      high: scaled(row[at + 2], unit),
    }));
  });
  const x = { field: 'minute', type: 'quantitative', title: 'minutes' } as const;
  const color = { field: 'group', type: 'nominal', title: null, sort: null } as const;
  return {
    title,
    subtitle,
    columns: { minute: 'minute', service: 'service', group: 'namespace', ...estimateOf(axis) },
    rows,
    view: {
      facet: { column: { field: 'service', type: 'nominal', title: null, sort: null } },
      spec: {
        width: 320,
        height: 220,
        layer: [interval(x, axis, color), line(x, axis, color)],
      },
    },
  };
}

function scaled(value: number | null, unit: number): number | null {
  return value === null ? null : value * unit;
}

/** Time from enqueued to sent, and from sent to applied, by service and mode (the paper's Figure 12). */
export function pushTimesChart(result: Result): Chart | null {
  const rows = watchedOf(result).flatMap((one) => {
    const { name, group } = namesOf(one);
    return (
      [
        ['enqueued to last byte sent', 'push_s'],
        ['sent to applied', 'convergence_s'],
      ] as const
    ).map(([phase, column]) => {
      const [value, low, high] = lastOf(one, column);
      return { service: name, group, phase, value, low, high };
    });
  });
  if (rows.every(({ value }) => value === 0)) return null;
  const axis = { labelAngle: 0 } as const;
  const x = { field: 'service', type: 'nominal', title: null, sort: null, axis } as const;
  const color = { field: 'group', type: 'nominal', title: null, sort: null } as const;
  const xOffset = { field: 'group', sort: null } as const;
  return {
    title: 'Push and convergence time of a sidecar',
    subtitle: 'summed over all pushes to it',
    columns: { service: 'service', group: 'namespace', phase: 'time', ...estimateOf('seconds') },
    rows,
    view: {
      facet: { column: { field: 'phase', type: 'nominal', title: null, sort: null } },
      resolve: { scale: { y: 'independent' } },
      spec: {
        width: 320,
        height: 220,
        layer: [
          {
            mark: { type: 'bar' },
            encoding: {
              x,
              xOffset,
              color,
              y: { field: 'value', type: 'quantitative', title: 'seconds' },
            },
          },
          {
            transform: [{ filter: 'isValid(datum.low)' }],
            mark: { type: 'rule' },
            encoding: {
              x,
              xOffset,
              y: { field: 'low', type: 'quantitative' },
              y2: { field: 'high' },
            },
          },
        ],
      },
    },
  };
}

/** Columns of a value and of its interval's ends. */
function estimateOf(unit: string): Chart['columns'] {
  return { value: unit, low: 'low', high: 'high' };
}

function watchedOf({ cases }: Result): readonly WatchedResult[] {
  return cases.find(({ name }) => name === 'mesh')?.watched ?? [];
}

/** Namespaces are compared, services stand beside each other. */
function namesOf({ service, config }: WatchedResult): { name: string; group: string } {
  const [namespace, name] = service.split('/');
  return { name, group: `${namespace} (${config})` };
}

function lastOf({ columns, rows }: WatchedResult, column: string): readonly (number | null)[] {
  const at = columns.indexOf(column);
  return rows.at(-1)?.slice(at, at + 3) ?? [0, null, null];
}
