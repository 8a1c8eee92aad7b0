/** What each proxy has been through since the start, for who watches single ones. */

export class Ledger {
  /** By proxy: pushes that were sent to it, and the sum of the time from enqueued to last byte sent. [ns] */
  readonly pushes: Float64Array;
  readonly pushTime: Float64Array;
  /** By proxy: the sum of the time from sent to applied. [ns] */
  readonly convergenceTime: Float64Array;
  /** By proxy: Envoy's `cluster_manager.cluster_updated`: changes of the hosts of its clusters. */
  readonly clusterUpdates: Float64Array;

  constructor(proxies: number) {
    this.pushes = new Float64Array(proxies);
    this.pushTime = new Float64Array(proxies);
    this.convergenceTime = new Float64Array(proxies);
    this.clusterUpdates = new Float64Array(proxies);
  }

  /** @param time - since it was put into the queue. [ns] */
  sent(proxy: number, time: number): void {
    this.pushes[proxy]++;
    this.pushTime[proxy] += time;
  }

  /**
   * @param time - since its last byte was sent. [ns]
   * @param clusterUpdates - clusters whose hosts it changed
   */
  applied(proxy: number, time: number, clusterUpdates: number): void {
    this.convergenceTime[proxy] += time;
    this.clusterUpdates[proxy] += clusterUpdates;
  }
}
