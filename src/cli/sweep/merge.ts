/** `meshsim merge`, carried out: the points of several directories as one sweep. */
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PointFailure, PointRecord, SweepResult } from '../../measure/points.ts';
import { quote } from '../../problems.ts';
import type { MergeArguments } from '../commands/sweep.ts';
import { checkDirectoryName } from '../directory.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { Journal } from './journal.ts';
import { type Line, readLine, scanLines } from './lines.ts';
import { LINES, SPEC, type SweepHead, writeSweep } from './results.ts';
import { show } from './sweep.ts';

export async function mergeCommand(
  dirs: readonly string[],
  { outDir, output }: MergeArguments,
): Promise<ExitCode> {
  checkDirectoryName(outDir);
  const shards = dirs.map(readShard);
  const [{ head, spec }] = shards;
  for (const shard of shards) checkSame(shards[0], shard);
  const places = placesOf(shards);
  const failures = shards
    .flatMap((shard) => shard.failures)
    .filter(({ index }) => !places.has(index))
    .toSorted((a, b) => a.index - b.index);
  const order = [...places.keys()].toSorted((a, b) => a - b);
  const journal = new Journal(outDir, false);
  try {
    for (const record of recordsAt(places, order)) journal.append(record);
    await writeSweep(outDir, { head, spec }, () => recordsAt(places, order), failures);
  } finally {
    journal.close();
  }
  process.stderr.write(endText(head.size, order.length, failures, outDir));
  await show(outDir, output, head, recordsAt(places, order));
  return order.length === head.size ? exitCodes.ok : exitCodes.someFailed;
}

interface ShardResult {
  readonly directory: string;
  readonly head: SweepHead;
  /** Digest of what all of its points share. */
  readonly spec: string;
  readonly failures: readonly PointFailure[];
}

/** @throws UsageError if the directory holds no sweep */
function readShard(directory: string): ShardResult {
  for (const name of ['sweep.json', LINES, SPEC]) {
    if (existsSync(join(directory, name))) continue;
    throw new UsageError(`${quote(directory)} holds no results of a sweep; expected ${name} in it`);
  }
  const result = JSON.parse(readFileSync(join(directory, 'sweep.json'), 'utf8')) as SweepResult;
  const { points: _, failures, knee: __, ...head } = result;
  const spec = readFileSync(join(directory, SPEC), 'utf8').trim();
  return { directory, head, spec, failures };
}

/** Where the record of a point is. */
interface Place {
  readonly file: number;
  readonly line: Line;
}

/** By index; there may be more points than memory has room for. The files stay open. */
function placesOf(shards: readonly ShardResult[]): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  for (const { directory } of shards) {
    const file = openSync(join(directory, LINES), 'r');
    scanLines(file, (bytes, line) => {
      const index = /^\{"id":"p[0-9a-f]+","index":(\d+),/.exec(
        bytes.toString('latin1', 0, 128),
      )?.[1];
      if (index !== undefined) places.set(Number(index), { file, line });
    });
  }
  return places;
}

function* recordsAt(
  places: ReadonlyMap<number, Place>,
  order: readonly number[],
): Generator<PointRecord> {
  for (const index of order) {
    const place = places.get(index);
    if (place !== undefined) yield JSON.parse(readLine(place.file, place.line)) as PointRecord;
  }
}

/** @throws UsageError saying what differs */
function checkSame(a: ShardResult, b: ShardResult): void {
  const both = `${quote(a.directory)} and ${quote(b.directory)} are of different sweeps`;
  for (const key of Object.keys(a.head) as (keyof SweepHead)[]) {
    const [one, other] = [JSON.stringify(a.head[key]), JSON.stringify(b.head[key])];
    if (one !== other) throw new UsageError(`${both}: ${key} is ${one} and ${other}`);
  }
  if (a.spec !== b.spec) {
    throw new UsageError(
      `${both}: the text of the scenario, a profile, or an option such as --no-baseline is another one`,
    );
  }
}

function endText(
  size: number,
  found: number,
  failures: readonly PointFailure[],
  directory: string,
): string {
  const lines = failures.map(({ index, kind, command }) => `point ${index}: ${kind}\n  ${command}`);
  const missing = size - found - failures.length;
  if (missing > 0) lines.push(`${missing} of ${size} points are missing`);
  lines.push(`results: ${directory} (${found} points)`);
  return `${lines.join('\n')}\n`;
}
