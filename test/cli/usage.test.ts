import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { meshsim, scratch, tiny } from './meshsim.ts';

const cwd = scratch();
writeFileSync(join(cwd, 'tiny.yml'), tiny);

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
    [['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    [['run', 'tiny.yml', '--sed', '3'], /unknown option '--sed'/],
    [['run'], /missing required argument 'scenario'/],
    [['run', 'tiny.yml', '-j', 'two'], /'two' is invalid/],
    [
      ['run', 'tiny.yml', '--report', 'x.pdf'],
      /extension "\.pdf"; expected "\.json", "\.csv" or "\.txt"/,
    ],
    [['run', 'tiny.yml', '--trace-file', 'x.json'], /"--trace-file" needs "--trace <request>"/],
    [['run', 'tiny.yml', '-O', '.'], /"\." holds "tiny\.yml", which is no part of a result/],
  ])('%j is bad usage: one message on stderr, exit 2', async (args, message) => {
    const { code, stdout, stderr } = await meshsim(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
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
