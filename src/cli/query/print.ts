/** Rows of a query as they go to stdout: whole numbers of any size, decimals, times and nested values as JSON has them. */
import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { NONE } from '../../report/format.ts';
import { borderless } from '../../report/layout.ts';

export interface Rows {
  readonly names: readonly string[];
  /** As DuckDB calls them. */
  readonly types: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}
/** As DuckDB makes JSON of it: what no double holds is text. */
export type Cell = string | number | boolean | null | readonly unknown[] | object;

const numeric = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*|BIGNUM)$/;

/** @param more - whether there are rows beyond these */
export function tableText({ names, types, rows }: Rows, more: boolean): string {
  const table = new Table({
    head: names.map(visible),
    chars: borderless,
    colAligns: types.map((type) => (numeric.test(type) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(...rows.map((cells) => cells.map(shownCell)));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const end = more ? [`… only the first ${rows.length} rows; --rows, or another -o, has more`] : [];
  return `${[...lines, ...(rows.length === 0 ? ['no row'] : []), ...end].join('\n')}\n`;
}

/** Six digits: more are for programs. */
function shownCell(cell: Cell): string {
  if (cell === null) return NONE;
  if (typeof cell === 'number') return String(Number(cell.toPrecision(6)));
  return visible(typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
}

/** Nothing in a result may steer a terminal, or break a table. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

export function csvText({ names, types, rows }: Rows): string {
  const lines = rows.map((cells) => cells.map((cell, c) => plainCell(cell, types[c])));
  return stringify([[...names], ...lines], {
    escape_formulas: true,
    cast: { boolean: String, number: String, bigint: String },
  });
}

function plainCell(cell: Cell, type: string): string | number | bigint | boolean | null {
  if (typeof cell === 'object' && cell !== null) return JSON.stringify(cell);
  // A minus sign in front of a text would be taken for a formula.
  if (typeof cell !== 'string' || !numeric.test(type)) return cell;
  return /^-?\d+$/.test(cell) ? BigInt(cell) : Number(cell);
}

export function jsonText(rows: Rows): string {
  return `[${jsonObjects(rows)
    .map((line) => `\n  ${line}`)
    .join(',')}\n]\n`;
}

export function ndjsonText(rows: Rows): string {
  return jsonObjects(rows)
    .map((line) => `${line}\n`)
    .join('');
}

/** One a row. */
function jsonObjects({ names, types, rows }: Rows): readonly string[] {
  const keys = unique(names);
  return rows.map((cells) =>
    JSON.stringify(Object.fromEntries(keys.map((key, c) => [key, number(cells[c], types[c])]))),
  );
}

/** Two columns may have one name; an object has a key once. */
function unique(names: readonly string[]): readonly string[] {
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name}_${before + 1}`;
  });
}

/** A whole number or decimal comes as text; where a double holds it, it is a number. */
function number(cell: Cell, type: string): Cell {
  if (typeof cell !== 'string' || !numeric.test(type)) return cell;
  const value = Number(cell);
  const isExact =
    Number.isSafeInteger(value) || (type.startsWith('DECIMAL') && Number.isFinite(value));
  return isExact ? value : cell;
}
