/**
 * Where a producer hands in points and gets outcomes back. A point is in the queue under its content address, so one
 * that is handed in twice is there once, and what a producer before left behind is found. What is handed in stays on
 * the list until its outcome is here: whatever gets lost on the way is handed in again.
 */
import type { Job, Queue } from 'bullmq';
import type { PointFailure } from '../../measure/points.ts';
import { quote } from '../../problems.ts';
import type { PointJob, PointOutcome } from '../spec.ts';
import { settings } from './keys.ts';
import { PayloadError, type PointPayload, readOutcome } from './payloads.ts';

export interface Desk {
  /** Points without an outcome. */
  readonly size: number;
  /** @returns outcomes that were there already */
  handIn(jobs: readonly PointJob[]): Promise<readonly PointOutcome[]>;
  /** @param ids - of points that may be done; all if left out */
  collect(ids?: Iterable<string>): Promise<readonly PointOutcome[]>;
  /** Takes outcomes that were collected out of the queue: whoever asked for them has them safe by now. */
  clear(): Promise<void>;
  /** Takes back what no worker has begun. */
  withdraw(): Promise<void>;
}

export interface DeskOptions {
  readonly queue: Queue;
  readonly payloadOf: (job: PointJob) => PointPayload;
  readonly failureOf: (job: PointJob, kind: PointFailure['kind'], reason: string) => PointFailure;
}

/** Handed in with one command. */
const BATCH = 200;

export function makeDesk({ queue, payloadOf, failureOf }: DeskOptions): Desk {
  /** By id. The same point may be asked for more than once: each time it is due an outcome. */
  const due = new Map<string, readonly PointJob[]>();
  const collected: string[] = [];

  async function add(jobs: readonly PointJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += BATCH) {
      await queue.addBulk(
        jobs.slice(from, from + BATCH).map((job) => ({
          name: 'point',
          data: payloadOf(job),
          opts: { jobId: job.id, attempts: settings.attempts, stackTraceLimit: 1 },
        })),
      );
    }
  }

  /** What is in the queue under these ids, as far as it can be read. */
  function find(ids: readonly string[]): Promise<readonly (Found | null)[]> {
    return Promise.all(
      ids.map(async (id) => {
        const job = await queue.getJob(id);
        return job === undefined ? null : foundOf(job);
      }),
    );
  }

  /** Takes it off the list. */
  function settle(id: string, found: PointOutcome | string): readonly PointOutcome[] {
    const jobs = due.get(id) ?? [];
    due.delete(id);
    collected.push(id);
    return jobs.map((job) =>
      typeof found === 'string'
        ? { failure: failureOf(job, ...whatHappened(found)) }
        : addressed(found, job),
    );
  }

  /** A point that failed for a producer before is tried again, and one that waits is told anew what it is. */
  async function handIn(jobs: readonly PointJob[]): Promise<readonly PointOutcome[]> {
    const fresh = jobs.filter(({ id }) => !due.has(id));
    const unique = [...new Map(fresh.map((job) => [job.id, job])).values()];
    for (const job of jobs) due.set(job.id, [...(due.get(job.id) ?? []), job]);
    const found = await find(unique.map(({ id }) => id));
    const outcomes: PointOutcome[] = [];
    const stale: string[] = [];
    const missing = unique.filter(({ id }, i) => {
      const outcome = found[i]?.outcome ?? null;
      const isDone = outcome !== null && typeof outcome !== 'string' && 'record' in outcome;
      if (isDone) outcomes.push(...settle(id, outcome));
      else if (found[i] !== null) stale.push(id);
      return !isDone;
    });
    await remove(stale);
    // Those that a worker is about are still there, and stay as they are.
    await add(missing);
    return outcomes;
  }

  async function collect(ids: Iterable<string> = due.keys()): Promise<readonly PointOutcome[]> {
    const asked = [...ids].filter((id) => due.has(id));
    const found = await find(asked);
    const lost: PointJob[] = [];
    const outcomes = asked.flatMap((id, i) => {
      const at = found[i];
      if (at === null) lost.push(...(due.get(id) ?? []).slice(0, 1));
      return at === null || at.outcome === null ? [] : settle(id, at.outcome);
    });
    await add(lost);
    return outcomes;
  }

  /** @returns how many were there, and not in the hands of a worker */
  async function remove(ids: readonly string[]): Promise<readonly boolean[]> {
    return Promise.all(ids.map(async (id) => (await queue.remove(id)) === 1));
  }

  return {
    get size() {
      return due.size;
    },
    handIn,
    collect,
    clear: async () => {
      await remove(collected.splice(0));
    },
    withdraw: async () => {
      const ids = [...due.keys()];
      const found = await find(ids);
      const idle = ids.filter((_, i) => found[i]?.outcome === null);
      const removed = await remove(idle);
      const gone = ids.filter((_, i) => found[i] === null);
      for (const id of [...gone, ...idle.filter((_, i) => removed[i])]) due.delete(id);
    },
  };
}

interface Found {
  /** Text: why there will be none. null: not yet. */
  readonly outcome: PointOutcome | string | null;
}

type Ended = Pick<Job, 'id' | 'finishedOn' | 'returnvalue' | 'failedReason'>;

function foundOf({ id, finishedOn, returnvalue, failedReason }: Ended): Found {
  if (finishedOn === undefined) return { outcome: null };
  if (failedReason !== undefined) return { outcome: failedReason };
  try {
    const outcome = readOutcome(returnvalue);
    const of = 'record' in outcome ? outcome.record.id : outcome.failure.id;
    if (of !== id) throw new PayloadError(`it is of another point, ${quote(of)}`);
    return { outcome };
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return { outcome: `a worker sent what is no result: ${error.message}` };
  }
}

/** As BullMQ has it for a point whose workers died. */
const STALLED = /stalled more than/;

function whatHappened(reason: string): readonly [PointFailure['kind'], string] {
  if (!STALLED.test(reason)) return ['failed', reason];
  return ['lost', 'every worker that simulated it died, or lost its connection'];
}

/** Whoever asked for it first may have had another place for it: a point is the same at any index. */
function addressed(outcome: PointOutcome, { index, values }: PointJob): PointOutcome {
  if ('record' in outcome) return { record: { ...outcome.record, index, values } };
  return { failure: { ...outcome.failure, index, values } };
}
