/**
 * `meshsim render`: a scenario as it is after what the command line sets in it, with the defaults that it leaves out. What
 * comes out is a scenario again, with the same digest.
 */
import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import { loadScenario, nameOf } from '../scenario/load.ts';
import { applyOverrides, type Overrides } from '../scenario/overrides.ts';
import { readYaml } from '../yaml/source.ts';
import { ALIASES_MAX } from '../yaml/text.ts';
import { readText, type Text } from './files.ts';
import { asScenario } from './foreign.ts';
import { showing } from './inputs.ts';
import { readSchema } from './package.ts';
import type { Schema } from './schema-words.ts';

export const renderFormats = ['yaml', 'json'] as const;
export type RenderFormat = (typeof renderFormats)[number];

/** @throws InputError with all that is wrong with the scenario or the overrides */
export async function render(
  file: string,
  { output, ...overrides }: Overrides & { readonly output: RenderFormat },
): Promise<string> {
  const source = asScenario(await showing(null, () => readText(file)));
  await showing(source, () => loadScenario({ ...source, overrides }));
  return renderText(source, overrides, JSON.parse(readSchema('scenario')) as Schema, output);
}

/** Of a text and overrides that were found to be right. */
export function renderText(
  source: Text,
  overrides: Overrides,
  schema: Schema,
  format: RenderFormat,
): string {
  const { document } = readYaml(source, 'a scenario');
  applyOverrides(document, overrides);
  // Otherwise it is the name of the file.
  if (!document.has('name')) document.set('name', nameOf(source.file));
  fill(document, document.contents, schema, schema);
  if (format === 'json') {
    return `${JSON.stringify(document.toJS({ maxAliasCount: ALIASES_MAX }), null, 2)}\n`;
  }
  return document.toString({ lineWidth: 110 });
}

/** Puts the defaults of a schema into a node, where there is exactly one form that the node can have. */
function fill(document: Document, node: unknown, schema: Schema, root: Schema): void {
  const form = formOf(node, schema, root);
  if (form === null) return;
  if (isSeq(node) && form.items !== undefined && !Array.isArray(form.items)) {
    for (const item of node.items) fill(document, item, form.items as Schema, root);
  }
  if (!isMap(node)) return;
  for (const [name, field] of Object.entries(form.properties ?? {})) {
    if (!node.has(name)) {
      if (field.default === undefined) continue;
      node.set(name, document.createNode(field.default));
    }
    fill(document, node.get(name, true), field, root);
  }
  if (typeof form.additionalProperties !== 'object') return;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (form.properties?.[name] === undefined) {
      fill(document, value as Node, form.additionalProperties, root);
    }
  }
}

/** The form of a schema that a node has; null for none, or several. */
function formOf(node: unknown, schema: Schema, root: Schema): Schema | null {
  const own =
    schema.$ref === undefined
      ? schema
      : (root.definitions?.[schema.$ref.replace('#/definitions/', '')] ?? {});
  const forms = own.anyOf ?? own.oneOf;
  if (forms === undefined) return own;
  const fitting = forms.flatMap((form) => {
    const one = formOf(node, form, root);
    return one !== null && fits(node, one) ? [one] : [];
  });
  return fitting.length === 1 ? fitting[0] : null;
}

function fits(node: unknown, { type, properties = {} }: Schema): boolean {
  if (isSeq(node)) return type === 'array';
  if (!isMap(node)) return false;
  if (type !== 'object') return false;
  return Object.entries(properties).every(
    ([name, field]) => field.const === undefined || node.get(name) === field.const,
  );
}
