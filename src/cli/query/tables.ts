/** Results in a database in memory: every table file of the directories, and then the door is closed. */
import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../problems.ts';
import { type ColumnType, pointColumns, thresholdFields } from '../../report/point-columns.ts';
import { systemReason, UsageError } from '../exit.ts';

type Duckdb = typeof import('@duckdb/node-api');

/** @throws UsageError if it is not installed, which it need not be */
export async function loadDuckdb(
  load: () => Promise<Duckdb> = () => import('@duckdb/node-api'),
): Promise<Duckdb> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'query needs DuckDB, which is not installed; "npm install @duckdb/node-api" does that',
    );
  }
}

/**
 * All tables of the directories. Afterwards no statement reads or writes a file, loads an extension, or changes that.
 *
 * @throws UsageError if a directory has no table
 */
export async function openTables(
  { DuckDBInstance }: Duckdb,
  directories: readonly string[],
): Promise<DuckDBConnection> {
  const files = directories.map(tableFiles);
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: '',
  });
  const connection = await instance.connect();
  for (const name of new Set(files.flatMap((of) => [...of.keys()]))) {
    const parts = directories.flatMap((directory, i) => {
      const file = files[i].get(name);
      if (file === undefined) return [];
      const dir = directories.length > 1 ? `${literal(directory)} AS dir, ` : '';
      return [`SELECT ${dir}* FROM ${reader(name, file)}`];
    });
    await connection.run(
      `CREATE TABLE ${identifier(name)} AS ${parts.join(' UNION ALL BY NAME ')}`,
    );
    await numberEmptyColumns(connection, name);
    if (name === POINTS) await connection.run(slosView(directories.length > 1));
  }
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return connection;
}

const POINTS = 'points';

/** By the name of the table. */
function tableFiles(directory: string): ReadonlyMap<string, string> {
  const names = namesIn(directory).toSorted();
  const tables = new Map<string, string>();
  // A Parquet file knows the types of its columns, so that it counts where there are both.
  for (const extension of ['.csv', '.parquet']) {
    for (const file of names.filter((name) => extname(name) === extension)) {
      const name = basename(file, extension);
      tables.set(name === 'results' ? POINTS : name, join(directory, file));
    }
  }
  if (tables.size > 0) return tables;
  throw new UsageError(
    `${quote(directory)} holds no results; expected results.csv or services.csv in it`,
  );
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const reason = systemReason(error);
    if (reason === null) throw error;
    throw new UsageError(`${quote(directory)} cannot be read: ${reason}`);
  }
}

const duckTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** In a CSV file of points only the axes have their type guessed. */
function reader(name: string, file: string): string {
  if (extname(file) === '.parquet') return `read_parquet(${path(file)})`;
  const known = pointColumns([]).map(
    ({ name: column, type }) => `${literal(column)}: ${literal(duckTypes[type])}`,
  );
  const types = name === POINTS ? `, types = {${known.join(', ')}}` : '';
  return `read_csv(${path(file)}, header = true, delim = ',', sample_size = -1${types})`;
}

/** A column without a value is guessed to be text, of which there is no mean. */
async function numberEmptyColumns(connection: DuckDBConnection, table: string): Promise<void> {
  const columns = await connection.runAndReadAll(`DESCRIBE ${identifier(table)}`);
  const texts = columns
    .getRowsJS()
    .flatMap(([name, type]) => (type === 'VARCHAR' ? [identifier(String(name))] : []));
  const counts = ['*', ...texts].map((name) => `count(${name})`).join(', ');
  const reader = await connection.runAndReadAll(`SELECT ${counts} FROM ${identifier(table)}`);
  const [[rows, ...filled]] = reader.getRowsJS().map((row) => row.map(Number));
  const empty = texts.filter((_, i) => rows > 0 && filled[i] === 0);
  for (const name of empty) {
    await connection.run(`ALTER TABLE ${identifier(table)} ALTER ${name} TYPE DOUBLE`);
  }
}

/** A row a point and threshold, from the JSON in which a point has them. */
function slosView(hasDirectory: boolean): string {
  const fields = Object.entries(thresholdFields).map(
    ([name, type]) => `"${name}": "${duckTypes[type]}"`,
  );
  const form = literal(`[{${fields.join(', ')}}]`);
  const keys = hasDirectory ? 'dir, point' : 'point';
  return `CREATE VIEW slos AS SELECT ${keys}, unnest(slo) FROM (
    SELECT ${keys}, unnest(from_json(thresholds, ${form})) AS slo FROM ${POINTS})`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB would look for files that are like it. */
function path(file: string): string {
  return literal(file.replace(/[*?[]/g, (char) => `[${char}]`));
}
