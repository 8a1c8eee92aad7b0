/** Points of a sweep on threads of this machine. */
import type { Piscina } from 'piscina';
import type { PointFailure } from '../../measure/points.ts';
import { aborted, makeBell } from '../bell.ts';
import type { ExecuteOptions, SweepExecutor } from '../executor.ts';
import { makeInbox } from '../inbox.ts';
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
      let underWay = 0;
      const done: PointOutcome[] = [];
      const bell = makeBell();
      // None waits for a thread: its time would run meanwhile.
      const inbox = makeInbox(all, () => jobs - underWay, options.signal, bell);
      void aborted(options.signal).then(bell.ring);
      const begin = async (job: PointJob) => {
        underWay++;
        done.push(await simulate(own, spec, job, options));
        underWay--;
        bell.ring();
      };
      try {
        for (;;) {
          for (const job of inbox.take()) void begin(job);
          while (done.length > 0) yield done.shift()!;
          if (options.signal.aborted) inbox.close();
          if (inbox.isDone && underWay === 0 && done.length === 0) return;
          await bell.wait(Number.POSITIVE_INFINITY);
        }
      } finally {
        inbox.close();
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
