/** Ways of a call to a service that the caller's proxy does not know: by a relay, or past the mesh. */
import { crossingCost } from '../calibration/crossing.ts';
import type { Role } from '../mesh/mode.ts';
import type { Label } from './builder.ts';
import type { CallSite, Workload } from './call-site.ts';
import { type Link, type Message, meanBytes, stopsOf, writePick, writeWire } from './crossings.ts';
import { type DeployedRelay, PASSED, RELAYED } from './deployment.ts';
import { callPolicy } from './policies.ts';
import { APP, roleOf } from './stations.ts';

/** What the proxies at its ends do, and what stands there on the way to the callee's pod. */
export interface Way {
  readonly name: 'relayed' | 'passed';
  /** Of the place in the way's frame. */
  readonly class: number;
  readonly near: Link;
  readonly far: Link;
  readonly policy: number;
  /** From the caller's proxy to the choice of the callee's pod; where there is none, to `home`. */
  there(home: Label): void;
  /** From there back to the caller's proxy. */
  back(): void;
}

/**
 * Past the mesh: the caller's sidecar forwards bytes to the service's address, where the kube-proxy of its host sends
 * them on by connection; nobody encrypts, and nobody retries but the application.
 */
export function passedWay(workload: Workload, site: CallSite, via: number): Way {
  const { builder, deployment } = workload;
  const { callee, depth, path } = site;
  return {
    name: 'passed',
    class: PASSED,
    near: { protocol: 'tcp', isEncrypted: false },
    far: { protocol: callee.service.protocol, isEncrypted: false },
    policy: callPolicy(workload, site, []),
    there(home) {
      builder.emit(() => ({ verb: 'stay', depth: via, offset: deployment.twins }));
      const { firstPlace: calleeFirst, slots, index: group } = callee;
      const edge = builder.edge({
        callerFirst: 0,
        callerSlots: 1,
        calleeFirst,
        calleeSlots: slots.length,
      });
      const purpose = builder.sharedPurpose(`${path} pick`);
      const rule = 'connection';
      builder.emit(() => {
        const onNone = home.step;
        return { verb: 'pick', depth, viewer: -1, group, rule, edge, purpose, onNone };
      });
    },
    back: () => undefined,
  };
}

/** By a pod of the relay, which the caller's sidecar chooses; the relay's own proxy chooses the callee's. */
export function relayedWay(
  workload: Workload,
  site: CallSite,
  via: number,
  relay: DeployedRelay,
): Way {
  const { builder, scenario } = workload;
  const { caller, callee, depth, path } = site;
  const { protocol } = callee.service;
  const { mtls } = scenario.mesh;
  const near = { protocol, isEncrypted: mtls && caller.mode.mtls };
  const far = { protocol, isEncrypted: mtls && callee.mode.mtls };
  const toRelay: CallSite = { ...site, callee: relay, depth: via, path: `${path} relay` };
  const { mode, firstPlace, slots } = relay;
  const fromRelay: CallSite = {
    ...site,
    caller: { mode, firstPlace, slotCount: slots.length, service: relay },
  };
  const stops = relayStops(relay, near, far);
  // An application there and its sidecar talk over the loopback, once on either side of it.
  const passes = relay.relay.kind === 'application' ? 2 : 0;
  const away = builder.label();
  const lost = builder.label();
  return {
    name: 'relayed',
    class: RELAYED,
    near,
    far,
    policy: callPolicy(workload, site, stopsOf(site).stops),
    there(home) {
      writePick(workload, toRelay, away);
      writeWire(workload, via, passes, `${path} relay wire request`);
      builder.emit(() => ({ verb: 'branch', unless: 'up', depth: via, call: via, to: lost.step }));
      for (const stop of stops) writeRelayStop(workload, toRelay, site, stop, 'request');
      writePick(workload, fromRelay, home);
      if (relay.relay.kind === 'application' && relay.relay.dials) {
        // A connection of its own for each request: the handshake of TCP, one round trip.
        writeWire(workload, depth, 0, `${path} relay dial`);
        writeWire(workload, depth, 0, `${path} relay dial back`);
      }
    },
    back() {
      builder.emit(() => ({ verb: 'branch', unless: 'up', depth: via, call: 0, to: lost.step }));
      for (const stop of stops.toReversed()) {
        writeRelayStop(workload, toRelay, site, stop, 'answer');
      }
      writeRelayed(workload, site);
      builder.mark(lost);
      writeWire(workload, via, passes, `${path} relay wire answer`);
      builder.mark(away);
    },
  };
}

/** Work of a relay for a message: that of its proxy, or of the application behind it. */
type RelayStop =
  | { readonly kind: 'crossing'; readonly role: Role; readonly encryptedSides: number }
  | { readonly kind: 'work'; readonly time: number };

/**
 * A gateway is crossed once, as a sidecar is on its way in, and encrypts on both sides. An application has a sidecar
 * that is crossed on the way in and on the way out, each time with one side to the network.
 */
function relayStops({ relay }: DeployedRelay, near: Link, far: Link): readonly RelayStop[] {
  const [front, rear] = [Number(near.isEncrypted), Number(far.isEncrypted)];
  if (relay.kind === 'gateway') {
    return [{ kind: 'crossing', role: 'inbound', encryptedSides: front + rear }];
  }
  return [
    { kind: 'crossing', role: 'inbound', encryptedSides: front },
    { kind: 'work', time: relay.work },
    { kind: 'crossing', role: 'outbound', encryptedSides: rear },
  ];
}

function writeRelayStop(
  { builder, profile, scenario }: Workload,
  { path, depth }: CallSite,
  call: CallSite,
  stop: RelayStop,
  message: Message,
): void {
  const none = { tail: -1, tailPurpose: -1 };
  if (stop.kind === 'work') {
    if (message === 'answer') return;
    const demand = builder.constant(stop.time);
    const purpose = builder.purpose(`${path} work`);
    builder.emit(() => ({ verb: 'visit', depth, role: APP, demand, purpose, lane: 0, ...none }));
    return;
  }
  const { mean, cv } = crossingCost(profile.proxies.sidecar, {
    role: stop.role,
    protocol: call.callee.service.protocol,
    bytes: meanBytes(call),
    telemetry: scenario.mesh.telemetry,
    encryptedSides: stop.encryptedSides,
  });
  const demand = builder.crossing(mean / 2, cv);
  const purpose = builder.purpose(`${path} ${stop.role} ${message}`);
  const lane = stop.role === 'inbound' ? 0 : 2;
  const role = roleOf.sidecar;
  builder.emit(() => ({ verb: 'visit', depth, role, demand, purpose, lane, ...none }));
}

/** What the relay writes into its access log: a request that it has answered. */
function writeRelayed({ builder }: Workload, { caller, callee }: CallSite): void {
  if (caller.service === null) return;
  const { index } = caller.service;
  const { relayed } = builder.dependency(index, callee.index, callee.slots.length);
  builder.emit(() => ({ verb: 'count', counter: relayed, by: null }));
}
