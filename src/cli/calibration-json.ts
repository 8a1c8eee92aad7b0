/** Fits as JSON, for programs: costs in ns or B, to six digits. */
import type { FittedCost, FittedModel } from '../calibration/fit/calibrate.ts';
import { baseValue, quantityOf } from '../calibration/fit/cost.ts';
import type { Comparison } from '../calibration/fit/into-profile.ts';
import { roundSignificant } from '../measure/round.ts';
import { packageVersion } from './package.ts';

/** @param comparisons - with a profile; null where none was given */
export function calibrationJson(
  models: readonly FittedModel[],
  comparisons: readonly Comparison[] | null,
): string {
  const profile = comparisons?.map(({ cost, found, fitted, agrees }) => ({
    to: cost.to,
    found,
    fitted,
    agrees,
  }));
  const document = {
    meshsim: packageVersion(),
    fits: models.map(fitOf),
    ...(profile === undefined ? {} : { profile }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function fitOf({ recipe, costs, points, rms, max, apartByPriors, inseparable }: FittedModel) {
  return {
    name: recipe.name,
    points: recipe.points,
    weights: recipe.weights,
    unit: quantityOf(recipe.response.unit) === 'time' ? 'ns' : 'B',
    rms: roundSignificant(rms),
    max: roundSignificant(max),
    costs: costs.map(costOf),
    apart_by_priors: apartByPriors.map((set) => set.map(({ to }) => to)),
    inseparable: inseparable.map(({ costs: [a, b], correlation }) => ({
      costs: [a.to, b.to],
      correlation: roundSignificant(correlation),
    })),
    residuals: points.map(({ line, measured, fitted, residual }) => ({
      line,
      measured: roundSignificant(measured),
      fitted: roundSignificant(fitted),
      residual: roundSignificant(residual),
    })),
  };
}

function costOf({ to, term, value, error, low, high, priorShare, isHeld }: FittedCost) {
  const rounded = (of: number | null) => (of === null ? null : roundSignificant(of));
  return {
    to,
    per: term.per,
    value: roundSignificant(value),
    standard_error: rounded(error),
    low: rounded(low),
    high: rounded(high),
    prior:
      term.prior === null
        ? null
        : {
            mean: roundSignificant(baseValue(term.prior.mean)),
            sd: roundSignificant(baseValue(term.prior.sd)),
            share: roundSignificant(priorShare),
          },
    held_at_zero: isHeld,
  };
}
