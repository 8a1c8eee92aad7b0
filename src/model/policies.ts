/** What a caller does about calls that fail or take long: its own settings first, then those of its proxies. */
import type { Policy } from '../engine/network.ts';
import { routerOf, type Stop } from '../mesh/mode.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Protocol } from '../topology/topology.ts';
import type { Builder } from './builder.ts';
import { outcomeNumbers } from './outcomes.ts';

/** Of a call that is part of another, which retries. */
export function noPolicy(builder: Builder): number {
  const never = { retries: 0, retryOn: 0, backoffBase: 0, backoffMax: 0, deadline: 0 };
  return builder.policy({ ...never, budget: null });
}

interface Call {
  readonly callee: { readonly service: { readonly protocol: Protocol } };
  readonly timeout: number | null;
  readonly retries: number | null;
}

/**
 * The number of a call's policy. Where no proxy before the callee's pod understands requests (no mesh, a callee's own
 * sidecar, ztunnel, or plain TCP) nobody retries or times out but the application, if its call says so.
 */
export function callPolicy(
  { builder, scenario }: { readonly builder: Builder; readonly scenario: Scenario },
  { callee, timeout, retries }: Call,
  stops: readonly Stop[],
): number {
  const { resilience } = scenario.mesh;
  const isRouted = callee.service.protocol !== 'tcp' && routerOf(stops) !== null;
  const retryOn = resilience.retryOn.reduce(
    (bits, reason) => bits | (1 << outcomeNumbers[reason]),
    0,
  );
  const policy: Policy = {
    retries: retries ?? (isRouted ? resilience.retries : 0),
    retryOn,
    backoffBase: resilience.backoffBase,
    backoffMax: resilience.backoffMax,
    deadline: timeout ?? (isRouted ? (resilience.timeout ?? 0) : 0),
    budget: resilience.budget,
  };
  return builder.policy(policy);
}
