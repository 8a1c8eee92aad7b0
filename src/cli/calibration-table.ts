/** Fits for a person: every cost with its interval, how far points are off, what they do not tell. */
import type { FittedCost, FittedModel } from '../calibration/fit/calibrate.ts';
import { baseValue, quantityOf, sizeOf, unitFor } from '../calibration/fit/cost.ts';
import { digits, NONE } from '../report/format.ts';
import { grid, type Paint, wrap } from '../report/layout.ts';

interface Look {
  readonly paint: Paint;
  readonly width: number;
}

/** A prior that knows more of a cost than the points do is worth a remark. */
const PRIOR_SHARE = 0.5;

export function renderFits(models: readonly FittedModel[], look: Look): string {
  return `${models.map((model) => renderFit(model, look).join('\n')).join('\n\n')}\n`;
}

function renderFit(model: FittedModel, { paint, width }: Look): readonly string[] {
  const { recipe, costs, points } = model;
  const count = `${points.length} ${points.length === 1 ? 'point' : 'points'} of ${recipe.points}`;
  const rows = [
    ['', '', 'value', '', '95 % interval', 'prior'],
    ...costs.map((cost) => rowOf(cost, model)),
  ];
  const [head, ...lines] = grid(rows, ['left', 'left', 'right', 'left', 'left', 'left']);
  const remarks = [residualsOf(model), ...remarksOf(model)];
  return [
    `${paint.strong(recipe.name)}   ${count}, ${recipe.weights} weights`,
    paint.faint(head),
    ...lines,
    ...remarks.flatMap((remark) =>
      wrap(remark, width - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`),
    ),
  ];
}

function rowOf(cost: FittedCost, { recipe }: FittedModel): readonly string[] {
  const { value, low, high, term, to, isHeld, priorShare } = cost;
  const unit = unitFor(value, quantityOf(recipe.response.unit));
  const shown = (of: number) => digits(of / sizeOf(unit));
  const interval = low === null || high === null ? NONE : `${shown(low)} to ${shown(high)}`;
  return [
    to,
    term.per === null ? '' : `per ${term.per}`,
    shown(value),
    unit,
    isHeld ? 'held at 0' : interval,
    term.prior === null
      ? ''
      : `${shown(baseValue(term.prior.mean))} ±${shown(baseValue(term.prior.sd))}${priorShare > PRIOR_SHARE ? ', decides' : ''}`,
  ];
}

function residualsOf({ recipe, points, rms, max }: FittedModel): string {
  if (points.length <= recipe.terms.length && max <= 1e-6 * Math.abs(points[0].fitted)) {
    return 'as many terms as points: the fit is exact, and nothing tells how good it is';
  }
  const worst = points.find(({ residual }) => Math.abs(residual) === max) ?? points[0];
  const amount = (value: number) =>
    `${digits(value / sizeOf(recipe.response.unit))} ${recipe.response.unit}`;
  const shown =
    recipe.weights === 'relative' ? (value: number) => `${digits(100 * value)} %` : amount;
  return `RMS of residuals ${shown(rms)}, largest ${shown(max)} (${recipe.points}:${worst.line})`;
}

function remarksOf({ costs, apartByPriors, inseparable }: FittedModel): readonly string[] {
  const held = costs.filter(({ isHeld }) => isHeld).map(({ to }) => to);
  return [
    ...held.map((to) => `${to}: the points would have it negative`),
    ...apartByPriors.map(
      (set) => `priors alone tell these apart: ${set.map(({ to }) => nameOf(to)).join(', ')}`,
    ),
    ...inseparable.map(
      ({ costs: [a, b], correlation }) =>
        `${nameOf(a.to)} and ${nameOf(b.to)} are known together better than apart (correlation ${correlation.toFixed(2)})`,
    ),
  ];
}

/** `perCluster` of `proxyMemory[0].costs.perCluster` */
function nameOf(to: string): string {
  return to.slice(to.lastIndexOf('.') + 1);
}
