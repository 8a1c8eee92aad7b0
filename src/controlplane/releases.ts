/**
 * What differs between Istio releases in the push pipeline; the only place that knows versions (specification: control
 * plane, profiles; metrics and buckets. Each from the source code of that release).
 */
import type { PushKind } from './changes.ts';

export interface Release {
  /** A change of single services sends only their clusters; without, always all (state of the world). */
  readonly deltaXds: boolean;
  /** Kinds whose change needs only the clusters they are about. */
  readonly deltaKinds: readonly PushKind[];
  /** Kinds that leave a list of single endpoint sets enough, and whether kinds that EDS skips may stand beside them. */
  readonly partialEdsKinds: readonly PushKind[];
  readonly partialEdsSkipsOthers: boolean;
  /** A Sidecar resends no endpoints: Envoy asks for those of new clusters itself (#59482). */
  readonly edsSkipsSidecar: boolean;
  /** Endpoints alone have a key of their own where there is no `Full` flag; with it, their push needs no new context. */
  readonly hasFullFlag: boolean;
  /** What comes of a headless service alone spares clusters and routes, and listeners of gateways. */
  readonly skipsHeadless: boolean;
  /** PILOT_PUSH_THROTTLE; null: min(15 + 5 · cores, 100). */
  readonly pushThrottle: number | null;
  /** New streams per second: a number, 'auto' as the throttle, or null for no limit. */
  readonly connectsPerSecond: number | 'auto' | null;
  /** Which generated resources are kept for the next proxy, and how many of each type. */
  readonly cache: 'EDS' | 'all';
  readonly cacheEntries: number;
  /** What is irrelevant to a proxy is dropped from its push before generating (#55496). */
  readonly filtersKeys: boolean;
  /** Sidecar scopes are computed when a proxy first needs them instead of in the push context. */
  readonly lazyScopes: boolean;
  /** Endpoints that are not ready yet are pushed too. */
  readonly pushesUnready: boolean;
  /** Whom a Sidecar concerns: the proxies of its namespace, or those that use it. */
  readonly sidecarWrite: 'namespace' | 'users';
  /** Gateways are pushed on services that they do not see. */
  readonly gatewaysSeeAll: boolean;
  /** A PeerAuthentication concerns also those who call its namespace, and rebuilds listeners only within it. */
  readonly peerAuthenticationByCallee: boolean;
  readonly buckets: Buckets;
}

/** Upper bounds of istiod's histograms, +Inf left out [s; B of the configuration size]; null: there is no such metric. */
export type Buckets = Readonly<
  Record<
    | 'pilot_debounce_time'
    | 'pilot_pushcontext_init_seconds'
    | 'pilot_proxy_queue_time'
    | 'pilot_xds_push_time'
    | 'pilot_xds_send_time'
    | 'pilot_proxy_convergence_time'
    | 'pilot_xds_config_size_bytes',
    readonly number[] | null
  >
>;

const buckets1_8: Buckets = {
  pilot_debounce_time: null,
  pilot_pushcontext_init_seconds: null,
  pilot_proxy_queue_time: [0.1, 1, 3, 5, 10, 20, 30],
  pilot_xds_push_time: [0.01, 0.1, 1, 3, 5, 10, 20, 30],
  pilot_xds_send_time: [0.01, 0.1, 1, 3, 5, 10, 20, 30],
  pilot_proxy_convergence_time: [0.1, 0.5, 1, 3, 5, 10, 20, 30],
  pilot_xds_config_size_bytes: null,
};
const buckets1_9: Buckets = {
  ...buckets1_8,
  pilot_proxy_queue_time: [0.1, 0.5, 1, 3, 5, 10, 20, 30],
};
const buckets1_11: Buckets = {
  ...buckets1_9,
  pilot_pushcontext_init_seconds: [0.01, 0.1, 0.5, 1, 3, 5],
  pilot_xds_config_size_bytes: [1, 1e4, 1e6, 4e6, 1e7, 4e7],
};
const buckets1_16: Buckets = {
  ...buckets1_11,
  pilot_debounce_time: [0.01, 0.1, 1, 3, 5, 10, 20, 30],
};
const buckets1_31: Buckets = {
  ...buckets1_16,
  pilot_debounce_time: [0.01, 0.1, 0.5, 1, 3, 5, 10, 20, 30],
  pilot_xds_push_time: [0.01, 0.1, 0.5, 1, 3, 5, 10, 20, 30],
};

