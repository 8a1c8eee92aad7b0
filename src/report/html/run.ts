/** The report of a run: goals first, then what the mesh adds, what it costs, and charts for the questions behind it. */
import type { CaseResult, LoadResult, Result, SloResult } from '../../measure/result.ts';
import { chartsOf, drawSvg } from '../charts.ts';
import { byteUnit, coreUnit, count, estimate, signedEstimate, withUnit } from '../format.ts';
import { figure } from './figure.ts';
import { embedded, type Html, html, page, section, type TableCell, table } from './page.ts';

export async function runHtml(result: Result): Promise<string> {
  const mesh = result.cases.find(({ name }) => name === 'mesh');
  const charts = chartsOf(result);
  const figures = await Promise.all(
    charts.map(async ([name, chart]) => figure(name, chart, await drawSvg([chart], false))),
  );
  const { scenario, mode, release, profile, seed, reps, window_s, warmup_s } = result;
  return page({
    title: `${scenario}: ${mode}`,
    lead: `istio ${release}, ${reps} ${reps === 1 ? 'replication' : 'replications'} of ${window_s} s after a warm-up of ${warmup_s} s; ± are 95 % confidence intervals`,
    sections: [
      ...(result.slos.length > 0 ? [section('Thresholds', slos(result.slos))] : []),
      ...(mesh === undefined ? [] : saturated(mesh)),
      ...(mesh === undefined ? [] : mesh.loads.map((load) => loadSection(result, load))),
      ...(mesh === undefined ? [] : [section('Cost', costTable(mesh))]),
      ...(mesh === undefined ? [] : [section('Services', serviceTable(mesh, result))]),
      ...(figures.length > 0 ? [section('Charts', ...figures)] : []),
      ...(result.warnings.length > 0 ? [section('Warnings', list(result.warnings))] : []),
      section('How this was made', provenance(result), embedded('result', result)),
    ],
    footer: `meshsim ${result.meshsim}, scenario ${result.digest.slice(0, 12)}, seed ${seed}, profile ${profile}`,
  });
}

export function slos(all: readonly SloResult[]): Html {
  const items = all.map(({ expression, shown, pass, certain }) => {
    const mark = pass
      ? html`<span class="good">✓ kept</span>`
      : html`<span class="bad">✗ missed</span>`;
    const doubt = certain ? '' : ' (another run might say otherwise)';
    return html`<li>${mark} <code>${expression}</code>: ${shown}${doubt}</li>`;
  });
  return html`<ul>${items}</ul>`;
}

export function list(texts: readonly string[]): Html {
  return html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function saturated({ saturated: stations }: CaseResult): readonly Html[] {
  if (stations.length === 0) return [];
  const texts = stations.map(
    ({ name, servers, utilisation }) =>
      `${name}: ${servers} ${servers === 1 ? 'server' : 'servers'}, utilisation ${utilisation.toFixed(2)}`,
  );
  return [
    section(
      'Saturated',
      html`<p class="bad">Latency that depends on these grows with the run, and is no number.</p>`,
      list(texts),
    ),
  ];
}

const quantiles = ['mean_ms', 'p50_ms', 'p90_ms', 'p99_ms', 'p999_ms'] as const;

function loadSection({ cases, overhead }: Result, load: LoadResult): Html {
  const without = cases
    .find(({ name }) => name === 'baseline')
    ?.loads.find(({ name }) => name === load.name);
  const added = overhead.find((one) => one.load === load.name);
  const rows: (readonly TableCell[])[] = [
    ['with the mesh', ...quantiles.map((q) => estimate(load.latency?.[q]))],
  ];
  if (without !== undefined) {
    rows.push(['without', ...quantiles.map((q) => estimate(without.latency?.[q]))]);
  }
  if (added !== undefined) {
    const of = [added.mean_ms, added.p50_ms, added.p90_ms, added.p99_ms];
    rows.push(['overhead', ...of.map(signedEstimate), null]);
  }
  const errors =
    load.errors_share.value === 0
      ? 'no errors'
      : `${estimate({ ...load.errors_share, value: 100 * load.errors_share.value, low: null, high: null })} % errors`;
  const verdict =
    added === undefined
      ? ''
      : `; the mesh is ${added.verdict === 'no difference detected' ? 'no slower as far as can be told' : added.verdict}`;
  return section(
    `Load ${load.name}`,
    html`<p>${count(load.requests)} requests, ${estimate(load.throughput_per_s)} answered a second, ${errors}${verdict}.</p>`,
    table({
      caption: 'latency [ms]',
      columns: ['', 'mean', 'p50', 'p90', 'p99', 'p99.9'],
      rows,
    }),
  );
}

function costTable({ cost, controlPlane }: CaseResult): Html {
  return table({
    caption: 'CPU and memory (proxies: what they occupy)',
    columns: ['', 'CPU', 'memory'],
    rows: [
      [
        'all proxies',
        withUnit(cost.cpu_proxies_cores, coreUnit),
        withUnit(cost.memory_proxies_bytes, byteUnit),
      ],
      [
        'per proxy',
        withUnit(cost.cpu_per_proxy_cores, coreUnit),
        withUnit(cost.memory_per_proxy_bytes, byteUnit),
      ],
      [
        'istiod',
        withUnit(cost.cpu_istiod_cores, coreUnit),
        withUnit(cost.memory_istiod_bytes, byteUnit),
      ],
      ['applications', withUnit(cost.cpu_apps_cores, coreUnit), null],
      ['pushes to a proxy', estimate(controlPlane.pushed_proxies), null],
    ],
  });
}

const SERVICES_MAX = 50;

function serviceTable({ services }: CaseResult, { cases }: Result): Html {
  const without = cases.find(({ name }) => name === 'baseline')?.services ?? [];
  const shown = services.slice(0, SERVICES_MAX);
  return table({
    caption:
      services.length > shown.length
        ? `calls as their callers see them (${shown.length} of ${services.length} services)`
        : 'calls as their callers see them',
    columns: [
      'service',
      'calls/s',
      'failed',
      'retries',
      'mean [ms]',
      'p99 [ms]',
      'mean without [ms]',
    ],
    rows: shown.map(({ service, calls_per_s, failed, retries, latency }) => [
      service,
      estimate(calls_per_s),
      failed,
      retries,
      estimate(latency?.mean_ms),
      estimate(latency?.p99_ms),
      estimate(without.find((one) => one.service === service)?.latency?.mean_ms),
    ]),
  });
}

function provenance(result: Result): Html {
  const { scenario, digest, seed, profile, profile_digest, platform, method, events } = result;
  return table({
    caption: 'what makes the same numbers again',
    columns: ['', ''],
    rows: [
      ['scenario', `${scenario} (${digest})`],
      ['seed', `"${seed}"`],
      ['profile', `${profile} (${profile_digest.slice(0, 12)}): ${platform}`],
      [
        'intervals',
        `by ${method.intervals}; of quantiles by ${method.quantiles}; warm-up ${method.warmup}`,
      ],
      ['events', count(events)],
    ],
  });
}
