/**
 * What a change pushes, and to whom: which keys concern a proxy, and which resource types follow from them, full or
 * in part, by release (specification: control plane, ProxyNeedsPush; the table of types; each release's source).
 */
import { isOnlyFor, type Key, type PushKind, type Request } from './changes.ts';
import type { FleetService } from './fleet.ts';
import type { Release } from './releases.ts';
import { selectorOf } from './scopes.ts';
import type { Who } from './workloads.ts';

/** Which part of a type is sent: nothing, what the services named need, or all of it. */
export type Extent = 'none' | 'part' | 'full';

export interface Types {
  readonly cds: Extent;
  readonly eds: Extent;
  readonly lds: boolean;
  readonly rds: boolean;
  /** The table of names, to proxies that capture DNS. */
  readonly nds: boolean;
  /** Certificates of a gateway, and extension configurations, that are sent one by one. */
  readonly secrets: number;
  readonly extensions: number;
  /** What a part of CDS, or of EDS, is about. */
  readonly cdsServices: readonly number[];
  readonly edsServices: readonly number[];
  /** Services whose clusters differ from before; of those, the ones that are new to the proxy. */
  readonly changed: readonly number[];
  readonly added: readonly number[];
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

/** By type: kinds that resend it; all others it skips. */
const clusterKinds: ReadonlySet<PushKind> = new Set<PushKind>([
  'ServiceEntry',
  'DestinationRule',
  'VirtualService',
  'Sidecar',
  'PeerAuthentication',
  'EnvoyFilter',
]);
const endpointKinds: ReadonlySet<PushKind> = new Set<PushKind>([
  'Endpoints',
  'ServiceEntry',
  'DestinationRule',
  'PeerAuthentication',
  'EnvoyFilter',
  'WorkloadEntry',
]);
const routeKinds: ReadonlySet<PushKind> = new Set<PushKind>([
  'ServiceEntry',
  'DestinationRule',
  'VirtualService',
  'Sidecar',
  'Gateway',
  'EnvoyFilter',
]);
const nameKinds: ReadonlySet<PushKind> = new Set<PushKind>(['ServiceEntry', 'Sidecar', 'DNSName']);
/** Those that put filters into every listener. */
const filterKinds: ReadonlySet<PushKind> = new Set<PushKind>([
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'WasmPlugin',
  'PeerAuthentication',
  'EnvoyFilter',
]);
const listenerKinds: ReadonlySet<PushKind> = new Set<PushKind>([
  'ServiceEntry',
  'DestinationRule',
  'VirtualService',
  'Sidecar',
  ...filterKinds,
]);

/** Of no push. */
export const nothing: Types = {
  cds: 'none',
  eds: 'none',
  lds: false,
  rds: false,
  nds: false,
  secrets: 0,
  extensions: 0,
  cdsServices: [],
  edsServices: [],
  changed: [],
  added: [],
  moved: [],
  listenersChange: false,
  keyCount: 0,
};
/** Of a forced push; nothing need differ from before. */
export const everything: Types = {
  ...nothing,
  cds: 'full',
  eds: 'full',
  lds: true,
  rds: true,
  nds: true,
};

/** Keys that a proxy's types follow from, and whom for. */
interface Batch {
  readonly request: Request;
  readonly keys: readonly Key[];
  readonly who: Who;
  readonly before: Who;
  readonly rules: Rules;
}

/**
 * @param before - the proxy as it was at its last push
 * @returns null if the proxy does not need the push
 */
export function typesFor(
  request: Request,
  who: Who,
  rules: Rules,
  before: Who = who,
): Types | null {
  if (request.forced) return everything;
  const all = keysOf(request, rules.release);
  const relevant = all.filter((key) => concerns(key, who, rules, before));
  if (relevant.length === 0) return null;
  const keys = rules.release.filtersKeys ? relevant : all;
  const batch: Batch = { request, keys, who, before, rules };
  const added = addedServices(batch);
  const of = (kind: PushKind) => keys.filter((key) => key.kind === kind);
  const isGateway = who.kind === 'gateway';
  return {
    ...clusterExtent(batch, added),
    ...endpointExtent(batch),
    lds: keys.some((key) => rebuildsListeners(key, batch)),
    rds: keys.some((key) => routeKinds.has(key.kind) && !isSpared(key, batch)),
    nds: keys.some(({ kind }) => nameKinds.has(kind)),
    secrets: isGateway
      ? of('Secret').filter(({ namespace }) => namespace === who.namespace).length
      : 0,
    extensions: of('WasmPlugin').length,
    changed: changedServices(batch, added),
    added,
    moved: movedServices(request),
    listenersChange: keys.some(({ kind }) => filterKinds.has(kind)),
    keyCount: all.length,
  };
}

/** To 1.30 an endpoint in a batch with anything that is a full push is as good as its service: their key is the same. */
function keysOf({ keys, full }: Request, release: Release): readonly Key[] {
  const all = [...keys.values()];
  if (!release.hasFullFlag || !full) return all;
  const numberOf = ({ namespace, service }: Key) => (namespace + 2) * 2 ** 22 + service + 1;
  const services = new Set(all.filter(({ kind }) => kind === 'ServiceEntry').map(numberOf));
  return all
    .filter((key) => key.kind !== 'Endpoints' || !services.has(numberOf(key)))
    .map((key) => (key.kind === 'Endpoints' ? { ...key, kind: 'ServiceEntry' } : key));
}

/** ProxyNeedsPush, of one key. */
export function concerns(key: Key, who: Who, rules: Rules, before: Who = who): boolean {
  switch (who.kind) {
    case 'sidecar':
      return concernsSidecar(key, who, rules, before);
    case 'gateway':
      return concernsGateway(key, who, rules.release);
    default:
      return true;
  }
}

/** The previous scope counts beside the current one: what goes has to be taken away. */
function concernsSidecar(key: Key, who: Who, { release, root }: Rules, before: Who): boolean {
  const { kind, namespace, service } = key;
  const isOwn = namespace === who.namespace || namespace === root;
  const sees = (see: (one: Who) => boolean) => see(who) || (before !== who && see(before));
  switch (kind) {
    case 'Gateway':
      return false;
    case 'Endpoints':
    case 'ServiceEntry':
    case 'VirtualService':
    case 'DestinationRule': {
      const isOwnService = kind === 'Endpoints' || kind === 'ServiceEntry';
      if (isOwnService && service >= 0 && service === who.service) return true;
      // What is for no service of the fleet applies to who imports anything of its namespace.
      return sees(({ scope }) =>
        service < 0 ? scope.includesNamespace(namespace) : scope.includes(service),
      );
    }
    case 'Sidecar':
      if (release.sidecarWrite === 'namespace') return isOwn;
      return sees(({ sidecar }) => sidecar === selectorOf(namespace, service));
    case 'PeerAuthentication':
      if (isOwn || !release.peerAuthenticationByCallee) return isOwn;
      return sees(({ scope }) => scope.includesNamespace(namespace));
    case 'AuthorizationPolicy':
    case 'RequestAuthentication':
    case 'Telemetry':
    case 'WasmPlugin':
    case 'EnvoyFilter':
      return isOwn;
    default:
      return true;
  }
}

/** Where endpoints have a key of their own, a gateway is pushed on all of them, seen or not. */
function concernsGateway({ kind, service }: Key, { scope }: Who, release: Release): boolean {
  if (kind === 'Sidecar') return false;
  const isService = kind === 'ServiceEntry' || (kind === 'Endpoints' && release.hasFullFlag);
  return !isService || release.gatewaysSeeAll || service < 0 || scope.includes(service);
}

/** What comes of a headless service's pods alone is in no cluster or route. */
function isSpared({ kind }: Key, { request, rules }: Batch): boolean {
  return (
    kind === 'ServiceEntry' && rules.release.skipsHeadless && isOnlyFor(request, 'headlessendpoint')
  );
}

/** Addresses are what a ztunnel has; one of a waypoint's own services makes it anew. */
function isOwnAddress({ kind, service }: Key, { who }: Batch): boolean {
  if (kind !== 'Address') return false;
  return who.kind === 'ztunnel' || (who.kind === 'waypoint' && who.scope.includes(service));
}

function clusterExtent(batch: Batch, added: readonly number[]): Pick<Types, 'cds' | 'cdsServices'> {
  const { keys, rules } = batch;
  const { release } = rules;
  const relevant = keys.filter(
    (key) => (clusterKinds.has(key.kind) && !isSpared(key, batch)) || isOwnAddress(key, batch),
  );
  if (relevant.length === 0) return { cds: 'none', cdsServices: [] };
  const isPart =
    release.deltaXds &&
    relevant.every((key) => release.deltaKinds.includes(key.kind) && !isMeshWide(key, rules));
  if (!isPart) return { cds: 'full', cdsServices: [] };
  // A VirtualService that leaves the scope as it is sends no cluster of a service; a Sidecar sends what it adds.
  const naming = relevant.filter(({ kind }) => kind !== 'VirtualService' && kind !== 'Sidecar');
  return { cds: 'part', cdsServices: [...new Set([...seenServices(naming, batch), ...added])] };
}

function endpointExtent(batch: Batch): Pick<Types, 'eds' | 'edsServices'> {
  const { keys, request, rules } = batch;
  const { release } = rules;
  const relevant = keys.filter(
    (key) =>
      endpointKinds.has(key.kind) ||
      (key.kind === 'Sidecar' && !release.edsSkipsSidecar) ||
      isOwnAddress(key, batch),
  );
  if (relevant.length === 0) return { eds: 'none', edsServices: [] };
  // canSendPartialFullPushes; what is no full push is always a part.
  const judged = release.partialEdsSkipsOthers ? relevant : keys;
  const isPart =
    (release.hasFullFlag && !request.full) ||
    judged.every((key) => release.partialEdsKinds.includes(key.kind) && !isMeshWide(key, rules));
  if (!isPart) return { eds: 'full', edsServices: [] };
  return { eds: 'part', edsServices: seenServices(relevant, batch) };
}

function isMeshWide({ kind, namespace }: Key, { root }: Rules): boolean {
  return kind === 'PeerAuthentication' && namespace === root;
}

function rebuildsListeners(key: Key, batch: Batch): boolean {
  const { who, rules } = batch;
  const { kind, namespace } = key;
  const isGateway = who.kind === 'gateway';
  if (kind === 'Gateway') return isGateway;
  if (isOwnAddress(key, batch)) return true;
  if (!listenerKinds.has(kind)) return false;
  if (kind === 'PeerAuthentication' && rules.release.peerAuthenticationByCallee) {
    return namespace === who.namespace || namespace === rules.root;
  }
  return !(isGateway && isSpared(key, batch));
}

/** Services that the keys are about and that the proxy sees; of a PeerAuthentication all of its namespace. */
function seenServices(
  keys: readonly Key[],
  { who, rules: { servicesOf } }: Batch,
): readonly number[] {
  const seen = new Set<number>();
  for (const { kind, service, namespace } of keys) {
    const services = kind === 'PeerAuthentication' ? (servicesOf[namespace] ?? []) : [service];
    for (const s of services) if (s >= 0 && who.scope.includes(s)) seen.add(s);
  }
  return [...seen];
}

/** Services that have come into the scope, and those of it that were created. */
function addedServices({ request, who, before, rules }: Batch): readonly number[] {
  const { scope } = who;
  const created = request.created.filter((s) => scope.includes(s));
  if (scope === before.scope) return created;
  const imported = [...rules.services.keys()].filter(
    (s) => scope.includes(s) && !before.scope.includes(s),
  );
  return [...new Set([...created, ...imported])];
}

/** Endpoints alone leave clusters as they were. */
function changedServices({ request, who }: Batch, added: readonly number[]): readonly number[] {
  const changed = new Set(added);
  for (const { kind, service } of request.keys.values()) {
    const isAbout = kind === 'ServiceEntry' || kind === 'DestinationRule';
    if (isAbout && service >= 0 && who.scope.includes(service)) changed.add(service);
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
