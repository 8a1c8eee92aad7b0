/** A recipe carried out: its fits on their points, with the costs named as the profile names them. */
import { type Problem, ProblemsError, quote } from '../../problems.ts';
import { type Finding, type Path, renderPath } from '../../yaml/finding.ts';
import { inOrder, problemAt } from '../../yaml/source.ts';
import { didYouMean, listed } from '../../yaml/suggest.ts';
import { baseValue, sizeOf } from './cost.ts';
import type { RecipeSource } from './load-recipe.ts';
import { cellProblem, numberIn, type PointRow, type PointTable } from './points.ts';
import type { FitRecipe, TermRecipe } from './recipe.ts';
import { type Coefficient, type Fit, type Point, regress } from './regression.ts';

export interface FittedModel {
  readonly recipe: FitRecipe;
  readonly costs: readonly FittedCost[];
  readonly points: readonly FittedPoint[];
  /** Root of the mean squared residual, and the largest one: in ns or B, or of relative weights as shares. */
  readonly rms: number;
  readonly max: number;
  /** Sets of costs that only priors tell apart. */
  readonly apartByPriors: readonly (readonly FittedCost[])[];
  readonly inseparable: readonly {
    readonly costs: readonly [FittedCost, FittedCost];
    readonly correlation: number;
  }[];
}

/** Values in ns or B. */
export interface FittedCost extends Coefficient {
  readonly term: TermRecipe;
  /** The place in the profile, as text. */
  readonly to: string;
}

/** In ns or B. */
export interface FittedPoint {
  readonly line: number;
  readonly measured: number;
  readonly fitted: number;
  /** Measured less fitted; of relative weights as a share of what was fitted. */
  readonly residual: number;
}

/**
 * @param tables - the points, by the names that the recipe has for them
 * @throws ProblemsError with all that is wrong between recipe and points, each with its place
 */
export function calibrate(
  { recipe, source }: RecipeSource,
  tables: ReadonlyMap<string, PointTable>,
): readonly FittedModel[] {
  const problems: Problem[] = [];
  const models = recipe.fits.flatMap((fit, i) => {
    const table = tables.get(fit.points);
    if (table === undefined) throw new Error(`no points were read from ${fit.points}`);
    const blame = (found: readonly Finding[]) => {
      const here = found.map((finding) => ({ ...finding, path: ['fits', i, ...finding.path] }));
      problems.push(...here.map((finding) => problemAt(source, finding)));
      return [];
    };
    const unknown = unknownColumns(fit, table);
    if (unknown.length > 0) return blame(unknown);
    if (rowsOf(fit, table).length === 0) return blame([noRows(table)]);
    const { points, problems: wrong } = pointsOf(fit, table);
    problems.push(...wrong);
    if (wrong.length > 0) return [];
    const outcome = attempt(fit, points);
    return 'finding' in outcome ? blame([outcome.finding]) : [describe(fit, points, outcome.fit)];
  });
  if (problems.length > 0) throw new ProblemsError(inOrder(problems));
  return models;
}

function unknownColumns(fit: FitRecipe, { file, columns }: PointTable): readonly Finding[] {
  const named: readonly (readonly [Path, Finding['at'], string])[] = [
    ...Object.keys(fit.where).map((name) => [['where', name], 'key', name] as const),
    [['response', 'column'], 'value', fit.response.column],
    ...fit.terms.flatMap(({ per }, j) =>
      per === null ? [] : [[['terms', j, 'per'], 'value', per] as const],
    ),
  ];
  return named
    .filter(([, , name]) => !columns.includes(name))
    .map(([path, at, name]) => ({
      path,
      at,
      message: `${quote(name)} is no column of ${quote(file)}`,
      help: didYouMean(name, columns) || `expected one of ${listed(columns)}`,
    }));
}

function noRows({ file }: PointTable): Finding {
  const message = `no row of ${quote(file)} is like this`;
  return { path: ['where'], at: 'value', message, help: '' };
}

function rowsOf({ where }: FitRecipe, { columns, rows }: PointTable): readonly PointRow[] {
  const wanted = Object.entries(where).map(
    ([name, text]) => [columns.indexOf(name), text] as const,
  );
  return rows.filter(({ cells }) => wanted.every(([column, text]) => cells[column] === text));
}

interface MeasuredPoint extends Point {
  readonly line: number;
}

function pointsOf(
  fit: FitRecipe,
  table: PointTable,
): { readonly points: readonly MeasuredPoint[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const read = (row: PointRow, name: string) => {
    const column = table.columns.indexOf(name);
    try {
      return numberIn(row, column);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(cellProblem(table, row, column, error.message));
      return 0;
    }
  };
  const points = rowsOf(fit, table).map((row) => ({
    line: row.line,
    x: fit.terms.map(({ per }) => (per === null ? 1 : read(row, per))),
    y: read(row, fit.response.column) * sizeOf(fit.response.unit),
  }));
  return { points, problems };
}

function attempt(
  { terms, weights }: FitRecipe,
  points: readonly Point[],
): { readonly fit: Fit } | { readonly finding: Finding } {
  const priors = terms.map(({ prior }) => ({
    // Time and memory are spent, never gained.
    nonNegative: true,
    prior: prior === null ? null : { mean: baseValue(prior.mean), sd: baseValue(prior.sd) },
  }));
  try {
    const fit = regress(points, priors, weights);
    return 'coefficients' in fit ? { fit } : { finding: undetermined(terms, fit.terms) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { finding: { path: ['name'], at: 'value', message: error.message, help: '' } };
  }
}

function undetermined(terms: readonly TermRecipe[], which: readonly number[]): Finding {
  const names = which.map((j) => renderPath(terms[j].to));
  const message =
    names.length === 1
      ? `${quote(names[0])} is not in any of the points`
      : `the points cannot tell these apart: ${names.map(quote).join(', ')}; one of them needs a prior, or has to go`;
  return { path: ['terms', which[which.length - 1], 'to'], at: 'value', message, help: '' };
}

function describe(recipe: FitRecipe, points: readonly MeasuredPoint[], fit: Fit): FittedModel {
  const costs = fit.coefficients.map((coefficient, j) => {
    const term = recipe.terms[j];
    return { ...coefficient, term, to: renderPath(term.to) };
  });
  const described = points.map(({ line, y }, i) => {
    const fitted = fit.fitted[i];
    const share = recipe.weights === 'relative' ? fitted : 1;
    return { line, measured: y, fitted, residual: fit.residuals[i] / share };
  });
  const residuals = described.map(({ residual }) => residual);
  return {
    recipe,
    costs,
    points: described,
    rms: Math.hypot(...residuals) / Math.sqrt(residuals.length),
    max: Math.max(...residuals.map(Math.abs)),
    apartByPriors: fit.apartByPriors.map((terms) => terms.map((j) => costs[j])),
    inseparable: fit.inseparable.map(({ terms: [a, b], correlation }) => ({
      costs: [costs[a], costs[b]],
      correlation,
    })),
  };
}
