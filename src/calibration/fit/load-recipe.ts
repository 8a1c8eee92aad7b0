/** A recipe from the text of its file. */
import { ProblemsError, quote } from '../../problems.ts';
import { type Finding, renderPath } from '../../yaml/finding.ts';
import {
  checkYaml,
  inOrder,
  problemAt,
  readYaml,
  type Written,
  type YamlSource,
} from '../../yaml/source.ts';
import { quantityOf } from './cost.ts';
import type { Recipe } from './recipe.ts';
import { recipeSchema } from './recipe-schema.ts';

/** A recipe, and the text that its problems are shown in. */
export interface RecipeSource {
  readonly recipe: Recipe;
  readonly source: YamlSource;
}

/** @throws ProblemsError with everything that is wrong with the text, each with its place */
export function loadRecipe(written: Written): RecipeSource {
  const source = readYaml(written, 'a recipe');
  const recipe = checkYaml(source, recipeSchema);
  const findings = [...costsFittedTwice(recipe), ...wrongPriors(recipe)];
  if (findings.length > 0) {
    throw new ProblemsError(inOrder(findings.map((finding) => problemAt(source, finding))));
  }
  return { recipe, source };
}

function costsFittedTwice({ fits }: Recipe): readonly Finding[] {
  const seen = new Set<string>();
  return fits.flatMap(({ terms }, i) =>
    terms.flatMap(({ to }, j): readonly Finding[] => {
      const name = renderPath(to);
      const isFirst = !seen.has(name);
      seen.add(name);
      if (isFirst) return [];
      const path = ['fits', i, 'terms', j, 'to'];
      return [{ path, at: 'value', message: `${quote(name)} is fitted twice`, help: '' }];
    }),
  );
}

/** Priors that measure something else than the response, and those that leave no doubt. */
function wrongPriors({ fits }: Recipe): readonly Finding[] {
  return fits.flatMap(({ response, terms }, i) =>
    terms.flatMap(({ prior }, j) =>
      Object.entries(prior ?? {}).flatMap(([key, { amount, unit }]): readonly Finding[] => {
        const path = ['fits', i, 'terms', j, 'prior', key];
        if (quantityOf(unit) !== quantityOf(response.unit)) {
          const message = `is in ${quote(unit)}, the response in ${quote(response.unit)}; expected the same quantity`;
          return [{ path, at: 'value', message, help: '' }];
        }
        if (key === 'mean' || amount > 0) return [];
        return [{ path, at: 'value', message: 'a standard deviation has to be above 0', help: '' }];
      }),
    ),
  );
}
