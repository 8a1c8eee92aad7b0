import type { MeshMode } from './mode.ts';

/** The caller's sidecar only, plaintext: Istio's benchmark calls it `clientonly`. */
export const clientonly: MeshMode = {
  proxies: ['sidecar'],
  path: [{ proxy: 'sidecar', beside: 'caller', role: 'outbound' }, 'wire'],
  mtls: false,
};
