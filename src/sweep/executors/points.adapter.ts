/** Points of a sweep on threads of this machine. */
import type { Piscina } from 'piscina';
import type { PointFailure } from '../../measure/points.ts';
import type { ExecuteOptions, SweepExecutor } from '../executor.ts';
import { failureOf } from '../point.ts';
import type { PointJob, PointOutcome, SweepSpec } from '../spec.ts';
import { threads } from './threads.adapter.ts';

export interface PointThreads {
  readonly jobs: number;
  /** Heap of a thread at most. [MiB; default: as Node decides] */
  readonly heapMax?: number | undefined;
}

export function pointThreads({ jobs, heapMax }: PointThreads): SweepExecutor {
  let pool: Piscina | null = null;
  return {
    async *run(spec, all, options) {
      const own = threads({ jobs, heapMax, data: spec });
      pool = own;
      const underWay = new Set<Promise<PointOutcome>>();
      const done: PointOutcome[] = [];
      const begin = (job: PointJob) => {
        const one = simulate(own, spec, job, options).then((outcome) => {
          underWay.delete(one);
          done.push(outcome);
          return outcome;
        });
        underWay.add(one);
      };
      try {
        for await (const job of all) {
          if (options.signal.aborted) break;
          begin(job);
          // None waits for a thread: its time would run meanwhile.
          while (underWay.size >= jobs) await Promise.race(underWay);
          while (done.length > 0) yield done.shift()!;
        }
        while (underWay.size > 0) {
          await Promise.race(underWay);
          while (done.length > 0) yield done.shift()!;
        }
      } finally {
        await own.destroy();
      }
    },
    close: async () => {
      await pool?.destroy();
    },
  };
}

async function simulate(
  pool: Piscina,
  spec: SweepSpec,
  job: PointJob,
  { timeMax, onEvents }: ExecuteOptions,
): Promise<PointOutcome> {
  const tooLong = new AbortController();
  const timer = Number.isFinite(timeMax)
    ? setTimeout(() => tooLong.abort(), timeMax * 1000)
    : undefined;
  try {
    const outcome: PointOutcome = await pool.run(job, { name: 'point', signal: tooLong.signal });
    if ('record' in outcome) onEvents?.(outcome.record.events);
    return outcome;
  } catch (error) {
    const { kind, reason } = whatHappened(error, tooLong.signal.aborted, timeMax);
    return { failure: failureOf(spec, job, kind, reason) };
  } finally {
    clearTimeout(timer);
  }
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
