import type { MeshMode } from './mode.ts';

/** No mesh: applications talk to each other, kube-proxy balances connections. */
export const none: MeshMode = { proxies: [], path: ['wire'], mtls: false };
