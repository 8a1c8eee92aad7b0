/**
 * What a sweep has done so far: a file to which the record of each point is appended as a line. It survives whatever ends
 * the program; a last line that was not written to its end is cut off when the file is next opened. In memory are only
 * the names of points, and where their lines are.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PointRecord } from '../../measure/points.ts';
import { quote } from '../../problems.ts';
import { OutputError, systemReason, UsageError } from '../exit.ts';
import { type Line, readLine, scanLines } from './lines.ts';

export const JOURNAL = 'points.ndjson';
const LOCK = 'points.lock';
/** What is written may be lost for so long if the machine dies; if only the program does, nothing is. [ms] */
const SYNC_EVERY = 2000;

export class Journal {
  private readonly path: string;
  private readonly file: number;
  private readonly lines = new Map<string, Line>();
  private end = 0;
  private synced = performance.now();
  private readonly lock: string;

  /** @throws UsageError if another process has it; OutputError if it cannot be written */
  constructor(directory: string, isFresh: boolean) {
    this.path = join(directory, JOURNAL);
    this.lock = join(directory, LOCK);
    this.file = this.writing(() => {
      mkdirSync(directory, { recursive: true });
      takeLock(this.lock, directory);
      return openSync(this.path, isFresh ? 'w+' : 'a+');
    });
    this.read();
  }

  get size(): number {
    return this.lines.size;
  }

  has(id: string): boolean {
    return this.lines.has(id);
  }

  /** A record that is there already stays as it is. */
  append(record: PointRecord): void {
    if (this.has(record.id)) return;
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    this.writing(() => {
      try {
        let written = 0;
        while (written < line.length) written += writeSync(this.file, line, written);
      } catch (error) {
        // What is written of it is no record.
        ftruncateSync(this.file, this.end);
        throw error;
      }
      if (performance.now() - this.synced > SYNC_EVERY) this.sync();
    });
    this.lines.set(record.id, { offset: this.end, length: line.length - 1 });
    this.end += line.length;
  }

  get(id: string): PointRecord | null {
    const line = this.lines.get(id);
    if (line === undefined) return null;
    return JSON.parse(readLine(this.file, line)) as PointRecord;
  }

  /** All that is written is on the disk then. */
  close(): void {
    try {
      this.writing(() => this.sync());
    } finally {
      closeSync(this.file);
      rmSync(this.lock, { force: true });
    }
  }

  private sync(): void {
    fsyncSync(this.file);
    this.synced = performance.now();
  }

  /** Finds the lines; what is no record any more, at the end, goes. */
  private read(): void {
    this.end = scanLines(this.file, (bytes, line) => this.found(bytes, line));
    if (fstatSync(this.file).size > this.end) {
      this.writing(() => ftruncateSync(this.file, this.end));
    }
  }

  private found(bytes: Buffer, line: Line): void {
    const id = idOf(bytes);
    if (id !== null) this.lines.set(id, line);
  }

  private writing<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      const reason = systemReason(error);
      if (reason === null) throw error;
      throw new OutputError(
        `${quote(this.path)} cannot be written: ${reason}; the points in it are kept`,
      );
    }
  }
}

/** Of a line, enough to have the id in it. [B] */
const HEAD = 128;
const BRACE = 125;

/** null of a line that is no record. Only its head becomes a text: the id would keep all of a longer one in memory. */
function idOf(bytes: Buffer): string | null {
  const match = /^\{"id":"(p[0-9a-f]+)",/.exec(bytes.toString('latin1', 0, HEAD));
  return match === null || bytes.at(-1) !== BRACE ? null : match[1];
}

/** @throws UsageError if a process that is alive has it */
function takeLock(lock: string, directory: string): void {
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(lock, 'utf8'));
    if (isAlive(owner)) {
      throw new UsageError(
        `${quote(directory)} is in use by process ${owner}; wait for it, or choose another directory with -O`,
      );
    }
    rmSync(lock, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
