/**
 * A recipe: which costs of a profile follow from which measured points. Each of its fits is a linear model of one column
 * of a table: the response is the sum of its terms, each a cost of the profile times another column.
 */
import type { Path } from '../../yaml/finding.ts';
import type { Cost, UnitName } from './cost.ts';
import type { Weighting } from './regression.ts';

export interface Recipe {
  readonly name: string;
  readonly fits: readonly FitRecipe[];
}

export interface FitRecipe {
  readonly name: string;
  /** File of the points, relative to the recipe. */
  readonly points: string;
  /** Only rows with these texts in these columns. */
  readonly where: Readonly<Record<string, string>>;
  readonly response: { readonly column: string; readonly unit: UnitName };
  readonly weights: Weighting;
  readonly terms: readonly TermRecipe[];
}

export interface TermRecipe {
  /** The cost in the profile. */
  readonly to: Path;
  /** Column that it is multiplied by; null for a constant. */
  readonly per: string | null;
  /** What is known of it beforehand: its mean and standard deviation. */
  readonly prior: { readonly mean: Cost; readonly sd: Cost } | null;
}
