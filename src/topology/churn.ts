/** What changes in the cluster while the simulation runs, as readonly data; `controlplane/churn.ts` carries it out. */
import type { Nanos } from '../units.ts';

/** When something happens: once at `at`, or again `every` so often, jittered by up to ± `jitter`, until `until`. */
export interface Timetable {
  readonly at: Nanos;
  /** null: once. */
  readonly every: Nanos | null;
  readonly jitter: Nanos;
  /** null: to the end. */
  readonly until: Nanos | null;
}

/** Kubernetes resources of Istio whose change is pushed to proxies. */
export const configKinds = [
  'VirtualService',
  'DestinationRule',
  'Sidecar',
  'Gateway',
  'ServiceEntry',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'EnvoyFilter',
  'MeshConfig',
] as const;
export type ConfigKind = (typeof configKinds)[number];

/** Services are `namespace/name`; a `*` in either stands for any run of characters. */
export type Churn = Timetable &
  (
    | {
        /** Replaces every pod of a service: at most `surge` above and `unavailable` below its replicas. */
        readonly kind: 'rollingUpdate';
        readonly service: string;
        readonly surge: number;
        readonly unavailable: number;
        /** From creation to ready. */
        readonly podStart: Nanos;
      }
    | {
        /** Sets the replicas; on each occurrence the next of `replicas`, in turn. */
        readonly kind: 'scale';
        readonly service: string;
        readonly replicas: readonly number[];
        readonly podStart: Nanos;
      }
    | {
        /** Random ready pods die at once and are replaced. */
        readonly kind: 'crash';
        readonly service: string;
        readonly pods: number;
        readonly podStart: Nanos;
      }
    | {
        /** A random host is lost with all its pods; they are created anew elsewhere after `eviction`. */
        readonly kind: 'hostLoss';
        readonly hosts: number;
        readonly eviction: Nanos;
        readonly podStart: Nanos;
      }
    | {
        /** Random pods fail their readiness probe for a while. */
        readonly kind: 'flap';
        readonly service: string;
        readonly pods: number;
        readonly unready: Nanos;
      }
    | {
        /** A configuration resource is written. */
        readonly kind: 'config';
        readonly resource: ConfigKind;
        readonly namespace: string;
        /** The service it is about, or null. */
        readonly service: string | null;
      }
  );
export type ChurnKind = Churn['kind'];
