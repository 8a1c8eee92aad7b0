/**
 * What one replication of one case measured: plain data, so that it crosses to a worker thread, or to
 * another machine, at no cost in code. `measure/summarise.ts` turns the replications of a run into a `Result`.
 */

/** A log-linear histogram of nanoseconds, only its filled buckets: [index, count] pairs in a row (see histogram.ts). */
export type SparseHistogram = readonly number[];

/** Why a request or a call ended as it did; the index is the outcome number of the engine. */
export const outcomes = [
  'ok', // answered
  'refused', // the pod was gone and its address refused the connection
  'unreachable', // the pod's host was gone: the connection attempt timed out
  'unavailable', // the caller knew no endpoint of the service
  'overflow', // no place was left in the line for a thread
  'timeout', // its deadline passed
  'error', // the application answered 500
  'cancelled', // a deadline above it passed, and the scenario lets deadlines propagate
  'blocked', // the caller's proxy knew no way to the service, and was not told in time
  'unfinished', // it had not left when the simulation ended: its latency is not known, and not among those given
] as const;
export type Outcome = (typeof outcomes)[number];

/** Requests of one load that arrived in the window; they were followed until they left, or for a minute or a window more. */
export interface LoadMeasure {
  readonly name: string;
  /** Names of the `StationMeasure`s that its requests may visit, on any branch. */
  readonly stations: readonly string[];
  readonly arrivals: number;
  /** Requests answered well within the window, whenever they arrived: under overload fewer than arrive. */
  readonly completions: number;
  /** By outcome: how many requests ended so. Their sum is `arrivals`. */
  readonly byOutcome: readonly number[];
  /** Of all measured requests that have left, whatever their outcome. [ns] */
  readonly latency: SparseHistogram;
  readonly latencyMean: number;
  readonly latencyMax: number;
  /** Means of the latency over consecutive, equally long groups of arrivals, for intervals from a single replication. [ns] */
  readonly batchMeans: readonly number[];
}

/** What becomes of a call to a service that its caller's proxy does not know. */
export const detourWays = [
  'relayed', // it went by a proxy that knows all
  'passed', // it went past the mesh, in plain text
  'waited', // it was held back until the proxy was told, or for so long that it was blocked
  'blocked', // it failed at once, or after it had waited
] as const;
export type DetourWay = (typeof detourWays)[number];

export interface DetourMeasure {
  readonly way: DetourWay;
  readonly calls: number;
  /**
   * From the caller's proxy to the answer there; of those that waited, only until they went on. Tries that their caller
   * has given up are among them. [ns]
   */
  readonly latency: SparseHistogram;
}

/** Calls that reached a service from any caller, the requests from outside included. */
export interface ServiceMeasure {
  readonly service: string;
  /** Names of the `StationMeasure`s that a call to it may visit, those of the services below included. */
  readonly stations: readonly string[];
  readonly calls: number;
  readonly failed: number;
  readonly retries: number;
  /** As the caller's application sees it: proxies, network, retries and back-off included. [ns] */
  readonly latency: SparseHistogram;
  readonly latencyMean: number;
  /** Tries among them that did not go straight. */
  readonly detours: readonly DetourMeasure[];
  readonly stale: StaleMeasure;
}

/** What it cost that callers went on to send calls to pods that were gone. */
export interface StaleMeasure {
  /** Tries that came to such a pod, by what became of their call: it failed with this try, or was tried again. */
  readonly failed: number;
  readonly retried: number;
  /** Pods of the service that stopped answering in the window: crashed, drained, or lost with their host. */
  readonly removals: number;
  /** From then to the last try that came to the pod, 0 if none did: the sum over them, and the longest. [ns] */
  readonly windowSum: number;
  readonly windowMax: number;
}

/** One kind of station of one service (all its pods together), in the window. */
export interface StationMeasure {
  /** 'app', 'threads' (a pool, which takes no CPU), 'istiod', or the kind of proxy. */
  readonly kind: string;
  /** Unique in a replication. */
  readonly name: string;
  readonly service: string;
  /** Mean number in the window. */
  readonly pods: number;
  /** Parallel servers of one pod (its cores or workers). */
  readonly servers: number;
  readonly visits: number;
  /** Work done in the window, all pods together. [s] */
  readonly cpuSeconds: number;
  /** Mean over the pods, and of the busiest pod, 0 to 1. */
  readonly utilisation: number;
  readonly utilisationMax: number;
  /** Mean wait before service over visits. [ns] */
  readonly waitMean: number;
  /** Mean number of visitors present, waiting or served, at one pod. */
  readonly queueMean: number;
  /** Visits turned away by a full queue. */
  readonly rejected: number;
  /** Offered work is at least what the servers can do: its line grows as long as the run. */
  readonly saturated: boolean;
}

/**
 * The proxies of one kind of one service: configuration and memory at the end of the window. Proxies that have
 * none yet are not there, so replications may list different ones.
 */
export interface ProxyMeasure {
  readonly kind: string;
  readonly service: string;
  readonly count: number;
  readonly clusters: number;
  readonly endpoints: number;
  /** Of one proxy; null where no profile has it. [B] */
  readonly memory: number | null;
}

