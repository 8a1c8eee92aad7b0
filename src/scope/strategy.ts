/**
 * A config mode: which part of the mesh's configuration each proxy is given, and how that changes as a controller
 * learns who calls whom. A strategy is a reducer: what it is told and when, to its next state and what it wants done.
 * The control plane runs its timers, watches the mesh for it, and carries out its writes.
 */
import type { Nanos } from '../units.ts';

/** What a strategy knows of the mesh; services by their index in it. */
export interface Site {
  readonly services: readonly ScopeService[];
  /** Those whose proxies are under this mode. */
  readonly own: readonly number[];
}

export interface ScopeService {
  readonly name: string;
  readonly namespace: string;
  /** None of its ports is declared as HTTP: calls to it carry no host that could be learned. */
  readonly isTcp: boolean;
  /** It is there now; others come with their namespace. */
  readonly exists: boolean;
}

/** A call from one service to another. */
export interface Dependency {
  readonly source: number;
  readonly destination: number;
}

/**
 * Hosts that a Sidecar resource lets its workloads see, in Istio's notation `namespace/service`: `.` is the
 * resource's own namespace, `*` any namespace or service, `~/*` nothing. A service stands there by its short name, as
 * its namespace is before it: `shop/cart` is what Slime writes as any namespace's `cart.shop.svc.cluster.local`.
 */
export type EgressHost = string;

/** What a strategy is told. */
export type ScopeEvent =
  /** A timer that it set has run out. */
  | { readonly kind: 'timer'; readonly timer: string }
  /** The relay's access log was flushed: calls that went through it since the last time, each pair once. */
  | { readonly kind: 'accessLog'; readonly calls: readonly Dependency[] }
  /** Prometheus has scraped `istio_requests_total`: the series that exist, with their values. */
  | { readonly kind: 'metrics'; readonly series: readonly Series[] }
  /** A service was created, or deleted. */
  | { readonly kind: 'service'; readonly service: number; readonly exists: boolean }
  /** A proxy has met a destination that it does not know, and holds the request back until it is told of it. */
  | { readonly kind: 'asked'; readonly proxy: number; readonly service: number }
  /** The controller has restarted; what it held only in memory is gone, its timers too. */
  | { readonly kind: 'restart' };

export interface Series extends Dependency {
  readonly value: number;
}

/** What a strategy wants done. */
export type Effect =
  /** Tell it again at this time, under this name. */
  | { readonly kind: 'timer'; readonly timer: string; readonly at: Nanos }
  /**
   * Writes a Sidecar for one service's workloads, or for its whole namespace where `service` is null. One that is
   * there already as it is written is not changed by it, so that nobody is told.
   */
  | {
      readonly kind: 'sidecar';
      readonly namespace: string;
      readonly service: number | null;
      /** null: the resource is deleted. */
      readonly hosts: readonly EgressHost[] | null;
    }
  /** Writes an EnvoyFilter for one service's workloads that adds so many virtual hosts to their routes; 0: deletes it. */
  | { readonly kind: 'envoyFilter'; readonly service: number; readonly vhosts: number }
  /** Writes the one VirtualService of the relay, with so many routes. */
  | { readonly kind: 'virtualService'; readonly routes: number }
  /** Writes to the Kubernetes API that push nothing, such as a status. */
  | { readonly kind: 'write'; readonly count: number }
  /** Tells one proxy of one service, at its request. */
  | { readonly kind: 'subscribe'; readonly proxy: number; readonly service: number };

/** A next state and what is to be done now. */
export interface Outcome<State> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** How calls get to destinations that the caller's proxy does not know. */
export type Relay =
  /** An Envoy gateway with all configuration: one more crossing and one more way over the network. */
  | ({ readonly kind: 'gateway' } & RelayPlace & GatewaySettings)
  /** A Go proxy behind a sidecar with all configuration: two crossings, its own work, one more way. */
  | ({
      readonly kind: 'application';
      /** Opens a connection to the destination for each request. */
      readonly dials: boolean;
    } & RelayPlace &
      ApplicationSettings);

export interface RelayPlace {
  readonly name: string;
  readonly namespace: string;
}

/** Of a gateway, whose cores are those of its proxy. */
export interface GatewaySettings {
  /** Pods. */
  readonly replicas: number;
}

export interface ApplicationSettings extends GatewaySettings {
  /** CPU limit of the application's container in one pod. */
  readonly cores: number;
  /** CPU time of the application for one request. */
  readonly work: Nanos;
}

/** What the control plane watches for a strategy, from a random phase on. */
export type Observation =
  | { readonly of: 'accessLog'; readonly every: Nanos }
  | { readonly of: 'metrics'; readonly every: Nanos };

/** A strategy with the settings that a scenario gave it. */
export interface Controller<State> {
  /**
   * What a proxy does with a call to a destination that it does not know. `passthrough`: sends it to the address that
   * the client asked for, in plain text, or fails it where outbound traffic is REGISTRY_ONLY.
   */
  readonly unknown: 'relay' | 'passthrough' | 'pause';
  readonly relay: Relay | null;
  /** How long a paused request waits at most before it fails; null where none is paused. */
  readonly pauseMax: Nanos | null;
  readonly observes: readonly Observation[];
  /** @param phase - uniform in [0, 1): where its own periodic timers begin */
  start(site: Site, phase: number): Outcome<State>;
  reduce(state: State, event: ScopeEvent, now: Nanos): Outcome<State>;
}
