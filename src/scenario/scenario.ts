/**
 * A scenario: everything that a run is about, checked, with its defaults filled in and its templates expanded.
 * `schema.ts` says what a user may write, `load.ts` turns text into this.
 */
import type { Telemetry } from '../calibration/profile.ts';
import type { IstioSettings } from '../controlplane/settings.ts';
import type { Threshold } from '../measure/metrics.ts';
import type { MeshModeName } from '../mesh/modes.ts';
import type { ConfigMode } from '../scope/config-mode.ts';
import type { Churn } from '../topology/churn.ts';
import type { TimeSpec, Topology } from '../topology/topology.ts';
import type { Bytes, Nanos, PerSecond } from '../units.ts';

export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed: string;
  /** Name of a file in `calibration/`, without its ending, or a path relative to the scenario. */
  readonly profile: string;
  readonly topology: Topology;
  readonly mesh: MeshSettings;
  readonly config: ConfigSettings;
  readonly load: readonly Load[];
  readonly churn: readonly Churn[];
  /** A recorded event list, relative to the scenario, that has still to be read (`withEvents`); null: none. */
  readonly events: string | null;
  readonly istio: IstioSettings;
  readonly measure: MeasureSettings;
  readonly thresholds: readonly Threshold[];
}

export interface MeshSettings {
  /** The mode of the whole; `modeOf` has what differs by namespace or service. */
  readonly mode: MeshModeName;
  /** By service id: the mode that applies to it; every service is there. */
  readonly modeOf: Readonly<Record<string, MeshModeName>>;
  /** A waypoint for each namespace, or for each service. */
  readonly waypoint: 'namespace' | 'service';
  /** Which filters a crossing pays for. */
  readonly telemetry: Telemetry;
  /** Proxies encrypt where both ends can. */
  readonly mtls: boolean;
  /** Workers of a proxy by kind; null: the profile's. */
  readonly workers: number | null;
  readonly balancing: Balancing;
  readonly resilience: Resilience;
}

/** Which part of the mesh's configuration the proxies of each namespace are given. */
export interface ConfigSettings {
  /** By namespace; every namespace is there. */
  readonly modeOf: Readonly<Record<string, ConfigMode>>;
  /** What a proxy does with a call to a destination that it does not know, unless its mode has a way for it. */
  readonly outboundTraffic: (typeof outboundPolicies)[number];
  /** Namespaces that istiod does not look at (discoverySelectors of MeshConfig). */
  readonly undiscovered: readonly string[];
}
export const outboundPolicies = ['ALLOW_ANY', 'REGISTRY_ONLY'] as const;

/** How a proxy chooses among replicas. Without a proxy it is always by connection, as kube-proxy does. */
export const balancings = ['leastRequest', 'roundRobin', 'random'] as const;
export type Balancing = (typeof balancings)[number];

/**
 * What a calling proxy does about calls that fail or take long. Without one, calls that say so themselves retry by the
 * same rules, and `connectTimeout` and `deadlinesPropagate` hold all the same.
 */
export interface Resilience {
  /** null: none, Istio's default. */
  readonly timeout: Nanos | null;
  readonly retries: number;
  readonly retryOn: readonly RetryReason[];
  readonly backoffBase: Nanos;
  readonly backoffMax: Nanos;
  /** Concurrent retries as a share of calls under way, but at least `minimum`; null: no budget. */
  readonly budget: { readonly share: number; readonly minimum: number } | null;
  /** A timed-out call stops the work below it. */
  readonly deadlinesPropagate: boolean;
  /** Until a connection to a lost host is given up. */
  readonly connectTimeout: Nanos;
}
export const retryReasons = [
  'refused',
  'unreachable',
  'unavailable',
  'overflow',
  'timeout',
  'error',
] as const;
export type RetryReason = (typeof retryReasons)[number];

export interface Load {
  readonly name: string;
  /** Ids of the services it calls; more than one where a pattern matched: each gets the whole load. */
  readonly to: readonly string[];
  /** What it asks of them. */
  readonly operation: string;
  readonly request: Bytes;
  /** Mode of the client's own pod. */
  readonly mesh: MeshModeName;
  /** Connections that its requests spread over. */
  readonly connections: number;
  readonly arrivals:
    | {
        readonly kind: 'open';
        readonly rates: readonly { readonly at: Nanos; readonly rate: PerSecond }[];
        readonly regular: boolean;
      }
    | { readonly kind: 'closed'; readonly think: TimeSpec };
  /** After its target's namespace has joined. */
  readonly start: Nanos;
  /** null: until the end. */
  readonly stop: Nanos | null;
}

export interface MeasureSettings {
  /** null: found by MSER-5. */
  readonly warmup: Nanos | null;
  readonly window: Nanos;
  readonly reps: number;
  /** Half-width of the 95 % interval of the mean latency as a share of it, at which replicating stops; null: no such stop. */
  readonly precision: number | null;
  /** With `precision`: replications at most. */
  readonly repsMax: number;
  /** Step of the time series. */
  readonly step: Nanos;
  /** Ids of services whose sidecars are shown over time. */
  readonly watch: readonly string[];
}
