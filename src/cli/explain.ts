/** `meshsim explain`: what a field of a scenario is, from the JSON Schema that editors read too. */
import { quote } from '../problems.ts';
import { didYouMean } from '../yaml/suggest.ts';
import { UsageError } from './exit.ts';
import { kindOf, presetOf, type Schema } from './schema-words.ts';

/** A field as it may be written at a path: of several forms of its surroundings, one for each that has it. */
interface Found {
  readonly schema: Schema;
  readonly isRequired: boolean;
  /** The form that has it, such as `kind: hpa`; null where there is but one. */
  readonly form: string | null;
}

/**
 * @param path - as of `--set`, such as `load[0].rate`; null for the whole scenario
 * @throws UsageError if there is no such field, with the nearest one that there is
 */
export function explain(path: string | null, root: Schema, width: number): string {
  const parts = path === null ? [] : partsOf(path);
  const found = parts.reduce<readonly Found[]>(
    (above, part, depth) => {
      const below = above.flatMap((one) => fieldsNamed(one, part, root));
      if (below.length > 0) return below;
      throw new UsageError(noField(parts.slice(0, depth + 1), above, root));
    },
    [{ schema: root, isRequired: true, form: null }],
  );
  const different = found.filter(
    (one, i) => found.findIndex((other) => sameText(one, other, root)) === i,
  );
  const title = path === null ? 'a scenario' : shown(parts);
  return `${different.map((one) => section(title, one, root, width)).join('\n')}`;
}

function sameText(a: Found, b: Found, root: Schema): boolean {
  return (
    a.isRequired === b.isRequired &&
    JSON.stringify(resolved(a.schema, root)) === JSON.stringify(resolved(b.schema, root))
  );
}

/** `load[0].rate` to load, [], rate; an index may be left out of brackets, or be a number of its own. */
function partsOf(path: string): readonly string[] {
  const parts = path
    .replace(/\[\d*\]/g, '.[]')
    .split('.')
    .map((part) => part.replace(/^\["(.*)"\]$/, '$1').trim());
  if (parts.some((part) => part === '')) {
    throw new UsageError(`${quote(path)} is no path; expected one such as "load[0].rate"`);
  }
  return parts;
}

