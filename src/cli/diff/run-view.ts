/** Two runs compared, for a person. */
import {
  countVerdicts,
  isSaturationDifferent,
  type MetricDifference,
  type RunComparison,
  type SaturationDifference,
  type VerdictCounts,
} from '../../measure/compare-results.ts';
import type { Result } from '../../measure/result.ts';
import type { Row, View } from './view.ts';
import { cellsOf } from './words.ts';

interface Run {
  readonly path: string;
  readonly run: Result;
}

export function runView(a: Run, b: Run, comparison: RunComparison, noise: number): View {
  const { metrics, saturation, isPaired } = comparison;
  const loads = [...new Set(metrics.map(({ load }) => load))];
  const compared = metrics.filter((each) => each.a !== null || each.b !== null);
  return {
    sides: [sideOf('a', a), sideOf('b', b)],
    tables: loads.map((load) => ({
      title: load ?? 'mesh',
      head: ['', '', 'a', 'b', 'b − a', ''],
      aligns: ['left', 'left', 'right', 'right', 'right', 'left'],
      rows: compared.filter((each) => each.load === load).map(rowOf),
    })),
    findings: saturationLines(saturation),
    answer: answerOf(countVerdicts(compared), isSaturationDifferent(saturation)),
    remarks: [method(metrics.filter(({ p }) => p !== null).length, noise), ...paired(isPaired)],
  };
}

function sideOf(name: string, { path, run }: Run): readonly string[] {
  const { scenario, mode, release, profile, seed, reps } = run;
  const reported = `${reps} ${reps === 1 ? 'replication' : 'replications'}`;
  return [
    name,
    path,
    scenario,
    `${mode}, istio ${release}`,
    `profile ${profile}`,
    `seed ${seed}, ${reported}`,
  ];
}

function rowOf(difference: MetricDifference): Row {
  return {
    cells: [difference.metric, ...cellsOf(difference.metric, difference)],
    weight: weightOf(difference),
  };
}

export function weightOf({ verdict }: Pick<MetricDifference, 'verdict'>): Row['weight'] {
  if (verdict === 'not known') return 'faint';
  return verdict === 'no difference detected' ? 'plain' : 'strong';
}

export function saturationLines({ onlyA, onlyB }: SaturationDifference): readonly string[] {
  return [
    ...onlyA.map((name) => `saturated in a only: ${name}`),
    ...onlyB.map((name) => `saturated in b only: ${name}`),
  ];
}

export function answerOf(counts: VerdictCounts, isSaturationApart: boolean): string {
  const { higher, lower } = counts;
  const [none, unknown] = [counts['no difference detected'], counts['not known']];
  if (higher + lower + none === 0 && !isSaturationApart) return 'nothing could be compared';
  const found = higher + lower === 0 ? 'no difference detected' : `${higher + lower} differ`;
  const parts = [
    isSaturationApart && higher + lower === 0 ? 'other stations are saturated' : found,
    ...(higher + lower > 0 ? [`${none} show no difference`] : []),
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ];
  return parts.join(', ');
}

export function method(compared: number, noise: number): string {
  const least = noise > 0 ? ` Differences of less than ${100 * noise} % count as none.` : '';
  return `± are 95 % intervals. That any of ${compared} quantities is called different by chance happens in less than 5 % of comparisons (Welch, Holm).${least}`;
}

function paired(isPaired: boolean): readonly string[] {
  if (!isPaired) return [];
  return [
    'Both have the same seed, loads and services: what chance does to both alike cancels out, so their difference is known better than these intervals, made as if they were independent, say.',
  ];
}
