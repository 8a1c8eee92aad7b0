/** A change in the cluster as istiod hears of it, and the merged set of keys that a push is about. */
import type { ConfigKind } from '../topology/churn.ts';

/** Kinds of keys in a push. `Endpoints` is an event of endpoints alone, whatever key the release gives it. */
export type PushKind =
  | Exclude<ConfigKind, 'MeshConfig'>
  | 'WasmPlugin'
  | 'WorkloadEntry'
  | 'Secret'
  | 'Endpoints'
  | 'DNSName'
  | 'Address';
/** All of them. */
export const pushKinds: readonly PushKind[] = [
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
  'Address',
];

/** What has changed. Services and namespaces are indexes of the fleet, −1 for none. */
export interface Key {
  readonly kind: PushKind;
  readonly namespace: number;
  /** Of a VirtualService, DestinationRule or EnvoyFilter: the service that it is for. */
  readonly service: number;
}

/** Why there is a push: the `type` of pilot_push_triggers. */
export type Reason =
  | 'endpoint'
  | 'headlessendpoint'
  | 'service'
  | 'config'
  | 'secret'
  | 'proxy'
  | 'global'
  | 'networks'
  | 'cluster'
  | 'tag'
  | 'ambient';

/** A change as it comes from the watches. */
export interface Change {
  readonly at: number;
  /** null: something that everything depends on has changed (MeshConfig). */
  readonly key: Key | null;
  readonly reason: Reason;
  /** The key's service was not there before: its clusters are new to everybody. */
  readonly isNew: boolean;
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
  /** Everything is generated anew for everybody. (To 1.25 a set of keys that is empty says so, and swallows others.) */
  readonly forced: boolean;
  /** Only endpoints have changed. */
  readonly endpointsOnly: boolean;
  /** The `Full` flag of releases that have it: something needs a new push context. */
  readonly full: boolean;
  /** Distinct, in the order they came, by a number that names each. */
  readonly keys: ReadonlyMap<number, Key>;
  /** How often each reason occurs in it. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** Services that were not there before. */
  readonly created: readonly number[];
  /** Changes of single endpoints in it: what a ztunnel is sent. */
  readonly addresses: number;
}

/** Kinds whose change is no `Full` push, and that a ztunnel is sent an address for. */
const notFull: readonly PushKind[] = ['Endpoints', 'Secret', 'Address'];
const addressed: readonly PushKind[] = ['Endpoints', 'ServiceEntry', 'Address'];

export function requestOf({ at, key, reason, isNew, version }: Change): Request {
  return {
    events: 1,
    first: at,
    lastVersion: version,
    forced: key === null,
    endpointsOnly: key !== null && key.kind === 'Endpoints',
    full: key === null || !notFull.includes(key.kind),
    keys: new Map(key === null ? [] : [[numberOf(key), key]]),
    reasons: new Map([[reason, 1]]),
    created: isNew && key !== null && key.service >= 0 ? [key.service] : [],
    addresses: key !== null && addressed.includes(key.kind) ? 1 : 0,
  };
}

/** What PILOT_ENABLE_EDS_DEBOUNCE is about: to 1.30 what is no `Full` push, from then on changes of endpoints alone. */
export function isLight({ full, endpointsOnly }: Request, hasFullFlag: boolean): boolean {
  return hasFullFlag ? !full : endpointsOnly;
}

/** PushRequest.Merge: keys united, flags or-ed, reasons added up; the older start and all of both is what it is about. */
export function merge(a: Request, b: Request): Request {
  return {
    events: a.events + b.events,
    first: Math.min(a.first, b.first),
    lastVersion: Math.max(a.lastVersion, b.lastVersion),
    forced: a.forced || b.forced,
    endpointsOnly: a.endpointsOnly && b.endpointsOnly,
    full: a.full || b.full,
    keys: united(a.keys, b.keys),
    reasons: addedUp(a.reasons, b.reasons),
    created: b.created.length === 0 ? a.created : [...new Set([...a.created, ...b.created])],
    addresses: a.addresses + b.addresses,
  };
}

/**
 * All of them merged, in halves: one by one every step would copy all keys so far.
 *
 * @param from - index of the first
 * @param to - one more than that of the last, at least one is there
 */
export function mergeAll(of: (index: number) => Request, from: number, to: number): Request {
  if (to - from === 1) return of(from);
  const middle = (from + to) >> 1;
  return merge(mergeAll(of, from, middle), mergeAll(of, middle, to));
}

/** The only reason of all that is in it. */
export function isOnlyFor({ reasons }: Request, reason: Reason): boolean {
  return reasons.size === 1 && reasons.has(reason);
}

function united(a: Request['keys'], b: Request['keys']): Request['keys'] {
  const added = [...b].filter(([number]) => !a.has(number));
  return added.length === 0 ? a : new Map([...a, ...added]);
}

function addedUp(a: Request['reasons'], b: Request['reasons']): Request['reasons'] {
  const sums = new Map(a);
  for (const [reason, count] of b) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return sums;
}

function numberOf({ kind, namespace, service }: Key): number {
  return pushKinds.indexOf(kind) + pushKinds.length * ((namespace + 2) * 2 ** 22 + (service + 1));
}
