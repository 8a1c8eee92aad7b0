/**
 * What the control plane has to look after, as numbers: services, the places where their pods can run, proxies,
 * and istiod's stations. `model/` builds it from a topology under a mesh mode.
 */
import type { ControlPlaneCosts, ProxyMemory } from '../calibration/profile.ts';
import type { Controller } from '../scope/strategy.ts';
import type { Nanos } from '../units.ts';

export interface Fleet {
  /** Names; a namespace is its index from here on. */
  readonly namespaces: readonly string[];
  /** Those that istiod ignores: nothing in them is a service or an event to it (discoverySelectors). */
  readonly undiscovered: readonly number[];
  readonly services: readonly FleetService[];
  /** More than pods, so that pods which surge, scale up or move have places. Those of a service are consecutive. */
  readonly slots: readonly PodSlot[];
  readonly proxies: readonly FleetProxy[];
  /** By istiod replica: the station that is its cores; empty for no istiod. */
  readonly istiods: readonly number[];
  readonly hostCount: number;
  /** VirtualServices in the cluster; every push context goes over them. */
  readonly virtualServices: number;
  /** Config modes: each says what the proxies of its services are told. */
  readonly controllers: readonly FleetController[];
  /** Who calls whom under a config mode that learns. */
  readonly dependencies: readonly FleetDependency[];
  readonly costs: ControlPlaneCosts;
  /** Of an Envoy of the release that is simulated. */
  readonly memory: ProxyMemory;
  readonly residentPerAllocated: number;
}

export interface FleetController {
  /** The name of its config mode. */
  readonly mode: string;
  readonly controller: Controller<unknown>;
  /** Services whose proxies are under it. */
  readonly own: readonly number[];
}

export interface FleetDependency {
  readonly source: number;
  readonly destination: number;
  /** Counters of the calls that the destination's proxies have answered, by slot of the destination: the first one's. */
  readonly calls: number;
  /** Counter of those that went through the relay. */
  readonly relayed: number;
}

export interface FleetService {
  /** `namespace/name`. */
  readonly id: string;
  readonly namespace: number;
  /** Whose members are the places of its ready pods; one group for every service. */
  readonly group: number;
  readonly ports: readonly FleetPort[];
  /** Without a virtual address: proxies know its pods one by one. */
  readonly headless: boolean;
  /** Namespaces whose proxies may see it: `.` is its own, `*` all. */
  readonly exportTo: readonly string[];
  readonly subsets: number;
  /** By version: pods wanted. */
  readonly replicas: readonly number[];
  /** Cores that the application of one pod may use at once. */
  readonly cores: number;
  /** Its namespace is created then; 0 for those that are there from the start, ∞ for those that only churn creates. */
  readonly appears: Nanos;
}

export interface FleetPort {
  readonly number: number;
  /** What Istio takes it for; `auto`: not declared, so every proxy sniffs. */
  readonly protocol: 'http' | 'tcp' | 'auto';
  /** Port of the pod; makes an inbound cluster in the pod's own proxy. */
  readonly target: number;
}

/** A place where a pod of a service can run. */
export interface PodSlot {
  readonly place: number;
  readonly service: number;
  /** Of all pods that are ever there: the places of a service have their versions for good. */
  readonly version: number;
  readonly host: number;
  /** That of its application's cores. */
  readonly station: number;
  /** The pod that is there at first: created and ready then, both 0 for one that is there from the start. null: a spare. */
  readonly pod: { readonly created: Nanos; readonly ready: Nanos } | null;
}

/** Who is told of changes: a proxy by istiod, kube-proxy by the Kubernetes API. */
export interface FleetProxy {
  readonly kind: 'sidecar' | 'gateway' | 'ztunnel' | 'waypoint' | 'kube-proxy';
  /** Whose view it keeps, or −1 for one that balances nothing. */
  readonly viewer: number;
  /** Index of `slots` of the pod that it stands beside, or −1. */
  readonly slot: number;
  /** Its own; a waypoint knows only the services of it. −1 for none (ztunnel, kube-proxy). */
  readonly namespace: number;
  readonly host: number;
  /** Station that is Envoy's main thread, or −1: then it is a server of its own that nobody else uses. */
  readonly mainThread: number;
  /** When it connects to istiod; 0: it is there, configured, from the start. null: with the pod in its slot. */
  readonly connects: Nanos | null;
}
