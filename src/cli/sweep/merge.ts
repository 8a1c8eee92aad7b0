/** `meshsim merge`, carried out: the points of several directories as one sweep. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PointFailure, PointRecord, SweepResult } from '../../measure/points.ts';
import { quote } from '../../problems.ts';
import type { MergeArguments } from '../commands/sweep.ts';
import { checkDirectoryName } from '../directory.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { Journal } from './journal.ts';
import { type SweepHead, writeResults } from './results.ts';
import { show } from './sweep.ts';

export async function mergeCommand(
  dirs: readonly string[],
  { outDir, output }: MergeArguments,
): Promise<ExitCode> {
  checkDirectoryName(outDir);
  const shards = dirs.map(readShard);
  const [{ head }] = shards;
  for (const shard of shards) checkSame(head, dirs[0], shard.head, shard.directory);
  const records = new Map<number, PointRecord>();
  for (const { points } of shards) for (const point of points) records.set(point.index, point);
  const failures = shards
    .flatMap((shard) => shard.failures)
    .filter(({ index }) => !records.has(index))
    .toSorted((a, b) => a.index - b.index);
  const inOrder = [...records.values()].toSorted((a, b) => a.index - b.index);
  const journal = new Journal(outDir, false);
  try {
    for (const record of inOrder) journal.append(record);
    writeResults(outDir, head, inOrder, failures);
  } finally {
    journal.close();
  }
  process.stderr.write(endText(head.size, inOrder.length, failures, outDir));
  show(outDir, output, head, inOrder);
  return inOrder.length === head.size ? exitCodes.ok : exitCodes.someFailed;
}

interface ShardResult {
  readonly directory: string;
  readonly head: SweepHead;
  readonly points: readonly PointRecord[];
  readonly failures: readonly PointFailure[];
}

/** @throws UsageError if the directory holds no sweep */
function readShard(directory: string): ShardResult {
  const [file, lines] = [join(directory, 'sweep.json'), join(directory, 'results.ndjson')];
  if (!existsSync(file) || !existsSync(lines)) {
    throw new UsageError(
      `${quote(directory)} holds no results of a sweep; expected sweep.json in it`,
    );
  }
  const {
    points: _,
    failures,
    knee: __,
    ...head
  } = JSON.parse(readFileSync(file, 'utf8')) as SweepResult;
  const texts = readFileSync(lines, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return {
    directory,
    head,
    failures,
    points: texts.map((text) => JSON.parse(text) as PointRecord),
  };
}

/** @throws UsageError saying what differs */
function checkSame(a: SweepHead, first: string, b: SweepHead, second: string): void {
  for (const key of Object.keys(a) as (keyof SweepHead)[]) {
    const [one, other] = [JSON.stringify(a[key]), JSON.stringify(b[key])];
    if (one === other) continue;
    throw new UsageError(
      `${quote(first)} and ${quote(second)} are of different sweeps: ${key} is ${one} and ${other}`,
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
