import type { MeshMode } from './mode.ts';

/** Istio sidecar: one Envoy in every pod, crossed on the way out of the caller and into the callee. */
export const sidecar: MeshMode = {
  proxies: ['sidecar'],
  path: [
    { proxy: 'sidecar', beside: 'caller', role: 'outbound' },
    'wire',
    { proxy: 'sidecar', beside: 'callee', role: 'inbound' },
  ],
  mtls: true,
};
