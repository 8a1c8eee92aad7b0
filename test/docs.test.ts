/**
 * Goal: the documentation does not rot. Method: the reference is generated anew and compared; the tutorial's files are
 * written and its commands run, in order, in an empty folder; links and places in the code are looked up.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reference } from '../docs/generate.ts';
import { meshsim, scratch } from './cli/meshsim.ts';

const root = join(import.meta.dirname, '..');
const docs = join(root, 'docs');

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** A fenced block: its language, what stands behind that, and its lines. */
interface Block {
  readonly language: string;
  readonly info: string;
  readonly lines: readonly string[];
}

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, info, text]) => ({ language, info, lines: text.trimEnd().split('\n') }),
  );
}

/** The words of a command as a shell would split it; only single quotes are understood. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

/** What a pasted line begins with, up to its first number: its label. */
function labelOf(line: string): string {
  return /^[^\d]*/.exec(line.trim())?.[0].trim() ?? '';
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

describe('the tutorial', () => {
  const cwd = scratch();
  const blocks = blocksOf(read('docs/tutorial.md'));
  for (const { language, info, lines } of blocks) {
    if (language === 'yaml') writeFileSync(join(cwd, info), `${lines.join('\n')}\n`);
  }
  const commands = blocks.filter(({ lines }) => lines[0].startsWith('$ meshsim '));

  test('has commands, and files for them', () => {
    expect(commands.length).toBeGreaterThan(5);
    expect(readdirSync(cwd)).toContain('shop.yml');
  });

  // At once: most of their time is the start of a process.
  test.concurrent.each(commands.map((block) => [block.lines[0], block] as const))(
    '%s ends as it says, and prints what is pasted',
    async (command, { info, lines }) => {
      const args = [...wordsOf(command).slice(2)];
      // On how many threads it runs changes nothing but how long a test takes.
      const threads = args[0] === 'run' ? ['-j', '1'] : [];
      const { code, stdout } = await meshsim([...args, ...threads], { cwd });
      expect(code).toBe(Number(/^exit=(\d+)$/.exec(info)?.[1] ?? 0));
      const printed = stdout.split('\n').map((line) => line.trim());
      const pasted = lines.slice(1).filter((line) => line !== '' && line !== '…');
      if (lines[1] !== '…') expect(printed[0]).toBe(pasted[0]);
      for (const label of pasted.map(labelOf)) {
        expect(
          printed.some((line) => line.startsWith(label)),
          label,
        ).toBe(true);
      }
    },
  );
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
