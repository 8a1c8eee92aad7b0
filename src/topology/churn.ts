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
  'WorkloadEntry',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'WasmPlugin',
  'EnvoyFilter',
  'Secret',
  'MeshConfig',
] as const;
export type ConfigKind = (typeof configKinds)[number];

/** A configuration resource, or several where its namespace or service is a pattern. */
export interface ConfigResource {
  readonly resource: ConfigKind;
  readonly namespace: string;
  /** The service it is about, or null. */
  readonly service: string | null;
}

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
        /** Random hosts are lost with all their pods, which are created anew elsewhere after `eviction`. */
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
        /** A HorizontalPodAutoscaler looks at the utilisation of a service's pods, and sets its replicas. */
        readonly kind: 'hpa';
        readonly service: string;
        /** Wanted: share of a pod's cores that is busy, 0 to 1. */
        readonly target: number;
        readonly min: number;
        readonly max: number;
        /** It scales down to the most that it found in this time before. */
        readonly stabilisation: Nanos;
        readonly podStart: Nanos;
      }
    | {
        /** Each Deployment in turn is set to a random number of replicas (istio/tools perf/load, deployment-scaler). */
        readonly kind: 'deploymentScaler';
        readonly service: string;
        readonly min: number;
        readonly max: number;
        /** From one to the next: this, and 1 s up to this more, in whole seconds. */
        readonly sleep: Nanos;
        readonly podStart: Nanos;
      }
    | {
        /** A random service gets a new pod, and a random one of its old pods goes (pilot-load's workload jitter). */
        readonly kind: 'podChurn';
        readonly services: readonly string[];
        /** Mean; from one to the next it is normal with a fifth of it as its deviation. */
        readonly interval: Nanos;
        readonly podStart: Nanos;
      }
    | ({
        /** A configuration resource is written. */
        readonly kind: 'config';
      } & ConfigResource)
    | {
        /** A random resource of these is written (pilot-load's config jitter). */
        readonly kind: 'configChurn';
        readonly resources: readonly ConfigResource[];
        /** As of `podChurn`. */
        readonly interval: Nanos;
      }
    | {
        /** A service and its pods are created; it is absent until then if that is the first that happens to it. */
        readonly kind: 'serviceCreate';
        readonly service: string;
        readonly podStart: Nanos;
      }
    | {
        /** A service is deleted with its pods. */
        readonly kind: 'serviceDelete';
        readonly service: string;
      }
    | {
        /** Random replicas of istiod die, and are replaced after a while. */
        readonly kind: 'istiodFailure';
        readonly replicas: number;
        readonly downFor: Nanos;
      }
    | {
        /** The replicas of istiod are replaced one by one. */
        readonly kind: 'istiodRollout';
        /** From one to the next. */
        readonly interval: Nanos;
      }
    | {
        /** The controllers of config modes restart; what they keep only in memory is lost. */
        readonly kind: 'controllerRestart';
        /** A pattern: of namespaces whose mode has a controller. */
        readonly namespaces: string;
        readonly downFor: Nanos;
      }
  );
export type ChurnKind = Churn['kind'];
export type ChurnOf<Kind extends ChurnKind> = Extract<Churn, { readonly kind: Kind }>;

/** Patterns of the services whose pods it creates, deletes or moves. */
export function podPatternsOf(change: Churn): readonly string[] {
  switch (change.kind) {
    case 'podChurn':
      return change.services;
    case 'hostLoss':
      return ['*/*'];
    case 'config':
    case 'configChurn':
    case 'istiodFailure':
    case 'istiodRollout':
    case 'controllerRestart':
      return [];
    default:
      return [change.service];
  }
}
