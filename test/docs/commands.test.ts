/**
 * Goal: what a page tells its reader to type works, and what it shows is what comes out. Method: each page has a folder
 * of its own, in which the files that it shows are written, its scripts are run in order (with short runs, as nothing
 * of them is shown), and its commands are compared with what stands below them. A block is left out only by a comment
 * right above it, `<!-- not run: why -->`.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launcher, meshsim, scratch } from '../cli/meshsim.ts';
import { type Block, blocksOf, shownIn, wordsOf, wrongIn } from './blocks.ts';

const root = join(import.meta.dirname, '../..');

/** Decisions show no commands, and those of the reference are looked at one by one below. */
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !/^decisions|^reference\.md$/.test(path))
    .map((path) => join('docs', path)),
];
const blocks = new Map(pages.map((page) => [page, blocksOf(read(page))]));
const shop = (blocks.get('docs/tutorial.md') ?? []).filter(({ language }) => language === 'yaml');

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** What a clone has in it, and the tutorial's files, which other pages go on with. */
function folderFor(own: readonly Block[]): string {
  const cwd = scratch();
  for (const name of ['scenarios', 'calibration', 'schema', 'docs', 'package.json']) {
    symlinkSync(join(root, name), join(cwd, name));
  }
  for (const { info, lines } of [...shop, ...own].filter(({ info }) => /\.\w+$/.test(info))) {
    mkdirSync(dirname(join(cwd, info)), { recursive: true });
    writeFileSync(join(cwd, info), `${lines.join('\n')}\n`);
  }
  return cwd;
}

/** Commands for scripts: `meshsim` and `npx meshsim`, with runs of two simulated seconds; a missed threshold is fine. */
function shims(): string {
  const bin = scratch();
  const script = `#!/bin/sh
case $1 in
  run) set -- "$@" --until 2s --set measure.warmup=0s --set measure.repsMax=2 --reps 1 -j 1 ;;
  sweep) set -- "$@" --until 2s --set measure.warmup=0s --reps 1 -j 1 ;;
esac
'${process.execPath}' '${launcher}' "$@"
code=$?
[ $code = 99 ] || exit $code
`;
  writeFileSync(join(bin, 'meshsim'), script);
  writeFileSync(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n');
  for (const name of ['meshsim', 'npx']) chmodSync(join(bin, name), 0o755);
  return bin;
}

/** @returns what went wrong, '' if nothing did */
function runScript(lines: readonly string[], cwd: string, bin: string): Promise<string> {
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-euo', 'pipefail', '-c', lines.join('\n')],
      { cwd, env },
      (error, _, stderr) => resolve(error === null ? '' : `${error.message}\n${stderr}`),
    );
  });
}

describe('what is shown in fences', () => {
  test.each(pages)('%s runs its commands, or says why not', (page) => {
    const isCommand = (line: string) => /^(\$ )?(npx )?meshsim /.test(line);
    const neither = (blocks.get(page) ?? []).filter(
      ({ language, lines, excuse }) =>
        excuse === null && !['sh', 'console'].includes(language) && lines.some(isCommand),
    );
    expect(neither.map(({ line }) => `${page}:${line}`)).toEqual([]);
  });

  test('is compared', () => {
    expect(wrongIn(['a 1.5 b', '…', 'c'], ['a  1.6 b', '', 'x', 'c'])).toBe(null);
    expect(wrongIn(['a 1.5 b'], ['a 1.7 b'])).not.toBe(null);
    expect(wrongIn(['a'], ['a', 'b'])).toBe('more is printed: b');
    expect(wrongIn(['a', 'c'], ['a', 'b', 'c'])).not.toBe(null);
    expect(wrongIn(['…', 'c', 'd'], ['a', 'c', 'b', 'd'])).not.toBe(null);
  });
});

const bin = shims();
// At once: most of their time is the start of a process.
describe.concurrent.each(pages)('%s', (page) => {
  const own = (blocks.get(page) ?? []).filter(({ excuse }) => excuse === null);
  const cwd = folderFor(own);
  const scripts = own.filter(({ language }) => language === 'sh');
  const shown = own
    .filter(({ language }) => language === 'console')
    .flatMap((block) => shownIn(block).map((one) => ({ ...one, ...block })));

  test.runIf(scripts.length > 0)('has scripts that run', async () => {
    for (const { line, lines } of scripts) {
      expect(`${page}:${line} ${await runScript(lines, cwd, bin)}`).toBe(`${page}:${line} `);
    }
  });

  test.concurrent.each(shown)(
    '$command ends as it says, and prints what is shown',
    async ({ command, output, info }) => {
      const args = wordsOf(command).slice(1);
      // On how many threads it runs changes nothing but how long a test takes.
      const threads = args[0] === 'run' ? ['-j', '1'] : [];
      const { code, stdout, stderr } = await meshsim([...args, ...threads], { cwd });
      const expected = Number(/^exit=(\d+)$/.exec(info)?.[1] ?? 0);
      expect(code, stderr).toBe(expected);
      expect(wrongIn(output, stdout.split('\n'))).toBe(null);
    },
  );
});

describe('commands in examples and in the text', () => {
  const sections = read('docs/reference.md')
    .split(/^### `meshsim /m)
    .slice(1);
  const helps = new Map(sections.map((text) => [/^[a-z]+/.exec(text)?.[0] ?? '', text]));

  /** Commands and options of a line that this program does not have. */
  function unknownIn(line: string): readonly string[] {
    const [, rest = ''] = /\bmeshsim (.*)$/.exec(line) ?? [];
    const [name, ...words] = rest
      .split(/[|>#;&]/)[0]
      .trim()
      .split(/\s+/);
    const help = helps.get(name);
    if (name.startsWith('-') || name === 'help') return [];
    if (help === undefined) return [`${line.trim()}: no command ${name}`];
    const known = [...help.matchAll(/^ {2}(-.*?)(?: {2}|$)/gm)].flatMap(([, flags]) =>
      wordsOf(flags.replaceAll(',', ' ')),
    );
    const options = words
      .filter((word) => /^--?[a-z]/i.test(word))
      .map((word) => word.split('=')[0]);
    return options
      .filter((option) => !known.includes(option))
      .map((option) => `${line.trim()}: no option ${option}`);
  }

  test('are those that there are', () => {
    expect(helps.size).toBeGreaterThan(5);
    const examples = [...helps.values()].flatMap(
      (help) => help.match(/^.*\bmeshsim [a-z].*$/gm) ?? [],
    );
    const inText = pages.flatMap((page) => read(page).match(/`meshsim [a-z]+[^`]*`/g) ?? []);
    expect(examples.length).toBeGreaterThan(15);
    expect(inText.length).toBeGreaterThan(5);
    const lines = [
      ...examples.filter((line) => !line.startsWith('Usage')),
      ...inText.map((text) => text.slice(1, -1)),
    ];
    expect(lines.flatMap(unknownIn)).toEqual([]);
  });

  test('would be missed if they were gone', () => {
    expect(unknownIn('meshsim rnu x.yml')).toEqual(['meshsim rnu x.yml: no command rnu']);
    expect(unknownIn('meshsim run x.yml --sed 1 -q')).toEqual([
      'meshsim run x.yml --sed 1 -q: no option --sed',
    ]);
  });
});