const oldest: Release = {
  deltaXds: false,
  deltaKinds: [],
  partialEdsKinds: ['ServiceEntry'],
  partialEdsSkipsOthers: false,
  edsSkipsSidecar: false,
  hasFullFlag: true,
  skipsHeadless: false,
  pushThrottle: 100,
  connectsPerSecond: null,
  cache: 'EDS',
  cacheEntries: 20_000,
  filtersKeys: false,
  lazyScopes: false,
  pushesUnready: false,
  sidecarWrite: 'namespace',
  gatewaysSeeAll: true,
  peerAuthenticationByCallee: false,
  buckets: buckets1_8,
};
const OLDEST = 8;
const NEWEST = 31;

/** By minor version of Istio 1.x: what is new in it. The last stands for all that follow (read at 1.32-dev). */
const news: Readonly<Record<number, Partial<Release>>> = {
  9: { buckets: buckets1_9 },
  10: { sidecarWrite: 'users', gatewaysSeeAll: false },
  11: { cacheEntries: 60_000, buckets: buckets1_11 },
  12: { cache: 'all', connectsPerSecond: 100 },
  13: { connectsPerSecond: 25 },
  14: { pushesUnready: true },
  15: { pushesUnready: false },
  16: { buckets: buckets1_16 },
  17: { partialEdsSkipsOthers: true },
  21: { pushThrottle: null, connectsPerSecond: 'auto' },
  22: { deltaXds: true, deltaKinds: ['ServiceEntry', 'DestinationRule'] },
  26: { filtersKeys: true },
  27: { lazyScopes: true },
  // #59482: more kinds by delta; canSendPartialFullPushes skips nothing any more.
  30: {
    deltaKinds: [
      'ServiceEntry',
      'DestinationRule',
      'VirtualService',
      'PeerAuthentication',
      'Sidecar',
    ],
    partialEdsKinds: ['ServiceEntry', 'DestinationRule', 'PeerAuthentication'],
    partialEdsSkipsOthers: false,
    edsSkipsSidecar: true,
    peerAuthenticationByCallee: true,
  },
  // #59808: the `Full` flag is gone.
  31: {
    partialEdsKinds: ['Endpoints', 'ServiceEntry', 'DestinationRule', 'PeerAuthentication'],
    hasFullFlag: false,
    skipsHeadless: true,
    pushesUnready: true,
    buckets: buckets1_31,
  },
};

/** Every release, by the name a scenario calls it. */
export const releases: Readonly<Record<string, Release>> = Object.fromEntries(everyRelease());
export type ReleaseName = string;
export const releaseNames: readonly ReleaseName[] = Object.keys(releases);
/** The best calibrated one. */
export const defaultRelease: ReleaseName = '1.26';

function* everyRelease(): Iterable<readonly [string, Release]> {
  let release = oldest;
  for (let minor = OLDEST; minor <= NEWEST; minor++) {
    release = { ...release, ...news[minor] };
    yield [`1.${minor}`, release];
  }
}

/** @throws RangeError if there is no such release */
export function releaseOf(name: string): Release {
  if (Object.hasOwn(releases, name)) return releases[name];
  throw new RangeError(
    `"${name}" is no Istio release; expected one of ${releaseNames[0]} to ${releaseNames.at(-1)}`,
  );
}

/** Connections that istiod pushes to at a time, unless PILOT_PUSH_THROTTLE says otherwise. */
export function throttleOf(release: Release, cores: number): number {
  return release.pushThrottle ?? automatic(cores);
}

/** New streams per second that istiod accepts, Infinity for no limit. */
export function connectLimitOf(release: Release, cores: number): number {
  const limit = release.connectsPerSecond;
  if (limit === null) return Number.POSITIVE_INFINITY;
  return limit === 'auto' ? automatic(cores) : limit;
}

/** Of 1.21 and later, by GOMAXPROCS. */
function automatic(cores: number): number {
  return Math.min(15 + 5 * Math.max(1, Math.floor(cores)), 100);
}
