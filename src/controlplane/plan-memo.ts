/**
 * Plans of the latest pushes: thousands of proxies are told the same, and asked about in random order, so what was found
 * for one is kept where looking it up touches as little memory as can be. Most pushes concern proxies for what they see
 * alone: then one plan serves all plain workloads that see the same. Else there is one for each workload.
 */
import type { Plan } from './generate.ts';
import type { Range } from './push-queue.ts';
import type { Catalogue } from './resources.ts';
import type { PushLog } from './told.ts';
import type { Workloads } from './workloads.ts';

/** Ranges that are told apart at a time; pushes follow one another, so a few are pushed side by side. */
const RECENT = 8;

/** A range of pushes, and what was found for it. */
interface Recent {
  first: number;
  last: number;
  isPlain: boolean;
  /** By class of plain workloads, or by workload. */
  readonly plans: Map<number, Plan | null>;
}

export class PlanMemo {
  private readonly log: PushLog;
  private readonly workloads: Workloads;
  private readonly catalogue: Catalogue;
  private readonly recent: readonly Recent[];
  private oldest = 0;
  /** The state of the catalogue that all of this is by. */
  private changes = -1;

  constructor(log: PushLog, workloads: Workloads, catalogue: Catalogue) {
    this.log = log;
    this.workloads = workloads;
    this.catalogue = catalogue;
    this.recent = Array.from({ length: RECENT }, () => ({
      first: -2,
      last: -2,
      isPlain: false,
      plans: new Map(),
    }));
  }

  /** As `PushLog.planFor`. */
  planFor(range: Range, workload: number): Plan | null {
    const { plain, plainSince, all } = this.workloads;
    if (range.forced) return this.log.planFor(range, all[workload]);
    const { isPlain, plans } = this.find(range);
    const isUsual = isPlain && plain[workload] >= 0 && plainSince[workload] < range.first;
    const name = isUsual ? plain[workload] : -1 - workload;
    let plan = plans.get(name);
    if (plan === undefined) {
      plan = this.log.planFor(range, all[workload]);
      plans.set(name, plan);
    }
    return plan;
  }

  /** Workloads see something else from now on. */
  forget(): void {
    this.changes = -1;
  }

  private find(range: Range): Recent {
    const { first, last } = range;
    if (this.changes !== this.catalogue.changes) {
      this.changes = this.catalogue.changes;
      for (const one of this.recent) one.first = -2;
    }
    for (const one of this.recent) if (one.first === first && one.last === last) return one;
    const one = this.recent[this.oldest];
    this.oldest = (this.oldest + 1) % RECENT;
    one.first = first;
    one.last = last;
    one.isPlain = this.log.isPlain(range);
    one.plans.clear();
    return one;
  }
}
