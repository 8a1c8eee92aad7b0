/**
 * A point of a sweep as a row: the one list of columns that CSV, NDJSON, Parquet and `meshsim query` share. Names carry
 * their unit; an axis is called by its path.
 */
import { type MetricName, type MetricUnit, metrics } from '../measure/metrics.ts';
import type { PointRecord, PointValue, SweepAxis } from '../measure/points.ts';
import type { Estimate, SloResult } from '../measure/result.ts';
import { MILLISECOND } from '../units.ts';

/** Integers are within ±2^53. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean';

export interface PointColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** null where there is none to give. */
  readonly get: (record: PointRecord) => PointValue;
}

/** What a point is, what was measured of it, how it keeps its thresholds, and what it took. */
export function pointColumns(axes: readonly SweepAxis[]): readonly PointColumn[] {
  return [
    integer('point', ({ index }) => index),
    ...axes.map(axisColumn),
    ...metricNames.flatMap(metricColumns),
    text('saturated', ({ saturated }) => saturated.join('; ')),
    integer('thresholds_failed', ({ slos }) => slos.filter(({ pass }) => !pass).length),
    text('thresholds', ({ slos }) => JSON.stringify(slos.map(thresholdOf))),
    integer('visits', ({ visits }) => visits),
    integer('events', ({ events }) => events),
    text('id', ({ id }) => id),
  ];
}

/** Of the values of `thresholds`, in JSON; those of `meshsim query`'s table of thresholds. */
export const thresholdFields = {
  expression: 'text',
  value: 'number',
  low: 'number',
  high: 'number',
  shown: 'text',
  pass: 'boolean',
  certain: 'boolean',
} as const satisfies Record<string, ColumnType>;

/** In the unit of the metric, as the threshold is written; not as the columns are. */
function thresholdOf({ expression, value, shown, pass, certain }: SloResult) {
  const { low = null, high = null } = value ?? {};
  return { expression, value: value?.value ?? null, low, high, shown, pass, certain } satisfies {
    readonly [Field in keyof typeof thresholdFields]: PointValue;
  };
}

const metricNames = Object.keys(metrics) as readonly MetricName[];

function metricColumns(metric: MetricName): readonly PointColumn[] {
  const name = metricColumn(metric);
  const { size } = units[metrics[metric]];
  const of = (part: keyof Estimate) => (record: PointRecord) => {
    const value = record.metrics[metric]?.[part] ?? null;
    return value === null ? null : value / size;
  };
  return [
    number(name, of('value')),
    number(`${name}_low`, of('low')),
    number(`${name}_high`, of('high')),
  ];
}

/** `latency_p99_ms` of `latency.p99`; `_low` and `_high` behind it are the ends of its interval. */
export function metricColumn(metric: MetricName): string {
  const words = metric.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace('.', '_');
  const { suffix } = units[metrics[metric]];
  return words.endsWith(suffix) ? words : `${words}${suffix}`;
}

/** In columns: what ends their name, and how many of the metric's unit it is. */
const units: Readonly<Record<MetricUnit, { readonly suffix: string; readonly size: number }>> = {
  time: { suffix: '_ms', size: MILLISECOND },
  share: { suffix: '_share', size: 1 },
  rate: { suffix: '_per_s', size: 1 },
  cores: { suffix: '_cores', size: 1 },
  bytes: { suffix: '_bytes', size: 1 },
  count: { suffix: '', size: 1 },
};

/** Of the type that all its values have, else text. */
function axisColumn({ path, values }: SweepAxis, axis: number): PointColumn {
  const filled = values.filter((value) => value !== null);
  const all = (is: (value: PointValue) => boolean) => filled.length > 0 && filled.every(is);
  const get = (record: PointRecord) => record.values[axis];
  if (all(Number.isSafeInteger)) return integer(path, get);
  if (all((value) => typeof value === 'number')) return number(path, get);
  if (all((value) => typeof value === 'boolean')) return { name: path, type: 'boolean', get };
  return text(path, (record) => (get(record) === null ? null : String(get(record))));
}

function text(name: string, get: PointColumn['get']): PointColumn {
  return { name, type: 'text', get };
}

function integer(name: string, get: PointColumn['get']): PointColumn {
  return { name, type: 'integer', get };
}

function number(name: string, get: PointColumn['get']): PointColumn {
  return { name, type: 'number', get };
}
