/**
 * Gives executors points one by one, as they come in. Points of one sweep go to one run, so that its threads stay;
 * where points of several sweeps come in by turns, a few runs are kept.
 */
import { makeBell } from '../bell.ts';
import type { SweepExecutor } from '../executor.ts';
import type { PointJob, PointOutcome, SweepSpec } from '../spec.ts';

export interface Feed {
  /** Throws where the executor gives up. */
  simulate(spec: SweepSpec, job: PointJob, timeMax: number): Promise<PointOutcome>;
  /** Gives up what is under way. */
  close(): Promise<void>;
}

/** Runs that are kept without a point under way. */
const IDLE_MAX = 2;

export function makeFeed(makeExecutor: () => SweepExecutor): Feed {
  let runs: readonly Run[] = [];
  return {
    simulate(spec, job, timeMax) {
      const lasting = runs.filter(({ hasEnded }) => !hasEnded());
      const found = lasting.find((run) => run.spec === spec && run.timeMax === timeMax);
      const run = found ?? beginRun(makeExecutor(), spec, timeMax);
      // The one that was used last stands first.
      const others = lasting.filter((one) => one !== run);
      const idle = others.filter(({ isIdle }) => isIdle()).slice(IDLE_MAX - 1);
      for (const one of idle) void one.close();
      runs = [run, ...others.filter((one) => !idle.includes(one))];
      return run.simulate(job);
    },
    async close() {
      await Promise.all(runs.map((run) => run.close()));
    },
  };
}

interface Run {
  readonly spec: SweepSpec;
  readonly timeMax: number;
  readonly isIdle: () => boolean;
  readonly hasEnded: () => boolean;
  simulate(job: PointJob): Promise<PointOutcome>;
  close(): Promise<void>;
}

interface Asked {
  readonly resolve: (outcome: PointOutcome) => void;
  readonly reject: (error: unknown) => void;
}

function beginRun(executor: SweepExecutor, spec: SweepSpec, timeMax: number): Run {
  const jobs: PointJob[] = [];
  const asked = new Map<string, readonly Asked[]>();
  const bell = makeBell();
  let isClosed = false;
  let hasEnded = false;

  async function* comingIn(): AsyncGenerator<PointJob> {
    while (!isClosed) {
      while (jobs.length > 0) yield jobs.shift()!;
      await bell.wait(Number.POSITIVE_INFINITY);
    }
  }

  async function answer(): Promise<void> {
    let reason: unknown = new Error('its run was ended');
    try {
      // Whoever asks a worker to end waits for its points, and then closes it.
      const { signal } = new AbortController();
      for await (const outcome of executor.run(spec, comingIn(), { timeMax, signal })) {
        const { id } = 'record' in outcome ? outcome.record : outcome.failure;
        for (const { resolve } of asked.get(id) ?? []) resolve(outcome);
        asked.delete(id);
      }
    } catch (error) {
      reason = error;
    }
    hasEnded = true;
    for (const { reject } of [...asked.values()].flat()) reject(reason);
    await executor.close();
  }
  const answering = answer();

  return {
    spec,
    timeMax,
    isIdle: () => asked.size === 0,
    hasEnded: () => hasEnded,
    simulate: (job) =>
      new Promise((resolve, reject) => {
        const before = asked.get(job.id);
        asked.set(job.id, [...(before ?? []), { resolve, reject }]);
        // A point that this worker was taken to have lost may still be under way.
        if (before === undefined) jobs.push(job);
        bell.ring();
      }),
    async close() {
      isClosed = true;
      bell.ring();
      if (asked.size > 0) await executor.close();
      await answering;
    },
  };
}
