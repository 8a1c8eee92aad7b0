/**
 * Programs: the life of a request from one load, as steps. The call tree is written out call by call, so that every
 * draw has an address of its own.
 */
import type { Step } from '../engine/network.ts';
import { type CallStep, operationOf, type ScriptStep, serviceId } from '../topology/topology.ts';
import type { Label } from './builder.ts';
import type { CallSite, Workload } from './call-site.ts';
import { writeCall } from './calls.ts';
import { writeByVersion } from './crossings.ts';
import type { Client } from './deployment.ts';
import { ERROR } from './outcomes.ts';
import { APP, THREADS } from './stations.ts';

/** Writes the program of a load. @returns its first step */
export function writeProgram(workload: Workload, client: Client): number {
  const { builder } = workload;
  const entry = builder.here;
  const { load, target, mode, place } = client;
  const { request, operation } = load;
  const site: CallSite = {
    path: `${load.name} to ${target.id}`,
    caller: { mode, firstPlace: place, slotCount: 1, service: null },
    callee: target,
    operation,
    callerDepth: 0,
    depth: 1,
    request,
    timeout: null,
    retries: null,
  };
  writeCall(workload, site, (at) => writeService(workload, at));
  builder.emit(() => ({ verb: 'leave' }));
  return entry;
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
    service: site.callee,
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
    const called: CallSite = {
      path: name,
      caller,
      callee,
      operation,
      callerDepth: site.depth,
      depth: site.depth + 1,
      request,
      timeout,
      retries,
    };
    writeCall(workload, called, (at) => writeService(workload, at));
    if (step.optional) {
      builder.emit(() => ({ verb: 'outcome', outcome: 0, onlyFailures: true }));
    } else builder.emit(() => ({ verb: 'branch', unless: 'ok', to: failed.step }));
    builder.mark(skip);
  }
}