/** What the control plane did in the whole replication (pushes do not wait for a measuring window). */
export interface ControlPlaneMeasure {
  readonly events: number;
  /** Runs of the push function: batches that left the debouncer. */
  readonly batches: number;
  /** Responses sent, by type (CDS, EDS, LDS, RDS; WDS to a ztunnel). */
  readonly pushes: Readonly<Record<string, number>>;
  readonly pushedProxies: number;
  readonly bytes: number;
  readonly istiodCpuSeconds: number;
  /** Of one istiod replica at the end. [B] */
  readonly istiodMemory: number;
  /** Event to applied, one entry a proxy and batch, from its oldest event; to sent; to acknowledged. [ns] */
  readonly convergence: SparseHistogram;
  readonly sentConvergence: SparseHistogram;
  readonly ackedConvergence: SparseHistogram;
  /** Event to applied by the last proxy concerned of all replicas, one entry an event. [ns] */
  readonly fleetConvergence: SparseHistogram;
  /** Enqueued to the return of the last Send: pilot_proxy_convergence_time. [ns] */
  readonly proxyConvergence: SparseHistogram;
  /** Mean time of a batch in each stage. [ns] */
  readonly stages: Readonly<Record<PushStage, number>>;
  readonly byReason: readonly ReasonMeasure[];
  readonly metrics: readonly MetricMeasure[];
  readonly scoping: ScopingMeasure;
  readonly faults: {
    /** New streams turned away by the limit, and those that came to a replica which was not there. */
    readonly rejectedConnects: number;
    readonly refusedConnects: number;
    /** Connections that ended with a replica, and of old age. */
    readonly lostConnections: number;
    readonly agedConnections: number;
    /** Pushes to single proxies that were lost with their connection; they got everything when they came back. */
    readonly lostPushes: number;
    /** Events that a replica had heard of and lost before it pushed them. */
    readonly lostEvents: number;
    /** Time that proxies were without a connection, all together. [s] */
    readonly disconnectedSeconds: number;
  };
  /** Services that had lost their last ready pod, and for how long they had none, all times together. */
  readonly outages: readonly { readonly service: string; readonly seconds: number }[];
}

/** Where a change spends its time on the way to a proxy. */
export type PushStage = 'debounce' | 'context' | 'queue' | 'generate' | 'send' | 'apply';

/** What the controllers of config modes did in the whole replication. */
export interface ScopingMeasure {
  readonly controllers: readonly {
    /** The name of its config mode. */
    readonly mode: string;
    /** Writes to the Kubernetes API, and those of a Sidecar that changed it. */
    readonly writes: number;
    readonly sidecarWrites: number;
    /** Dependencies that callers came to know, one by one or by what was written for all their pods; and that went. */
    readonly learned: number;
    readonly dropped: number;
    /** First relayed or waiting request to applied by the proxies concerned, one entry a dependency. [ns] */
    readonly timeToKnown: SparseHistogram;
    readonly relayedCalls: number;
  }[];
}

/**
 * One of istiod's own metrics with its labels, all replicas together, as Prometheus scrapes it at the end: bucket
 * counts of a histogram (the last is +Inf), or the one value of a counter or gauge.
 */
export interface MetricMeasure {
  readonly name: string;
  readonly type: 'histogram' | 'counter' | 'gauge';
  readonly labels: Readonly<Record<string, string>>;
  /** Upper bounds of the buckets, without +Inf. [s or B] */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Where the time from event to applied goes, for pushes of one reason (`pilot_push_triggers`). */
export interface ReasonMeasure {
  readonly reason: string;
  readonly events: number;
  /** Mean of its events: of its batch, and over the proxies that it was pushed to. [ns] */
  readonly stages: ControlPlaneMeasure['stages'];
}

/**
 * The sidecars of one service over time, mean over those that have a configuration: a row a step. Counters run from
 * the start. Rows hold what `watchedColumns` names.
 */
export interface WatchedMeasure {
  readonly service: string;
  /** Its config mode. */
  readonly config: string;
  readonly rows: readonly (readonly number[])[];
}
export const watchedColumns = [
  'time_s',
  'memory_bytes',
  'clusters', // in CDS
  'endpoints', // in EDS
  'cluster_updates', // Envoy's cluster_manager.cluster_updated: changes of host sets
  'pushes',
  'push_s', // sum of enqueued to last byte sent
  'convergence_s', // sum of sent to applied
] as const;

/** One row a step of the time series, columns named once. */
export interface SeriesMeasure {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

export interface Replication {
  readonly rep: number;
  /** Simulated time that was cut off at the start, and the length of the window. [ns] */
  readonly cut: number;
  readonly window: number;
  /** Station visits that the engine simulated, and requests in flight at most. */
  readonly visits: number;
  readonly events: number;
  readonly inFlightMax: number;
  /** Where the start-up transient ended, of a pilot run; null of all others. */
  readonly transient: { readonly end: number; readonly reached: boolean } | null;
  readonly loads: readonly LoadMeasure[];
  readonly services: readonly ServiceMeasure[];
  readonly stations: readonly StationMeasure[];
  readonly proxies: readonly ProxyMeasure[];
  readonly controlPlane: ControlPlaneMeasure;
  readonly series: SeriesMeasure;
  readonly watched: readonly WatchedMeasure[];
}
