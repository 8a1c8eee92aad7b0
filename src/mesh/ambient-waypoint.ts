import type { MeshMode } from './mode.ts';

/** Istio ambient with layer 7: between the two ztunnels stands the waypoint of the callee's namespace. */
export const ambientWaypoint: MeshMode = {
  proxies: ['ztunnel', 'waypoint'],
  path: [
    { proxy: 'ztunnel', beside: 'caller', role: 'outbound' },
    'wire',
    { proxy: 'waypoint', beside: 'callee', role: 'inbound' },
    'wire',
    { proxy: 'ztunnel', beside: 'callee', role: 'inbound' },
  ],
  mtls: true,
};
