/**
 * A profile: what one crossing of a proxy costs, what a push costs, and how much memory configuration takes, as it
 * was measured. Profiles are YAML files in `calibration/`, each number with its source; `load-profile.ts` reads them.
 */
import type { ProxyKind, Role } from '../mesh/mode.ts';
import type { Protocol, TimeSpec } from '../topology/topology.ts';
import type { Bytes, Nanos } from '../units.ts';

/** Sets of filters that a crossing pays for, as Istio's benchmark names them. */
export const telemetryKinds = ['none', 'stats', 'stackdriver', 'stats-wasm'] as const;
export type Telemetry = (typeof telemetryKinds)[number];

export interface Profile {
  readonly name: string;
  /** Machine, versions and date of what it was fitted from, for the reader of a result. */
  readonly platform: string;
  readonly proxies: Readonly<Record<ProxyKind, ProxyCosts>>;
  readonly network: {
    /** One way between two pods on different hosts, and on the same host; constant or lognormal. */
    readonly betweenHosts: TimeSpec;
    readonly sameHost: TimeSpec;
    /** One way between an application and the proxy beside it, for each such pass. */
    readonly loopback: Nanos;
  };
  /** CPU that an application spends on receiving a request and answering it, beside its own work. */
  readonly application: { readonly perRequest: Nanos };
  readonly controlPlane: ControlPlaneCosts;
  /** Envoy's memory, by the first release it holds for: the last entry whose `from` is not above the release. */
  readonly proxyMemory: readonly ProxyMemory[];
  /** What the kernel sees of an Envoy's heap, for each byte that it has allocated. */
  readonly residentPerAllocated: number;
}

/** Memory of an Envoy from a release on, as it was measured. */
export interface ProxyMemory {
  readonly from: string;
  readonly kind: 'allocated' | 'rss';
  readonly costs: ProxyMemoryCosts;
}

/** What a message costs a proxy of one kind: CPU time on one of its workers. */
export interface ProxyCosts {
  readonly workers: number;
  /**
   * Extra CPU of a visit (a crossing makes two, one each way) that finds its worker asleep; `coldCost` instead
   * after `coldAfter` of idleness. null: what the crossing costs has it already.
   */
  readonly wake: {
    readonly cost: Nanos;
    readonly coldAfter: Nanos;
    readonly coldCost: Nanos;
  } | null;
  /** Request and answer together; half of it falls on each way. `perByte` counts the bytes of both. [ns, ns/B] */
  readonly crossing: Readonly<
    Record<Role, Readonly<Record<Protocol, { readonly base: Nanos; readonly perByte: number }>>>
  >;
  /** Added for each side of the crossing that is encrypted. [ns, ns/B] */
  readonly mtls: { readonly base: Nanos; readonly perByte: number };
  /** Added by filters, for each request: messages of `tcp` do not meet them. [ns] */
  readonly telemetry: Readonly<Record<Telemetry, Readonly<Record<Role, Nanos>>>>;
  /** Coefficient of variation of each half of a crossing, wake-ups apart; the halves are lognormal. */
  readonly cv: number;
}

/** Constants of the push pipeline. */
export interface ControlPlaneCosts {
  /** CPU of istiod by resource generated. [ns] */
  readonly cpu: {
    readonly cdsPerCluster: Nanos;
    readonly edsPerCluster: Nanos;
    readonly edsPerEndpoint: Nanos;
    readonly ldsBase: Nanos;
    readonly ldsPerListener: Nanos;
    readonly rdsPerVhost: Nanos;
    /** Of a port without a protocol; of a gateway, whose routes have everything of all hosts. */
    readonly rdsPerAutoVhost: Nanos;
    readonly rdsPerGatewayVhost: Nanos;
    /** What the cache has: a cluster, an endpoint set, a route; and its key, a hash of the services on its port. */
    readonly cdsHit: Nanos;
    readonly edsHit: Nanos;
    readonly rdsHit: Nanos;
    readonly rdsKeyPerService: Nanos;
    /** Held alone, by type: for a cache entry that is put in, and for each thing that it depends on. */
    readonly lockBase: Nanos;
    readonly lockPerDependent: Nanos;
    readonly contextPerService: Nanos;
    readonly contextPerVirtualService: Nanos;
    readonly scopePerService: Nanos;
    readonly perPush: Nanos;
    readonly perByte: number;
    readonly filterPerKey: Nanos;
    /** A change, on its way from the watch to the debouncer. */
    readonly perEvent: Nanos;
    /** A request of a proxy that needs no answer: an acknowledgement. */
    readonly perAck: Nanos;
    readonly gcFactor: number;
  };
  /** Bytes on the wire. */
  readonly bytes: {
    readonly cluster: Bytes;
    readonly claBase: Bytes;
    readonly endpoint: Bytes;
    readonly ldsBase: Bytes;
    readonly tcpListener: Bytes;
    readonly autoListener: Bytes;
    readonly vhost: Bytes;
    readonly dnsHost: Bytes;
    readonly secret: Bytes;
    readonly extension: Bytes;
  };
  /** Main thread of Envoy. [ns] */
  readonly envoy: {
    readonly decodePerCluster: Nanos;
    readonly unchangedPerCluster: Nanos;
    readonly changedPerCluster: Nanos;
    readonly perEndpoint: Nanos;
    readonly perListener: Nanos;
    readonly perVhost: Nanos;
  };
  readonly network: { readonly oneWay: Nanos; readonly agent: Nanos; readonly watchLag: Nanos };
  readonly istiodMemory: {
    readonly base: Bytes;
    readonly perProxy: Bytes;
    readonly perService: Bytes;
    readonly perPod: Bytes;
  };
}

/** Memory of a proxy: base + per-resource terms. [B] */
export interface ProxyMemoryCosts {
  readonly base: Bytes;
  readonly perCluster: Bytes;
  readonly perEndpoint: Bytes;
  readonly perListener: Bytes;
  readonly perVhost: Bytes;
}
