/**
 * A mesh mode says which proxies exist and which of them a message crosses. It holds no numbers: what a
 * crossing costs comes from a calibrated profile.
 */

/** Istio's words. A profile has costs for each. */
export const proxyKinds = ['sidecar', 'ztunnel', 'waypoint'] as const;
export type ProxyKind = (typeof proxyKinds)[number];

/** What there is one of for each proxy of a kind. */
export type ProxySpread = 'pod' | 'host' | 'namespace' | 'service';

/** One proxy on a message's way. */
export interface ProxyStop {
  readonly proxy: ProxyKind;
  /** Whose proxy it is: the caller's (before the first wire) or the callee's. */
  readonly beside: 'caller' | 'callee';
  readonly role: Role;
}
export type Role = 'outbound' | 'inbound';
/** `wire`: the network between two hosts. */
export type Stop = ProxyStop | 'wire';

export interface MeshMode {
  readonly proxies: Readonly<Partial<Record<ProxyKind, ProxySpread>>>;
  /** From the caller's application to the callee's; answers go the same way back. */
  readonly path: readonly Stop[];
  /** Proxies of both ends encrypt between them when both have this. */
  readonly mtls: boolean;
}

/** A path from a caller under one mode to a callee under another: the caller's up to the first wire, the callee's from there. */
export function pathBetween(caller: MeshMode, callee: MeshMode): readonly Stop[] {
  return [
    ...caller.path.slice(0, caller.path.indexOf('wire')),
    ...callee.path.slice(callee.path.indexOf('wire')),
  ];
}

/** True for a proxy of layer 7: it sees requests, so it can balance, retry and time them out. */
export function routesRequests(stop: Stop): boolean {
  return stop !== 'wire' && stop.proxy !== 'ztunnel';
}
