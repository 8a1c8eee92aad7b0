/** Where results go, and what is never removed. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDirectory, writeDirectory } from '../../src/cli/directory.ts';
import { checkFile, writeFile } from '../../src/cli/places.ts';
import { scratch } from './meshsim.ts';

const known = new Set(['a.txt', 'b.txt']);
const files = { 'a.txt': 'new' };

describe('a directory', () => {
  test('replaces an earlier result as a whole, and leaves nothing beside it', () => {
    const base = scratch();
    const path = join(base, 'deep/er');
    checkDirectory(path, known);
    writeDirectory(path, { 'a.txt': 'old', 'b.txt': 'old' }, known);
    checkDirectory(path, known);
    expect(writeDirectory(path, files, known)).toEqual({ path, obstacle: null });
    expect(readdirSync(join(base, 'deep'))).toEqual(['er']);
    expect(readdirSync(path)).toEqual(['a.txt']);
  });

  test('that holds something else by the time it is written stays, and the result stands beside it', () => {
    const base = scratch();
    const path = join(base, 'kept');
    mkdirSync(path);
    checkDirectory(path, known);
    writeFileSync(join(path, 'notes.txt'), 'mine');
    const obstacle = 'holds "notes.txt", which is no part of a result';
    expect(writeDirectory(path, files, known)).toEqual({ path: `${path}-2`, obstacle });
    expect(writeDirectory(path, files, known)).toEqual({ path: `${path}-3`, obstacle });
    expect(readFileSync(join(path, 'notes.txt'), 'utf8')).toBe('mine');
    expect(readdirSync(base).sort()).toEqual(['kept', 'kept-2', 'kept-3']);
    expect(readdirSync(`${path}-2`)).toEqual(['a.txt']);
  });

  test('behind a link is replaced, and the link stays', () => {
    const base = scratch();
    mkdirSync(join(base, 'real'));
    writeFileSync(join(base, 'real/b.txt'), 'old');
    symlinkSync('real', join(base, 'link'));
    expect(checkDirectory(join(base, 'link'), known)).toBe(join(base, 'real'));
    writeDirectory(join(base, 'link'), files, known);
    expect(lstatSync(join(base, 'link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(base, 'real'))).toEqual(['a.txt']);
  });

  test.each([
    ['', /"" is no directory/],
    [' ', /" " is no directory/],
    ['.', /has the working directory in it/],
    ['/', /has the working directory in it/],
    [join(process.cwd(), '..'), /has the working directory in it/],
  ])('"%s" is refused', (path, message) => {
    expect(() => checkDirectory(path, known)).toThrow(message);
  });

  test.each([
    ['dangling', /symbolic link to "gone", which is not there/],
    ['dangling/below', /symbolic link to "gone", which is not there/],
    ['circle', /symbolic links lead in a circle/],
    ['file', /"[^"]*file" is no directory; choose a new directory with -O/],
    ['other', /holds "b\.txt", which is no part of a result/],
    ['file/below', /a part of its path is no directory/],
  ])('%s is refused with the true reason', (name, message) => {
    const base = scratch();
    symlinkSync('gone', join(base, 'dangling'));
    symlinkSync('circle', join(base, 'circle'));
    writeFileSync(join(base, 'file'), '');
    // A directory with the name of one of our files.
    mkdirSync(join(base, 'other/b.txt'), { recursive: true });
    expect(() => checkDirectory(join(base, name), known)).toThrow(message);
  });

  test('that is the working directory by another name is refused', () => {
    const link = join(scratch(), 'here');
    symlinkSync(process.cwd(), link);
    expect(() => checkDirectory(link, known)).toThrow(/has the working directory in it/);
  });
});

describe('a file', () => {
  test('behind a link is replaced, and the link stays', () => {
    const base = scratch();
    writeFileSync(join(base, 'real.csv'), 'old');
    symlinkSync('real.csv', join(base, 'link.csv'));
    checkFile('--report', join(base, 'link.csv'));
    writeFile(join(base, 'link.csv'), 'new');
    expect(lstatSync(join(base, 'link.csv')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(base, 'real.csv'), 'utf8')).toBe('new');
    expect(readdirSync(base).sort()).toEqual(['link.csv', 'real.csv']);
  });

  test('that is a device is written to, and stays one', () => {
    const link = join(scratch(), 'null');
    symlinkSync('/dev/null', link);
    checkFile('--trace-file', link);
    writeFile(link, 'nothing');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});
