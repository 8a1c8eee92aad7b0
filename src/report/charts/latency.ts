/** How long requests take, with the mesh and without: their distribution, and how its tail grows. */
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { CaseResult, Estimate, LoadResult, Result } from '../../measure/result.ts';
import { timeUnit, type Unit } from '../format.ts';
import { type Chart, HEIGHT, round, roundOrNull, WIDTH } from './chart.ts';
import { colour } from './theme.ts';

/** With most to say first; more would be one picture each. */
const LOADS_MAX = 4;
/** Of a curve. */
const POINTS = 120;

const names = { mesh: 'with the mesh', baseline: 'without' } as const;

interface Curve {
  readonly load: LoadResult;
  readonly of: CaseResult['name'];
}

/** Those that have a latency: no number is shown of a load that meets a saturated station. */
function curvesOf({ cases }: Result): readonly Curve[] {
  return cases.flatMap(({ name, loads }) =>
    loads
      .slice(0, LOADS_MAX)
      .filter(({ latency }) => latency !== null)
      .map((load) => ({ load, of: name })),
  );
}

/** Cumulative distribution; the bars are 95 % intervals of the quantiles. */
export function latencyCdfChart(result: Result): Chart | null {
  const curves = curvesOf(result);
  if (curves.length === 0) return null;
  const unit = unitOf(curves);
  const rows = curves.flatMap(({ load, of }) => {
    const shares = Array.from({ length: POINTS + 1 }, (_, i) => Math.min(0.999, i / POINTS));
    const curve = quantiles(load, shares, unit).map((point) => ({
      ...point,
      low: null,
      high: null,
    }));
    return [...curve, ...intervals(load, unit)].map((point) => ({
      load: load.name,
      case: names[of],
      ...point,
    }));
  });
  const y = {
    field: 'share',
    type: 'quantitative',
    title: 'share of requests faster',
    axis: { format: '.0%', tickCount: 5 },
    scale: { domain: [0, 1] },
  };
  const title = `latency [${unit.name}]`;
  const x = { type: 'quantitative', title, scale: { zero: false, nice: true } };
  return chartOf(result, {
    title: 'Latency of requests',
    subtitle: 'share that is answered within a time; bars are 95 % intervals of quantiles',
    unit,
    rows,
    layers: [
      {
        transform: [{ filter: '!isValid(datum.low)' }],
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { x: { field: 'value', ...x }, y, color, order: { field: 'share' } },
      },
      {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.45 },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y, color },
      },
    ],
  });
}

/** Latency against how rare a slower request is, as HdrHistogram's plots have it; bands are 95 % intervals. */
export function latencyTailChart(result: Result): Chart | null {
  const curves = curvesOf(result);
  if (curves.length === 0) return null;
  const unit = unitOf(curves);
  const rows = curves.flatMap(({ load, of }) => {
    // As many requests lie beyond the last point.
    const last = Math.min(5, Math.log10(Math.max(10, load.requests / 10)));
    const shares = Array.from({ length: POINTS + 1 }, (_, i) => 1 - 10 ** ((-last * i) / POINTS));
    const curve = quantiles(load, shares, unit).map((point) => ({
      ...point,
      low: null,
      high: null,
    }));
    return [...curve, ...intervals(load, unit)].map((point) => ({
      load: load.name,
      case: names[of],
      ...point,
      rarity: round(1 / (1 - point.share)),
    }));
  });
  const x = {
    field: 'rarity',
    type: 'quantitative',
    title: 'quantile',
    scale: { type: 'log', nice: false },
    axis: {
      values: [1, 2, 10, 100, 1000, 10_000, 100_000],
      labelExpr:
        "datum.value == 1 ? '0' : datum.value == 2 ? 'p50' : 'p' + format(100 - 100 / datum.value, '~f')",
    },
  };
  const y = { type: 'quantitative', title: `latency [${unit.name}]` };
  return chartOf(result, {
    title: 'The tail of latency',
    subtitle: 'each step to the right is ten times rarer; bars are 95 % intervals',
    unit,
    rows,
    layers: [
      {
        transform: [{ filter: '!isValid(datum.low)' }],
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { x, y: { field: 'value', ...y }, color },
      },
      {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.45 },
        encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
      },
    ],
  });
}

const color = {
  field: 'case',
  type: 'nominal',
  title: null,
  scale: { domain: [names.mesh, names.baseline], range: [colour('c1'), colour('c8')] },
};

interface Parts {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: Unit;
  readonly rows: Chart['rows'];
  readonly layers: readonly Readonly<Record<string, unknown>>[];
}

function chartOf({ cases }: Result, { title, subtitle, unit, rows, layers }: Parts): Chart {
  const loads = new Set(rows.map(({ load }) => load));
  const isCompared = cases.length > 1;
  const layer = layers.map((one) => {
    const { color: own, ...encoding } = one['encoding'] as Readonly<Record<string, unknown>>;
    return {
      ...one,
      encoding: { ...encoding, color: isCompared ? own : { value: colour('c1') } },
    };
  });
  const inner = { width: loads.size > 1 ? WIDTH / 2 : WIDTH, height: HEIGHT, layer };
  return {
    title,
    subtitle,
    columns: {
      load: 'load',
      case: 'case',
      share: 'share of requests',
      value: `latency [${unit.name}]`,
      low: 'low',
      high: 'high',
    },
    rows,
    view:
      loads.size > 1
        ? {
            facet: { field: 'load', type: 'nominal', title: null, sort: null },
            columns: 2,
            resolve: { scale: { x: 'independent', y: 'independent' } },
            spec: inner,
          }
        : inner,
  };
}

function unitOf(curves: readonly Curve[]): Unit {
  return timeUnit(Math.max(...curves.map(({ load }) => load.latency?.p50_ms.value ?? 0)));
}

function quantiles(
  { hdr }: LoadResult,
  shares: readonly number[],
  { size }: Unit,
): readonly { readonly share: number; readonly value: number }[] {
  const histogram = decodeFromCompressedBase64(hdr);
  return shares.map((share) => ({
    share: round(share),
    value: round(histogram.getValueAtPercentile(100 * share) / 1e6 / size),
  }));
}

const estimated = [
  ['p50_ms', 0.5],
  ['p90_ms', 0.9],
  ['p95_ms', 0.95],
  ['p99_ms', 0.99],
  ['p999_ms', 0.999],
] as const;

/** Quantiles that have an interval. */
function intervals({ latency }: LoadResult, { size }: Unit) {
  return estimated.flatMap(([name, share]) => {
    const of: Estimate | undefined = latency?.[name];
    if (of === undefined || of.low === null) return [];
    const scaled = (value: number | null) => roundOrNull(value === null ? null : value / size);
    return [{ share, value: round(of.value / size), low: scaled(of.low), high: scaled(of.high) }];
  });
}
