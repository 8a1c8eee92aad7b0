/** When the requests of an open source arrive. */
import { exponential } from './distributions/exponential.ts';
import type { Source } from './network.ts';
import { QuantileTable } from './quantile-table.ts';
import { uniformAt } from './random.ts';

/** Gaps of a Poisson process of rate 1. */
const unitGap = new QuantileTable(exponential.of({ mean: 1 }));

const SECOND = 1e9;

type Rates = Extract<Source['arrivals'], { kind: 'open' }>['rates'];

/**
 * A Poisson process whose rate is piecewise constant, by the inverse of its cumulative rate (Çinlar 1975): gaps of
 * rate 1 are stretched by the rate in force. Regular arrivals are the same with gaps of exactly 1.
 */
export class ArrivalTimes {
  private readonly rates: Rates;
  private readonly regular: boolean;
  /** The last arrival, whole nanoseconds and the rest apart, so that gaps do not drift however late it is. [ns] */
  private whole: number;
  private rest = 0;
  private piece = 0;

  constructor(rates: Rates, regular: boolean, start: number) {
    this.rates = rates;
    this.regular = regular;
    this.whole = start;
  }

  /** The time of arrival number `request`; called once for each, in order. Infinity if there is none. */
  next(keyA: number, keyB: number, request: number): number {
    let gap = 1;
    if (!this.regular) gap = unitGap.sample(uniformAt(keyA, keyB, request, 0));
    else if (request === 0) gap = 0;
    const { rates } = this;
    for (;;) {
      const { at, rate } = rates[this.piece];
      const isLast = this.piece + 1 === rates.length;
      const until = isLast ? Number.POSITIVE_INFINITY : rates[this.piece + 1].at;
      if (this.whole < at) this.moveTo(at);
      const ahead = rate > 0 ? this.rest + (gap * SECOND) / rate : Number.POSITIVE_INFINITY;
      if (isLast && ahead === Number.POSITIVE_INFINITY) return ahead;
      if (this.whole + ahead < until) {
        const step = Math.floor(ahead);
        this.whole += step;
        this.rest = ahead - step;
        return this.whole + Math.round(this.rest);
      }
      if (this.whole < until) {
        gap = Math.max(0, gap - ((until - this.whole - this.rest) * rate) / SECOND);
        this.moveTo(until);
      }
      this.piece++;
    }
  }

  private moveTo(at: number): void {
    this.whole = at;
    this.rest = 0;
  }
}
