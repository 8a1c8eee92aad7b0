/**
 * What a change pushes, and to whom: which keys concern a proxy, and which resource types follow from them, full or
 * in part, by release (specification: events; ProxyNeedsPush; the table of types).
 */
import type { Key, PushKind, Request } from './changes.ts';
import type { FleetProxy, FleetService } from './fleet.ts';
import type { Release } from './releases.ts';
import type { Scope } from './resources.ts';

/** Which part of a type is sent: nothing, what the services named need, or all of it. */
export type Extent = 'none' | 'part' | 'full';

export interface Types {
  readonly cds: Extent;
  readonly eds: Extent;
  readonly lds: boolean;
  readonly rds: boolean;
  /** What a part of CDS, or of EDS, is about. */
  readonly cdsServices: readonly number[];
  readonly edsServices: readonly number[];
  /** Services whose clusters differ from before. */
  readonly changed: readonly number[];
  /** Services whose endpoints differ from before. */
  readonly moved: readonly number[];
  /** Every listener differs from before, not only those of changed services. */
  readonly listenersChange: boolean;
  /** Keys that were looked at. */
  readonly keyCount: number;
}

/** What the table is read with. */
export interface Rules {
  readonly release: Release;
  readonly services: readonly FleetService[];
  /** By namespace: its services. */
  readonly servicesOf: readonly (readonly number[])[];
  /** Index of the root namespace, or −1 where the fleet has nothing in it. */
  readonly root: number;
}

/** A proxy as the table sees it; one object for all that are told the same. */
export interface Who {
  readonly kind: FleetProxy['kind'];
  readonly namespace: number;
  /** Of its pod, −1 for none. */
  readonly service: number;
  /** The services it sees, as of the push context. */
  readonly scope: Scope;
}

const clusterKinds: readonly PushKind[] = [
  'ServiceEntry',
  'DestinationRule',
  'VirtualService',
  'Sidecar',
  'PeerAuthentication',
  'EnvoyFilter',
];
const routeKinds: readonly PushKind[] = [
  'ServiceEntry',
  'DestinationRule',
  'VirtualService',
  'Sidecar',
  'EnvoyFilter',
];
const listenerKinds: readonly PushKind[] = [
  ...routeKinds,
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'WasmPlugin',
];
/** Those that put filters into every listener. */
const filterKinds: readonly PushKind[] = [
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'WasmPlugin',
  'PeerAuthentication',
  'EnvoyFilter',
];

/** Of a forced push; nothing need differ from before. */
export const everything: Types = {
  cds: 'full',
  eds: 'full',
  lds: true,
  rds: true,
  cdsServices: [],
  edsServices: [],
  changed: [],
  moved: [],
  listenersChange: false,
  keyCount: 0,
};

/** @returns null if the proxy does not need the push */
export function typesFor(request: Request, who: Who, rules: Rules): Types | null {
  if (request.forced) return everything;
  const { release } = rules;
  // To 1.30 an endpoint in a batch with anything else is as good as its service.
  const asService = release.hasFullFlag && !request.endpointsOnly;
  const all = [...request.keys.values()].map((key) =>
    asService && key.kind === 'Endpoints' ? ({ ...key, kind: 'ServiceEntry' } satisfies Key) : key,
  );
  const relevant = all.filter((key) => concerns(key, who, rules));
  if (relevant.length === 0) return null;
  const keys = release.filtersKeys ? relevant : all;
  return {
    ...cdsOf(keys, rules),
    ...edsOf(keys, rules),
    lds: keys.some((key) => rebuildsListeners(key, who, rules)),
    rds: keys.some(({ kind }) => routeKinds.includes(kind)),
    changed: changedServices(request),
    moved: movedServices(request),
    listenersChange: keys.some(({ kind }) => filterKinds.includes(kind)),
    keyCount: all.length,
  };
}

