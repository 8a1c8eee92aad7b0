/** The measured points that stand in `calibration/`, for tests. */
import { readFileSync } from 'node:fs';
import type { CpuPoint, LatencyPoint } from '../../src/calibration/derive.ts';
import type { Bucket } from '../../src/calibration/spread.ts';

/** Sets C1 and C3. */
export const latencyPoints: readonly LatencyPoint[] = rowsOf('istio-bench-c1-c3.csv').map(
  (row) => ({
    mode: row.mode as LatencyPoint['mode'],
    connections: Number(row.connections),
    rate: Number(row.qps),
    mean: Number(row.mean_us),
    min: Number(row.min_us),
    p50: Number(row.p50_us),
    p75: Number(row.p75_us),
    p90: Number(row.p90_us),
    p99: Number(row.p99_us),
    p999: Number(row.p999_us),
    clientProxy: Number(row.client_proxy_m),
    serverProxy: Number(row.server_proxy_m),
  }),
);

/** Set C2. */
export const cpuPoints: readonly CpuPoint[] = rowsOf('istio-bench-c2.csv').map((row) => ({
  istio: row.istio,
  telemetry: row.telemetry,
  mode: row.mode as CpuPoint['mode'],
  rate: Number(row.qps),
  clientProxy: row.client_proxy_m === '' ? null : Number(row.client_proxy_m),
  serverProxy: Number(row.server_proxy_m),
}));

/** Set C1, one connection: its histogram. */
export const baselineBuckets: readonly Bucket[] = rowsOf('istio-bench-c1-histogram.csv').map(
  (row) => ({
    start: Number(row.start_us),
    end: Number(row.end_us),
    count: Number(row.count),
  }),
);

function rowsOf(file: string): Readonly<Record<string, string>>[] {
  const text = readFileSync(new URL(`../../calibration/${file}`, import.meta.url), 'utf8');
  const [head, ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}
