/** Points of a sweep as CSV: a row a point, columns as in `point-columns.ts`. */
import { stringify } from 'csv-stringify/sync';
import type { PointRecord, PointValue, SweepAxis } from '../measure/points.ts';
import { type PointColumn, pointColumns } from './point-columns.ts';

/** With the end of the line. */
export function pointsCsvHeader(axes: readonly SweepAxis[]): string {
  return row(columnsOf(axes).map(({ name }) => name));
}

/** With the end of the line; empty where there is nothing to give. */
export function pointsCsvRow(axes: readonly SweepAxis[], record: PointRecord): string {
  return row(columnsOf(axes).map(({ get }) => get(record)));
}

export async function* pointsCsv(
  axes: readonly SweepAxis[],
  records: AsyncIterable<PointRecord> | Iterable<PointRecord>,
): AsyncGenerator<string> {
  yield pointsCsvHeader(axes);
  for await (const record of records) yield pointsCsvRow(axes, record);
}

/** A writer has the same axes at every row. */
const known = new WeakMap<readonly SweepAxis[], readonly PointColumn[]>();

function columnsOf(axes: readonly SweepAxis[]): readonly PointColumn[] {
  const columns = known.get(axes) ?? pointColumns(axes);
  known.set(axes, columns);
  return columns;
}

function row(cells: readonly PointValue[]): string {
  return stringify([[...cells]], {
    escape_formulas: true,
    cast: { boolean: String, number: String },
  });
}
