/** What a worker thread does: one replication, the life of one request, or a point of a sweep. In and out goes plain data. */
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'piscina';
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

/** A point of the sweep that the threads were made for. */
export function point(job: PointJob): Promise<PointOutcome> {
  return simulatePoint(workerData as SweepSpec, job, sha256);
}
