/** What a recipe file may say, with unknown keys refused: the shape of `Recipe`. */
import { z } from 'zod';
import { attempted, fields, oneOf } from '../../yaml/fields.ts';
import { parseCost, unitNames } from './cost.ts';
import { parsePath } from './profile-path.ts';
import type { Recipe } from './recipe.ts';
import { weightings } from './regression.ts';

/** The work of trying which terms are held at 0 doubles with each. */
const TERMS_MAX = 8;

const text = z.string().min(1);

const cost = z
  .string()
  .transform((written, context) => attempted(context, written, () => parseCost(written)));

const term = fields({
  to: text.transform((written, context) => attempted(context, written, () => parsePath(written))),
  per: text.nullable().default(null),
  prior: fields({ mean: cost, sd: cost }).nullable().default(null),
});

const fit = fields({
  name: text,
  points: text,
  where: z.record(z.string(), z.string()).default({}),
  response: fields({ column: text, unit: oneOf('unit', unitNames) }),
  weights: oneOf('weighting', weightings).default('equal'),
  terms: z.array(term).min(1).max(TERMS_MAX),
});

export const recipeSchema = fields({
  name: text,
  fits: z.array(fit).min(1),
}) satisfies z.ZodType<Recipe>;
