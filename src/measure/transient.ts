/** Keeps the latencies of a pilot run in the order of arrival, and says where its start-up transient ends. */
import { mser5 } from './warmup.ts';

export interface Transient {
  /** Since the start of the simulation. [ns] */
  readonly end: number;
  /** False: it is not over in the first half of the run. */
  readonly reached: boolean;
}

export class TransientRecorder {
  /** By load: arrival and latency of each request. */
  private readonly requests: { arrival: number; latency: number }[][];

  constructor(loadCount: number) {
    this.requests = Array.from({ length: loadCount }, () => []);
  }

  record(load: number, arrival: number, latency: number): void {
    this.requests[load].push({ arrival, latency });
  }

  /** The transient is over when that of every load is. */
  find(): Transient {
    const ends = this.requests.map((requests) => {
      // Of one instant the first to leave comes first: the order of `record` is kept.
      const inOrder = requests.toSorted((a, b) => a.arrival - b.arrival);
      const { count, reached } = mser5(inOrder.map(({ latency }) => latency));
      return { end: inOrder[count]?.arrival ?? 0, reached };
    });
    return {
      end: Math.max(0, ...ends.map(({ end }) => end)),
      reached: ends.every(({ reached }) => reached),
    };
  }
}
