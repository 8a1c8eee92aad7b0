/** Who chooses the pod of a call, and how: the last proxy on the caller's way that understands requests. */
import type { PickRule } from '../engine/network.ts';
import { routerOf, type Stop } from '../mesh/mode.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { DeployedService, Deployment } from './deployment.ts';

/** `viewer`: in whose name, −1 for the caller's own viewer. */
export interface Balancing {
  readonly rule: PickRule;
  readonly viewer: number;
}

/**
 * A sidecar of the caller or a waypoint before the callee balances every request. Otherwise, and for plain TCP, a
 * connection goes where kube-proxy or ztunnel sent it when it was opened.
 */
export function balancing(
  { scenario, deployment }: { readonly scenario: Scenario; readonly deployment: Deployment },
  callee: DeployedService,
  stops: readonly Stop[],
): Balancing {
  const router = routerOf(stops);
  if (router === null || callee.service.protocol === 'tcp') {
    return { rule: 'connection', viewer: -1 };
  }
  if (router.beside === 'caller') return { rule: scenario.mesh.balancing, viewer: -1 };
  const proxy = deployment.proxyOf[router.proxy][callee.firstPlace];
  return { rule: scenario.mesh.balancing, viewer: deployment.proxies[proxy].viewer };
}
