/** A chart on a page: its drawing, its rows as a table, and those as CSV. */
import { stringify } from 'csv-stringify/sync';
import type { Chart } from '../charts/chart.ts';
import { drawing, type Html, html, table } from './page.ts';

/** Rows that the page shows; the CSV file has all. */
const ROWS_MAX = 200;

/** @param name - of the file, without its ending; @param svg - the chart, drawn without its title */
export function figure(name: string, chart: Chart, svg: string): Html {
  const fields = Object.keys(chart.columns);
  const titles = Object.values(chart.columns);
  const csv = stringify(
    chart.rows.map((row) => fields.map((field) => row[field] ?? null)),
    {
      header: true,
      columns: [...titles],
      escape_formulas: true,
      cast: { boolean: String, number: String },
    },
  );
  const rows = chart.rows
    .slice(0, ROWS_MAX)
    .map((row) => fields.map((field) => row[field] ?? null));
  const more =
    chart.rows.length > ROWS_MAX ? ` (the first ${ROWS_MAX} of ${chart.rows.length} rows)` : '';
  return html`<h3>${chart.title}</h3><figure>${drawing(svg, `${chart.title}: ${chart.subtitle}`)}<figcaption>${chart.subtitle}</figcaption></figure><details><summary>Table${more}</summary>${table({ caption: chart.title, columns: titles, rows, csv, file: `${name}.csv` })}</details>`;
}
