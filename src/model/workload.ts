/**
 * Programs: the life of a request from one load, as steps. The call tree is written out call by call, so that every
 * draw has an address of its own.
 *
 * A call goes: caller's proxies, choice of a pod, wire, callee's proxies, the pod, and the same way back. Half of
 * what a crossing costs falls on each way. Everything between `attempt` and `settle` is done again in a retry.
 */
import { type CrossingOptions, crossingCost } from '../calibration/crossing.ts';
import type { Profile } from '../calibration/profile.ts';
import type { Step } from '../engine/network.ts';
import { type MeshMode, type ProxyStop, pathBetween, type Stop } from '../mesh/mode.ts';
import type { Scenario } from '../scenario/scenario.ts';
import {
  type CallStep,
  operationOf,
  type ScriptStep,
  serviceId,
  type TimeSpec,
} from '../topology/topology.ts';
import { balancing } from './balancing.ts';
import type { Builder, Label } from './builder.ts';
import type { Client, DeployedService, Deployment } from './deployment.ts';
import { ERROR } from './outcomes.ts';
import { callPolicy } from './policies.ts';
import { APP, roleOf, THREADS } from './stations.ts';

export interface Workload {
  readonly builder: Builder;
  readonly scenario: Scenario;
  readonly profile: Profile;
  readonly deployment: Deployment;
  readonly byId: ReadonlyMap<string, DeployedService>;
}

/** One end of a call: a service, or the pod that a load comes from. */
interface End {
  readonly mode: MeshMode;
  readonly firstPlace: number;
  readonly slotCount: number;
}

/** A call in the tree. */
interface CallSite {
  /** Unique in the network: what its draws are named by. */
  readonly path: string;
  readonly caller: End;
  readonly callee: DeployedService;
  readonly operation: string;
  /** Frame of the callee; the caller's is the one before. */
  readonly depth: number;
  readonly request: number;
  readonly timeout: number | null;
  readonly retries: number | null;
}

/** Writes the program of a load. @returns its first step */
export function writeProgram(workload: Workload, client: Client): number {
  const { builder } = workload;
  const entry = builder.here;
  const { load, target, mode, place } = client;
  const caller = { mode, firstPlace: place, slotCount: 1 };
  const path = `${load.name} to ${target.id}`;
  const { request, operation } = load;
  writeCall(workload, {
    path,
    caller,
    callee: target,
    operation,
    depth: 1,
    request,
    timeout: null,
    retries: null,
  });
  builder.emit(() => ({ verb: 'leave' }));
  return entry;
}

function writeCall(workload: Workload, site: CallSite): void {
  const { builder } = workload;
  const { path, depth, callee, caller } = site;
  const stops = pathBetween(caller.mode, callee.mode);
  const firstWire = stops.indexOf('wire');
  const before = stops.slice(0, firstWire);
  const after = stops.slice(firstWire + 1);
  const cross = (stop: Stop, index: number, way: 'request' | 'answer') =>
    writeStop(workload, site, stops, stop, index, way);
  const lost = builder.label();
  const home = builder.label();
  const end = builder.label();

  const policy = callPolicy(workload, site, stops);
  const purpose = builder.purpose(`${path} back-off`);
  const tag = callee.index;
  const attempt = builder.emit(() => {
    return { verb: 'attempt', depth, policy, purpose, tag, end: end.step };
  });
  for (let i = 0; i < before.length; i++) cross(before[i], i, 'request');
  writePick(workload, site, stops, home);
  const passes = stops.filter((stop) => stop !== 'wire' && stop.proxy !== 'waypoint').length;
  writeWire(workload, site, passes, `${path} wire request`);
  builder.emit(() => ({ verb: 'branch', unless: 'up', depth, to: lost.step }));
  for (let i = 0; i < after.length; i++) cross(after[i], firstWire + 1 + i, 'request');
  writeService(workload, site);
  // The pod may have died meanwhile: then its answer never comes.
  builder.emit(() => ({ verb: 'branch', unless: 'up', depth, to: lost.step }));
  for (let i = after.length - 1; i >= 0; i--) cross(after[i], firstWire + 1 + i, 'answer');
  builder.mark(lost);
  writeWire(workload, site, passes, `${path} wire answer`);
  builder.mark(home);
  for (let i = before.length - 1; i >= 0; i--) cross(before[i], i, 'answer');
  builder.mark(end);
  builder.emit(() => ({ verb: 'settle', depth, attempt }));
}

