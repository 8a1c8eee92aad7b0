import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as duckdb from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { csvText, jsonText, type Rows, tableText } from '../../src/cli/query/print.ts';
import { statementsOf } from '../../src/cli/query/statements.ts';
import { loadDuckdb, openTables } from '../../src/cli/query/tables.ts';
import { writeParquet } from '../../src/cli/sweep/parquet.ts';
import { csvFiles } from '../../src/report/csv.ts';
import { pointsCsvHeader, pointsCsvRow } from '../../src/report/points-csv.ts';
import { result } from '../report/fixtures/result.ts';
import { axes, point } from '../report/point.ts';
import { meshsim, scratch } from './meshsim.ts';

const cwd = scratch();
const points = Array.from({ length: 6 }, (_, i) => point(i));
const csv = [pointsCsvHeader(axes), ...points.map((each) => pointsCsvRow(axes, each))].join('');

function directory(name: string): string {
  const path = join(cwd, name);
  mkdirSync(path);
  return path;
}

writeFileSync(join(directory('csv'), 'results.csv'), csv);
await writeParquet(directory('parquet'), axes, points);
const odd = `odd [1]* it's?`;
writeFileSync(join(directory(odd), 'results.csv'), csv);
const run = directory('run');
for (const [name, make] of Object.entries(csvFiles)) writeFileSync(join(run, name), make(result));
directory('empty');

async function ask(sql: string, ...directories: readonly string[]) {
  const connection = await openTables(
    duckdb,
    directories.map((name) => join(cwd, name)),
  );
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
  }
}

describe('tables of a sweep', () => {
  test.each(['csv', 'parquet'])('are the same from %s', async (from) => {
    const sql = `select "mesh.mode", "load[0].rate", latency_p99_ms, latency_max_ms_high, id
      from points order by point limit 1`;
    expect(await ask(sql, from)).toEqual([['none', '100', 2, null, 'abc000']]);
    const types = `select column_name, column_type from (describe points) where column_name in
      ('point', 'mesh.mode', 'load[0].rate', 'latency_max_ms_high', 'saturated', 'id')`;
    expect(await ask(types, from)).toEqual([
      ['point', 'BIGINT'],
      ['mesh.mode', 'VARCHAR'],
      ['load[0].rate', 'BIGINT'],
      ['latency_max_ms_high', 'DOUBLE'],
      ['saturated', from === 'csv' ? 'DOUBLE' : 'VARCHAR'],
      ['id', 'VARCHAR'],
    ]);
    expect(await ask('select point, expression, value, pass from slos limit 2', from)).toEqual([
      ['0', 'latency.p99 < 25ms', 24e6, true],
      ['1', 'latency.p99 < 25ms', 24e6, false],
    ]);
  });

  test('of several directories are one, with where a row is from', async () => {
    const [first, second] = ['csv', odd].map((name) => join(cwd, name));
    expect(await ask('select dir, count(*) from points group by dir', 'csv', odd)).toEqual([
      [first, '6'],
      [second, '6'],
    ]);
    expect(await ask('select distinct dir from slos', 'csv', odd)).toHaveLength(2);
  });
});

test('tables of a run are its CSV files', async () => {
  const sql = `select service, p99_ms from services where "case" = 'mesh' and p99_ms is not null`;
  const [service] = result.cases[0].services.filter(({ latency }) => latency !== null);
  expect((await ask(sql, 'run'))[0]).toEqual([service.service, service.latency?.p99_ms.value]);
  expect(await ask('select count(*) > 0 from stations', 'run')).toEqual([[true]]);
});

describe('a statement', () => {
  test.each([
    `select * from read_csv('${join(cwd, 'csv', 'results.csv')}')`,
    `copy points to '${join(cwd, 'written.csv')}'`,
    `attach '${join(cwd, 'written.db')}'`,
    'set enable_external_access = true',
    'install httpfs',
  ])('reads and writes nothing but the tables: %s', async (sql) => {
    await expect(ask(sql, 'csv')).rejects.toThrow(/disabled by configuration|been locked/);
    expect(existsSync(join(cwd, 'written.csv')) || existsSync(join(cwd, 'written.db'))).toBe(false);
  });
});

