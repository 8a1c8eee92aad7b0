import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportExtensions } from '../../src/cli/commands/run.ts';
import { reports } from '../../src/report/reports.ts';
import { meshsim, scratch, tiny } from './meshsim.ts';

const cwd = scratch();
writeFileSync(join(cwd, 'tiny.yml'), tiny);
mkdirSync(join(cwd, 'notes'));
writeFileSync(join(cwd, 'notes/notes.txt'), 'mine');
symlinkSync('nowhere', join(cwd, 'dangling'));

describe('meshsim', () => {
  test('alone prints help with a first command', async () => {
    const { code, stdout, stderr } = await meshsim([], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: meshsim/);
    expect(stdout).toMatch(/Start here:\n {2}meshsim run scenarios\/bookinfo\.yml\n$/);
  });

  test('prints its version', async () => {
    const { code, stdout } = await meshsim(['--version'], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '0.1.0\n' });
  });

  test('ends the help of a command with examples', async () => {
    const { code, stdout } = await meshsim(['help', 'run'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n( {2}meshsim run .*\n)+$/);
  });

  test.each([
    [['rnu'], /^meshsim: there is no command "rnu"; did you mean "run"\?\n$/],
    [
      ['help', 'vaildate'],
      /^meshsim: there is no command "vaildate"; did you mean "validate"\?\n$/,
    ],
    [
      ['run', 'tiny.yml', '--sed', '3'],
      /^meshsim: there is no option "--sed"; did you mean "--seed" or "--set"\?\n$/,
    ],
    [['run'], /^meshsim: the argument "scenario" is missing\n$/],
    [['run', 'tiny.yml', '--seed'], /^meshsim: option "--seed <seed>" needs a value\n$/],
    [['run', 'a', 'b'], /^meshsim: too many arguments for "run": expected 1, got 2\n$/],
    [
      ['run', 'tiny.yml', '-j', 'two'],
      /^meshsim: option "-j, --jobs <n>": "two" is invalid; expected a whole number of at least 1\n$/,
    ],
    [
      ['run', 'tiny.yml', '-o', "it's"],
      /^meshsim: option "-o, --output <format>": "it's" is invalid; expected "table", "json" or "csv"\n$/,
    ],
    [
      ['schema', 'x'],
      /^meshsim: argument "which": "x" is invalid; expected "scenario" or "result"\n$/,
    ],
    [
      ['run', 'tiny.yml', '--report', 'x.pdf'],
      /extension "\.pdf"; expected "\.json", "\.csv", "\.txt", "\.prom", "\.svg" or "\.html"/,
    ],
    [['run', 'tiny.yml', '--trace-file', 'x.json'], /"--trace-file" needs "--trace <request>"/],
    [['run', 'tiny.yml', '-O', ''], /^meshsim: -O: "" is no directory\n$/],
    [
      ['run', 'tiny.yml', '-O', '.'],
      /-O: "\." has the working directory in it, and would be replaced/,
    ],
    [['run', 'tiny.yml', '-O', 'dangling'], /symbolic link to "nowhere", which is not there\n$/],
    [
      ['run', 'tiny.yml', '-O', 'notes'],
      /"notes" holds "notes\.txt", which is no part of a result/,
    ],
    [['run', 'tiny.yml', '--report', ''], /^meshsim: --report: "" is no file\n$/],
    [['run', 'tiny.yml', '--trace', '1', '--trace-file', ''], /--trace-file: "" is no file\n$/],
    [
      ['run', 'tiny.yml', '-O', 'new', '--report', './new/services.csv'],
      /--report: "\.\/new\/services\.csv" is where something else of the result is written/,
    ],
    [
      ['run', 'tiny.yml', '-O', 'new', '--trace', '1', '--trace-file', 'new/trace.json'],
      /--trace-file: "new\/trace\.json" is where something else of the result is written/,
    ],
    [
      ['run', 'tiny.yml', '--report', 'a.csv', '--report', 'b/../a.csv'],
      /--report: "b\/\.\.\/a\.csv" is where something else/,
    ],
  ])('%j is bad usage: one message on stderr, exit 2', async (args, message) => {
    const { code, stdout, stderr } = await meshsim(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(readdirSync(cwd).sort()).toEqual(['dangling', 'notes', 'tiny.yml']);
    expect(readFileSync(join(cwd, 'notes/notes.txt'), 'utf8')).toBe('mine');
  });

  test('lists the formats of reports that there are in the help of run', async () => {
    const { stdout } = await meshsim(['run', '--help'], { cwd });
    expect(reportExtensions).toEqual(Object.keys(reports).map((name) => `.${name}`));
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `by extension (${reportExtensions.join(', ')})`,
    );
  });

  test('prints the published schemas', async () => {
    const [scenario, result] = await Promise.all([
      meshsim(['schema'], { cwd }),
      meshsim(['schema', 'result'], { cwd }),
    ]);
    expect(JSON.parse(scenario.stdout).title).toBe('meshsim scenario');
    expect(JSON.parse(result.stdout).properties.schema.const).toBe('meshsim/result/v1');
  });
});

describe('validate', () => {
  test('finds all problems of all files, each at its place, and exits with 2', async () => {
    writeFileSync(join(cwd, 'bad.yml'), tiny.replace('200/s', '200').replace('reps: 2', 'rep: 2'));
    const files = ['tiny.yml', 'bad.yml', 'tinny.yml', '.'];
    const { code, stdout, stderr } = await meshsim(['validate', ...files], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: 'tiny.yml: ok\n' });
    expect(stderr).toMatch(/^bad\.yml:10:41: load\[0\]\.rate: "200" has no unit; .*\n {2}10 \|/m);
    expect(stderr).toMatch(/^bad\.yml:11:36: measure\.rep: .*did you mean "reps"\?$/m);
    expect(stderr).toMatch(/^tinny\.yml: cannot be read: there is no such file .*"tiny\.yml"\?$/m);
    expect(stderr).toMatch(/^\.: cannot be read: it is a directory; expected a file$/m);
  });

  test('reads standard input', async () => {
    const good = await meshsim(['validate', '-'], { cwd, input: tiny });
    expect(good).toEqual({ code: 0, stdout: '-: ok\n', stderr: '' });
    const bad = await meshsim(['validate', '-'], { cwd, input: '\u0000\u0001' });
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(bad.stderr).toBe('<stdin>: cannot be read: it is no text file: byte 1 is 0\n');
  });
});
