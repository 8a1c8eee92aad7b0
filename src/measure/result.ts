/**
 * The result of a run: one versioned JSON document that every report reads. Keys carry their unit.
 * It holds no wall-clock time, so that the same seed gives the same bytes. `result-schema.ts` is its published form.
 */
import type { DetourWay, MetricMeasure, Outcome } from './replication.ts';

/** A number with its 95 % confidence interval; `low` and `high` are null where there is none to give. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface LatencyEstimates {
  readonly mean_ms: Estimate;
  readonly p50_ms: Estimate;
  readonly p90_ms: Estimate;
  readonly p95_ms: Estimate;
  readonly p99_ms: Estimate;
  readonly p999_ms: Estimate;
  /** The largest of all replications: never with an interval. */
  readonly max_ms: Estimate;
}

export interface LoadResult {
  readonly name: string;
  /** Those that arrived in the windows of all replications. */
  readonly requests: number;
  /** Requests answered well. */
  readonly throughput_per_s: Estimate;
  /** Of requests that were not answered well. */
  readonly errors_share: Estimate;
  /** Requests of all replications; outcomes that did not occur are left out. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Whether its requests meet a saturated station. */
  readonly saturated: boolean;
  /** null where saturated (its latency grows with the run and is not a number), or without a request. */
  readonly latency: LatencyEstimates | null;
  /** All replications together, HdrHistogram V2 compressed, base64; values in nanoseconds. */
  readonly hdr: string;
}

export interface ServiceResult {
  readonly service: string;
  readonly calls_per_s: Estimate;
  /** Calls of all replications. */
  readonly failed: number;
  readonly retries: number;
  /** null where its calls meet a saturated station, or without a call. */
  readonly latency: LatencyEstimates | null;
  /** Calls whose caller's proxy did not know it. */
  readonly detours: readonly DetourResult[];
  readonly stale: StaleResult;
}

/** What it cost that callers went on to send calls to pods that were gone. Of all replications. */
export interface StaleResult {
  /** That came to such a pod: their call failed with them, or was tried again. */
  readonly tries: number;
  readonly failed: number;
  readonly retried: number;
  /** Pods of the service that stopped answering in the window. */
  readonly removals: number;
  /** From then to the last try that came to the pod, 0 if none did. */
  readonly window_mean_ms: number;
  readonly window_max_ms: number;
}

export interface DetourResult {
  readonly way: DetourWay;
  /** Tries of all replications. */
  readonly calls: number;
  /** From the caller's proxy and back, of `waited` until it went on; null of `blocked`, or where saturated. */
  readonly latency: LatencyEstimates | null;
}

export interface StationResult {
  readonly kind: string;
  readonly name: string;
  readonly service: string;
  /** Mean number in the window. */
  readonly pods: number;
  /** Of one pod. */
  readonly servers: number;
  readonly saturated: boolean;
  readonly visits_per_s: Estimate;
  /** All pods together. */
  readonly cpu_cores: Estimate;
  /** Mean over the pods; of the busiest pod. */
  readonly utilisation: Estimate;
  readonly utilisation_max: Estimate;
  /** null where saturated: they grow with the run. */
  readonly wait_mean_us: Estimate | null;
  readonly queue_mean: Estimate | null;
  /** Visits of all replications. */
  readonly rejected: number;
}

/** Means over the replications that had such proxies at the end of the window; `count` over all. */
export interface ProxyResult {
  readonly kind: string;
  readonly service: string;
  readonly count: number;
  readonly clusters: number;
  readonly endpoints: number;
  /** Of one proxy; null where the profile does not have it. */
  readonly memory_bytes: number | null;
}

/** What the mesh takes in all; without a proxy, 0. */
export interface CostResult {
  readonly cpu_apps_cores: Estimate;
  readonly cpu_proxies_cores: Estimate;
  readonly cpu_per_proxy_cores: Estimate;
  /** Mean over the whole replication, not the window. */
  readonly cpu_istiod_cores: Estimate;
  /** null where the memory of some kind of proxy is not known. */
  readonly memory_proxies_bytes: Estimate | null;
  readonly memory_per_proxy_bytes: Estimate | null;
  readonly memory_istiod_bytes: Estimate;
}

export interface ControlPlaneResult {
  readonly events: Estimate;
  readonly batches: Estimate;
  /** By type of resource, and all types together. */
  readonly pushes: Readonly<Record<string, Estimate>>;
  readonly pushes_total: Estimate;
  readonly pushed_proxies: Estimate;
  readonly bytes: Estimate;
  readonly istiod_cpu_s: Estimate;
  readonly istiod_memory_bytes: number;
  /** null without a push. */
  readonly convergence: LatencyEstimates | null;
  readonly fleet_convergence: LatencyEstimates | null;
  readonly proxy_convergence: LatencyEstimates | null;
  readonly stages_ms: Readonly<Record<Stage, Estimate>>;
  readonly faults: Readonly<Record<Fault, Estimate>>;
  /** Services that had lost their last ready pod; others are not there. */
  readonly outages: readonly OutageResult[];
  /** Where the time from event to applied goes, by what was changed. */
  readonly by_reason: readonly ReasonResult[];
  /** istiod's own metrics at the end of the first replication, all replicas together. */
  readonly metrics: readonly MetricMeasure[];
  /** Of config modes that learn. */
  readonly controllers: readonly ControllerResult[];
}

