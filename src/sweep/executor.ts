/**
 * The port that executors of sweeps stand behind. All of them keep one contract (`test/sweep/contract.ts`): every job
 * has exactly one outcome, in any order; a job that fails, dies or takes too long costs no other one; a record does not
 * depend on who made it.
 */
import type { PointJob, PointOutcome, SweepSpec } from './spec.ts';

export interface ExecuteOptions {
  /** A point that takes longer has failed. [s; Infinity for no limit] */
  readonly timeMax: number;
  /** Aborted: no new point begins, those under way are finished, unless `close` gives them up. */
  readonly signal: AbortSignal;
  /** Told now and then how many events points under way have simulated since it was told last. */
  readonly onEvents?: (events: number) => void;
}

export interface SweepExecutor {
  /** Jobs are taken as there is room for them, so there may be any number. */
  run(
    spec: SweepSpec,
    jobs: AsyncIterable<PointJob> | Iterable<PointJob>,
    options: ExecuteOptions,
  ): AsyncIterable<PointOutcome>;
  /** Gives up what is under way. */
  close(): Promise<void>;
}
