/**
 * A result as text: keys in the order of the schema, fractions of six significant digits, a newline at the end.
 * Small objects and rows of numbers stay on a line, so that a result can be read and compared line by line.
 */
import type { Result } from './result.ts';
import { resultSchema } from './result-schema.ts';
import { roundFraction } from './round.ts';

const LINE_MAX = 100;

/** @throws ZodError of what is no result: a document that breaks its own schema must not be published */
export function serialise(result: Result): string {
  return `${print(resultSchema.parse(rounded(result)), '')}\n`;
}

/** The result that a text holds; throws on what is none. */
export function deserialise(text: string): Result {
  return resultSchema.parse(JSON.parse(text));
}

/** The same with all fractions rounded to six significant digits; whole numbers, such as counts, stay exact. */
export function rounded<T>(value: T): T {
  return roundAll(value) as T;
}

function roundAll(value: unknown): unknown {
  if (typeof value === 'number') return roundFraction(value);
  if (Array.isArray(value)) return value.map(roundAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, roundAll(item)]));
}

function print(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isArray = Array.isArray(value);
  const deeper = `${indent}  `;
  const items = Object.entries(value).map(([key, item]) => ({ key, item }));
  const isRow = items.every(({ item }) => typeof item !== 'object' || item === null);
  const parts = items.map(({ key, item }) => {
    const text = print(item, deeper);
    return isArray ? text : `${JSON.stringify(key)}: ${text}`;
  });
  const [open, close] = isArray ? '[]' : '{}';
  if (parts.length === 0) return open + close;
  const line = isArray ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  if (isRow && (isArray || indent.length + line.length <= LINE_MAX)) return line;
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
}
