/** Replications made up for the tests of measures: exponential latencies about 10 ms, one station, a few pushes. */
import { LatencyHistogram } from '../../src/engine/histogram.ts';
import { mean } from '../../src/measure/interval.ts';
import type {
  LoadMeasure,
  Replication,
  SparseHistogram,
  StationMeasure,
} from '../../src/measure/replication.ts';
import { exponentials, normals, take } from './draws.ts';

export interface LoadOptions {
  readonly name: string;
  readonly requests?: number;
  readonly failures?: number;
  /** Standard deviation of the mean of replications, as a share of it. */
  readonly spread?: number;
  /** Added to every latency. [ms] */
  readonly added?: number;
  readonly stations?: readonly string[];
  readonly batches?: number;
}

export interface Options {
  readonly loads?: readonly LoadOptions[];
  /** Names of saturated stations; `app` is always there, and is not. */
  readonly saturated?: readonly string[];
  readonly utilisation?: number;
  readonly proxies?: boolean;
  /** Of a sidecar. [B] */
  readonly memory?: number | null;
  readonly pushes?: number;
}

/** Those of one number have the same latencies, up to what is `added`: as with common random numbers. */
export function replication(rep: number, options: Options = {}): Replication {
  const { loads = [{ name: 'shop' }], saturated = [], utilisation = 0.4 } = options;
  const { proxies = false, memory = 50e6, pushes = 0 } = options;
  const names = new Set([...loads.flatMap((load) => load.stations ?? []), ...saturated]);
  names.delete('app');
  const stations = [
    station('app', 'app', utilisation, false),
    ...[...names].map((name) => station('app', name, 1, saturated.includes(name))),
    ...(proxies ? proxyStations() : []),
  ];
  return {
    rep,
    cut: 10e9,
    window: 50e9,
    visits: 4000 + rep,
    events: 9000,
    inFlightMax: 20 + rep,
    transient: null,
    loads: loads.map((load, i) => loadMeasure(rep, i, load)),
    services: loads.map((load, i) => serviceMeasure(loadMeasure(rep, i, load))),
    stations,
    proxies: proxies
      ? [{ kind: 'sidecar', service: 'shop', count: 4, clusters: 30, endpoints: 90, memory }]
      : [],
    controlPlane: controlPlane(rep, pushes),
    watched: [],
    series: {
      columns: ['t_s', 'rate_per_s'],
      rows: [
        [10, 20.123456789],
        [11, 19],
      ],
    },
  };
}

export function replications(count: number, options: Options = {}): readonly Replication[] {
  return Array.from({ length: count }, (_, rep) => replication(rep, options));
}

export function histogramOf(values: readonly number[]): SparseHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram.sparse();
}

function loadMeasure(rep: number, index: number, options: LoadOptions): LoadMeasure {
  const { name, requests = 2000, failures = 0, spread = 0.02, added = 0 } = options;
  const { batches = 20, stations = ['app'] } = options;
  const seed = 1000 * index + rep;
  const factor = 10e6 * (1 + spread * normals(seed + 500)());
  const values = take(exponentials(seed), requests).map((x) =>
    Math.round(factor * x + added * 1e6),
  );
  const size = requests / batches;
  return {
    name,
    stations,
    arrivals: requests,
    completions: requests - failures,
    byOutcome: [requests - failures, failures, 0, 0, 0, 0, 0, 0],
    latency: histogramOf(values),
    latencyMean: requests === 0 ? 0 : mean(values),
    latencyMax: Math.max(0, ...values),
    batchMeans: take(() => 0, batches).map((_, i) => mean(values.slice(i * size, (i + 1) * size))),
  };
}

function serviceMeasure(load: LoadMeasure) {
  const { name, stations, arrivals, latency, latencyMean } = load;
  const failed = load.byOutcome[1];
  return {
    service: name,
    stations,
    calls: arrivals,
    failed,
    retries: 3,
    latency,
    latencyMean,
    detours: [],
    stale: { failed: 1, retried: 2, removals: 2, windowSum: 3e8, windowMax: 2e8 },
  };
}

function proxyStations(): readonly StationMeasure[] {
  return [
    station('sidecar', 'shop sidecar', 0.2, false),
    station('sidecar', 'shop sidecar main', 0.05, false),
    station('threads', 'shop threads', 0.3, false),
    station('istiod', 'istiod', 0.6, false),
  ];
}

function station(
  kind: string,
  name: string,
  utilisation: number,
  saturated: boolean,
): StationMeasure {
  const [pods, servers, visits] = [4, 2, 10_000];
  const cpuSeconds = utilisation * pods * servers * 50;
  const measures = { utilisation, utilisationMax: utilisation, waitMean: 2e5, queueMean: 0.7 };
  return {
    kind,
    name,
    service: 'shop',
    pods,
    servers,
    visits,
    cpuSeconds,
    ...measures,
    rejected: 0,
    saturated,
  };
}

function controlPlane(rep: number, pushes: number): Replication['controlPlane'] {
  const times = take(exponentials(rep + 7000), pushes).map((x) => Math.round(4e8 * x));
  const histogram = histogramOf(times);
  return {
    events: pushes / 4,
    batches: pushes / 4,
    pushes: pushes === 0 ? {} : { EDS: pushes, CDS: 1 },
    pushedProxies: pushes,
    bytes: 1000 * pushes,
    istiodCpuSeconds: 3,
    istiodMemory: 200e6 + rep,
    convergence: histogram,
    sentConvergence: histogram,
    ackedConvergence: histogram,
    fleetConvergence: histogram,
    proxyConvergence: histogram,
    stages: { debounce: 1e8, context: 1e6, queue: 2e6, generate: 3e6, send: 4e6, apply: 5e6 },
    byReason: [],
    metrics: [],
    faults: {
      rejectedConnects: 0,
      refusedConnects: 0,
      lostConnections: 0,
      agedConnections: 0,
      lostPushes: 0,
      lostEvents: 0,
      disconnectedSeconds: 0,
    },
    outages: [],
    scoping: { controllers: [] },
  };
}
