/**
 * Points of a sweep on threads of this machine. The threads stay as long as the executor, whatever it runs: a queue
 * brings one point at a time, each perhaps of another sweep.
 */
import { serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import type { PointFailure } from '../../measure/points.ts';
import type { ExecuteOptions, SweepExecutor } from '../executor.ts';
import { inParallel } from '../in-parallel.ts';
import { failureOf } from '../point.ts';
import type { PointJob, PointOutcome, SweepSpec } from '../spec.ts';
import type { PointTask, SharedSpec } from '../worker.ts';
import { threads } from './threads.adapter.ts';

export interface PointThreads {
  readonly jobs: number;
  /** Heap of a thread at most. [MiB; default: as Node decides] */
  readonly heapMax?: number | undefined;
}

export function pointThreads({ jobs, heapMax }: PointThreads): SweepExecutor {
  const share = sharing();
  let pool: Piscina | null = null;
  let isClosed = false;

  async function simulate(
    spec: SweepSpec,
    job: PointJob,
    options: ExecuteOptions,
  ): Promise<PointOutcome> {
    pool ??= threads({ jobs, heapMax });
    const watch = watching(options);
    const task: PointTask = { spec: share(spec), job, port: watch.port };
    try {
      const how = { name: 'point', signal: watch.tooLong, transferList: [watch.port] };
      const outcome: PointOutcome = await pool.run(task, how);
      if ('record' in outcome) watch.endWith(outcome.record.events);
      return outcome;
    } catch (error) {
      const why = isClosed
        ? ({ kind: 'lost', reason: 'given up' } as const)
        : whatHappened(error, watch.tooLong.aborted, options.timeMax);
      return { failure: failureOf(spec, job, why.kind, why.reason) };
    } finally {
      watch.stop();
    }
  }

  return {
    // None waits for a thread: there are never more under way.
    run: (spec, all, options) =>
      inParallel(all, { limit: jobs, signal: options.signal }, (job) =>
        simulate(spec, job, options),
      ),
    close: async () => {
      isClosed = true;
      await pool?.destroy();
    },
  };
}

/** The bytes of a specification are made once, and all threads read the same ones. */
function sharing(): (spec: SweepSpec) => SharedSpec {
  const known = new WeakMap<SweepSpec, SharedSpec>();
  let next = 0;
  return (spec) => {
    const found = known.get(spec);
    if (found !== undefined) return found;
    const bytes = serialize(spec);
    const shared = { key: next++, bytes: new SharedArrayBuffer(bytes.length) };
    new Uint8Array(shared.bytes).set(bytes);
    known.set(spec, shared);
    return shared;
  };
}

/** Listens to a point. Its time begins when it says so for the first time: a thread may have to be started before. */
function watching({ timeMax, onEvents }: ExecuteOptions) {
  const { port1, port2 } = new MessageChannel();
  const tooLong = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let told = 0;
  const tell = (events: number) => {
    if (events > told) onEvents?.(events - told);
    told = Math.max(told, events);
  };
  port1.on('message', (events: number) => {
    if (Number.isFinite(timeMax)) timer ??= setTimeout(() => tooLong.abort(), timeMax * 1000);
    tell(events);
  });
  return {
    port: port2,
    tooLong: tooLong.signal,
    endWith: tell,
    stop: () => {
      clearTimeout(timer);
      port1.close();
    },
  };
}

function whatHappened(
  error: unknown,
  isTooLong: boolean,
  timeMax: number,
): Pick<PointFailure, 'kind' | 'reason'> {
  if (isTooLong) return { kind: 'too long', reason: `not done after ${timeMax} s` };
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { kind: 'out of memory', reason: 'ran out of memory' };
  }
  return { kind: 'failed', reason: message ?? String(error) };
}
