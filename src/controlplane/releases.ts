/** What differs between Istio releases in the push pipeline (specification: the source of each release). */
import type { PushKind } from './changes.ts';

export interface Release {
  /** From 1.22 a change of single services sends only their clusters; before, always all (state of the world). */
  readonly deltaXds: boolean;
  /** Kinds whose change needs only the clusters they are about. */
  readonly deltaKinds: readonly PushKind[];
  /** Kinds that leave a list of single endpoint sets enough, and whether other kinds in the batch spoil it. */
  readonly partialEdsKinds: readonly PushKind[];
  readonly partialEdsSkipsOthers: boolean;
  /** A push of endpoints alone does without a new push context (gone with the `Full` flag in 1.31). */
  readonly hasFullFlag: boolean;
  /** PILOT_PUSH_THROTTLE; null: min(15 + 5 · cores, 100). */
  readonly pushThrottle: number | null;
  /** New streams per second: a number, 'auto' as the throttle, or null for no limit. */
  readonly connectsPerSecond: number | 'auto' | null;
  /** Which generated resources are kept for the next proxy. */
  readonly cache: 'EDS' | 'all';
  /** What is irrelevant to a proxy is dropped from its push before generating (#55496). */
  readonly filtersKeys: boolean;
  /** Sidecar scopes are computed when a proxy first needs them instead of in the push context. */
  readonly lazyScopes: boolean;
  /** Endpoints that are not ready yet are pushed too. */
  readonly pushesUnready: boolean;
  /** Whom a Sidecar that selects workloads concerns: its whole namespace (to 1.9), or those it selects. */
  readonly sidecarWrite: 'namespace' | 'users';
  /** Bucket bounds of half a second in istiod's histograms: in none, in that of the queue, in all of them. */
  readonly halfSecondBuckets: 'none' | 'queue' | 'all';
  /** pilot_debounce_time, pilot_pushcontext_init_seconds, pilot_xds_config_size_bytes (1.11 to 1.16). */
  readonly hasPipelineMetrics: boolean;
  /** A PeerAuthentication concerns also those who call its namespace, and rebuilds listeners only within it. */
  readonly peerAuthenticationByCallee: boolean;
}

const r1_8: Release = {
  deltaXds: false,
  deltaKinds: [],
  partialEdsKinds: ['ServiceEntry'],
  partialEdsSkipsOthers: true,
  hasFullFlag: true,
  pushThrottle: 100,
  connectsPerSecond: null,
  cache: 'EDS',
  filtersKeys: false,
  lazyScopes: false,
  pushesUnready: false,
  sidecarWrite: 'namespace',
  halfSecondBuckets: 'none',
  hasPipelineMetrics: false,
  peerAuthenticationByCallee: false,
};
const r1_12: Release = {
  ...r1_8,
  connectsPerSecond: 100,
  cache: 'all',
  sidecarWrite: 'users',
  halfSecondBuckets: 'queue',
  hasPipelineMetrics: true,
};
const r1_22: Release = {
  ...r1_12,
  deltaXds: true,
  deltaKinds: ['ServiceEntry', 'DestinationRule'],
  pushThrottle: null,
  connectsPerSecond: 'auto',
};
const r1_26: Release = { ...r1_22, filtersKeys: true };
const r1_30: Release = {
  ...r1_26,
  deltaKinds: [
    'ServiceEntry',
    'DestinationRule',
    'VirtualService',
    'PeerAuthentication',
    'Sidecar',
  ],
  partialEdsKinds: ['ServiceEntry', 'DestinationRule', 'PeerAuthentication'],
  partialEdsSkipsOthers: false,
  lazyScopes: true,
  peerAuthenticationByCallee: true,
};
const r1_31: Release = {
  ...r1_30,
  partialEdsKinds: [...r1_30.partialEdsKinds, 'Endpoints'],
  hasFullFlag: false,
  halfSecondBuckets: 'all',
  pushesUnready: true,
};

/** Every release, by the name a scenario calls it: the first of those that behave alike. */
export const releases = {
  '1.8': r1_8,
  '1.12': r1_12,
  '1.22': r1_22,
  '1.26': r1_26,
  '1.30': r1_30,
  '1.31': r1_31,
} satisfies Record<string, Release>;
export type ReleaseName = keyof typeof releases;
export const releaseNames = Object.keys(releases) as ReleaseName[];
/** The best calibrated one. */
export const defaultRelease: ReleaseName = '1.26';

/** @throws RangeError if there is no such release */
export function releaseOf(name: string): Release {
  const release = (releases as Readonly<Record<string, Release>>)[name];
  if (release === undefined || !Object.hasOwn(releases, name)) {
    throw new RangeError(
      `"${name}" is no Istio release; expected one of ${releaseNames.join(', ')}`,
    );
  }
  return release;
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
