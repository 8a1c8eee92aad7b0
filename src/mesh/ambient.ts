import type { MeshMode } from './mode.ts';

/** Istio ambient, layer 4 only: one ztunnel a host, crossed at both ends. */
export const ambient: MeshMode = {
  proxies: ['ztunnel'],
  path: [
    { proxy: 'ztunnel', beside: 'caller', role: 'outbound' },
    'wire',
    { proxy: 'ztunnel', beside: 'callee', role: 'inbound' },
  ],
  mtls: true,
};
