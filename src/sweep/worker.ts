/** What a worker thread does: one replication, the life of one request, or a point of a sweep. In and out goes plain data. */
import { deserialize } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { traceRequest } from '../run/trace.ts';
import { simulate, type Task } from '../run.ts';
import { sha256 } from './hash.adapter.ts';
import { simulatePoint } from './point.ts';
import type { PointJob, PointOutcome, SweepSpec } from './spec.ts';

/** Told to the other end of the port, as simulated time passes. */
export interface Progress {
  readonly share: number;
  readonly events: number;
}

export interface Job {
  readonly task: Task;
  readonly port: MessagePort;
}

/** Messages of one replication at most: a time series may have many thousand steps. */
const MESSAGES_MAX = 200;

export function replicate({ task, port }: Job): ReturnType<typeof simulate> {
  let told = 0;
  const progress = (share: number, events: number) => {
    if (share < told + 1 / MESSAGES_MAX && share < 1) return;
    told = share;
    port.postMessage({ share, events } satisfies Progress);
  };
  try {
    return simulate(task, { progress });
  } finally {
    port.close();
  }
}

export function trace({ task, request }: { readonly task: Task; readonly request: number }) {
  return traceRequest(task, request);
}

/** A specification that all threads read; the key is that of its executor. */
export interface SharedSpec {
  readonly key: number;
  readonly bytes: SharedArrayBuffer;
}

export interface PointTask {
  readonly spec: SharedSpec;
  readonly job: PointJob;
  /** Told 0 when the point begins, and then now and then how many events there have been. */
  readonly port: MessagePort;
}

/** Between two messages of a point. [ms] */
const TELL_EVERY = 200;

export async function point({ spec, job, port }: PointTask): Promise<PointOutcome> {
  let told = performance.now();
  port.postMessage(0);
  const progress = (events: number) => {
    const now = performance.now();
    if (now < told + TELL_EVERY) return;
    told = now;
    port.postMessage(events);
  };
  try {
    return await simulatePoint(specOf(spec), job, sha256, progress);
  } finally {
    port.close();
  }
}

/** A thread of a queue sees many, and those at hand seldom change. */
const SPECS_MAX = 4;
const specs = new Map<number, SweepSpec>();

function specOf({ key, bytes }: SharedSpec): SweepSpec {
  const known = specs.get(key);
  if (known !== undefined) return known;
  if (specs.size === SPECS_MAX) specs.clear();
  const spec: SweepSpec = deserialize(Uint8Array.from(new Uint8Array(bytes)));
  specs.set(key, spec);
  return spec;
}
