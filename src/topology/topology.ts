/**
 * What runs where: hosts, namespaces, services and the call trees between them, as readonly data.
 * A scenario file becomes one of these (`scenario/expand.ts`), and so does every foreign input.
 */
import type { Bytes, Nanos } from '../units.ts';

/** A distribution of times, as data: a name of `engine/distributions.ts` and its parameters, times in ns. */
export interface TimeSpec {
  readonly distribution: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a port speaks; decides what a crossing costs and whether requests or connections are balanced. */
export const protocols = ['http1', 'http2', 'grpc', 'tcp'] as const;
export type Protocol = (typeof protocols)[number];

/** Configuration in this namespace is for the whole mesh. */
export const ROOT_NAMESPACE = 'istio-system';

export interface Topology {
  readonly hosts: Hosts;
  /** One way between any two pods, on one host too, without passes to proxies. null: the profile's. */
  readonly networkLatency: TimeSpec | null;
  readonly namespaces: readonly Namespace[];
}

export interface Hosts {
  readonly count: number;
  readonly cores: number;
  /** Pods of a host compete for its cores. Otherwise every pod has cores of its own. */
  readonly contention: boolean;
}

export interface Namespace {
  readonly name: string;
  /** Its pods are created then; 0 for those that are there from the start. */
  readonly joins: Nanos;
  /** Its pods become ready evenly spread over this time. */
  readonly readySpread: Nanos;
  readonly services: readonly Service[];
}

export interface Service {
  /** `namespace/name` is unique. */
  readonly name: string;
  readonly namespace: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** Reached over ports without a declared protocol: Istio sniffs, and needs a listener and a route for each. */
  readonly autoDetect: boolean;
  /** Ports that no call of the simulation goes to; proxies are configured with them all the same. */
  readonly otherPorts: readonly ServicePort[];
  /** Without a virtual address (`clusterIP: None`): proxies know its pods one by one. */
  readonly headless: boolean;
  /** Namespaces whose proxies may see it: `.` is its own, `*` all (the annotation networking.istio.io/exportTo). */
  readonly exportTo: readonly string[];
  /** Deployments behind the service; at least one. */
  readonly versions: readonly Version[];
  /** Subsets of its DestinationRule: each is one more cluster in every proxy that sees the service. */
  readonly subsets: number;
  /** Cores that the application of one pod may use at once. */
  readonly cores: number;
  /** Worker threads of one pod, each held from a request's arrival to its response; null: no bound (asynchronous). */
  readonly threads: number | null;
  /** Requests of one pod that may wait for a thread; null: no bound. */
  readonly queueMax: number | null;
  /** Share of requests that the application answers with an error, 0 to 1. */
  readonly errorShare: number;
}

export interface ServicePort {
  readonly port: number;
  readonly protocol: Protocol;
  readonly autoDetect: boolean;
}

export interface Version {
  readonly name: string;
  readonly replicas: number;
  /** What it can be asked for, at least one; all versions of a service have the same names. */
  readonly operations: readonly Operation[];
}

/** One kind of request that a service answers. */
export interface Operation {
  readonly name: string;
  /** Size of its answers. */
  readonly response: Bytes;
  readonly script: readonly ScriptStep[];
}

/** The operation of a service that has only a script. */
export const DEFAULT_OPERATION = 'default';

/** One thing that a service does for a request, in order. */
export type ScriptStep =
  /** Occupies a core of the pod. */
  | { readonly kind: 'work'; readonly time: TimeSpec }
  /** Waits without occupying a core. */
  | { readonly kind: 'sleep'; readonly time: TimeSpec }
  | CallStep
  /** All branches at once; goes on when the last is done. A failed one fails it. */
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly ScriptStep[])[] };

export interface CallStep {
  readonly kind: 'call';
  /** `namespace/name`. */
  readonly to: string;
  readonly operation: string;
  readonly request: Bytes;
  /** Share of requests that make this call, 0 to 1. */
  readonly probability: number;
  /** Made this often, one after the other. */
  readonly times: number;
  /** null: the caller's mesh decides (`Resilience` of the scenario). */
  readonly timeout: Nanos | null;
  readonly retries: number | null;
  /** The caller goes on when the call fails, instead of failing itself. */
  readonly optional: boolean;
}

export function serviceId(service: { readonly namespace: string; readonly name: string }): string {
  return `${service.namespace}/${service.name}`;
}

/** @throws Error if the version has no such operation */
export function operationOf(version: Version, name: string): Operation {
  const operation = version.operations.find((one) => one.name === name);
  if (operation === undefined)
    throw new Error(`version ${version.name} has no operation "${name}"`);
  return operation;
}

export function replicaCount(service: Service): number {
  return service.versions.reduce((sum, version) => sum + version.replicas, 0);
}
