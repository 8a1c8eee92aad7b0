/** Two sweeps compared, for a person: metric by metric in how many points, then the points that only one has. */
import {
  countVerdicts,
  isSaturationDifferent,
  type PointDifference,
  type SweepComparison,
} from '../../measure/compare-results.ts';
import { type MetricName, metrics } from '../../measure/metrics.ts';
import type { PointValue } from '../../measure/points.ts';
import { NONE } from '../../report/format.ts';
import { answerOf, method, saturationLines } from './run-view.ts';
import type { Row, View } from './view.ts';
import { changeText } from './words.ts';

/** More lines of one kind are counted only. */
const LISTED = 10;

interface Sweep {
  readonly path: string;
  readonly sweep: { readonly scenario: string; readonly seed: string; readonly size: number };
}

export function sweepView(a: Sweep, b: Sweep, comparison: SweepComparison, noise: number): View {
  const { axes, points, onlyA, onlyB } = comparison;
  const place = (values: readonly PointValue[]) =>
    axes.map((path, axis) => `${path}=${values[axis]}`).join(' ');
  const all = points.flatMap((point) => point.metrics.filter(isMeasured));
  const saturation = points.filter((point) => isSaturationDifferent(point.saturation));
  const findings = [
    ...saturation.map(
      ({ values, saturation: of }) => `${place(values)}: ${saturationLines(of).join(', ')}`,
    ),
    ...onlyA.map((values) => `only in a: ${place(values)}`),
    ...onlyB.map((values) => `only in b: ${place(values)}`),
  ];
  return {
    sides: [sideOf('a', a), sideOf('b', b)],
    tables: [
      {
        title: `${points.length} points`,
        head: ['', 'higher', 'lower', 'no difference', 'not known', 'most different'],
        aligns: ['left', 'right', 'right', 'right', 'right', 'left'],
        rows: (Object.keys(metrics) as MetricName[]).flatMap((metric) =>
          rowOf(metric, points, place),
        ),
      },
    ],
    findings: shortened(findings),
    answer: [
      answerOf(countVerdicts(all), saturation.length > 0),
      ...single(onlyA.length + onlyB.length),
    ].join(', '),
    remarks: [
      method(all.filter(({ p }) => p !== null).length, noise),
      'Points are taken to have at least three replications.',
    ],
  };
}

function sideOf(name: string, { path, sweep }: Sweep): readonly string[] {
  return [name, path, sweep.scenario, `seed ${sweep.seed}`, `${sweep.size} points`];
}

function single(count: number): readonly string[] {
  if (count === 0) return [];
  return [`${count} ${count === 1 ? 'point is' : 'points are'} in one only`];
}

type Measured = PointDifference['metrics'][number];

function isMeasured({ a, b }: Measured): boolean {
  return a !== null || b !== null;
}

/** None where no point has it. */
function rowOf(
  metric: MetricName,
  points: readonly PointDifference[],
  place: (values: readonly PointValue[]) => string,
): readonly Row[] {
  const found = points.flatMap(({ values, metrics }) =>
    metrics
      .filter((each) => each.metric === metric && isMeasured(each))
      .map((of) => ({ of, values })),
  );
  if (found.length === 0) return [];
  const counts = countVerdicts(found.map(({ of }) => of));
  const [most] = found
    .filter(({ of }) => of.verdict === 'higher' || of.verdict === 'lower')
    .toSorted((x, y) => sizeOf(y.of) - sizeOf(x.of));
  const numbers = [
    counts.higher,
    counts.lower,
    counts['no difference detected'],
    counts['not known'],
  ];
  return [
    {
      cells: [
        metric,
        ...numbers.map((count) => (count === 0 ? NONE : String(count))),
        most === undefined ? '' : `${changeText(most.of)} at ${place(most.values)}`,
      ],
      weight: most === undefined ? 'plain' : 'strong',
    },
  ];
}

/** Twice as much is as different as half as much. */
function sizeOf({ ratio }: Measured): number {
  if (ratio === null || ratio.value <= 0) return Number.POSITIVE_INFINITY;
  return Math.abs(Math.log(ratio.value));
}

function shortened(lines: readonly string[]): readonly string[] {
  const more = lines.length - LISTED;
  return more > 0 ? [...lines.slice(0, LISTED), `… and ${more} more; -o json lists all`] : lines;
}
