/** Thresholds: the value that a result has for a metric, and whether it keeps its bound. */
import {
  formatBytes,
  formatCores,
  formatRate,
  formatShare,
  formatTime,
  MILLISECOND,
} from '../units.ts';
import { scaled } from './estimate.ts';
import { type MetricName, type MetricUnit, metrics, type Threshold } from './metrics.ts';
import type {
  CaseResult,
  CostResult,
  Estimate,
  LatencyEstimates,
  LoadResult,
  OverheadResult,
  Result,
  SloResult,
} from './result.ts';

/** What a threshold looks at. */
export type Measured = Pick<Result, 'cases' | 'overhead'>;

/** The value of a metric in its unit, or why there is none. */
export type Reading = Estimate | { readonly missing: string; readonly saturated: boolean };

/** Pass or fail is by the point value; a threshold without a value fails, because nothing shows that it is kept. */
export function evaluate(threshold: Threshold, measured: Measured): SloResult {
  const { expression, metric, load } = threshold;
  const reading = read(metric, load, measured);
  if ('missing' in reading) {
    const { missing: shown, saturated: certain } = reading;
    return { expression, value: null, shown, pass: false, certain };
  }
  return {
    expression,
    value: reading,
    shown: formats[metrics[metric]](reading.value),
    pass: keeps(reading.value, threshold),
    certain: isCertain(reading, threshold),
  };
}

/** @param load - name of a load, or null for the first; metrics of the whole mesh do not ask for it */
export function read(metric: MetricName, load: string | null, measured: Measured): Reading {
  const mesh = measured.cases.find(({ name }) => name === 'mesh');
  if (mesh === undefined) return missing('no mesh was simulated');
  return readers[metric]({ mesh, load, measured });
}

interface View {
  readonly mesh: CaseResult;
  readonly load: string | null;
  readonly measured: Measured;
}
type Reader = (view: View) => Reading;

const readers: Readonly<Record<MetricName, Reader>> = {
  'latency.mean': latency('mean_ms'),
  'latency.p50': latency('p50_ms'),
  'latency.p90': latency('p90_ms'),
  'latency.p95': latency('p95_ms'),
  'latency.p99': latency('p99_ms'),
  'latency.p999': latency('p999_ms'),
  'latency.max': latency('max_ms'),
  'overhead.mean': overhead((added) => milliseconds(added.mean_ms)),
  'overhead.p50': overhead((added) => milliseconds(added.p50_ms)),
  'overhead.p90': overhead((added) => milliseconds(added.p90_ms)),
  'overhead.p99': overhead((added) => milliseconds(added.p99_ms)),
  'overhead.share': overhead((added) => added.mean_share),
  errors: ofLoad((load) => load.errors_share),
  throughput: ofLoad((load) => load.throughput_per_s),
  'cpu.perProxy': cost('cpu_per_proxy_cores'),
  'cpu.proxies': cost('cpu_proxies_cores'),
  'cpu.istiod': cost('cpu_istiod_cores'),
  'memory.perProxy': cost('memory_per_proxy_bytes'),
  'memory.istiod': cost('memory_istiod_bytes'),
  'convergence.p50': convergence('p50_ms'),
  'convergence.p90': convergence('p90_ms'),
  'convergence.p99': convergence('p99_ms'),
  'convergence.max': convergence('max_ms'),
  pushes: ({ mesh }) => mesh.controlPlane.pushes_total,
};

const formats: Readonly<Record<MetricUnit, (value: number) => string>> = {
  time: formatTime,
  share: formatShare,
  rate: formatRate,
  cores: formatCores,
  bytes: formatBytes,
  count: (value) => `${Number(value.toPrecision(3))}`,
};

function ofLoad(of: (load: LoadResult) => Reading): Reader {
  return ({ mesh, load }) => {
    const found = load === null ? mesh.loads[0] : mesh.loads.find(({ name }) => name === load);
    return found === undefined
      ? missing(load === null ? 'no load' : `no load "${load}"`)
      : of(found);
  };
}

/** A latency that is known although so many requests, as a share, had not left when the run ended. */
const unfinishedMax: Readonly<Record<keyof LatencyEstimates, number>> = {
  mean_ms: 0.001,
  p50_ms: 0.5,
  p90_ms: 0.1,
  p95_ms: 0.05,
  p99_ms: 0.01,
  p999_ms: 0.001,
  max_ms: 0,
};

/** Those who had not left would be among the slowest, so a threshold cannot be kept by those who had. */
function latency(key: keyof LatencyEstimates): Reader {
  return ofLoad((load) => {
    if (load.latency === null) return without(load);
    const share = (load.outcomes.unfinished ?? 0) / load.requests;
    if (share <= unfinishedMax[key]) return milliseconds(load.latency[key]);
    return missing(`${formatShare(share)} of the requests had not left when the run ended`);
  });
}

function overhead(of: (added: OverheadResult) => Estimate): Reader {
  return (view) => {
    const baseline = view.measured.cases.find(({ name }) => name === 'baseline');
    if (baseline === undefined) return missing('no baseline was simulated');
    const reader = ofLoad((load) => {
      const added = view.measured.overhead.find((entry) => entry.load === load.name);
      if (added !== undefined) return of(added);
      const inBaseline = baseline.loads.find(({ name }) => name === load.name);
      return without(load.saturated ? load : (inBaseline ?? load));
    });
    return reader(view);
  };
}

function cost(key: keyof CostResult): Reader {
  return ({ mesh }) =>
    mesh.cost[key] ?? missing('the memory of some proxies is not known to the profile');
}

/** Event to applied, over the proxies. */
function convergence(key: keyof LatencyEstimates): Reader {
  return ({ mesh }) => {
    const { convergence } = mesh.controlPlane;
    return convergence === null ? missing('no push was made') : milliseconds(convergence[key]);
  };
}

function milliseconds(estimate: Estimate): Estimate {
  return scaled(estimate, MILLISECOND);
}

function missing(why: string): Reading {
  return { missing: why, saturated: false };
}

function without({ saturated, requests }: LoadResult): Reading {
  if (!saturated) return missing(requests === 0 ? 'no request arrived' : 'no request had left');
  return { missing: 'saturated: latency grows with the run', saturated };
}

function keeps(value: number, { operator, bound }: Threshold): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}

/** Both ends of the interval, and so all of it, say the same. */
function isCertain({ value, low, high }: Estimate, threshold: Threshold): boolean {
  if (low === null || high === null) return false;
  const pass = keeps(value, threshold);
  return keeps(low, threshold) === pass && keeps(high, threshold) === pass;
}
