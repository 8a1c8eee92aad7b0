/**
 * Goal: who has a clone and the README gets a first result in two commands, a first sweep and its report in two more.
 * Method: the commands of these sections, word by word and in order, by the real `npx`, in a folder with what a clone
 * has. The first of all, `npm ci`, has been done. Runs are short unless MESHSIM_FULL=1.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../cli/meshsim.ts';
import { blocksOf } from './blocks.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The commands of a section, up to a number of them. */
function commandsOf(title: string, most: number): readonly string[] {
  const [, section] = readme.split(`## ${title}\n`);
  const blocks = blocksOf(section.split(/^## /m)[0]).filter(({ language }) => language === 'sh');
  return blocks.flatMap(({ lines }) => lines).slice(0, most);
}

function clone(): string {
  const cwd = scratch();
  for (const name of ['bin', 'src', 'scenarios', 'calibration', 'schema', 'package.json']) {
    cpSync(join(root, name), join(cwd, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'));
  return cwd;
}

test('a clone and the README lead to a result in two commands, to a sweep and a report in two more', () => {
  const cwd = clone();
  const short = process.env['MESHSIM_FULL'] === '1' ? '' : ' --until 7s --reps 2';
  const type = (command: string) =>
    execFileSync(
      'bash',
      ['-c', /^npx meshsim (run|sweep)/.test(command) ? command + short : command],
      {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );

  const [first] = commandsOf('First result', 1);
  expect(first).toMatch(/^npm ci && npx meshsim run /);
  const run = first.replace('npm ci && ', '');
  expect(type(run)).toMatch(/^bookinfo-360pods {3}sidecar[\s\S]*overhead[\s\S]*COST/);
  const [result] = readdirSync(join(cwd, 'out/bookinfo-360pods'));
  expect(existsSync(join(cwd, 'out/bookinfo-360pods', result, 'result.json'))).toBe(true);

  const [sweep, report, ...more] = commandsOf('Sweep and report', 3);
  expect(more).toEqual([]);
  // A head, and three modes at five rates.
  expect(type(sweep).trimEnd().split('\n').length).toBe(1 + 3 * 5);
  const page = readFileSync(join(cwd, type(report).trim()), 'utf8');
  expect(page).toMatch(/^<!doctype html>/i);
  expect(page).toContain('<svg');
});