/** One proxy, or a further stretch of wire, on one of the two ways. */
function writeStop(
  workload: Workload,
  site: CallSite,
  stops: readonly Stop[],
  stop: Stop,
  index: number,
  way: 'request' | 'answer',
): void {
  const { builder, profile } = workload;
  const name = `${site.path} stop ${index} ${way}`;
  if (stop === 'wire') {
    writeWire(workload, site, 0, name);
    return;
  }
  const purpose = builder.purpose(name);
  const depth = stop.beside === 'caller' ? site.depth - 1 : site.depth;
  const role = roleOf[stop.proxy];
  const lane = index * 2;
  const visit = (response: number) => {
    const options = crossingOptions(workload, site, stops, { stop, index, response });
    const { mean, cv } = crossingCost(profile.proxies[stop.proxy], options);
    const demand = builder.crossing(mean / 2, cv);
    const rest = { tail: -1, tailPurpose: -1 };
    builder.emit(() => ({ verb: 'visit', depth, role, demand, purpose, lane, ...rest }));
  };
  const sizes = answerSizes(site);
  // On the way there nobody knows which version will answer.
  if (way === 'request' || new Set(sizes).size === 1) visit(meanAnswer(site, sizes));
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

/** Steps that depend on the version of the pod that a call came to. */
function writeByVersion(builder: Builder, depth: number, write: readonly (() => void)[]): void {
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
  { callee, caller, request }: CallSite,
  stops: readonly Stop[],
  { stop, index, response }: { stop: ProxyStop; index: number; response: number },
): CrossingOptions {
  const { service } = callee;
  const isEncrypted = scenario.mesh.mtls && caller.mode.mtls && callee.mode.mtls;
  const wires = [stops[index - 1], stops[index + 1]].filter((other) => other === 'wire').length;
  return {
    role: stop.role,
    protocol: service.protocol,
    bytes: request + response,
    telemetry: scenario.mesh.telemetry,
    encryptedSides: isEncrypted ? wires : 0,
  };
}

function writePick(workload: Workload, site: CallSite, stops: readonly Stop[], none: Label): void {
  const { builder } = workload;
  const { callee, depth, path, caller } = site;
  const { rule, viewer } = balancing(workload, callee, stops);
  const edge = builder.edge({
    callerFirst: viewer < 0 ? caller.firstPlace : 0,
    callerSlots: viewer < 0 ? caller.slotCount : 1,
    calleeFirst: callee.firstPlace,
    calleeSlots: callee.slots.length,
  });
  const purpose = builder.purpose(`${path} pick`);
  const group = callee.index;
  builder.emit(() => {
    return { verb: 'pick', depth, viewer, group, rule, edge, purpose, onNone: none.step };
  });
}

/**
 * The network between two pods. Passes between an application and the proxy beside it are added to the wire, so that
 * they cost no event of their own.
 */
function writeWire(
  { builder, scenario, profile }: Workload,
  { depth }: CallSite,
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

/** The pod itself: a thread is held while its script runs; a failure on the way becomes an error of its own. */
function writeService(workload: Workload, site: CallSite): void {
  const { builder, profile } = workload;
  const { callee, depth, path } = site;
  const { service } = callee;
  const done = builder.label();
  const free = builder.label();
  const role = THREADS;
  if (service.threads !== null) {
    builder.emit(() => ({ verb: 'hold', depth, role, onReject: done.step }));
  }
  if (profile.application.perRequest > 0) {
    const demand = builder.constant(profile.application.perRequest);
    writeVisit(workload, depth, demand, `${path} handling`);
  }
  if (service.errorShare > 0) writeErrors(workload, site, free);
  const scripts = service.versions.map((version) => () => {
    const name = service.versions.length === 1 ? path : `${path} ${version.name}`;
    writeScript(workload, site, operationOf(version, site.operation).script, name, free);
  });
  writeByVersion(builder, depth, scripts);
  builder.mark(free);
  builder.emit(() => ({ verb: 'outcome', outcome: ERROR, onlyFailures: true }));
  if (service.threads !== null) builder.emit(() => ({ verb: 'release', depth, role }));
  builder.mark(done);
}

function writeErrors({ builder }: Workload, { callee, path }: CallSite, free: Label): void {
  const fine = builder.label();
  const purpose = builder.purpose(`${path} error`);
  const share = callee.service.errorShare;
  const unless = 'chance';
  builder.emit(() => ({ verb: 'branch', unless, share, purpose, to: fine.step }));
  builder.emit(() => ({ verb: 'outcome', outcome: ERROR, onlyFailures: false }));
  builder.emit(() => ({ verb: 'jump', to: free.step }));
  builder.mark(fine);
}

function writeVisit({ builder }: Workload, depth: number, demand: number, name: string): void {
  const purpose = builder.purpose(name);
  const visit = { verb: 'visit', depth, role: APP, demand, purpose, lane: 0 } as const;
  builder.emit(() => ({ ...visit, tail: -1, tailPurpose: -1 }));
}

/** @param failed - where to go when a call that is not optional has failed */
function writeScript(
  workload: Workload,
  site: CallSite,
  script: readonly ScriptStep[],
  path: string,
  failed: Label,
): void {
  const { builder } = workload;
  script.forEach((step, i) => {
    const name = `${path} / ${i}`;
    switch (step.kind) {
      case 'work':
        writeVisit(workload, site.depth, builder.time(step.time), `${name} work`);
        return;
      case 'sleep': {
        const demand = builder.time(step.time);
        const purpose = builder.purpose(`${name} sleep`);
        const { depth } = site;
        builder.emit(() => ({ verb: 'delay', depth, demand, near: demand, purpose }));
        return;
      }
      case 'call':
        writeCalls(workload, site, step, name, failed);
        return;
      case 'parallel':
        writeParallel(workload, site, step.branches, name);
        builder.emit(() => ({ verb: 'branch', unless: 'ok', to: failed.step }));
        return;
    }
  });
}

function writeParallel(
  workload: Workload,
  site: CallSite,
  branches: readonly (readonly ScriptStep[])[],
  path: string,
): void {
  const { builder } = workload;
  const { depth } = site;
  const starts: number[] = [];
  const after = builder.label();
  builder.emit(() => ({ verb: 'fork', depth, branches: starts }));
  builder.emit(() => ({ verb: 'jump', to: after.step }));
  branches.forEach((branch, b) => {
    const joined = builder.label();
    starts.push(builder.here);
    writeScript(workload, site, branch, `${path} branch ${b}`, joined);
    builder.mark(joined);
    builder.emit(() => ({ verb: 'join' }));
  });
  builder.mark(after);
}

/** The calls of one step of a script, one after the other. */
function writeCalls(
  workload: Workload,
  site: CallSite,
  step: CallStep,
  path: string,
  failed: Label,
): void {
  const { builder, byId } = workload;
  const callee = byId.get(step.to);
  if (callee === undefined) {
    throw new Error(`${serviceId(site.callee.service)} calls unknown "${step.to}"`);
  }
  const caller = {
    mode: site.callee.mode,
    firstPlace: site.callee.firstPlace,
    slotCount: site.callee.slots.length,
  };
  const { operation, request, timeout, retries } = step;
  for (let time = 0; time < step.times; time++) {
    const name = `${path} to ${step.to}${time === 0 ? '' : ` #${time + 1}`}`;
    const skip = builder.label();
    if (step.probability < 1) {
      const purpose = builder.purpose(`${name} chance`);
      const chance = { verb: 'branch', unless: 'chance', share: step.probability } as const;
      builder.emit(() => ({ ...chance, purpose, to: skip.step }) satisfies Step);
    }
    const depth = site.depth + 1;
    writeCall(workload, {
      path: name,
      caller,
      callee,
      operation,
      depth,
      request,
      timeout,
      retries,
    });
    if (step.optional) {
      builder.emit(() => ({ verb: 'outcome', outcome: 0, onlyFailures: true }));
    } else builder.emit(() => ({ verb: 'branch', unless: 'ok', to: failed.step }));
    builder.mark(skip);
  }
}
