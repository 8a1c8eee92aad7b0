/** What each proxy has been through since the start, for who watches single ones. */

/**
 * Fields of a proxy's row, which is half a cache line, as pushes go over proxies in random order. PUSHES that were sent to
 * it, and the sum of the time from enqueued to last byte sent; the sum of the time from sent to applied; Envoy's
 * `cluster_manager.cluster_updated`: changes of the hosts of its clusters. [ns]
 */
const PUSHES = 0;
const PUSH_TIME = 1;
const CONVERGENCE_TIME = 2;
const CLUSTER_UPDATES = 3;
const ROW = 4;

/** What one proxy has been through. */
export interface Account {
  readonly pushes: number;
  /** Summed up over pushes: from enqueued to last byte sent, and from there to applied. [ns] */
  readonly pushTime: number;
  readonly convergenceTime: number;
  readonly clusterUpdates: number;
}

export class Ledger {
  private readonly rows: Float64Array;
  /** Means nothing. */
  fetched = 0;

  constructor(proxies: number) {
    this.rows = new Float64Array(proxies * ROW);
  }

  of(proxy: number): Account {
    const [pushes, pushTime, convergenceTime, clusterUpdates] = this.rows.subarray(proxy * ROW);
    return { pushes, pushTime, convergenceTime, clusterUpdates };
  }

  /** Reads a row that is written to soon, so that it is in the caches then; of none, −1, nothing happens. */
  fetch(proxy: number): void {
    this.fetched = this.rows[proxy * ROW];
  }

  /** @param time - since it was put into the queue. [ns] */
  sent(proxy: number, time: number): void {
    this.rows[proxy * ROW + PUSHES]++;
    this.rows[proxy * ROW + PUSH_TIME] += time;
  }

  /**
   * @param time - since its last byte was sent. [ns]
   * @param clusterUpdates - clusters whose hosts it changed
   */
  applied(proxy: number, time: number, clusterUpdates: number): void {
    this.rows[proxy * ROW + CONVERGENCE_TIME] += time;
    this.rows[proxy * ROW + CLUSTER_UPDATES] += clusterUpdates;
  }
}
