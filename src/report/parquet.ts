/** Points of a sweep as a Parquet file: columns as in `point-columns.ts`, compressed, written a group of rows at a time. */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { PointRecord, PointValue, SweepAxis } from '../measure/points.ts';
import { type ColumnType, pointColumns } from './point-columns.ts';

/** So many are in memory. */
const ROWS = 10_000;

/**
 * The bytes of the file in pieces, from its beginning to its end. However many points there are, no more than one
 * group of them is held.
 */
export async function* pointsParquet(
  axes: readonly SweepAxis[],
  records: AsyncIterable<PointRecord> | Iterable<PointRecord>,
  rows = ROWS,
): AsyncGenerator<Uint8Array> {
  const columns = pointColumns(axes);
  const bytes = new ByteWriter();
  const schema = [
    { name: 'points', num_children: columns.length },
    ...columns.map(({ name, type }) => ({ name, ...elements[type], repetition_type: OPTIONAL })),
  ];
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'meshsim' });
  const cells: unknown[][] = columns.map(() => []);
  const group = () => {
    // Nothing to wait for: the bytes stay in memory until they are taken.
    void writer.write({
      columnData: columns.map(({ name }, c) => ({ name, data: cells[c] })),
      rowGroupSize: rows,
    });
    for (const column of cells) column.length = 0;
    return taken(bytes);
  };
  for await (const record of records) {
    columns.forEach(({ type, get }, c) => {
      cells[c].push(stored(type, get(record)));
    });
    if (cells[0].length === rows) yield group();
  }
  if (cells[0].length > 0) yield group();
  void writer.finish();
  yield taken(bytes);
}

const OPTIONAL = 'OPTIONAL' as const;

const elements = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
} as const satisfies Record<ColumnType, object>;

function stored(type: ColumnType, value: PointValue): PointValue | bigint {
  return type === 'integer' && typeof value === 'number' ? BigInt(value) : value;
}

/** What has been written since; the places in the file go on to count from its beginning. */
function taken(writer: ByteWriter): Uint8Array {
  const piece = writer.getBytes().slice();
  writer.index = 0;
  return piece;
}
