/** The points of a sweep as `results.parquet`, which `meshsim query` and other tools for tables read fastest. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { PointRecord, SweepAxis } from '../../measure/points.ts';
import { pointsParquet } from '../../report/parquet.ts';
import { writing } from '../places.ts';

/** The one that is there is gone first: it must not stand beside newer points. @throws OutputError if the system refuses */
export async function writeParquet(
  directory: string,
  axes: readonly SweepAxis[],
  records: Iterable<PointRecord>,
): Promise<void> {
  const [fresh, target] = ['.results.parquet.new', 'results.parquet'].map((name) =>
    join(directory, name),
  );
  const file = writing(directory, () => {
    rmSync(target, { force: true });
    return openSync(fresh, 'w');
  });
  try {
    for await (const piece of pointsParquet(axes, records)) {
      writing(directory, () => writeAll(file, piece));
    }
  } finally {
    closeSync(file);
  }
  writing(directory, () => renameSync(fresh, target));
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written);
  }
}