describe('query', () => {
  const query = (...args: readonly string[]) => meshsim(['query', ...args], { cwd });

  test('prints a table, numbers to the right, and says where rows are left out', async () => {
    const { code, stdout } = await query(
      'select "load[0].rate" as rate, latency_p99_ms p99, "mesh.mode" from points order by point',
      'parquet',
      '--rows',
      '2',
    );
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'rate   p99   mesh.mode',
        ' 100     2   none',
        ' 200   2.1   none',
        '… only the first 2 rows; --rows, or another -o, has more',
        '',
      ].join('\n'),
    );
  });

  test('takes its SQL from a file, of several statements, and shows the last', async () => {
    writeFileSync(
      join(cwd, 'question.sql'),
      'create view slow as from points where latency_p99_ms > 2.2;\nselect count(*) n from slow;\n',
    );
    const { code, stdout } = await query('-f', 'question.sql', 'csv', '-o', 'json');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[\n  {"n":3}\n]\n' });
  });

  test('shows what DuckDB finds wrong, at its place', async () => {
    const { code, stderr } = await query('select 1;\nselect latency_p99 from points', 'csv');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^query:2:8: Binder Error: .*latency_p99/);
    expect(stderr).toContain('\n  2 | select latency_p99 from points\n    |        ^\n');
  });

  test.each([
    [['/* nothing */;', 'csv'], 'meshsim: "query" has no SQL in it\n'],
    [
      ['select 1', 'empty'],
      'meshsim: "empty" holds no results; expected results.csv or services.csv in it\n',
    ],
    [
      ['select 1', 'nowhere'],
      'meshsim: "nowhere" cannot be read: there is no such file or directory\n',
    ],
  ])('%j is refused', async (args, stderr) => {
    expect(await query(...args)).toEqual({ code: 2, stdout: '', stderr });
  });

  test('without DuckDB says how to install it', async () => {
    const missing = () =>
      Promise.reject(Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' }));
    await expect(loadDuckdb(missing)).rejects.toThrow(
      'query needs DuckDB, which is not installed; "npm install @duckdb/node-api" does that',
    );
  });
});

test('statements end at semicolons, but for those in strings, names and comments, and stay where they are', () => {
  const sql = `select ';' as "a;b" -- c; d\n; /* ; */;\nselect $$;$$, $x$;$$;$x$, 3-1, 4/2;`;
  const [first, second, ...more] = statementsOf(sql);
  expect(first).toBe(`select ';' as "a;b" -- c; d\n`);
  expect(second.trim()).toBe('select $$;$$, $x$;$$;$x$, 3-1, 4/2');
  expect(second.indexOf('select')).toBe(sql.lastIndexOf('select'));
  expect(second.split('\n')).toHaveLength(3);
  expect(more).toEqual([]);
});

describe('rows', () => {
  const rows: Rows = {
    names: ['big', 'n', 'd', 't', 'l', 'x', 'n'],
    types: ['HUGEINT', 'BIGINT', 'DECIMAL(9,2)', 'VARCHAR', 'INTEGER[]', 'DOUBLE', 'BOOLEAN'],
    rows: [['-170141183460469231731687303715884105727', '-7', '-1.50', '-7', [1, 2], null, false]],
  };

  test('keep whole numbers that no double holds, and say false, null and nested values', () => {
    expect(jsonText(rows)).toBe(
      '[\n  {"big":"-170141183460469231731687303715884105727","n":-7,"d":-1.5,"t":"-7","l":[1,2],"x":null,"n_2":false}\n]\n',
    );
    expect(csvText(rows)).toBe(
      `big,n,d,t,l,x,n\n-170141183460469231731687303715884105727,-7,-1.5,'-7,"[1,2]",,false\n`,
    );
  });

  test('steer no terminal', () => {
    const text = tableText(
      { names: ['a'], types: ['VARCHAR'], rows: [['\u001b[31m\nred']] },
      false,
    );
    expect(text).toBe('a\n [31m red\n');
  });
});
