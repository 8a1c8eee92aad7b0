/** What all charts have in common: a Vega-Lite specification is data, and looks the same wherever it is drawn. */
import type { TopLevelSpec } from 'vega-lite';

/** A view in Vega-Lite's terms, without what belongs to the whole page. */
export type Chart = Readonly<Record<string, unknown>>;

/** Eight hues that stay apart for the colour-blind (Okabe and Ito, 2008). */
const palette = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#f0e442',
  '#000000',
];

export function chart(title: string, subtitle: string, body: Chart): Chart {
  return { title: { text: title, subtitle, anchor: 'start' }, ...body };
}

/** One or more charts, one below the other, as a specification that stands alone. */
export function page(charts: readonly Chart[]): TopLevelSpec {
  const body: Chart =
    charts.length === 1
      ? charts[0]
      : {
          vconcat: charts,
          resolve: { scale: { color: 'independent' }, legend: { color: 'independent' } },
        };
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 12,
    ...body,
    config: {
      font: 'sans-serif',
      range: { category: palette },
      axis: { gridColor: '#e5e5e5', domainColor: '#888', tickColor: '#888', labelFontSize: 11 },
      legend: { orient: 'bottom', columns: 3, labelLimit: 400, symbolOpacity: 1 },
      header: { labelFontWeight: 'bold', labelFontSize: 12 },
      view: { stroke: null },
    },
  };
  // Specifications are data, put together from parts; Vega-Lite checks them when it compiles.
  return spec as unknown as TopLevelSpec;
}

/** An encoding of a channel. */
type Channel = Readonly<Record<string, unknown>>;

/** The values' 95 % interval, where there is one. */
export function interval(x: Channel, title: string, color: Channel): object {
  return {
    transform: [{ filter: 'isValid(datum.low)' }],
    mark: { type: 'area', opacity: 0.2 },
    encoding: {
      x,
      y: { field: 'low', type: 'quantitative', title },
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
