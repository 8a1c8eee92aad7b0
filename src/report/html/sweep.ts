/** The report of a sweep: how the metrics that people look at first go with its axes, and every point as a row. */
import type { KneeResult, PointFailure, SweepResult } from '../../measure/points.ts';
import { sweepCharts } from '../charts/sweep.ts';
import { drawSvg } from '../charts.ts';
import { pointColumns } from '../point-columns.ts';
import { pointsCsvHeader, pointsCsvRow } from '../points-csv.ts';
import { figure } from './figure.ts';
import { embedded, type Html, html, page, section, table } from './page.ts';

/** Rows that the page shows; the CSV file has all. */
const ROWS_MAX = 500;
/** Columns of the table, where there is anything in them. */
const shown = [
  'latency_mean_ms',
  'latency_p99_ms',
  'overhead_mean_ms',
  'errors_share',
  'cpu_proxies_cores',
  'memory_per_proxy_bytes',
  'convergence_p99_ms',
  'saturated',
];

export async function sweepHtml(sweep: SweepResult): Promise<string> {
  const figures = await Promise.all(
    sweepCharts(sweep).map(async ([name, chart]) =>
      figure(name, chart, await drawSvg([chart], false)),
    ),
  );
  const { scenario, axes, design, size, points, failures, seed, digest, meshsim } = sweep;
  return page({
    title: `${scenario}: sweep over ${axes.map(({ path }) => path).join(', ')}`,
    lead: `${points.length} of ${size} points (${design}); the same random numbers at all points; bands and bars are 95 % confidence intervals`,
    sections: [
      ...(failures.length > 0 ? [section('Points that failed', failureList(failures))] : []),
      ...(sweep.knee === null ? [] : [section('Found', kneeText(sweep.knee))]),
      ...(figures.length > 0 ? [section('Charts', ...figures)] : []),
      section('Points', pointTable(sweep)),
      section(
        'Data',
        html`<p>The page holds the whole result as JSON, in the element "sweep".</p>`,
        embedded('sweep', sweep),
      ),
    ],
    footer: `meshsim ${meshsim}, scenario ${digest.slice(0, 12)}, seed ${seed}`,
  });
}

/** What a search has found. */
function kneeText({ path, threshold, keeps, breaks, confidence, certain }: KneeResult): Html {
  const kept = keeps === null ? 'No value keeps it' : `${keeps} keeps it`;
  const broken = breaks === null ? 'no value that was looked at breaks it' : `${breaks} does not`;
  const doubt = certain ? '' : '; not certain: intervals still reach over the threshold';
  return html`<p><code>${path}</code>, <code>${threshold}</code>: ${kept}, ${broken} (confidence ${100 * confidence} %${doubt}).</p>`;
}

function failureList(failures: readonly PointFailure[]): Html {
  const items = failures.map(
    ({ index, kind, reason, command }) =>
      html`<li>point ${index}: <span class="bad">${kind}</span>: ${reason}<br><code>${command}</code></li>`,
  );
  return html`<ul>${items}</ul>`;
}

function pointTable({ axes, points }: SweepResult): Html {
  const columns = pointColumns(axes).filter(
    ({ name }) => axes.some(({ path }) => path === name) || shown.includes(name),
  );
  const filled = columns.filter(({ get }) =>
    points.some((point) => get(point) !== null && get(point) !== ''),
  );
  const rows = points
    .slice(0, ROWS_MAX)
    .map((point) => filled.map(({ get }) => rounded(get(point))));
  const csv = [pointsCsvHeader(axes), ...points.map((point) => pointsCsvRow(axes, point))].join('');
  const caption =
    points.length > ROWS_MAX ? `the first ${ROWS_MAX} of ${points.length} points` : 'all points';
  return table({ caption, columns: filled.map(({ name }) => name), rows, csv, file: 'points.csv' });
}

function rounded(value: string | number | boolean | null): string | number | boolean | null {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(4))
    : value;
}
