/**
 * The directory of a result, written as a whole: first under a temporary name beside it, then renamed. Everything
 * here is synchronous, so that no signal comes in between: what stands under the name is complete, the old or the new.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { quote } from '../problems.ts';
import { systemReason, UsageError } from './exit.ts';

export type Files = Readonly<Record<string, string>>;

/** `out/bookinfo/4f1c9a0b12de-1` */
export function defaultDirectory({
  scenario,
  digest,
  seed,
}: {
  readonly scenario: string;
  readonly digest: string;
  readonly seed: string;
}): string {
  return join('out', scenario, `${digest.slice(0, 12)}-${asFileName(seed)}`);
}

/** A seed may be any text. What is not harmless in a name is written as its code. */
function asFileName(seed: string): string {
  const safe = seed.replace(/[^-\w.]/gu, (char) => `%${char.codePointAt(0)?.toString(16)}`);
  return safe.slice(0, 60);
}

/**
 * Fails early, before a long simulation, if the directory could not be written, or holds what is not ours.
 *
 * @param known - names that a result may have; a directory with others is not replaced
 * @throws UsageError
 */
export function checkDirectory(path: string, known: ReadonlySet<string>): void {
  refusing(path, () => {
    if (existsSync(path)) {
      const foreign = readdirSync(path).find((name) => !known.has(name));
      if (foreign !== undefined) {
        throw new UsageError(
          `${quote(path)} holds ${quote(foreign)}, which is no part of a result, and would be replaced; choose a new directory with -O`,
        );
      }
    }
    tryWriting(resolve(path));
  });
}

/** @throws UsageError if the system refuses; nothing has changed then */
export function writeDirectory(path: string, files: Files): void {
  const target = resolve(path);
  const fresh = `${target}.new-${process.pid}`;
  const old = `${target}.old-${process.pid}`;
  refusing(path, () => {
    try {
      mkdirSync(fresh, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(fresh, name), text);
      replace({ target, fresh, old });
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });
}

function replace({ target, fresh, old }: Record<'target' | 'fresh' | 'old', string>): void {
  if (!existsSync(target)) {
    renameSync(fresh, target);
    return;
  }
  renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** One file, as a whole. @throws UsageError if the system refuses */
export function writeFile(path: string, text: string): void {
  const fresh = `${path}.new-${process.pid}`;
  refusing(path, () => {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(fresh, text);
      renameSync(fresh, path);
    } finally {
      rmSync(fresh, { force: true });
    }
  });
}

/** @throws UsageError where a file cannot be written, before there is something to write */
export function checkFile(path: string): void {
  refusing(path, () => {
    if (existsSync(path) && statSync(path).isDirectory()) {
      throw new UsageError(`${quote(path)} cannot be written: it is a directory`);
    }
    tryWriting(resolve(path));
  });
}

/** Writes and removes a file where the first new thing would be made: to ask for permission is not enough. */
function tryWriting(path: string): void {
  const probe = join(existingAbove(path), `.meshsim-${process.pid}`);
  writeFileSync(probe, '');
  rmSync(probe);
}

/** The nearest thing above that is there. */
function existingAbove(path: string): string {
  const above = dirname(path);
  return existsSync(above) || above === path ? above : existingAbove(above);
}

function refusing(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const reason = systemReason(error);
    if (error instanceof UsageError || reason === null) throw error;
    throw new UsageError(`${quote(path)} cannot be written: ${reason}`);
  }
}
