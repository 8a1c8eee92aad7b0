/** What a sweep leaves: its points in the order of their index, in files and on stdout, streamed from the journal. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { KneeResult, PointFailure, PointRecord, SweepResult } from '../../measure/points.ts';
import { pointsCsvHeader, pointsCsvRow } from '../../report/points-csv.ts';
import type { PointJob } from '../../sweep/spec.ts';
import { writing } from '../places.ts';
import type { Journal } from './journal.ts';
import { writeParquet } from './parquet.ts';

/** What a sweep is, but for its points. */
export type SweepHead = Omit<SweepResult, 'points' | 'failures' | 'knee'>;

export interface SweepIdentity {
  readonly head: SweepHead;
  /** Digest of what all points share (`SweepSpec`). */
  readonly spec: string;
}

export const LINES = 'results.ndjson';
/** Holds the digest of the specification, which says whether shards belong together. */
export const SPEC = 'spec.sha256';

/** More are in `results.ndjson` only: the file is read as a whole by who makes charts of it. */
const POINTS_MAX = 5000;

export interface Written {
  readonly points: number;
  /** SHA-256 over the records in order. */
  readonly digest: string;
}

/** Records of jobs that are done, in their order; index and values are those of the sweep at hand. */
export function* recordsOf(journal: Journal, jobs: Iterable<PointJob>): Generator<PointRecord> {
  for (const { id, index, values } of jobs) {
    const record = journal.get(id);
    if (record !== null) yield { ...record, index, values };
  }
}

/**
 * All files of a sweep: none of them is of an earlier one.
 *
 * @param records - in the order of their index; gone over twice
 * @throws OutputError if the system refuses
 */
export async function writeSweep(
  directory: string,
  identity: SweepIdentity,
  records: () => Iterable<PointRecord>,
  failures: readonly PointFailure[],
  knee: KneeResult | null = null,
): Promise<Written> {
  const written = writeResults(directory, identity, records(), failures, knee);
  await writeParquet(directory, identity.head.axes, records());
  return written;
}

/** Each file is written under another name, and then has its own. @throws OutputError if the system refuses */
export function writeResults(
  directory: string,
  { head, spec }: SweepIdentity,
  records: Iterable<PointRecord>,
  failures: readonly PointFailure[],
  knee: KneeResult | null = null,
): Written {
  return writing(directory, () => {
    const hash = createHash('sha256');
    const csv = openNew(directory, 'results.csv');
    const lines = openNew(directory, LINES);
    const kept: PointRecord[] = [];
    let points = 0;
    writeSync(csv, pointsCsvHeader(head.axes));
    for (const record of records) {
      const line = `${JSON.stringify(record)}\n`;
      writeSync(csv, pointsCsvRow(head.axes, record));
      writeSync(lines, line);
      hash.update(line);
      if (points++ < POINTS_MAX) kept.push(record);
    }
    closeSync(csv);
    closeSync(lines);
    const digest = hash.digest('hex');
    const result: SweepResult = { ...head, points: kept, failures, knee };
    put(directory, 'sweep.json', `${JSON.stringify(result)}\n`);
    put(directory, 'sweep.sha256', `${digest}  ${LINES}\n`);
    put(directory, SPEC, `${spec}\n`);
    for (const name of ['results.csv', LINES, 'sweep.json', 'sweep.sha256', SPEC]) {
      renameSync(join(directory, `.${name}.new`), join(directory, name));
    }
    return { points, digest };
  });
}

function openNew(directory: string, name: string): number {
  return openSync(join(directory, `.${name}.new`), 'w');
}

function put(directory: string, name: string, text: string): void {
  writeFileSync(join(directory, `.${name}.new`), text);
}