/** ProxyNeedsPush. */
export function concerns(key: Key, who: Who, { release, root }: Rules): boolean {
  if (who.kind !== 'sidecar') return true;
  const isOwn = key.namespace === who.namespace || key.namespace === root;
  switch (key.kind) {
    case 'Gateway':
    case 'Secret':
      return false;
    case 'Sidecar':
      if (release.sidecarWrite === 'namespace' || key.service < 0) return isOwn;
      return key.service === who.service;
    case 'PeerAuthentication':
      return isOwn || release.peerAuthenticationByCallee;
    case 'AuthorizationPolicy':
    case 'RequestAuthentication':
    case 'Telemetry':
    case 'WasmPlugin':
    case 'EnvoyFilter':
      return isOwn;
    default:
      return key.service < 0 || who.scope.includes(key.service);
  }
}

function cdsOf(keys: readonly Key[], rules: Rules): Pick<Types, 'cds' | 'cdsServices'> {
  const { release, root } = rules;
  const relevant = keys.filter(({ kind }) => clusterKinds.includes(kind));
  if (relevant.length === 0) return { cds: 'none', cdsServices: [] };
  const isPart =
    release.deltaXds &&
    relevant.every(({ kind, namespace }) => {
      const isMeshWide = kind === 'PeerAuthentication' && namespace === root;
      return release.deltaKinds.includes(kind) && !isMeshWide;
    });
  if (!isPart) return { cds: 'full', cdsServices: [] };
  // A VirtualService or a Sidecar that leaves the scope as it is sends no cluster of a service.
  const naming: readonly PushKind[] = ['ServiceEntry', 'DestinationRule', 'PeerAuthentication'];
  return {
    cds: 'part',
    cdsServices: servicesNamed(
      relevant.filter(({ kind }) => naming.includes(kind)),
      rules,
    ),
  };
}

function edsOf(keys: readonly Key[], rules: Rules): Pick<Types, 'eds' | 'edsServices'> {
  const { release, root } = rules;
  const isRelevant = ({ kind }: Key) =>
    kind === 'Endpoints' ||
    kind === 'ServiceEntry' ||
    kind === 'DestinationRule' ||
    kind === 'PeerAuthentication' ||
    kind === 'EnvoyFilter' ||
    (kind === 'Sidecar' && release.partialEdsSkipsOthers);
  const relevant = keys.filter(isRelevant);
  if (relevant.length === 0) return { eds: 'none', edsServices: [] };
  // From 1.30 any other key in the batch makes it full (canSendPartialFullPushes since #59482).
  const judged = release.partialEdsSkipsOthers ? relevant : keys;
  const isEndpointPush = keys.every(({ kind }) => kind === 'Endpoints');
  const isPart = judged.every(({ kind, namespace }) => {
    const isMeshWide = kind === 'PeerAuthentication' && namespace === root;
    return (release.partialEdsKinds.includes(kind) && !isMeshWide) || isEndpointPush;
  });
  if (!isPart) return { eds: 'full', edsServices: [] };
  return { eds: 'part', edsServices: servicesNamed(relevant, rules) };
}

function rebuildsListeners(key: Key, who: Who, { release, root }: Rules): boolean {
  if (key.kind !== 'PeerAuthentication') return listenerKinds.includes(key.kind);
  if (!release.peerAuthenticationByCallee) return true;
  return key.namespace === who.namespace || key.namespace === root;
}

/** Services that the keys are about; of a PeerAuthentication all of its namespace. */
function servicesNamed(keys: readonly Key[], { servicesOf }: Rules): readonly number[] {
  const named = new Set<number>();
  for (const { kind, service, namespace } of keys) {
    if (kind === 'PeerAuthentication') for (const s of servicesOf[namespace] ?? []) named.add(s);
    else if (service >= 0) named.add(service);
  }
  return [...named];
}

/** Endpoints alone leave clusters as they were. */
function changedServices({ keys }: Request): readonly number[] {
  const changed = new Set<number>();
  for (const { kind, service } of keys.values()) {
    if ((kind === 'ServiceEntry' || kind === 'DestinationRule') && service >= 0)
      changed.add(service);
  }
  return [...changed];
}

function movedServices({ keys }: Request): readonly number[] {
  const moved = new Set<number>();
  for (const { kind, service } of keys.values()) {
    if ((kind === 'Endpoints' || kind === 'ServiceEntry') && service >= 0) moved.add(service);
  }
  return [...moved];
}
