/** What one crossing of a proxy costs, put together from a profile. */
import type { Role } from '../mesh/mode.ts';
import type { Protocol } from '../topology/topology.ts';
import type { Bytes, Nanos } from '../units.ts';
import type { ProxyCosts, Telemetry } from './profile.ts';

export interface CrossingOptions {
  readonly role: Role;
  readonly protocol: Protocol;
  /** Bodies of request and answer together; headers are part of the base cost. */
  readonly bytes: Bytes;
  readonly telemetry: Telemetry;
  /** Sides of the proxy on which it encrypts: 1 for a sidecar towards the network, 2 for a waypoint. */
  readonly encryptedSides: number;
}

/** CPU of a proxy's worker, without wake-ups: those depend on whether the worker sleeps when a message comes. */
export interface CrossingCost {
  /** Request and answer together; half of it is spent on each way. */
  readonly mean: Nanos;
  /** Coefficient of variation of each half; the halves vary independently. */
  readonly cv: number;
}

/**
 * base + perByte · bytes, + (base + perByte · bytes) of mTLS for each encrypted side, + filters. A `tcp` message
 * meets no filters: Istio's TCP metrics are taken when a connection opens, closes and every few seconds between.
 */
export function crossingCost(
  costs: ProxyCosts,
  { role, protocol, bytes, telemetry, encryptedSides }: CrossingOptions,
): CrossingCost {
  const { base, perByte } = costs.crossing[role][protocol];
  const { mtls } = costs;
  const filters = protocol === 'tcp' ? 0 : costs.telemetry[telemetry][role];
  const encryption = encryptedSides * (mtls.base + mtls.perByte * bytes);
  return { mean: Math.round(base + perByte * bytes + encryption + filters), cv: costs.cv };
}
