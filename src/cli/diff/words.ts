/** Estimates and differences in words: each in a unit that suits both sides, and how often the one is the other. */
import type { Difference, DifferenceVerdict } from '../../measure/compare.ts';
import { type MetricName, type MetricUnit, metrics } from '../../measure/metrics.ts';
import type { Estimate } from '../../measure/result.ts';
import {
  byteUnit,
  coreUnit,
  digits,
  estimate,
  margin,
  NONE,
  signedEstimate,
  times,
  timeUnit,
  type Unit,
} from '../../report/format.ts';
import { MILLISECOND } from '../../units.ts';

const unitsOf: Readonly<Record<MetricUnit, (largest: number) => Unit>> = {
  time: (ns) => {
    const { name, size } = timeUnit(ns / MILLISECOND);
    return { name, size: size * MILLISECOND };
  },
  share: () => ({ name: '%', size: 0.01 }),
  rate: () => ({ name: '/s', size: 1 }),
  cores: coreUnit,
  bytes: byteUnit,
  count: () => ({ name: '', size: 1 }),
};

/** Unit, a, b, b − a, and what to think of it. */
export function cellsOf(metric: MetricName, difference: Difference): readonly string[] {
  const { a, b, effect } = difference;
  const largest = Math.max(...[a, b].map((side) => Math.abs(side?.value ?? 0)));
  const { name, size } = unitsOf[metrics[metric]](largest);
  const shown = (side: Estimate | null) => (side === null ? NONE : estimate(times(side, 1 / size)));
  const change = effect === null ? NONE : signedEstimate(times(effect, 1 / size));
  return [name, shown(a), shown(b), change, verdictText(difference)];
}

function verdictText(difference: Difference): string {
  const { verdict, reason } = difference;
  if (verdict === 'not known') return `not known: ${reason}`;
  return verdict === 'no difference detected' ? verdict : changeText(difference);
}

/** From here on a ratio is easier to think in than a percentage. */
const TIMES = 1.1;

/** `1.33 ±0.04 times higher`, `3.1 ±0.8 % lower`. */
export function changeText({ ratio, verdict }: Pick<Difference, 'ratio' | 'verdict'>): string {
  if (ratio === null || ratio.value <= 0) return verdict;
  const growth = verdict === 'higher' ? ratio : inverse(ratio);
  if (growth.value >= TIMES) return `${withMargin(growth)} times ${verdict}`;
  return `${withMargin(percentOf(ratio, verdict))} % ${verdict}`;
}

function percentOf({ value, low, high }: Estimate, verdict: DifferenceVerdict): Estimate {
  const percent = (of: number) => 100 * (verdict === 'higher' ? of - 1 : 1 - of);
  if (low === null || high === null) return { value: percent(value), low, high };
  const ends = [percent(low), percent(high)];
  return { value: percent(value), low: Math.min(...ends), high: Math.max(...ends) };
}

function inverse({ value, low, high }: Estimate): Estimate {
  const bounded = low !== null && high !== null && low > 0;
  return { value: 1 / value, low: bounded ? 1 / high : null, high: bounded ? 1 / low : null };
}

function withMargin(of: Estimate): string {
  return `${digits(of.value)} ${margin(of)}`.trim();
}
