/**
 * Fitted costs beside those of a profile: which differ, and the profile's text with the fitted ones in it. The unit that
 * stands in the profile stays, and so does every character that is not a fitted number.
 */
import { isScalar } from 'yaml';
import { type Problem, ProblemsError, quote } from '../../problems.ts';
import { inOrder, problemAt, type YamlSource } from '../../yaml/source.ts';
import type { FittedCost, FittedModel } from './calibrate.ts';
import { type Cost, parseCost, quantityOf, writeCost } from './cost.ts';

/** A fitted cost, and what the profile has in its place. */
export interface Comparison {
  readonly cost: FittedCost;
  readonly unit: Cost['unit'];
  /** As it stands in the profile. */
  readonly found: string;
  /** Rounded as a profile is, in the same unit. */
  readonly fitted: string;
  readonly agrees: boolean;
  /** Where it stands in the profile's text, quotes included. */
  readonly range: readonly [from: number, to: number];
}

/** @throws ProblemsError with every fitted cost that the profile has no place for */
export function compareWith(
  profile: YamlSource,
  models: readonly FittedModel[],
): readonly Comparison[] {
  const problems: Problem[] = [];
  const comparisons = models.flatMap(({ recipe, costs }) =>
    costs.flatMap((cost) => {
      try {
        return [compare(profile, cost, recipe.response.unit)];
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        const finding = {
          path: cost.term.to,
          at: 'value',
          message: error.message,
          help: '',
        } as const;
        problems.push({ ...problemAt(profile, finding), path: cost.to });
        return [];
      }
    }),
  );
  if (problems.length > 0) throw new ProblemsError(inOrder(problems));
  return comparisons;
}

function compare({ document }: YamlSource, cost: FittedCost, response: Cost['unit']): Comparison {
  const node = document.getIn(cost.term.to, true);
  if (!isScalar(node) || !node.range) {
    throw new RangeError('the fit has a value for this, and the profile has no place for it');
  }
  const found = String(node.value);
  // A bare 0 has no unit.
  const { amount, unit } = found === '0' ? { amount: 0, unit: response } : parseCost(found);
  if (quantityOf(unit) !== quantityOf(response)) {
    throw new RangeError(`${quote(found)} is in another quantity than the fit, ${quote(response)}`);
  }
  const fitted = writeCost(cost.value, unit);
  return {
    cost,
    unit,
    found,
    fitted,
    agrees: parseCost(fitted).amount === amount,
    range: [node.range[0], node.range[1]],
  };
}

/** A line for each that differs, with its place in the profile. */
export function differences(
  profile: YamlSource,
  comparisons: readonly Comparison[],
): readonly Problem[] {
  return inOrder(
    comparisons
      .filter(({ agrees }) => !agrees)
      .map(({ cost, unit, found, fitted }) => {
        const between =
          cost.low === null || cost.high === null
            ? ''
            : ` (95 % interval ${writeCost(cost.low, unit)} to ${writeCost(cost.high, unit)})`;
        const message = `found ${quote(found)}, fitted ${quote(fitted)}${between}`;
        return problemAt(profile, { path: cost.term.to, at: 'value', message, help: '' });
      }),
  );
}

/** The profile's text with the fitted values in place of those that differ. */
export function writeInto({ text }: YamlSource, comparisons: readonly Comparison[]): string {
  // From the end, so that places before it stay what they are.
  return comparisons
    .filter(({ agrees }) => !agrees)
    .toSorted((a, b) => b.range[0] - a.range[0])
    .reduce(
      (all, { range: [from, to], fitted }) => all.slice(0, from) + fitted + all.slice(to),
      text,
    );
}
