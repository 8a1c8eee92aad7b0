/** Goal: the guide for pull requests is true. Method: its commands run in order, in a shell, in an empty folder. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from './cli/meshsim.ts';

const root = join(import.meta.dirname, '..');
const guide = readFileSync(join(root, 'docs/guides/gate-a-change.md'), 'utf8');
const blocks = [...guide.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
  ([, language, info, text]) => ({ language, info, lines: text.trimEnd().split('\n') }),
);

/** Up to its first number: those may change. */
function labelOf(line: string): string {
  return /^[^\d]*/.exec(line.trim())?.[0].trim() ?? '';
}

test('the commands of the guide to gate a change end as it says, and print what is pasted', () => {
  const cwd = scratch();
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  symlinkSync(join(root, 'bin/meshsim.js'), join(bin, 'meshsim'));
  const env = { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter) };
  for (const { language, info, lines } of blocks) {
    if (language === 'yaml') writeFileSync(join(cwd, info), `${lines.join('\n')}\n`);
  }
  const commands = blocks.filter(({ lines }) => lines[0].startsWith('$ '));
  expect(commands.length).toBe(4);
  for (const { info, lines } of commands) {
    const [command, ...pasted] = lines;
    const { status, stdout } = spawnSync('sh', ['-c', command.slice(2)], {
      cwd,
      env,
      encoding: 'utf8',
    });
    expect(status, command).toBe(Number(/^exit=(\d+)$/.exec(info)?.[1] ?? 0));
    const printed = stdout.split('\n').map((line) => line.trim());
    for (const label of pasted.map(labelOf)) {
      if (label === '…') continue;
      expect(
        printed.some((line) => line.replace(/\s+/g, ' ').startsWith(label.replace(/\s+/g, ' '))),
        `${command}: ${label}`,
      ).toBe(true);
    }
  }
}, 60_000);
