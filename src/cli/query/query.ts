/** `meshsim query`, carried out: tables loaded, statements run one after the other, the rows of the last shown. */
import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { ProblemsError, quote, renderProblems } from '../../problems.ts';
import type { QueryArguments } from '../commands/query.ts';
import { type ExitCode, exitCodes, InputError, UsageError } from '../exit.ts';
import { readText, type Text } from '../files.ts';
import { csvText, jsonText, ndjsonText, type Rows, tableText } from './print.ts';
import { statementsOf } from './statements.ts';
import { loadDuckdb, openTables } from './tables.ts';

export async function queryCommand(
  words: readonly string[],
  { output, file, rows }: QueryArguments,
): Promise<ExitCode> {
  const { sql, directories } = await questionOf(words, file);
  const duckdb = await loadDuckdb();
  const connection = await openTables(duckdb, directories.length > 0 ? directories : ['.']);
  try {
    const reader = await asking(sql, () => runAll(connection, sql));
    if (output === 'table') await printTable(reader, rows, sql);
    else await printAll(reader, output, sql);
  } finally {
    connection.closeSync();
  }
  return exitCodes.ok;
}

/** @throws UsageError or InputError if there is no SQL */
async function questionOf(
  words: readonly string[],
  file: string | undefined,
): Promise<{ readonly sql: Text; readonly directories: readonly string[] }> {
  if (file !== undefined) return { sql: await readSql(file), directories: words };
  const [text, ...directories] = words;
  if (text === undefined) {
    throw new UsageError('there is no SQL; expected meshsim query <sql> [dirs...], or -f <file>');
  }
  return { sql: { file: 'query', text }, directories };
}

async function readSql(file: string): Promise<Text> {
  try {
    return await readText(file);
  } catch (error) {
    if (error instanceof ProblemsError) throw new InputError(renderProblems(error.problems));
    throw error;
  }
}

/** @returns the rows of the last statement, not yet read */
async function runAll(
  connection: DuckDBConnection,
  { file, text }: Text,
): Promise<DuckDBResultReader> {
  const statements = statementsOf(text);
  const last = statements.at(-1);
  if (last === undefined) throw new UsageError(`${quote(file)} has no SQL in it`);
  for (const statement of statements.slice(0, -1)) await connection.run(statement);
  return connection.streamAndRead(last);
}

async function printTable(reader: DuckDBResultReader, most: number, sql: Text): Promise<void> {
  await asking(sql, () => reader.readUntil(most + 1));
  const all = rowsOf(reader);
  process.stdout.write(
    tableText({ ...all, rows: all.rows.slice(0, most) }, all.rows.length > most),
  );
}

type ProgramOutput = Exclude<QueryArguments['output'], 'table'>;

async function printAll(
  reader: DuckDBResultReader,
  output: ProgramOutput,
  sql: Text,
): Promise<void> {
  await asking(sql, () => reader.readAll());
  process.stdout.write(texts[output](rowsOf(reader)));
}

const texts: Readonly<Record<ProgramOutput, (rows: Rows) => string>> = {
  csv: csvText,
  json: jsonText,
  ndjson: ndjsonText,
};

function rowsOf(reader: DuckDBResultReader): Rows {
  return {
    names: reader.columnNames(),
    types: reader.columnTypes().map(String),
    rows: reader.getRowsJson() as Rows['rows'],
  };
}

/** What DuckDB finds wrong with a statement, at its place. @throws InputError */
async function asking<T>(sql: Text, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new InputError(renderProblems([problemOf(sql, error.message)], sql.text));
  }
}

/** `Parser Error: …\n\nLINE 2: selec 2\n        ^` */
function problemOf({ file, text }: Text, said: string) {
  const [, message, line, snippet, marks] =
    /^([\s\S]*?)(?:\n\nLINE (\d+): (.*)\n( *)\^[\s\S]*)?$/.exec(said) ?? [];
  const shown = (message ?? said).trim();
  const place = { file, path: '', help: '', message: shown.replace(/\s*\n\s*/g, '; ') };
  if (line === undefined) return { ...place, line: 0, column: 0, length: 0 };
  // Of a long line only a part is shown, between dots.
  const lead = `LINE ${line}: `.length;
  const cut = snippet.startsWith('...') ? 3 : 0;
  const part = snippet.slice(cut).replace(/\.\.\.$/, '');
  const offset = Math.max(0, text.split('\n')[Number(line) - 1]?.indexOf(part) ?? 0);
  const column = marks.length - lead - cut + offset + 1;
  return { ...place, line: Number(line), column, length: 1 };
}
