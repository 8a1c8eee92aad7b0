/** Charts of a sweep: metrics against the axis that has the most numbers, by the values of the others; heat maps of two. */
import type { MetricName } from '../../measure/metrics.ts';
import type { PointRecord, PointValue, SweepResult } from '../../measure/points.ts';
import { type Chart, HEIGHT, interval, round, roundOrNull, WIDTH } from './chart.ts';
import { heat } from './theme.ts';

interface Shown {
  readonly metric: MetricName;
  readonly title: string;
  readonly unit: string;
  /** Of the metric's unit. */
  readonly size: number;
}

const metricsShown: readonly Shown[] = [
  { metric: 'latency.p99', title: 'Latency, p99', unit: 'ms', size: 1e6 },
  { metric: 'overhead.mean', title: 'What the mesh adds to the mean', unit: 'ms', size: 1e6 },
  { metric: 'cpu.proxies', title: 'CPU of all proxies', unit: 'cores', size: 1 },
  { metric: 'memory.perProxy', title: 'Memory of a proxy', unit: 'MiB', size: 2 ** 20 },
  { metric: 'convergence.p99', title: 'From a change to a proxy, p99', unit: 'ms', size: 1e6 },
  { metric: 'errors', title: 'Requests that fail', unit: '%', size: 0.01 },
];

/** By name. */
export function sweepCharts(sweep: SweepResult): readonly (readonly [string, Chart])[] {
  const axis = mainAxis(sweep);
  return metricsShown.flatMap((shown) => {
    const { metric } = shown;
    const values = sweep.points.map((point) => point.metrics[metric]?.value ?? null);
    // What is the same everywhere, or nowhere known, is no chart.
    if (new Set(values.filter((value) => value !== null)).size < 2) return [];
    const name = metric.replace('.', '-');
    const charts: [string, Chart][] = [[name, lineChart(sweep, axis, shown)]];
    const map = heatMap(sweep, shown);
    if (map !== null) charts.push([`${name}-map`, map]);
    return charts;
  });
}

/** A number, whatever its unit; null of a text. */
export function numberOf(value: PointValue): number | null {
  if (typeof value === 'number') return value;
  const match = /^[-+]?\d+(?:\.\d+)?/.exec(String(value));
  return typeof value === 'string' && match !== null ? Number(match[0]) : null;
}

/** Different values of an axis among the points, and whether all are numbers. */
function facts({ points }: SweepResult, axis: number) {
  const values = new Set(points.map((point) => point.values[axis]));
  const isNumeric = [...values].every((value) => numberOf(value) !== null);
  return { count: values.size, isNumeric };
}

/** The numeric axis with the most values, else the one with the most. */
function mainAxis(sweep: SweepResult): number {
  let best = 0;
  const rank = (axis: number) => {
    const { count, isNumeric } = facts(sweep, axis);
    return (isNumeric && count > 1 ? 1e9 : 0) + count;
  };
  for (const axis of sweep.axes.keys()) if (rank(axis) > rank(best)) best = axis;
  return best;
}

function rowOf(point: PointRecord, { metric, size }: Shown) {
  const of = point.metrics[metric];
  const scaled = (value: number | null | undefined) =>
    roundOrNull(value === null || value === undefined ? null : value / size);
  return { value: scaled(of?.value), low: scaled(of?.low), high: scaled(of?.high) };
}

function lineChart(sweep: SweepResult, axis: number, shown: Shown): Chart {
  const { axes, points } = sweep;
  const others = axes.map((_, a) => a).filter((a) => a !== axis && facts(sweep, a).count > 1);
  const { isNumeric } = facts(sweep, axis);
  const rows = points
    .filter((point) => point.metrics[shown.metric] !== null)
    .map((point) => ({
      x: isNumeric ? round(numberOf(point.values[axis]) ?? 0) : String(point.values[axis]),
      series: others.map((a) => `${axes[a].path} ${point.values[a]}`).join(', '),
      ...rowOf(point, shown),
    }));
  const unitOfAxis = unitOf(points.map((point) => point.values[axis]));
  const title = unitOfAxis === '' ? axes[axis].path : `${axes[axis].path} [${unitOfAxis}]`;
  const x = isNumeric
    ? { field: 'x', type: 'quantitative', title, scale: { zero: false, nice: true } }
    : { field: 'x', type: 'nominal', title, sort: null, axis: { labelAngle: 0 } };
  const yTitle = shown.unit;
  const color =
    others.length === 0
      ? { value: 'var(--c1, #2b6cb0)' }
      : { field: 'series', type: 'nominal', title: null, sort: null };
  const y = { field: 'value', type: 'quantitative', title: yTitle };
  // Side by side where the axis has names, so that bars of one name do not hide each other.
  const offset =
    isNumeric || others.length === 0 ? {} : { xOffset: { field: 'series', sort: null } };
  return {
    title: shown.title,
    subtitle:
      others.length === 0
        ? `by ${axes[axis].path}`
        : `by ${axes[axis].path}, for each ${others.map((a) => axes[a].path).join(' and ')}`,
    columns: { x: title, series: 'series', value: shown.unit, low: 'low', high: 'high' },
    rows,
    view: {
      width: WIDTH,
      height: HEIGHT,
      layer: isNumeric
        ? [
            interval(x, yTitle, color),
            {
              mark: { type: 'line', strokeWidth: 2, point: { size: 30 } },
              encoding: { x, y, color },
            },
          ]
        : [
            { mark: { type: 'bar' }, encoding: { x, y, color, ...offset } },
            {
              transform: [{ filter: 'isValid(datum.low)' }],
              mark: { type: 'rule', strokeWidth: 1.5 },
              encoding: {
                x,
                ...offset,
                y: { field: 'low', type: 'quantitative' },
                y2: { field: 'high' },
              },
            },
          ],
    },
  };
}

function unitOf(values: readonly PointValue[]): string {
  const units = new Set(values.map((value) => String(value).replace(/^[-+]?\d+(?:\.\d+)?/, '')));
  const [unit] = units;
  return units.size === 1 && values.every((value) => numberOf(value) !== null) ? unit : '';
}

/** Of sweeps with exactly two axes that vary, both of numbers. */
function heatMap(sweep: SweepResult, shown: Shown): Chart | null {
  const varying = sweep.axes.map((_, a) => a).filter((a) => facts(sweep, a).count > 1);
  if (varying.length !== 2 || sweep.design !== 'grid') return null;
  if (!varying.every((a) => facts(sweep, a).isNumeric && facts(sweep, a).count > 2)) return null;
  const [a, b] = varying;
  const rows = sweep.points.map((point) => ({
    x: String(point.values[a]),
    y: String(point.values[b]),
    ...rowOf(point, shown),
  }));
  const { axes } = sweep;
  return {
    title: `${shown.title}: map`,
    subtitle: `${axes[a].path} across, ${axes[b].path} up; empty where there is no number`,
    columns: { x: axes[a].path, y: axes[b].path, value: shown.unit, low: 'low', high: 'high' },
    rows,
    view: {
      width: WIDTH - 80,
      height: { step: 28 },
      mark: { type: 'rect' },
      encoding: {
        x: {
          field: 'x',
          type: 'ordinal',
          title: axes[a].path,
          sort: null,
          axis: { labelAngle: 0 },
        },
        y: { field: 'y', type: 'ordinal', title: axes[b].path, sort: 'descending' },
        color: {
          field: 'value',
          type: 'quantitative',
          title: shown.unit,
          scale: { range: heat },
        },
      },
    },
  };
}
