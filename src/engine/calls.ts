/** What is counted of calls: how long they took and how they ended, by tag, and the retry budgets of their callers. */
import { LatencyHistogram } from './histogram.ts';
import type { Network, Policy } from './network.ts';

/** Outcome numbers are below this. */
export const OUTCOMES = 16;

export class Calls {
  /** By tag: from the first try to the end of the last, back-off included. [ns] */
  readonly latency: readonly LatencyHistogram[];
  /** tries[tag * OUTCOMES + outcome]: every try, the retried ones too. */
  readonly tries: Float64Array;
  /** By tag. */
  readonly retries: Float64Array;
  private readonly policies: readonly Policy[];
  private readonly placeCount: number;
  /** budgetBase[policy] + place of the caller, −1 for a policy without a budget. */
  private readonly budgetBase: Int32Array;
  private readonly underWay: Int32Array;
  private readonly retrying: Int32Array;

  constructor(network: Network) {
    this.latency = Array.from({ length: network.tagCount }, () => new LatencyHistogram());
    this.tries = new Float64Array(network.tagCount * OUTCOMES);
    this.retries = new Float64Array(network.tagCount);
    this.policies = network.policies;
    this.placeCount = network.placeCount;
    this.budgetBase = new Int32Array(network.policies.length).fill(-1);
    let budgets = 0;
    network.policies.forEach((policy, p) => {
      if (policy.budget !== null) this.budgetBase[p] = this.placeCount * budgets++;
    });
    this.underWay = new Int32Array(this.placeCount * budgets);
    this.retrying = new Int32Array(this.placeCount * budgets);
  }

  triesOf(tag: number, outcome: number): number {
    return this.tries[tag * OUTCOMES + outcome];
  }

  begin(policy: number, caller: number): void {
    const base = this.budgetBase[policy];
    if (base >= 0) this.underWay[base + caller]++;
  }

  end(policy: number, caller: number): void {
    const base = this.budgetBase[policy];
    if (base >= 0) this.underWay[base + caller]--;
  }

  /** The retry that `mayRetry` allowed is over. */
  endRetry(policy: number, caller: number): void {
    const base = this.budgetBase[policy];
    if (base >= 0) this.retrying[base + caller]--;
  }

  /** True if a failed call may try once more; the retry then counts against the caller's budget. */
  mayRetry(policy: number, caller: number, outcome: number, retriesSoFar: number): boolean {
    const { retries, retryOn, budget } = this.policies[policy];
    if (retriesSoFar >= retries || ((retryOn >>> outcome) & 1) === 0) return false;
    if (budget === null) return true;
    const at = this.budgetBase[policy] + caller;
    const most = Math.max(budget.minimum, Math.floor(budget.share * this.underWay[at]));
    if (this.retrying[at] >= most) return false;
    this.retrying[at]++;
    return true;
  }

  /** Envoy's fully jittered exponential back-off before retry number `retry`, counted from 1. [ns] */
  backoff(policy: number, retry: number, u: number): number {
    const { backoffBase, backoffMax } = this.policies[policy];
    return Math.floor(u * Math.min(backoffBase * 2 ** (retry - 1), backoffMax));
  }
}
