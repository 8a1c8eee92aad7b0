/** What a message meets on its way: proxies, the choice of a pod, and the network between pods. */
import { type CrossingOptions, crossingCost } from '../calibration/crossing.ts';
import { type ProxyStop, pathBetween, type Stop } from '../mesh/mode.ts';
import { operationOf, type Protocol, type TimeSpec } from '../topology/topology.ts';
import { balancing } from './balancing.ts';
import type { Builder, Label } from './builder.ts';
import type { CallSite, Serve, Workload } from './call-site.ts';
import { roleOf } from './stations.ts';

/** What the proxies of a call do with its messages, as far as that depends on the way that the call takes. */
export interface Link {
  readonly protocol: Protocol;
  readonly isEncrypted: boolean;
}

/** The way between two proxies that know one another: encrypted where both ends can. */
export function directLink({ scenario }: Workload, { callee, caller }: CallSite): Link {
  const isEncrypted = scenario.mesh.mtls && caller.mode.mtls && callee.mode.mtls;
  return { protocol: callee.service.protocol, isEncrypted };
}

/** A stop by its place on the path. */
export interface PlacedStop {
  readonly stop: Stop;
  readonly index: number;
}

/** On which of its two ways a call is. */
export type Message = 'request' | 'answer';

/** Stops of a call up to the first wire, from there on, and all of them. */
export function stopsOf({ caller, callee }: CallSite) {
  const stops = pathBetween(caller.mode, callee.mode);
  const placed = stops.map((stop, index): PlacedStop => ({ stop, index }));
  const wire = stops.indexOf('wire');
  return { stops, before: placed.slice(0, wire), after: placed.slice(wire + 1) };
}

/** The choice of the callee's pod, by whoever balances. @param none - where to go if there is none */
export function writePick(workload: Workload, site: CallSite, none: Label): void {
  const { builder } = workload;
  const { callee, depth, path, caller } = site;
  const { rule, viewer } = balancing(workload, callee, stopsOf(site).stops);
  const edge = builder.edge({
    callerFirst: viewer < 0 ? caller.firstPlace : 0,
    callerSlots: viewer < 0 ? caller.slotCount : 1,
    calleeFirst: callee.firstPlace,
    calleeSlots: callee.slots.length,
  });
  const purpose = builder.sharedPurpose(`${path} pick`);
  const group = callee.index;
  builder.emit(() => {
    return { verb: 'pick', depth, viewer, group, rule, edge, purpose, onNone: none.step };
  });
}

/**
 * From the wire before the callee to its pod, and the same way back.
 *
 * @param cross - writes a stop beside the callee
 * @param answered - writes what comes when the callee's proxies have passed the answer on
 */
export function writeFar(
  workload: Workload,
  site: CallSite,
  cross: (stop: PlacedStop, message: Message) => void,
  serve: Serve,
  answered: () => void = () => undefined,
): void {
  const { builder } = workload;
  const { path, depth, callerDepth } = site;
  const call = callerDepth + 1;
  const { stops, after } = stopsOf(site);
  const passes = passesOf(stops);
  const lost = builder.label();
  writeWire(workload, depth, passes, `${path} wire request`);
  builder.emit(() => ({ verb: 'branch', unless: 'up', depth, call, to: lost.step }));
  for (const stop of after) cross(stop, 'request');
  serve(site);
  // The pod may have died meanwhile: then its answer never comes.
  builder.emit(() => ({ verb: 'branch', unless: 'up', depth, call: 0, to: lost.step }));
  for (const stop of after.toReversed()) cross(stop, 'answer');
  answered();
  builder.mark(lost);
  writeWire(workload, depth, passes, `${path} wire answer`);
}

/** Passes between an application and the proxy beside it, on one way. */
function passesOf(stops: readonly Stop[]): number {
  return stops.filter((stop) => stop !== 'wire' && stop.proxy !== 'waypoint').length;
}

