/**
 * From measured points to the costs of the default profile, by arithmetic on sets C1 to C6 of Istio's benchmark.
 * `calibration/istio.md` explains each step; tests hold the numbers of `calibration/istio.yml` against this.
 */
import type { Telemetry } from './profile.ts';

/** One run of Istio's latency benchmark (sets C1 and C3): latency in µs, CPU of the proxies in millicores. */
export interface LatencyPoint {
  readonly mode: 'no_istio' | 'serveronly' | 'both';
  readonly connections: number;
  readonly rate: number;
  readonly mean: number;
  readonly min: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly clientProxy: number;
  readonly serverProxy: number;
}

/** One run of Istio's CPU benchmark (set C2), 16 connections; millicores. */
export interface CpuPoint {
  readonly istio: string;
  readonly telemetry: string;
  readonly mode: 'serveronly' | 'both';
  readonly rate: number;
  /** null where only the server's side was measured. */
  readonly clientProxy: number | null;
  readonly serverProxy: number;
}

/** What one crossing of a sidecar costs, a body of 1 KB included. [µs of CPU] */
export interface SidecarCosts {
  /** Plain text, no filters, no sleep of the worker. */
  readonly inbound: number;
  readonly outbound: number;
  /** Each of a crossing's two visits pays it if it finds the worker asleep. */
  readonly wake: number;
  readonly mtls: number;
  readonly telemetry: Readonly<Record<Telemetry, { inbound: number; outbound: number }>>;
  /** Share of visits that found the worker asleep in set C2, 2020-08. */
  readonly asleepInC2: number;
}

/** Envoy workers in every benchmark of Istio. */
const WORKERS = 2;
/** Names in the benchmark of what a profile calls telemetry; `none` is C2's `none_mtls`. */
const telemetryLabels = {
  none: 'none_mtls',
  stats: 'v2-stats-nullvm',
  stackdriver: 'v2-sd-full-nullvm',
  'stats-wasm': 'v2-stats-wasm',
} as const satisfies Record<Telemetry, string>;

/** Costs of a sidecar's crossing from C1, C2 and C3. */
export function deriveSidecar(
  latency: readonly LatencyPoint[],
  cpu: readonly CpuPoint[],
): SidecarCosts {
  const alone = serverCpuOf(latency, 'serveronly');
  const { base: inbound, wake } = splitWake(alone(1), alone(64));
  const mtls = deriveMtls(latency, cpu);
  const slope = (telemetry: Telemetry, side: 'clientProxy' | 'serverProxy') =>
    slopeOf(cpu, { istio: '1.7-dev', telemetry: telemetryLabels[telemetry], mode: 'both', side });
  const woken = slope('none', 'serverProxy') - inbound - mtls;
  const filters = (telemetry: Telemetry) => ({
    inbound: slope(telemetry, 'serverProxy') - slope('none', 'serverProxy'),
    outbound: slope(telemetry, 'clientProxy') - slope('none', 'clientProxy'),
  });
  return {
    inbound,
    outbound: slope('none', 'clientProxy') - mtls - woken,
    wake,
    mtls,
    telemetry: {
      none: filters('none'),
      stats: filters('stats'),
      stackdriver: filters('stackdriver'),
      'stats-wasm': filters('stats-wasm'),
    },
    asleepInC2: woken / (2 * wake),
  };
}

/**
 * C3, serveronly: with one connection both visits of every crossing find the worker asleep; with 64 in phase each
 * worker wakes once a burst, so 2 wake-ups are shared by 64 crossings. Two equations, two unknowns.
 *
 * @param single - CPU of a crossing with one connection [µs]
 * @param burst - with 64
 */
function splitWake(single: number, burst: number): { base: number; wake: number } {
  const wake = (single - burst) / (2 - WORKERS / 64);
  return { base: single - 2 * wake, wake };
}

/** Mean of `both` minus `serveronly` at the server's proxy: C3 with 1, 8 and 64 connections, C2's slopes of Istio 1.4. */
function deriveMtls(latency: readonly LatencyPoint[], cpu: readonly CpuPoint[]): number {
  return mean(mtlsDifferences(latency, cpu));
}

/** The four differences of which mTLS is the mean. [µs] */
export function mtlsDifferences(
  latency: readonly LatencyPoint[],
  cpu: readonly CpuPoint[],
): number[] {
  const [both, alone] = [serverCpuOf(latency, 'both'), serverCpuOf(latency, 'serveronly')];
  const slope = (mode: 'both' | 'serveronly') =>
    slopeOf(cpu, { istio: '1.4', telemetry: 'nomixer', mode, side: 'serverProxy' });
  return [...[1, 8, 64].map((c) => both(c) - alone(c)), slope('both') - slope('serveronly')];
}

