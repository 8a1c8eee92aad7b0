/**
 * istiod's own metrics in Prometheus' text format, as a scrape at the end of the run reads them, so that the dashboards
 * that watch a real istiod show a simulated one (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
import type { CaseResult, Result } from '../measure/result.ts';

type Metric = CaseResult['controlPlane']['metrics'][number];

export function prometheus({ cases }: Result): string {
  const mesh = cases.find(({ name }) => name === 'mesh');
  const families = new Map<string, Metric[]>();
  for (const metric of mesh?.controlPlane.metrics ?? []) {
    families.set(metric.name, [...(families.get(metric.name) ?? []), metric]);
  }
  const lines = [...families].flatMap(([name, metrics]) => [
    ...(name in help ? [`# HELP ${name} ${help[name]}`] : []),
    `# TYPE ${name} ${metrics[0].type}`,
    ...metrics.flatMap(samples),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** What istiod says about its metrics (pilot/pkg/xds/monitoring.go, pilot/pkg/model/push_context.go). */
const help: Readonly<Record<string, string>> = {
  pilot_debounce_time:
    'Delay in seconds between the first config enters debouncing and the merged push request is pushed into the push queue.',
  pilot_pushcontext_init_seconds: 'Total time in seconds Pilot takes to init pushContext.',
  pilot_proxy_queue_time: 'Time in seconds, a proxy is in the push queue before being dequeued.',
  pilot_xds_push_time: 'Total time in seconds Pilot takes to push lds, rds, cds and eds.',
  pilot_xds_send_time: 'Total time in seconds Pilot takes to send generated configuration.',
  pilot_proxy_convergence_time:
    'Delay in seconds between config change and a proxy receiving all required configuration.',
  pilot_xds_config_size_bytes: 'Distribution of configuration sizes pushed to clients.',
  pilot_xds_pushes: 'Pilot build and send errors for lds, rds, cds and eds.',
  pilot_push_triggers:
    'Total number of times a push was triggered, labeled by reason for the push.',
  pilot_inbound_updates: 'Total number of updates received by pilot.',
  pilot_xds: 'Number of endpoints connected to this pilot using XDS.',
};

function samples({ name, type, labels, bounds, counts, sum }: Metric): readonly string[] {
  if (type !== 'histogram') return [`${name}${labelled(labels)} ${counts[0]}`];
  let below = 0;
  const buckets = counts.map((count, i) => {
    below += count;
    const le = i < bounds.length ? String(bounds[i]) : '+Inf';
    return `${name}_bucket${labelled({ ...labels, le })} ${below}`;
  });
  const own = labelled(labels);
  return [...buckets, `${name}_sum${own} ${sum}`, `${name}_count${own} ${below}`];
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '';
  return `{${entries.map(([key, value]) => `${key}="${escaped(value)}"`).join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
