/**
 * What all charts have in common: a question, the rows that answer it, and how they are drawn, as a Vega-Lite view.
 * It is data, and looks the same wherever it is drawn; the same rows are its table and its CSV file.
 */
import type { TopLevelSpec } from 'vega-lite';
import { categories, colour } from './theme.ts';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
/** Part of a specification in Vega-Lite's terms. */
export type View = Readonly<Record<string, unknown>>;

export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  /** Of its table, in their order: name of the field, and heading with its unit. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  /** Without title and data. */
  readonly view: View;
}

/** Of a chart that is drawn beside others; a facet is half as wide. */
export const WIDTH = 640;
export const HEIGHT = 260;

/** A chart of text only: why there is none. */
export function noChart(text: string): Chart {
  return { title: text, subtitle: '', columns: {}, rows: [], view: { mark: 'point' } };
}

/** With its title, for a file, or without, for a page that has titles of its own. */
function viewOf({ title, subtitle, rows, view }: Chart, isTitled: boolean): View {
  const heading = { title: { text: title, subtitle, anchor: 'start' } };
  return { ...(isTitled ? heading : {}), data: { values: rows }, ...view };
}

/** One or more charts, one below the other, as a specification that stands alone. */
export function page(charts: readonly Chart[], isTitled = true): TopLevelSpec {
  const body: View =
    charts.length === 1
      ? viewOf(charts[0], isTitled)
      : {
          vconcat: charts.map((chart) => viewOf(chart, true)),
          spacing: 36,
          resolve: { scale: { color: 'independent' }, legend: { color: 'independent' } },
        };
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: isTitled ? colour('paper') : 'transparent',
    padding: isTitled ? 12 : 4,
    ...body,
    config: isTitled ? config : { ...config, aria: false },
  };
  // Specifications are data, put together from parts; Vega-Lite checks them when it compiles.
  return spec as unknown as TopLevelSpec;
}

const config = {
  font: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  range: { category: categories },
  title: {
    color: colour('ink'),
    subtitleColor: colour('faint'),
    fontSize: 14,
    subtitleFontSize: 12,
    subtitlePadding: 4,
    offset: 14,
  },
  axis: {
    gridColor: colour('grid'),
    domainColor: colour('grid'),
    tickColor: colour('grid'),
    labelColor: colour('faint'),
    titleColor: colour('faint'),
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 11,
    titlePadding: 8,
    labelPadding: 5,
    labelLimit: 260,
  },
  axisX: { grid: false },
  axisBand: { domain: false, ticks: false },
  legend: {
    orient: 'top',
    direction: 'horizontal',
    columns: 4,
    labelColor: colour('ink'),
    labelLimit: 300,
    labelFontSize: 12,
    symbolOpacity: 1,
    symbolType: 'square',
    symbolStrokeWidth: 3,
    symbolSize: 60,
    padding: 0,
    offset: 12,
  },
  header: { labelColor: colour('ink'), labelFontWeight: 'bold', labelFontSize: 12 },
  view: { stroke: null },
  rule: { color: colour('ink') },
  text: { color: colour('ink'), fontSize: 11 },
  bar: { cornerRadiusEnd: 1 },
};

/** An encoding of a channel. */
export type Channel = Readonly<Record<string, unknown>>;

/** The values' 95 % interval, where there is one. */
export function interval(x: Channel, title: string, color: Channel, y: Channel = {}): object {
  return {
    transform: [{ filter: 'isValid(datum.low)' }],
    mark: { type: 'area', opacity: 0.2 },
    encoding: {
      x,
      y: { field: 'low', type: 'quantitative', title, ...y },
      y2: { field: 'high' },
      color,
    },
  };
}

export function line(x: Channel, title: string, color: Channel): object {
  return {
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5 },
    encoding: { x, y: { field: 'value', type: 'quantitative', title }, color },
  };
}

/** To what is read off a chart nothing more than four digits adds. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

export function roundOrNull(value: number | null): number | null {
  return value === null ? null : round(value);
}