/** CPU of the server's proxy by connections, what it burns at rest taken off. [µs a request] */
export function serverCpuOf(
  points: readonly LatencyPoint[],
  mode: LatencyPoint['mode'],
): (connections: number) => number {
  return (connections) => {
    const point = find(points, mode, connections);
    return ((point.serverProxy - restOf(points)) / point.rate) * 1000;
  };
}

/** The same of the client's proxy, which only `both` crosses. [µs a request] */
export function clientCpuOf(points: readonly LatencyPoint[]): (connections: number) => number {
  return (connections) => {
    const point = find(points, 'both', connections);
    return ((point.clientProxy - restOf(points)) / point.rate) * 1000;
  };
}

/** Millicores of a proxy that no request crosses: the median over C1. */
function restOf(points: readonly LatencyPoint[]): number {
  const idle = points
    .filter((point) => point.mode === 'no_istio')
    .map((point) => point.serverProxy);
  return idle.toSorted((a, b) => a - b)[Math.floor(idle.length / 2)];
}

/** Least squares of CPU on rate, as the specification of set C2 asks. [µs a request] */
export function slopeOf(
  points: readonly CpuPoint[],
  of: {
    readonly istio: string;
    readonly telemetry: string;
    readonly mode: CpuPoint['mode'];
    readonly side: 'clientProxy' | 'serverProxy';
  },
): number {
  const rows = points.filter(
    (point) =>
      point.istio === of.istio && point.telemetry === of.telemetry && point.mode === of.mode,
  );
  return fitLine(rows.map((point) => [point.rate, point[of.side] ?? Number.NaN])).slope * 1000;
}

/** Ordinary least squares. */
function fitLine(points: readonly (readonly [x: number, y: number])[]): {
  slope: number;
  intercept: number;
} {
  const [x, y] = [mean(points.map((point) => point[0])), mean(points.map((point) => point[1]))];
  const covariance = mean(points.map((point) => (point[0] - x) * (point[1] - y)));
  const slope = covariance / mean(points.map((point) => (point[0] - x) ** 2));
  return { slope, intercept: y - slope * x };
}

/**
 * C1 at one connection is a round trip: two ways of the network and what the server's application does about a
 * request (C6). The client's own handling cannot be told from the network and stays in it. [µs]
 */
export function deriveOneWay(points: readonly LatencyPoint[], application: number): number {
  return (find(points, 'no_istio', 1).mean - application) / 2;
}

/**
 * From an application to the proxy beside it: what of the latency that proxies add at one connection is not CPU of a
 * crossing, by its passes (2 in `serveronly`, 4 in `both`), least squares through the origin. [µs a pass]
 */
export function deriveLoopback(points: readonly LatencyPoint[], costs: SidecarCosts): number {
  const rest = latencyRests(points, costs);
  return (2 * rest.serveronly + 4 * rest.both) / (2 * 2 + 4 * 4);
}

/** Added mean latency at one connection that crossings do not explain. [µs] */
export function latencyRests(
  points: readonly LatencyPoint[],
  { inbound, outbound, wake, mtls }: SidecarCosts,
): { serveronly: number; both: number } {
  const base = find(points, 'no_istio', 1).mean;
  const alone = inbound + 2 * wake;
  const pair = inbound + outbound + 2 * mtls + 4 * wake;
  return {
    serveronly: find(points, 'serveronly', 1).mean - base - alone,
    both: find(points, 'both', 1).mean - base - pair,
  };
}

/** Cores per Gbit/s are ns per byte: 10^9 ns of CPU for 1.25 · 10^8 bytes. */
export function nanosPerByte(coresPerGigabit: number): number {
  return coresPerGigabit * 8;
}

/** Cores per 1000 requests a second are µs a request, times 1000. [µs] */
export function microsPerRequest(coresPerThousand: number): number {
  return coresPerThousand * 1000;
}

/** The run with this mode and so many connections. @throws RangeError if there is none */
export function find(
  points: readonly LatencyPoint[],
  mode: LatencyPoint['mode'],
  connections: number,
): LatencyPoint {
  const point = points.find((row) => row.mode === mode && row.connections === connections);
  if (point === undefined)
    throw new RangeError(`no run of "${mode}" with ${connections} connections`);
  return point;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
