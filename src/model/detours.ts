/**
 * A call that has two ways: straight where the caller's proxy knows the callee, else by a relay, or past the mesh. What
 * the callee does stands there once, so the call keeps its way in a frame of its own: it holds the caller again, or the
 * relay, or the caller's twin, as which it is nobody's but its host's. The answer looks there and goes back by it.
 */
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

export function writeDetour(
  workload: Workload,
  call: CallSite,
  detour: Extract<SomeDetour, { kind: 'relay' | 'pass' }>,
  serve: Serve,
): void {
  const { builder } = workload;
  const { callerDepth, callee, path } = call;
  const via = call.depth;
  const site: CallSite = { ...call, depth: via + 1 };
  const way =
    detour.kind === 'pass'
      ? passedWay(workload, site, via)
      : relayedWay(workload, site, via, detour.relay);
  const { before } = stopsOf(site);
  const known = directLink(workload, site);
  const [unknown, reach, home, straight, done] = Array.from({ length: 5 }, () => builder.label());
  const purpose = builder.sharedPurpose(`${path} back-off`);
  const open = (policy: number, tag: number) => {
    const whole = builder.call({ depth: via, policy, purpose, tag: callee.index });
    const part = builder.call({ depth: via + 1, policy: noPolicy(builder), purpose, tag });
    return () => {
      part();
      whole();
    };
  };

  let closeKnown: () => void = () => undefined;
  if (!detour.isOnly) {
    const group = callee.index;
    builder.emit(() => {
      return { verb: 'branch', unless: 'known', depth: callerDepth, group, to: unknown.step };
    });
    closeKnown = open(
      callPolicy(workload, site, stopsOf(site).stops),
      builder.detour('direct', -1),
    );
    builder.emit(() => ({ verb: 'stay', depth: via, offset: 0 }));
    for (const stop of before) writeStop(workload, site, known, stop, 'request');
    writePick(workload, site, home);
    builder.emit(() => ({ verb: 'jump', to: reach.step }));
  }
  builder.mark(unknown);
  const closeDetour = open(way.policy, builder.detour(way.name, callee.index));
  for (const stop of before) writeStop(workload, site, way.near, stop, 'request');
  way.there(home);
  builder.mark(reach);
  // ---- What both ways share: the callee.
  const cross = (stop: PlacedStop, message: Message) => {
    writeEither(workload, site, { known, way, isOnly: detour.isOnly }, stop, message);
  };
  writeFar(workload, site, cross, serve, () => writeCalled(workload, site, detour));
  builder.mark(home);
  // ----
  if (!detour.isOnly) {
    const { class: other } = way;
    builder.emit(() => {
      return { verb: 'branch', unless: 'class', depth: via, class: other, to: straight.step };
    });
  }
  way.back();
  for (const stop of before.toReversed()) writeStop(workload, site, way.near, stop, 'answer');
  closeDetour();
  if (detour.isOnly) return;
  builder.emit(() => ({ verb: 'jump', to: done.step }));
  builder.mark(straight);
  for (const stop of before.toReversed()) writeStop(workload, site, known, stop, 'answer');
  closeKnown();
  builder.mark(done);
}

/** A stop beside the callee, which may have other work for one way than for the other. */
function writeEither(
  workload: Workload,
  site: CallSite,
  { known, way, isOnly }: { known: Link; way: Way; isOnly: boolean },
  stop: PlacedStop,
  message: Message,
): void {
  const { builder } = workload;
  const isSame = known.isEncrypted === way.far.isEncrypted && known.protocol === way.far.protocol;
  if (isOnly || isSame || stop.stop === 'wire') {
    writeStop(workload, site, way.far, stop, message);
    return;
  }
  const straight = builder.label();
  const done = builder.label();
  const depth = site.depth - 1;
  builder.emit(() => {
    return { verb: 'branch', unless: 'class', depth, class: way.class, to: straight.step };
  });
  writeStop(workload, site, way.far, stop, message);
  builder.emit(() => ({ verb: 'jump', to: done.step }));
  builder.mark(straight);
  writeStop(workload, site, known, stop, message);
  builder.mark(done);
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
