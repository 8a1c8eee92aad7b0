/** Who chooses the pod of a call, and how: the last proxy on the caller's way that understands requests. */
import type { PickRule } from '../engine/network.ts';
import { routesRequests, type Stop } from '../mesh/mode.ts';
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
  const isRequests = callee.service.protocol !== 'tcp';
  const balancer = stops.findLast((stop, i) => routesRequests(stop) && isBeforeLastWire(stops, i));
  if (balancer === undefined || balancer === 'wire' || !isRequests) {
    return { rule: 'connection', viewer: -1 };
  }
  if (balancer.beside === 'caller') return { rule: scenario.mesh.balancing, viewer: -1 };
  const proxy = deployment.proxyOf[balancer.proxy][callee.firstPlace];
  return { rule: scenario.mesh.balancing, viewer: deployment.proxies[proxy].viewer };
}

/** A proxy behind the last wire stands in the pod: there is nothing left to choose. */
function isBeforeLastWire(stops: readonly Stop[], index: number): boolean {
  return index < stops.lastIndexOf('wire');
}
