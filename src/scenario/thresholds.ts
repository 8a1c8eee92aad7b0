/** Thresholds as a user writes them: `latency.p99 < 25ms`, or `users: errors < 0.1%` for one load. */
import { type MetricName, type MetricUnit, metrics, type Threshold } from '../measure/metrics.ts';
import { quote } from '../problems.ts';
import { parseBytes, parseCores, parseRate, parseShare, parseTime } from '../units.ts';
import { didYouMean, listed } from '../yaml/suggest.ts';

const operators = ['<', '<=', '>', '>='] as const;

const parsers: Readonly<Record<MetricUnit, (text: string) => number>> = {
  time: parseTime,
  share: parseShare,
  rate: parseRate,
  cores: parseCores,
  bytes: parseBytes,
  count: parseCount,
};

/**
 * @param loads - names of the loads of the scenario; null if they are not known
 * @throws RangeError with a text for the user
 */
export function parseThreshold(expression: string, loads: readonly string[] | null): Threshold {
  const [, prefix, metric, operator, bound] =
    /^\s*(?:(\S.*?)\s*:)?\s*([^\s:<>=]+)\s*([<>=!]+)\s*(\S.*?)\s*$/.exec(expression) ?? [];
  if (metric === undefined) {
    throw new RangeError(
      `${quote(expression)} is no threshold; expected one such as "latency.p99 < 25ms" or "users: errors < 0.1%"`,
    );
  }
  const load = prefix ?? null;
  if (load !== null && loads !== null && !loads.includes(load)) {
    throw new RangeError(
      `there is no load ${quote(load)}; ${didYouMean(load, loads) || `expected ${listed(loads)}`}`,
    );
  }
  if (!isMetric(metric)) {
    const names = Object.keys(metrics);
    throw new RangeError(
      `${quote(metric)} is no metric; ${didYouMean(metric, names) || `expected ${listed(names)}`}`,
    );
  }
  if (!isOperator(operator)) {
    throw new RangeError(`${quote(operator)} is no comparison; expected ${listed(operators)}`);
  }
  return { expression, load, metric, operator, bound: parsers[metrics[metric]](bound) };
}

function isMetric(name: string): name is MetricName {
  return Object.hasOwn(metrics, name);
}

function isOperator(text: string): text is Threshold['operator'] {
  return (operators as readonly string[]).includes(text);
}

function parseCount(text: string): number {
  if (/^\d{1,15}(\.\d+)?$/.test(text)) return Number(text);
  throw new RangeError(`${quote(text)} is no count; expected a number such as 1000`);
}