/** One proxy, or a further stretch of wire, on one of the two ways. */
export function writeStop(
  workload: Workload,
  site: CallSite,
  link: Link,
  { stop, index }: PlacedStop,
  message: Message | 'empty answer',
): void {
  const { builder, profile } = workload;
  const name = `${site.path} stop ${index} ${message === 'request' ? 'request' : 'answer'}`;
  if (stop === 'wire') {
    writeWire(workload, site.depth, 0, name);
    return;
  }
  const purpose = builder.sharedPurpose(name);
  const depth = stop.beside === 'caller' ? site.callerDepth : site.depth;
  const role = roleOf[stop.proxy];
  const lane = index * 2;
  const visit = (response: number) => {
    const options = crossingOptions(workload, site, link, { stop, index, response });
    const { mean, cv } = crossingCost(profile.proxies[stop.proxy], options);
    const demand = builder.crossing(mean / 2, cv);
    const rest = { tail: -1, tailPurpose: -1 };
    builder.emit(() => ({ verb: 'visit', depth, role, demand, purpose, lane, ...rest }));
  };
  const sizes = answerSizes(site);
  // On the way there nobody knows which version will answer.
  if (message === 'empty answer') visit(0);
  else if (message === 'request' || new Set(sizes).size === 1) visit(meanAnswer(site, sizes));
  else
    writeByVersion(
      builder,
      site.depth,
      sizes.map((size) => () => visit(size)),
    );
}

/** By version of the callee. */
function answerSizes({ callee, operation }: CallSite): readonly number[] {
  return callee.service.versions.map((version) => operationOf(version, operation).response);
}

function meanAnswer({ callee }: CallSite, sizes: readonly number[]): number {
  const { versions } = callee.service;
  const pods = versions.reduce((sum, { replicas }) => sum + replicas, 0);
  if (pods === 0) return sizes[0];
  return versions.reduce((sum, { replicas }, v) => sum + replicas * sizes[v], 0) / pods;
}

/** Bodies of request and answer, of a version that is not known. */
export function meanBytes(site: CallSite): number {
  return site.request + meanAnswer(site, answerSizes(site));
}

/** Steps that depend on the version of the pod that a call came to. */
export function writeByVersion(
  builder: Builder,
  depth: number,
  write: readonly (() => void)[],
): void {
  const after = builder.label();
  write.forEach((one, v) => {
    const next = builder.label();
    if (v < write.length - 1) {
      builder.emit(() => ({ verb: 'branch', unless: 'class', depth, class: v, to: next.step }));
    }
    one();
    if (v < write.length - 1) builder.emit(() => ({ verb: 'jump', to: after.step }));
    builder.mark(next);
  });
  builder.mark(after);
}

/** What a crossing depends on: its protocol, bytes, filters, and the sides on which it encrypts. */
function crossingOptions(
  { scenario }: Workload,
  { request, caller, callee }: CallSite,
  { protocol, isEncrypted }: Link,
  { stop, index, response }: { stop: ProxyStop; index: number; response: number },
): CrossingOptions {
  const stops = pathBetween(caller.mode, callee.mode);
  const wires = [stops[index - 1], stops[index + 1]].filter((other) => other === 'wire').length;
  return {
    role: stop.role,
    protocol,
    bytes: request + response,
    telemetry: scenario.mesh.telemetry,
    encryptedSides: isEncrypted ? wires : 0,
  };
}

/**
 * The network between the pods of frames `depth − 1` and `depth`. Passes between an application and the proxy beside it
 * are added to the wire, so that they cost no event of their own.
 */
export function writeWire(
  { builder, scenario, profile }: Workload,
  depth: number,
  passes: number,
  name: string,
): void {
  const { betweenHosts, sameHost, loopback } = profile.network;
  const by = passes * loopback;
  const { networkLatency } = scenario.topology;
  const time = (of: TimeSpec) =>
    builder.time(by === 0 ? of : { distribution: 'shifted', parameters: { by, of } });
  const demand = time(networkLatency ?? betweenHosts);
  const near = time(networkLatency ?? sameHost);
  const purpose = builder.purpose(name);
  builder.emit(() => ({ verb: 'delay', depth, demand, near, purpose }));
}
