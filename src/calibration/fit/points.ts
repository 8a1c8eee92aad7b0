/**
 * Measured points: a table of comma-separated values whose first lines, beginning with `#`, say where it comes from.
 * Cells hold no commas and no quotes; each number stays where it is found, for messages.
 */
import { type Problem, ProblemsError, quote } from '../../problems.ts';
import type { Written } from '../../yaml/source.ts';

export interface PointTable {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly PointRow[];
}

export interface PointRow {
  /** From 1. */
  readonly line: number;
  /** By column. */
  readonly cells: readonly string[];
}

/** @throws ProblemsError with every row that is not as long as the heading, and every cell with quotes */
export function readPoints({ file, text }: Written): PointTable {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((content, i) => ({ line: i + 1, content }))
    .filter(({ content }) => content.trim() !== '' && !content.startsWith('#'));
  if (lines.length < 2) {
    throw new ProblemsError([
      { ...placeless(file), message: 'expected a line of column names and one of values at least' },
    ]);
  }
  const [head, ...rows] = lines.map(({ line, content }) => ({
    line,
    cells: content.split(',').map((cell) => cell.trim()),
  }));
  const columns = head.cells;
  const problems = [
    ...headProblems(file, head),
    ...rows.flatMap((row) => rowProblems(file, row, columns)),
  ];
  if (problems.length > 0) throw new ProblemsError(problems);
  return { file, columns, rows };
}

/** @throws RangeError if the cell is no number */
export function numberIn({ cells }: PointRow, column: number): number {
  const text = cells[column];
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw new RangeError(`found ${text === '' ? 'nothing' : quote(text)}; expected a number`);
}

/** A problem with a cell of a row. */
export function cellProblem(
  { file, columns }: PointTable,
  { line, cells }: PointRow,
  column: number,
  message: string,
): Problem {
  const before = cells.slice(0, column).join(',').length;
  const place = { file, line, column: before + (column > 0 ? 2 : 1), length: cells[column].length };
  return { ...placeless(file), ...place, path: columns[column], message };
}

function headProblems(file: string, { line, cells }: PointRow): readonly Problem[] {
  const twice = cells.filter((name, i) => cells.indexOf(name) < i);
  return twice.map((name) => ({
    ...placeless(file),
    line,
    column: 1,
    message: `two columns are called ${quote(name)}`,
  }));
}

function rowProblems(
  file: string,
  { line, cells }: PointRow,
  columns: readonly string[],
): readonly Problem[] {
  const problem = { ...placeless(file), line, column: 1 };
  if (cells.some((cell) => cell.includes('"'))) {
    return [{ ...problem, message: 'a cell has quotes; expected plain values without commas' }];
  }
  if (cells.length === columns.length) return [];
  const message = `found ${cells.length} cells; expected ${columns.length}, as in the heading`;
  return [{ ...problem, message }];
}

function placeless(file: string): Problem {
  return { file, line: 0, column: 0, path: '', message: '', help: '', length: 0 };
}
