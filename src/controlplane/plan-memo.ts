/**
 * Plans by workload: proxies of one workload are told the same, and a hundred thousand are asked about in random order,
 * so what was found for one is kept where looking it up touches as little memory as can be.
 */
import type { Plan } from './generate.ts';
import type { Range } from './push-queue.ts';
import type { Catalogue } from './resources.ts';
import type { PushLog } from './told.ts';
import type { Workloads } from './workloads.ts';

/** Ranges that are told apart at a time; pushes follow one another, so a few are pushed side by side. */
const RECENT = 8;

export class PlanMemo {
  private readonly log: PushLog;
  private readonly workloads: Workloads;
  private readonly catalogue: Catalogue;
  /** By workload: its latest plan, and of which range that is, by a number that no other range ever has. */
  private readonly plans: (Plan | null)[];
  private readonly stamps: Int32Array;
  /** The latest ranges, and the number of each. */
  private readonly firsts = new Int32Array(RECENT).fill(-2);
  private readonly lasts = new Int32Array(RECENT).fill(-2);
  private readonly numbers = new Int32Array(RECENT);
  private oldest = 0;
  private ranges = 0;
  /** The state of the catalogue that all of this is by. */
  private changes = -1;

  constructor(log: PushLog, workloads: Workloads, catalogue: Catalogue) {
    this.log = log;
    this.workloads = workloads;
    this.catalogue = catalogue;
    this.plans = workloads.all.map(() => null);
    this.stamps = new Int32Array(workloads.all.length);
  }

  /** As `PushLog.planFor`. */
  planFor(range: Range, workload: number): Plan | null {
    if (range.forced) return this.log.planFor(range, this.workloads.all[workload]);
    const stamp = this.stampOf(range);
    if (this.stamps[workload] !== stamp) {
      this.plans[workload] = this.log.planFor(range, this.workloads.all[workload]);
      this.stamps[workload] = stamp;
    }
    return this.plans[workload];
  }

  /** Workloads see something else from now on. */
  forget(): void {
    this.changes = -1;
  }

  private stampOf({ first, last }: Range): number {
    if (this.changes !== this.catalogue.changes) {
      this.changes = this.catalogue.changes;
      this.firsts.fill(-2);
    }
    for (let i = 0; i < RECENT; i++) {
      if (this.firsts[i] === first && this.lasts[i] === last) return this.numbers[i];
    }
    const place = this.oldest;
    this.oldest = (this.oldest + 1) % RECENT;
    this.firsts[place] = first;
    this.lasts[place] = last;
    this.numbers[place] = ++this.ranges;
    return this.ranges;
  }
}
