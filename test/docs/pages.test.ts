/**
 * Goal: the documentation does not rot. Method: the reference is generated anew and compared; links and places in the
 * code are looked up. What pages tell their readers to type is run beside this file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reference } from '../../docs/generate.ts';

const root = join(import.meta.dirname, '../..');
const docs = join(root, 'docs');

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Of `src/mesh/modes.ts` the file must be there; of `src/mesh/modes.ts:10` (`meshModes`) the line must hold the name. */
function wrongPlaces(markdown: string): readonly string[] {
  const places = markdown.matchAll(
    /`((?:src|test|docs|bench|calibration|schema|scenarios|bin)\/[-\w./]*\w)(?::(\d+)` \(`([^`]+)`\)|`)/g,
  );
  return [...places].flatMap(([, path, line, name]) => {
    if (!existsSync(join(root, path))) return [`${path} is not there`];
    if (line === undefined) return [];
    const texts = read(path).split('\n');
    if (texts[Number(line) - 1]?.includes(name)) return [];
    const now = texts.flatMap((text, i) => (text.includes(name) ? [i + 1] : []));
    return [`${path}:${line} does not hold ${name}; lines that do: ${now.join(', ') || 'none'}`];
  });
}

test('docs/reference.md is what `npx tsx docs/generate.ts` writes', () => {
  expect(read('docs/reference.md')).toBe(reference());
});

describe('every page', () => {
  const pages = [
    'README.md',
    ...readdirSync(docs, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => join('docs', path)),
  ];

  test('is found', () => {
    expect(pages.length).toBeGreaterThan(15);
  });

  test.each(pages)('%s leads nowhere but to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    const missing = local.filter((link) => !existsSync(join(root, dirname(page), link)));
    expect(missing).toEqual([]);
  });

  test.each(pages)('%s names files that are there, and lines that hold what it says', (page) => {
    expect(wrongPlaces(read(page))).toEqual([]);
  });

  test.each(pages)(
    '%s has lines that fit a screen, outside of tables and what is pasted',
    (page) => {
      const prose = read(page).replace(/^```[\s\S]*?^```$/gm, '');
      const long = prose.split('\n').filter((line) => !/^\||^- \[/.test(line) && line.length > 125);
      expect(long).toEqual([]);
    },
  );
});

test('a file that is gone, and a line that has moved, would be seen', () => {
  const text = 'in `src/gone.ts`, `src/mesh/modes.ts` and `src/mesh/modes.ts:1` (`meshModes`)';
  expect(wrongPlaces(text)).toEqual([
    'src/gone.ts is not there',
    'src/mesh/modes.ts:1 does not hold meshModes; lines that do: 10, 18',
  ]);
});
