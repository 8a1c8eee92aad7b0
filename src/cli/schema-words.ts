/** JSON Schema in a user's words: fields with their kind, their default and their meaning. */

/** As much of JSON Schema as ours has in it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema | readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Field, kind, default, description; fields of fields follow theirs, as `hosts.count` or `namespaces[].name`. */
export type Row = readonly [field: string, kind: string, preset: string, description: string];

export function fieldsOf({ properties = {}, required = [] }: Schema, prefix = ''): readonly Row[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const preset = presetOf(field, required.includes(name));
    const row: Row = [`\`${path}\``, kindOf(field), preset, field.description ?? ''];
    return [row, ...below(field, path)];
  });
}

function below(field: Schema, path: string): readonly Row[] {
  const parts = field.anyOf ?? [field];
  return parts.flatMap((part) => {
    if (part.properties !== undefined) return fieldsOf(part, `${path}.`);
    const item = part.items;
    if (item === undefined || !('properties' in item)) return [];
    return fieldsOf(item as Schema, `${path}[].`);
  });
}

/** In backquotes, or `*optional*`; empty for a field that has to be there. */
export function presetOf(field: Schema, isRequired: boolean): string {
  if (isRequired) return '';
  const value = field.default;
  if (value !== undefined && !isEmpty(value)) return `\`${textOf(value)}\``;
  const isNullable = field.anyOf?.some(({ type }) => type === 'null') ?? false;
  return isNullable ? '`null`' : '*optional*';
}

/** Of a default that says nothing by itself: its fields have their own. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  return value === '' ? '""' : String(value);
}

/** What a user writes there. @throws Error if this page has no word for it */
export function kindOf(schema: Schema): string {
  const { $ref, allOf, anyOf, items, properties, additionalProperties, pattern } = schema;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if ($ref !== undefined) return $ref.replace('#/definitions/', '');
  if (allOf !== undefined) return allOf.map(kindOf).join(' ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(' or ');
  if (properties !== undefined) return 'map';
  if (Array.isArray(items)) return `pair of ${items.map(kindOf).join(' and ')}`;
  if (items !== undefined) return `list of: ${kindOf(items as Schema)}`;
  if (typeof additionalProperties === 'object') return `map of: ${kindOf(additionalProperties)}`;
  return pattern === undefined ? wordOf(schema) : quantityOf(pattern);
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: '`true`, `false`',
  null: '`null`',
};

function wordOf({ type }: Schema): string {
  const types = typeof type === 'string' ? [type] : (type ?? []);
  if (types.length === 0 || types.some((one) => words[one] === undefined)) {
    throw new Error(`no word for a field of type "${types}"`);
  }
  return types.map((one) => words[one]).join(' or ');
}

/** Each pattern of a quantity has a unit that no other has. */
function quantityOf(pattern: string): string {
  if (pattern.includes('bit/s')) return 'bandwidth';
  if (pattern.includes('ns|us')) return 'time';
  if (pattern.includes('iB')) return 'size';
  if (pattern.includes('/(s|min|h)')) return 'rate';
  return pattern.includes('%') ? 'share' : 'text';
}
