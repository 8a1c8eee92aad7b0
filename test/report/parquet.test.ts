import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { PointRecord } from '../../src/measure/points.ts';
import { pointsParquet } from '../../src/report/parquet.ts';
import { pointColumns } from '../../src/report/point-columns.ts';
import { axes, point } from './point.ts';

async function written(records: Iterable<PointRecord>, of = axes, rows?: number) {
  const pieces: Uint8Array[] = [];
  for await (const piece of pointsParquet(of, records, rows)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return {
    pieces,
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  };
}

function* points(count: number) {
  for (let i = 0; i < count; i++) yield point(i);
}

describe('points as Parquet', () => {
  test('hold what the columns give, integers as 64 bits, in as many groups of rows as are needed', async () => {
    const { file, pieces } = await written(points(7), axes, 3);
    const rows = await parquetReadObjects({ file });
    const expected = [...points(7)].map((record) =>
      Object.fromEntries(
        pointColumns(axes).map(({ name, type, get }) => {
          const value = get(record);
          return [name, type === 'integer' && value !== null ? BigInt(value) : value];
        }),
      ),
    );
    expect(rows).toEqual(expected);
    expect(parquetMetadata(file).row_groups.map(({ num_rows }) => num_rows)).toEqual([3n, 3n, 1n]);
    expect(pieces.length).toBe(4);
  });

  test('keep null, booleans, fractions and any text', async () => {
    const odd = [
      { path: 'on', values: [true, null] },
      { path: 'share', values: [0.5, 1] },
      { path: 'name', values: ['=1', 'ä"\n', 3] },
    ];
    const { file } = await written(
      [point(0, { values: [true, 0.5, 'ä"\n'] }), point(1, { values: [null, 1, 3] })],
      odd,
    );
    const rows = await parquetReadObjects({ file, columns: ['on', 'share', 'name'] });
    expect(rows).toEqual([
      { on: true, share: 0.5, name: 'ä"\n' },
      { on: null, share: 1, name: '3' },
    ]);
  });

  test('are a table without a row where there is no point', async () => {
    const { file } = await written([]);
    expect(parquetMetadata(file).num_rows).toBe(0n);
    expect(parquetMetadata(file).schema.length).toBe(pointColumns(axes).length + 1);
  });
});
