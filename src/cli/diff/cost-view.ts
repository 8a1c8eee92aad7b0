/** Two profiles compared, for a person: the costs that are not the same. */
import { digits, NONE } from '../../report/format.ts';
import type { Cost, CostDifference } from './costs.ts';
import type { View } from './view.ts';

export function costView(
  a: string,
  b: string,
  differences: readonly CostDifference[],
  noise: number,
): View {
  const shown = differences.filter(({ verdict }) => verdict !== 'same');
  // What a fit does not say anything about is not worth a line each.
  const single = (of: CostDifference) => of.verdict === 'only in a' || of.verdict === 'only in b';
  const changed = differences.filter(({ verdict }) => verdict === 'changed').length;
  const both = differences.filter((of) => !single(of)).length;
  return {
    sides: [
      ['a', a],
      ['b', b],
    ],
    tables: [
      {
        title: '',
        head: ['cost', 'a', 'b', 'b / a', ''],
        aligns: ['left', 'right', 'right', 'right', 'left'],
        rows: shown
          .filter((of) => !single(of))
          .map(({ cost, a, b, ratio, verdict }) => ({
            cells: [cost, text(a), text(b), ratio === null ? NONE : digits(ratio), verdict],
            weight: verdict === 'changed' ? 'strong' : 'plain',
          })),
      },
    ],
    findings: (['only in a', 'only in b'] as const).flatMap((where) => {
      const costs = shown.filter(({ verdict }) => verdict === where).map(({ cost }) => cost);
      if (costs.length === 0) return [];
      const few = costs.slice(0, 5).join(', ');
      return [`${where}: ${costs.length > 5 ? `${few} and ${costs.length - 5} more` : few}`];
    }),
    answer: `${changed === 0 ? 'none' : changed} of ${both} costs changed`,
    remarks: remarksOf(differences, noise),
  };
}

function text(cost: Cost | null): string {
  if (cost === null) return NONE;
  return cost.interval === '' ? cost.shown : `${cost.shown}, ${cost.interval}`;
}

function remarksOf(differences: readonly CostDifference[], noise: number): readonly string[] {
  const isSure = (cost: Cost | null) => cost !== null && cost.interval !== '';
  const isFitted = differences.some(({ a, b }) => isSure(a) || isSure(b));
  const least = noise > 0 ? [`Changes of less than ${100 * noise} % count as none.`] : [];
  if (isFitted) return ['Intervals are of 95 %, as the fit gives them.', ...least];
  return [
    'A profile does not say how sure its costs are; what "calibrate -o json" prints does, and can be compared too.',
    ...least,
  ];
}
