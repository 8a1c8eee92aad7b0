/** A recorded event list as text, one event a line: CSV with a header, or JSON objects (NDJSON), as rows of cells. */
import { type Problem, quote } from '../problems.ts';
import { found } from '../yaml/fields.ts';
import type { Written } from '../yaml/source.ts';

/** One event as it is written. */
export interface Row {
  /** From 1. */
  readonly line: number;
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface Cell {
  readonly value: unknown;
  /** From 1. */
  readonly column: number;
  readonly length: number;
}

export interface Name {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface Rows {
  readonly rows: readonly Row[];
  /** The columns, each where it is first named. */
  readonly names: readonly Name[];
  readonly problems: readonly Problem[];
}

/** @returns null for a file whose ending is that of no such list */
export function readRows(written: Written): Rows | null {
  if (/\.csv$/i.test(written.file)) return readCsv(written);
  return /\.(ndjson|jsonl)$/i.test(written.file) ? readNdjson(written) : null;
}

/** Lines with something in them; `#` begins a comment. */
function linesOf(text: string): readonly { readonly number: number; readonly text: string }[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line, i) => ({ number: i + 1, text: line }))
    .filter((line) => line.text.trim() !== '' && !line.text.startsWith('#'));
}

function readNdjson({ file, text }: Written): Rows {
  const problems: Problem[] = [];
  const rows = linesOf(text).flatMap((line): readonly Row[] => {
    const value = parsed(line.text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const what = value === undefined ? 'no JSON' : found(value);
      const message = `found ${what}; expected a JSON object such as {"time": "1s", "kind": "crash"}`;
      problems.push(problem(file, line.number, 1, line.text.length, message));
      return [];
    }
    const cells = Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, cellIn(line.text, name, item)] as const);
    return [{ line: line.number, cells: new Map(cells) }];
  });
  return { rows, names: keysOf(rows, text), problems };
}

function keysOf(rows: readonly Row[], text: string): readonly Name[] {
  const lines = text.split(/\r\n|\r|\n/);
  const names = new Map<string, Name>();
  for (const { line, cells } of rows) {
    for (const name of cells.keys()) {
      if (names.has(name)) continue;
      const key = JSON.stringify(name);
      names.set(name, { name, line, column: lines[line - 1].indexOf(key) + 1, length: key.length });
    }
  }
  return [...names.values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The value after the key. */
function cellIn(line: string, name: string, value: unknown): Cell {
  const key = JSON.stringify(name);
  const after = line.indexOf(key) + key.length;
  const start = after + (/^\s*:\s*/.exec(line.slice(after))?.[0].length ?? 0);
  return { value, column: start + 1, length: JSON.stringify(value).length };
}

function readCsv({ file, text }: Written): Rows {
  const [head, ...lines] = linesOf(text);
  if (head === undefined) return { rows: [], names: [], problems: [] };
  const header = split(head.text);
  const names = header.map(({ value, column, length }): Name => {
    return { name: value, line: head.number, column, length };
  });
  const problems: Problem[] = [];
  const rows = lines.flatMap((line): readonly Row[] => {
    const cells = split(line.text);
    if (cells.length !== names.length) {
      const message = `found ${quote(cells.length)} cells; expected "${names.length}", as in the header`;
      problems.push(problem(file, line.number, 1, line.text.length, message));
      return [];
    }
    const filled = cells
      .map((cell, i) => [names[i].name, cell] as const)
      .filter(([, { value }]) => value !== '')
      .map(([name, cell]) => [name, { ...cell, value: numberOr(cell.value) }] as const);
    return [{ line: line.number, cells: new Map(filled) }];
  });
  return { rows, names, problems };
}

/** Cells of a line (RFC 4180, without line breaks in cells). */
function split(line: string): readonly (Cell & { readonly value: string })[] {
  const cell = /,(\s*)("(?:[^"]|"")*"|[^,"]*)(?=\s*(?:,|$))/gy;
  return [...`,${line}`.matchAll(cell)].map(({ index, 1: space, 2: written }) => {
    const text = written.trim();
    const isQuoted = text.startsWith('"');
    const value = isQuoted ? text.slice(1, -1).replaceAll('""', '"') : text;
    return { value, column: index + space.length + 1, length: text.length };
  });
}

function numberOr(text: string): string | number {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function problem(
  file: string,
  line: number,
  column: number,
  length: number,
  message: string,
): Problem {
  return { file, line, column, path: '', message, help: '', length };
}
