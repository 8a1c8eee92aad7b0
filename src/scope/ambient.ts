/**
 * Ambient: a ztunnel knows the addresses of all workloads and services of the mesh, whoever runs on its node, so what
 * is told is a matter of nodes, not of workloads; Sidecar resources mean nothing to it, and nothing is learned.
 * (Specification: config modes, `ambient`, with the wildcard subscription that Istio uses.)
 */
import { type FullSettings, full } from './full.ts';
import type { Controller } from './strategy.ts';

/** There is nothing to set. */
export type AmbientSettings = FullSettings;

export function ambient(settings: AmbientSettings): Controller<null> {
  return full(settings);
}