function shown(parts: readonly string[]): string {
  return parts.reduce((text, part) => {
    if (part === '[]') return `${text}[]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

function noField(parts: readonly string[], above: readonly Found[], root: Schema): string {
  const last = parts[parts.length - 1];
  const known = [...new Set(above.flatMap((one) => namesIn(one.schema, root)))];
  const place = parts.length === 1 ? 'a scenario' : quote(shown(parts.slice(0, -1)));
  const help = didYouMean(last, known);
  const has = known.length === 0 ? '' : `; it has ${known.join(', ')}`;
  return `${place} has no field ${quote(last)}${has}${help === '' ? '' : `; ${help}`}`;
}

// ---- Finding.

/** The definition that a reference stands for. */
function resolved(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/definitions/', '');
  return {
    ...root.definitions?.[name],
    ...(schema.description && { description: schema.description }),
  };
}

/** The forms that a field may have. */
function formsOf(schema: Schema, root: Schema): readonly Schema[] {
  const own = resolved(schema, root);
  const parts = own.anyOf ?? own.oneOf ?? own.allOf;
  return parts === undefined ? [own] : parts.flatMap((part) => formsOf(part, root));
}

function fieldsNamed({ schema, form }: Found, part: string, root: Schema): readonly Found[] {
  return formsOf(schema, root).flatMap((one): readonly Found[] => {
    if (part === '[]')
      return isOne(one.items) ? [{ schema: one.items, isRequired: true, form }] : [];
    // An index may be left out: `load.rate` is meant for the entries.
    if (isOne(one.items))
      return fieldsNamed({ schema: one.items, isRequired: true, form }, part, root);
    const field = one.properties?.[part];
    const isRequired = one.required?.includes(part) ?? false;
    if (field !== undefined) return [{ schema: field, isRequired, form: tagOf(one) ?? form }];
    const { additionalProperties: others } = one;
    return typeof others === 'object' ? [{ schema: others, isRequired: false, form }] : [];
  });
}

function isOne(items: Schema['items']): items is Schema {
  return items !== undefined && !Array.isArray(items);
}

function namesIn(schema: Schema, root: Schema): readonly string[] {
  return formsOf(schema, root).flatMap((one) => [
    ...Object.keys(one.properties ?? {}),
    ...(isOne(one.items) ? namesIn(one.items, root) : []),
  ]);
}

/** What tells a form from others: `kind: hpa`. */
function tagOf({ properties = {} }: Schema): string | null {
  const tag = Object.entries(properties).find(([, field]) => field.const !== undefined);
  return tag === undefined ? null : `${tag[0]}: ${tag[1].const}`;
}

// ---- Showing.

function section(
  title: string,
  { schema, isRequired, form }: Found,
  root: Schema,
  width: number,
): string {
  const own = resolved(schema, root);
  const head = form === null ? title : `${title}   (${form})`;
  const lines = [head];
  if (own.description !== undefined) lines.push(...wrapped(own.description, width, 2));
  const range = rangeOf(own);
  lines.push(
    '',
    `  kind      ${plain(kindOf(own.definitions === undefined ? own : { properties: {} }))}${range}`,
  );
  const preset = plain(presetOf(schema, isRequired));
  lines.push(`  default   ${preset === '' ? 'none; it has to be there' : preset}`);
  const examples = own.examples ?? [];
  if (examples.length > 0) {
    lines.push(`  examples  ${examples.map((one) => JSON.stringify(one)).join('   ')}`);
  }
  for (const one of formsOf(schema, root)) lines.push(...partsTable(one, root, width));
  return `${lines.join('\n')}\n`;
}

/** Its fields, or those of what its list holds; forms that a tag tells apart each under theirs. */
function partsTable(schema: Schema, root: Schema, width: number): readonly string[] {
  if (isOne(schema.items)) {
    return formsOf(schema.items, root).flatMap((one) => partsTable(one, root, width));
  }
  const { properties, required = [] } = schema;
  if (properties === undefined) {
    const { additionalProperties: others } = schema;
    if (typeof others !== 'object') return [];
    return formsOf(others, root).flatMap((one) => partsTable(one, root, width));
  }
  const tag = tagOf(schema);
  const rows = Object.entries(properties)
    .filter(([, field]) => field.const === undefined)
    .map(([name, field]) => {
      const kind = plain(kindOf(field));
      const preset = plain(presetOf(field, required.includes(name)));
      const facts = [kind, preset === '' ? 'required' : preset].join('; ');
      return [name, facts, resolved(field, root).description ?? ''] as const;
    });
  const own = Object.values(properties).find((field) => field.const !== undefined);
  const title = tag === null ? '' : `${tag}${own?.description ? `: ${own.description}` : ''}`;
  const wide = Math.max(...rows.map(([name]) => name.length), 0) + 4;
  return [
    '',
    ...(title === '' ? [] : wrapped(title, width, 2)),
    ...rows.flatMap(([name, facts, description]) => [
      `  ${name.padEnd(wide)}${facts}`,
      ...(description === '' ? [] : wrapped(description, width, 2 + wide)),
    ]),
  ];
}

function rangeOf({ minimum, maximum }: Schema): string {
  if (minimum === undefined && maximum === undefined) return '';
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return `, at least ${minimum}`;
  return minimum === undefined ? `, at most ${maximum}` : `, ${minimum} to ${maximum}`;
}

function plain(markdown: string): string {
  return markdown.replace(/[`*]/g, '');
}

function wrapped(text: string, width: number, indent: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${' '.repeat(indent)}${one}`);
}
