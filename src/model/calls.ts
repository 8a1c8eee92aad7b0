/**
 * A call, as steps: caller's proxies, choice of a pod, wire, callee's proxies, the pod, and the same way back. Half of
 * what a crossing costs falls on each way. Everything between `attempt` and `settle` is done again in a retry.
 */
import type { Label } from './builder.ts';
import type { CallSite, Serve, Workload } from './call-site.ts';
import { directLink, stopsOf, writeFar, writePick, writeStop } from './crossings.ts';
import { writeDetour } from './detours.ts';
import { detourOf } from './knowledge.ts';
import { BLOCKED } from './outcomes.ts';
import { callPolicy, noPolicy } from './policies.ts';

export function writeCall(workload: Workload, site: CallSite, serve: Serve): void {
  const detour = detourOf(workload, site);
  if (detour === null) writeKnown(workload, site, serve);
  else if (detour.kind === 'block') writeBlockable(workload, site, serve, detour.isOnly);
  else if (detour.kind === 'pause') {
    writeKnown(workload, site, serve, (home) => writePause(workload, site, detour.timeout, home));
  } else writeDetour(workload, site, detour, serve);
}

/**
 * A call to a service that the caller's proxy knows.
 *
 * @param prepare - writes what comes first within the call; from there it may go home at once
 */
function writeKnown(
  workload: Workload,
  site: CallSite,
  serve: Serve,
  prepare: (home: Label) => void = () => undefined,
): void {
  const { builder } = workload;
  const { path, depth, callee } = site;
  const { stops, before } = stopsOf(site);
  const link = directLink(workload, site);
  const home = builder.label();
  const policy = callPolicy(workload, site, stops);
  const purpose = builder.sharedPurpose(`${path} back-off`);
  const close = builder.call({ depth, policy, purpose, tag: callee.index });
  prepare(home);
  for (const stop of before) writeStop(workload, site, link, stop, 'request');
  writePick(workload, site, home);
  writeFar(workload, site, (stop, way) => writeStop(workload, site, link, stop, way), serve);
  builder.mark(home);
  for (const stop of before.toReversed()) writeStop(workload, site, link, stop, 'answer');
  close();
}

/** The request is held back until the caller's proxy is told; if that takes too long, it fails and is not retried. */
function writePause(
  { builder }: Workload,
  { callerDepth, depth, callee, path }: CallSite,
  timeout: number,
  home: Label,
): void {
  const known = builder.label();
  const unknown = builder.label();
  const over = builder.label();
  const group = callee.index;
  builder.emit(() => {
    return { verb: 'branch', unless: 'known', depth: callerDepth, group, to: unknown.step };
  });
  builder.emit(() => ({ verb: 'jump', to: known.step }));
  builder.mark(unknown);
  // The frame below the call's is free until the callee calls others.
  const purpose = builder.sharedPurpose(`${path} back-off`);
  const tag = builder.detour('waited', callee.index);
  const close = builder.call({ depth: depth + 1, policy: noPolicy(builder), purpose, tag });
  builder.emit(() => ({ verb: 'await', depth: callerDepth, group, timeout, to: over.step }));
  builder.mark(over);
  builder.emit(() => ({ verb: 'outcome', outcome: BLOCKED, onlyFailures: true }));
  close();
  builder.emit(() => ({ verb: 'branch', unless: 'ok', to: home.step }));
  builder.mark(known);
}

/** @param isOnly - it is never known */
function writeBlockable(workload: Workload, site: CallSite, serve: Serve, isOnly: boolean): void {
  const { builder } = workload;
  const { callerDepth, callee } = site;
  const unknown = builder.label();
  const done = builder.label();
  const group = callee.index;
  if (!isOnly) {
    builder.emit(() => {
      return { verb: 'branch', unless: 'known', depth: callerDepth, group, to: unknown.step };
    });
    writeKnown(workload, site, serve);
    builder.emit(() => ({ verb: 'jump', to: done.step }));
  }
  builder.mark(unknown);
  writeBlocked(workload, site);
  builder.mark(done);
}

/** The caller's own proxy answers. */
function writeBlocked(workload: Workload, site: CallSite): void {
  const { builder } = workload;
  const { depth, callee, path } = site;
  const { before } = stopsOf(site);
  const link = { protocol: callee.service.protocol, isEncrypted: false };
  const purpose = builder.sharedPurpose(`${path} back-off`);
  const close = builder.call({ depth, policy: noPolicy(builder), purpose, tag: callee.index });
  for (const stop of before) writeStop(workload, site, link, stop, 'request');
  builder.emit(() => ({ verb: 'outcome', outcome: BLOCKED, onlyFailures: false }));
  for (const stop of before.toReversed()) writeStop(workload, site, link, stop, 'empty answer');
  close();
}
