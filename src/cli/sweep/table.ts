/** A sweep on stdout: a row a point, its axes and what people look at first. */
import Table from 'cli-table3';
import { type MetricName, metrics } from '../../measure/metrics.ts';
import type { PointRecord, PointValue, SweepAxis } from '../../measure/points.ts';
import type { Estimate } from '../../measure/result.ts';
import { formatBytes, formatCores, formatRate, formatShare, formatTime } from '../../units.ts';

const shown: readonly (readonly [MetricName, string])[] = [
  ['latency.mean', 'mean'],
  ['latency.p99', 'p99'],
  ['overhead.mean', 'overhead'],
  ['errors', 'errors'],
  ['cpu.proxies', 'CPU of proxies'],
  ['memory.perProxy', 'memory of one'],
  ['convergence.p99', 'convergence p99'],
];

const formats = {
  time: formatTime,
  share: formatShare,
  rate: formatRate,
  cores: formatCores,
  bytes: formatBytes,
  count: (value: number) => String(value),
} as const;

export const ROWS_MAX = 100;

/** The first rows; what is nowhere known has no column. @param size - points of all */
export function pointsTable(
  axes: readonly SweepAxis[],
  records: readonly PointRecord[],
  size: number,
): string {
  const columns = shown.filter(([metric]) => records.some((record) => record.metrics[metric]));
  const table = new Table({
    head: [...axes.map(({ path }) => path), ...columns.map(([, title]) => title), ''],
    colAligns: [
      ...axes.map(() => 'left' as const),
      ...columns.map(() => 'right' as const),
      'left' as const,
    ],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    chars: blank,
  });
  for (const record of records) {
    table.push([
      ...record.values.map(valueText),
      ...columns.map(([metric]) => cell(metric, record.metrics[metric])),
      noteOf(record),
    ]);
  }
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const more = size - records.length;
  if (more > 0) lines.push(`… and ${more} more, in results.csv`);
  return `${lines.join('\n')}\n`;
}

const blank = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

function valueText(value: PointValue): string {
  return String(value);
}

/** With half of its interval, where it has one. */
function cell(metric: MetricName, estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { value, low, high } = estimate;
  const text = formats[metrics[metric]](value);
  if (low === null || high === null || value === 0) return text;
  return `${text} ±${((50 * (high - low)) / Math.abs(value)).toFixed(1)}%`;
}

function noteOf({ saturated, slos }: PointRecord): string {
  const failed = slos.filter(({ pass }) => !pass).map(({ expression }) => `✗ ${expression}`);
  return [...(saturated.length > 0 ? ['saturated'] : []), ...failed].join('  ');
}
