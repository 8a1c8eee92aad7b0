/** When the requests of an open source arrive. */
import { exponential } from './distributions/exponential.ts';
import type { Source } from './network.ts';
import { QuantileTable } from './quantile-table.ts';
import { TIME } from './registers.ts';

const SECOND = 1e9;

/** Gaps of a Poisson process of one arrival a second. */
const unitGap = new QuantileTable(exponential.of({ mean: SECOND }));

type Rates = Extract<Source['arrivals'], { kind: 'open' }>['rates'];

/** Fields of `last`: the last arrival, whole nanoseconds and the rest apart, so that gaps do not drift however late it is. */
const WHOLE = 0;
const REST = 1;

/**
 * A Poisson process whose rate is piecewise constant, by the inverse of its cumulative rate (Çinlar 1975): gaps of
 * rate 1 are stretched by the rate in force. Regular arrivals are the same with gaps of exactly 1.
 */
export class ArrivalTimes {
  private readonly regular: boolean;
  /** By piece: from when on, and its rate per second. */
  private readonly at: Float64Array;
  private readonly rate: Float64Array;
  private readonly last: Float64Array;
  private piece = 0;

  constructor(rates: Rates, regular: boolean, start: number) {
    this.regular = regular;
    this.at = Float64Array.from(rates, ({ at }) => at);
    this.rate = Float64Array.from(rates, ({ rate }) => rate);
    this.last = Float64Array.of(start, 0);
  }

  /** Leaves in register TIME when arrival number `request` is due, Infinity for never; called once for each, in order. */
  next(registers: Float64Array, keyA: number, keyB: number, request: number): void {
    if (this.regular) {
      registers[TIME] = request === 0 ? 0 : SECOND;
    } else {
      unitGap.drawInto(registers, TIME, keyA, keyB, request, 0);
    }
    while (!this.fits(registers)) this.piece++;
  }

  /** True if the gap in register TIME ends within the piece in force; else what is left of it stands there. */
  private fits(registers: Float64Array): boolean {
    const { last, piece } = this;
    const rate = this.rate[piece];
    if (last[WHOLE] < this.at[piece]) this.moveTo(this.at[piece]);
    const isLast = piece + 1 === this.at.length;
    const until = isLast ? Number.POSITIVE_INFINITY : this.at[piece + 1];
    const ahead = rate > 0 ? last[REST] + registers[TIME] / rate : Number.POSITIVE_INFINITY;
    if (last[WHOLE] + ahead < until) {
      const step = Math.floor(ahead);
      last[WHOLE] += step;
      last[REST] = ahead - step;
      registers[TIME] = last[WHOLE] + Math.floor(last[REST] + 0.5);
      return true;
    }
    if (isLast) {
      registers[TIME] = Number.POSITIVE_INFINITY;
      return true;
    }
    if (last[WHOLE] < until) {
      const spent = (until - last[WHOLE] - last[REST]) * rate;
      registers[TIME] = Math.max(0, registers[TIME] - spent);
      this.moveTo(until);
    }
    return false;
  }

  private moveTo(at: number): void {
    this.last[WHOLE] = at;
    this.last[REST] = 0;
  }
}