/** How long a service had no ready pod, all times of a replication together. */
export interface OutageResult {
  readonly service: string;
  readonly time_s: Estimate;
}

/** What the controller of a config mode did. */
export interface ControllerResult {
  /** Name of the config mode; two of one mode have different settings. */
  readonly mode: string;
  /** Writes to the Kubernetes API; those of Sidecars. */
  readonly writes: Estimate;
  readonly sidecar_writes: Estimate;
  /** Dependencies that came into a caller's configuration, and that went. */
  readonly learned: Estimate;
  readonly dropped: Estimate;
  readonly relayed_calls: Estimate;
  /** From the first call that went another way to all of the caller's pods knowing the service; null without one. */
  readonly time_to_known: LatencyEstimates | null;
}

export interface ReasonResult {
  /** As in `pilot_push_triggers`. */
  readonly reason: string;
  readonly events: Estimate;
  /** Mean over its pushes to proxies. */
  readonly stages_ms: Readonly<Record<Stage, Estimate>>;
}

/**
 * The sidecars of one service over time, as `measure.watch` asks for: of each quantity the mean over replications and
 * the ends of its interval (null without one).
 */
export interface WatchedResult {
  readonly service: string;
  readonly config: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | null)[])[];
}

/** What went wrong between istiod and its proxies; see `ControlPlaneMeasure`. */
export const faults = [
  'rejected_connects',
  'refused_connects',
  'lost_connections',
  'aged_connections',
  'lost_pushes',
  'lost_events',
  'disconnected_s',
] as const;
export type Fault = (typeof faults)[number];

export const stages = ['debounce', 'context', 'queue', 'generate', 'send', 'apply'] as const;
export type Stage = (typeof stages)[number];

/** One case of the run: the mesh as the scenario asks for it, or the same without a mesh. */
export interface CaseResult {
  readonly name: 'mesh' | 'baseline';
  readonly mode: string;
  /** Found so in at least half of the replications; utilisation of the busiest pod. */
  readonly saturated: readonly {
    readonly name: string;
    readonly servers: number;
    readonly utilisation: number;
  }[];
  readonly in_flight_max: number;
  readonly cost: CostResult;
  readonly loads: readonly LoadResult[];
  readonly services: readonly ServiceResult[];
  readonly stations: readonly StationResult[];
  readonly proxies: readonly ProxyResult[];
  readonly controlPlane: ControlPlaneResult;
  readonly watched: readonly WatchedResult[];
  /** Of the first replication. */
  readonly series: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly number[])[];
  };
}

/** Whether the mesh moved the mean: the interval of the difference lies above zero, below it, holds it, is not known. */
export const verdicts = ['slower', 'faster', 'no difference detected', 'not known'] as const;
export type Verdict = (typeof verdicts)[number];

/** Mesh minus baseline, from pairs of replications with common random numbers. Absent where one is saturated. */
export interface OverheadResult {
  readonly load: string;
  readonly mean_ms: Estimate;
  readonly p50_ms: Estimate;
  readonly p90_ms: Estimate;
  readonly p99_ms: Estimate;
  /** The mean overhead as a share of the baseline's mean. */
  readonly mean_share: Estimate;
  readonly verdict: Verdict;
}

export interface SloResult {
  readonly expression: string;
  /** In the unit of the metric: ns, share, per second, cores, bytes or a count; null where it has none. */
  readonly value: Estimate | null;
  /** What the number means, for a reader: '10.6 ms'; or why there is none. */
  readonly shown: string;
  /** By the value alone; false where there is none. */
  readonly pass: boolean;
  /** The interval lies wholly on one side of the bound, or saturation settles it: another run would agree. */
  readonly certain: boolean;
}

export interface Result {
  readonly schema: 'meshsim/result/v1';
  readonly meshsim: string;
  readonly scenario: string;
  readonly digest: string;
  readonly seed: string;
  readonly profile: string;
  readonly profile_digest: string;
  /** Machine, versions and date of what the profile was fitted from. */
  readonly platform: string;
  /** What the memory of proxies is: what Envoy has allocated, or what its process occupies. */
  readonly proxy_memory: 'allocated' | 'rss';
  readonly release: string;
  readonly mode: string;
  /** Of each case. */
  readonly reps: number;
  readonly warmup_s: number;
  readonly window_s: number;
  /** How the warm-up was found, and how intervals were made: of means, and of quantiles. */
  readonly method: {
    readonly warmup: 'fixed' | 'MSER-5';
    readonly intervals: 'replications' | 'batch means';
    readonly quantiles: 'replications' | 'order statistics';
  };
  readonly precision: {
    readonly target: number;
    readonly achieved: number | null;
    readonly reached: boolean;
  } | null;
  /** Station visits and events that were simulated, of all cases and replications. */
  readonly visits: number;
  readonly events: number;
  readonly cases: readonly CaseResult[];
  readonly overhead: readonly OverheadResult[];
  readonly slos: readonly SloResult[];
  /** What a reader should know before believing the numbers. */
  readonly warnings: readonly string[];
}
