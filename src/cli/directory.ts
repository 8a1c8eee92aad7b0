/**
 * Where a result goes: checked before a long simulation, then written as a whole, first under a temporary name beside
 * it, then renamed. Writing is synchronous, so that no signal comes in between: what stands under the name is
 * complete, the old or the new. Nothing that is not ours is ever removed.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { quote } from '../problems.ts';
import { systemReason, UsageError } from './exit.ts';
import { placeOf, refusing, tryWriting, writing } from './places.ts';

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
 * @returns where it really is, links followed
 * @throws UsageError
 */
export function checkDirectory(path: string, known: ReadonlySet<string>): string {
  checkDirectoryName(path);
  return refusing(path, () => {
    const target = placeOf(path);
    if (isIn(realpathSync('.'), target)) {
      throw new UsageError(
        `-O: ${quote(path)} has the working directory in it, and would be replaced; choose a new directory`,
      );
    }
    const obstacle = obstacleAt(target, known);
    if (obstacle !== null) {
      throw new UsageError(`${quote(path)} ${obstacle}; choose a new directory with -O`);
    }
    tryWriting(target);
    return target;
  });
}

/** @throws UsageError where the name cannot be meant: '' would be the working directory */
export function checkDirectoryName(path: string): void {
  if (path.trim() === '') throw new UsageError(`-O: ${quote(path)} is no directory`);
}

function isIn(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`);
}

/** Why what stands there must stay, such as `holds "notes.txt", which is no part of a result`; null if it need not. */
function obstacleAt(target: string, known: ReadonlySet<string>): string | null {
  const there = statSync(target, { throwIfNoEntry: false });
  if (there === undefined) return null;
  if (!there.isDirectory()) return 'is no directory';
  const foreign = readdirSync(target, { withFileTypes: true }).find(
    (entry) => !known.has(entry.name) || entry.isDirectory(),
  );
  return foreign === undefined
    ? null
    : `holds ${quote(foreign.name)}, which is no part of a result`;
}

export interface Written {
  /** As the user would name it. */
  readonly path: string;
  /** Why it is not where it was to be; null if it is. */
  readonly obstacle: string | null;
}

/**
 * Replaces a result that is there. If by now something else is there, it stays, and the result is put beside it.
 *
 * @throws OutputError if the system refuses; nothing has changed then
 */
export function writeDirectory(path: string, files: Files, known: ReadonlySet<string>): Written {
  return writing(path, () => {
    const target = placeOf(path);
    mkdirSync(dirname(target), { recursive: true });
    const workshop = mkdtempSync(`${target}.new-`);
    const [fresh, old] = [join(workshop, 'new'), join(workshop, 'old')];
    try {
      mkdirSync(fresh);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(fresh, name), text);
      const obstacle = replace({ target, fresh, old }, known);
      return obstacle === null ? { path, obstacle } : { path: putBeside(target, fresh), obstacle };
    } finally {
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(old)) rmdirSync(workshop);
    }
  });
}

type Places = Readonly<Record<'target' | 'fresh' | 'old', string>>;

/** @returns why it was not done; null if it was */
function replace({ target, fresh, old }: Places, known: ReadonlySet<string>): string | null {
  try {
    const obstacle = obstacleAt(target, known);
    if (obstacle !== null) return obstacle;
    if (!existsSync(target)) {
      renameSync(fresh, target);
      return null;
    }
    renameSync(target, old);
  } catch (error) {
    return cannotBeReplaced(error);
  }
  // Once more, now that nobody finds it: something may have come in at the last moment.
  const late = obstacleAt(old, known) ?? moved(fresh, target);
  if (late === null) rmSync(old, { recursive: true, force: true });
  else renameSync(old, target);
  return late;
}

function moved(from: string, to: string): string | null {
  try {
    renameSync(from, to);
    return null;
  } catch (error) {
    return cannotBeReplaced(error);
  }
}

function cannotBeReplaced(error: unknown): string {
  const reason = systemReason(error);
  if (reason === null) throw error;
  return `cannot be replaced: ${reason}`;
}

/** `out/shop-2`, or the next number that is free. */
function putBeside(target: string, fresh: string): string {
  for (let n = 2; ; n++) {
    const beside = `${target}-${n}`;
    if (existsSync(beside)) continue;
    renameSync(fresh, beside);
    const short = relative(realpathSync('.'), beside);
    return short.startsWith('..') || isAbsolute(short) ? beside : short;
  }
}
