/**
 * Files that the user wants written: where a path really leads, whether it can be written, and one file written as a
 * whole. Links are followed, so that what they point to is written and they stay.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { quote } from '../problems.ts';
import { OutputError, systemReason, UsageError } from './exit.ts';

/** Where a path leads, whether something is there or not. @throws UsageError of a link to nothing */
export function placeOf(path: string): string {
  const absolute = resolve(path);
  const entry = lstatSync(absolute, { throwIfNoEntry: false });
  if (entry === undefined) {
    const above = dirname(absolute);
    return above === absolute ? absolute : join(placeOf(above), basename(absolute));
  }
  try {
    return realpathSync(absolute);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(
      `${quote(absolute)} cannot be written: it is a symbolic link to ${quote(readlinkSync(absolute))}, which is not there`,
    );
  }
}

/**
 * Where a file goes that an option names.
 *
 * @throws UsageError where it cannot be written, before there is something to write
 */
export function checkFile(option: string, path: string): string {
  if (path.trim() === '') throw new UsageError(`${option}: ${quote(path)} is no file`);
  return refusing(path, () => {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw new UsageError(`${quote(path)} cannot be written: it is a directory`);
    }
    if (isDevice(path)) return resolve(path);
    const target = placeOf(path);
    tryWriting(target);
    return target;
  });
}

/** One file, as a whole. @throws OutputError if the system refuses */
export function writeFile(path: string, text: string): void {
  writing(path, () => {
    // A device or a pipe is written to, not replaced.
    if (isDevice(path)) {
      writeFileSync(path, text);
      return;
    }
    const target = placeOf(path);
    const fresh = `${target}.new-${process.pid}`;
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(fresh, text);
      renameSync(fresh, target);
    } finally {
      rmSync(fresh, { force: true });
    }
  });
}

function isDevice(path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** Writes and removes a file where the first new thing would be made: to ask for permission is not enough. */
export function tryWriting(target: string): void {
  const probe = join(existingAbove(target), `.meshsim-${process.pid}`);
  writeFileSync(probe, '');
  rmSync(probe);
}

/** The nearest thing above that is there. */
function existingAbove(path: string): string {
  const above = dirname(path);
  return existsSync(above) || above === path ? above : existingAbove(above);
}

/** What the system refuses before there is something to write, the user can still change. */
export function refusing<T>(path: string, act: () => T): T {
  return explaining(path, act, (text) => new UsageError(text));
}

/** What it refuses then is a result that is not kept. */
export function writing<T>(path: string, act: () => T): T {
  return explaining(path, act, (text) => new OutputError(text));
}

function explaining<T>(path: string, act: () => T, errorOf: (text: string) => Error): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof UsageError) throw errorOf(error.message);
    const reason = systemReason(error);
    if (reason === null) throw error;
    throw errorOf(`${quote(path)} cannot be written: ${reason}`);
  }
}
