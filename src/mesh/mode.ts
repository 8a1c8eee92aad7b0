/**
 * A mesh mode says which proxies exist and which of them a message crosses. It holds no numbers: what a
 * crossing costs comes from a calibrated profile.
 */

/** Istio's words. A profile has costs for each. */
export const proxyKinds = ['sidecar', 'ztunnel', 'waypoint'] as const;
export type ProxyKind = (typeof proxyKinds)[number];

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
  /** Sidecars stand in pods, ztunnels on hosts, waypoints before a namespace or a service, as the scenario says. */
  readonly proxies: readonly ProxyKind[];
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

/**
 * Who balances the requests of a call, retries and times them out: the last proxy of layer 7 before the callee's pod,
 * or null if there is none. One behind the last wire stands in the pod, where there is nothing left to choose.
 */
export function routerOf(path: readonly Stop[]): ProxyStop | null {
  for (const stop of path.slice(0, path.lastIndexOf('wire')).toReversed()) {
    if (stop !== 'wire' && stop.proxy !== 'ztunnel') return stop;
  }
  return null;
}
