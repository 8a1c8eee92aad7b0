/** The scenario language as a JSON Schema, for editors: `schema/scenario.schema.json` is this, checked in. */
import { z } from 'zod';
import { draft } from './schema.ts';

export function scenarioJsonSchema(): unknown {
  // `input`: fields with a default need not be there.
  return z.toJSONSchema(draft, { target: 'draft-7', io: 'input' });
}
