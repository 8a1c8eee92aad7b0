/** A change in the cluster as istiod hears of it, and the merged set of keys that a push is about. */
import type { ConfigKind } from '../topology/churn.ts';

/** Kinds of keys in a push. `Endpoints` is an event of endpoints alone, whatever key the release gives it. */
export type PushKind = Exclude<ConfigKind, 'MeshConfig'> | 'Endpoints' | 'DNSName';
const kinds: readonly PushKind[] = [
  'Endpoints',
  'ServiceEntry',
  'VirtualService',
  'DestinationRule',
  'Sidecar',
  'Gateway',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'WasmPlugin',
  'EnvoyFilter',
  'WorkloadEntry',
  'Secret',
  'DNSName',
];

/** What has changed. Services and namespaces are indexes of the fleet, −1 for none. */
export interface Key {
  readonly kind: PushKind;
  readonly namespace: number;
  readonly service: number;
}

/** A change as it comes from the watches. */
export interface Change {
  readonly at: number;
  /** null: something that everything depends on has changed (MeshConfig). */
  readonly key: Key | null;
  /** Version of the views that it made or that was newest then; it and all before it are known with it. */
  readonly version: number;
}

/** What a push is about: one change, or several merged. */
export interface Request {
  /** Changes in it. */
  readonly events: number;
  /** The oldest of them. [ns] */
  readonly first: number;
  /** Version of the views that the newest of them made or found. */
  readonly lastVersion: number;
  /** Everything is generated anew for everybody. */
  readonly forced: boolean;
  /** Only endpoints have changed. */
  readonly endpointsOnly: boolean;
  /** Distinct, in the order they came, by a number that names each. */
  readonly keys: ReadonlyMap<number, Key>;
  /** Changes of single endpoints in it: what a ztunnel is sent. */
  readonly addresses: number;
}

export function requestOf({ at, key, version }: Change): Request {
  return {
    events: 1,
    first: at,
    lastVersion: version,
    forced: key === null,
    endpointsOnly: key !== null && key.kind === 'Endpoints',
    keys: new Map(key === null ? [] : [[numberOf(key), key]]),
    addresses: key !== null && (key.kind === 'Endpoints' || key.kind === 'ServiceEntry') ? 1 : 0,
  };
}

/** PushRequest.Merge: keys united, flags or-ed; the older start and all of both is what it is about. */
export function merge(a: Request, b: Request): Request {
  return {
    events: a.events + b.events,
    first: Math.min(a.first, b.first),
    lastVersion: Math.max(a.lastVersion, b.lastVersion),
    forced: a.forced || b.forced,
    endpointsOnly: a.endpointsOnly && b.endpointsOnly,
    keys: united(a.keys, b.keys),
    addresses: a.addresses + b.addresses,
  };
}

function united(a: Request['keys'], b: Request['keys']): Request['keys'] {
  const added = [...b].filter(([number]) => !a.has(number));
  return added.length === 0 ? a : new Map([...a, ...added]);
}

function numberOf({ kind, namespace, service }: Key): number {
  return kinds.indexOf(kind) + kinds.length * ((namespace + 2) * 2 ** 22 + (service + 1));
}
