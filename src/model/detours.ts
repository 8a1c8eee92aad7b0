/**
 * A call that has two ways: straight where the caller's proxy knows the callee, else by a relay, or past the mesh. What
 * the callee does stands there once, so the call keeps its way in a frame of its own: it holds the caller again, or the
 * relay, or the caller's twin, as which it is nobody's but its host's. The answer looks there and goes back by it.
 */
import type { Label } from './builder.ts';
import type { CallSite, Serve, Workload } from './call-site.ts';
import {
  directLink,
  type Link,
  type Message,
  type PlacedStop,
  stopsOf,
  writeFar,
  writePick,
  writeStop,
} from './crossings.ts';
import type { SomeDetour } from './knowledge.ts';
import { callPolicy, noPolicy } from './policies.ts';
import { passedWay, relayedWay, type Way } from './ways.ts';

/** What the two ways of a call are written from. */
interface Fork {
  readonly workload: Workload;
  /** The callee's frame is behind the one of the way. */
  readonly site: CallSite;
  readonly via: number;
  readonly way: Way;
  /** Between proxies that know one another. */
  readonly known: Link;
  /** The caller's proxy never knows the callee, so that there is one way only. */
  readonly isOnly: boolean;
}

export function writeDetour(
  workload: Workload,
  call: CallSite,
  detour: Extract<SomeDetour, { kind: 'relay' | 'pass' }>,
  serve: Serve,
): void {
  const { builder } = workload;
  const via = call.depth;
  const site: CallSite = { ...call, depth: via + 1 };
  const way =
    detour.kind === 'pass'
      ? passedWay(workload, site, via)
      : relayedWay(workload, site, via, detour.relay);
  const known = directLink(workload, site);
  const fork: Fork = { workload, site, via, way, known, isOnly: detour.isOnly };
  const reach = builder.label();
  const home = builder.label();

  const backStraight = detour.isOnly ? null : writeStraight(fork, reach, home);
  const backAround = writeAround(fork, home);
  builder.mark(reach);
  const cross = (stop: PlacedStop, message: Message) => writeEither(fork, stop, message);
  writeFar(workload, site, cross, serve, () => writeCalled(workload, site, detour));
  builder.mark(home);
  if (backStraight === null) backAround();
  else writeByWay(fork, backAround, backStraight);
}

/** Where the proxy knows the callee: its way to `reach`. @returns what writes the way back, from `home` */
function writeStraight({ workload, site, via, known }: Fork, reach: Label, home: Label) {
  const { builder } = workload;
  const { callerDepth: depth, callee } = site;
  const { stops, before } = stopsOf(site);
  const unknown = builder.label();
  const group = callee.index;
  builder.emit(() => ({ verb: 'branch', unless: 'known', depth, group, to: unknown.step }));
  const policy = callPolicy(workload, site, stops);
  const close = openBoth(workload, site, policy, builder.detour('direct', -1));
  builder.emit(() => ({ verb: 'stay', depth: via, offset: 0 }));
  for (const stop of before) writeStop(workload, site, known, stop, 'request');
  writePick(workload, site, home);
  builder.emit(() => ({ verb: 'jump', to: reach.step }));
  builder.mark(unknown);
  return () => {
    for (const stop of before.toReversed()) writeStop(workload, site, known, stop, 'answer');
    close();
  };
}

/** Where it does not. @returns what writes the way back, from `home` */
function writeAround({ workload, site, way }: Fork, home: Label) {
  const { builder } = workload;
  const { before } = stopsOf(site);
  const tag = builder.detour(way.name, site.callee.index);
  const close = openBoth(workload, site, way.policy, tag);
  for (const stop of before) writeStop(workload, site, way.near, stop, 'request');
  way.there(home);
  return () => {
    way.back();
    for (const stop of before.toReversed()) writeStop(workload, site, way.near, stop, 'answer');
    close();
  };
}

/** The call, and in it the part that is counted by its way. It settles the choice of the callee's pod. */
function openBoth(
  { builder }: Workload,
  { path, callee, depth }: CallSite,
  policy: number,
  tag: number,
): () => void {
  const purpose = builder.sharedPurpose(`${path} back-off`);
  const closeCall = builder.call({ depth: depth - 1, policy, purpose, tag: callee.index });
  const closePart = builder.call({ depth, policy: noPolicy(builder), purpose, tag });
  return () => {
    closePart();
    closeCall();
  };
}

/** Steps for a call that went around, and for one that went straight. */
function writeByWay(
  { workload: { builder }, via, way }: Fork,
  around: () => void,
  straight: () => void,
): void {
  const otherwise = builder.label();
  const done = builder.label();
  builder.emit(() => {
    return { verb: 'branch', unless: 'class', depth: via, class: way.class, to: otherwise.step };
  });
  around();
  builder.emit(() => ({ verb: 'jump', to: done.step }));
  builder.mark(otherwise);
  straight();
  builder.mark(done);
}

/** A stop beside the callee, which may have other work for one way than for the other. */
function writeEither(fork: Fork, stop: PlacedStop, message: Message): void {
  const { workload, site, way, known, isOnly } = fork;
  const write = (link: Link) => () => writeStop(workload, site, link, stop, message);
  const isSame = known.isEncrypted === way.far.isEncrypted && known.protocol === way.far.protocol;
  if (isOnly || isSame || stop.stop === 'wire') write(way.far)();
  else writeByWay(fork, write(way.far), write(known));
}

/** What a sidecar of the callee reports to Prometheus, if there is one: a request that it has answered. */
function writeCalled(
  { builder }: Workload,
  { caller, callee, depth }: CallSite,
  { kind }: SomeDetour,
): void {
  if (kind !== 'relay' || caller.service === null) return;
  if (!callee.mode.proxies.includes('sidecar')) return;
  const { firstPlace: first, slots } = callee;
  const { calls } = builder.dependency(caller.service.index, callee.index, slots.length);
  builder.emit(() => ({ verb: 'count', counter: calls, by: { depth, first } }));
}
