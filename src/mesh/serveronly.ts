import type { MeshMode } from './mode.ts';

/** The callee's sidecar only, plaintext: Istio's benchmark calls it `serveronly`. */
export const serveronly: MeshMode = {
  proxies: ['sidecar'],
  path: ['wire', { proxy: 'sidecar', beside: 'callee', role: 'inbound' }],
  mtls: false,
};
