import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deserialise } from '../../src/measure/serialise.ts';
import { meshsim, scratch, start, tiny } from './meshsim.ts';

const cwd = scratch();
writeFileSync(join(cwd, 'tiny.yml'), tiny);

describe('run', () => {
  test('prints the summary on stdout, the line that repeats the run on stderr, and writes a directory', async () => {
    const first = await meshsim(['run', 'tiny.yml'], { cwd });
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^tiny {3}sidecar/);
    const [line, last] = first.stderr.trimEnd().split('\n');
    const [, digest, command] =
      /^meshsim 0\.1\.0 seed=1 scenario=tiny \(digest ([0-9a-f]{12})\) profile=istio: meshsim (.*)$/.exec(
        line,
      ) ?? [];
    expect(command).toBe('run tiny.yml --seed 1');
    const directory = `out/tiny/${digest}-1`;
    expect(last).toBe(`results: ${directory}`);
    expect(readdirSync(join(cwd, 'out/tiny'))).toEqual([`${digest}-1`]);
    expect(readdirSync(join(cwd, directory)).sort()).toEqual([
      'loads.csv',
      'proxies.csv',
      'pushes.csv',
      'reasons.csv',
      'result.json',
      'series.csv',
      'services.csv',
      'stations.csv',
      'summary.txt',
      'timing.json',
      'watched.csv',
    ]);
    const read = (name: string) => readFileSync(join(cwd, directory, name), 'utf8');
    expect(read('summary.txt')).toBe(first.stdout);
    const bytes = read('result.json');
    expect(deserialise(bytes)).toMatchObject({ scenario: 'tiny', seed: '1', reps: 2 });

    // The command of the line, on one thread, as JSON: the same bytes.
    const again = await meshsim([...command.split(' '), '-q', '-j', '1', '-o', 'json'], { cwd });
    expect(again).toEqual({ code: 0, stdout: bytes, stderr: '' });
    expect(read('result.json')).toBe(bytes);
  });

  test('exits with 99 when a threshold fails, unless told not to', async () => {
    const args = [
      'run',
      'tiny.yml',
      '-q',
      '-j',
      '1',
      '--no-baseline',
      '--threshold',
      'latency.p50 < 1us',
    ];
    const failed = await meshsim([...args, '-O', 'failed'], { cwd });
    expect(failed.code).toBe(99);
    expect(failed.stdout).toMatch(/✓ +latency\.p99 < 1s/);
    expect(failed.stdout).toMatch(/✗ +latency\.p50 < 1us/);
    expect(existsSync(join(cwd, 'failed/result.json'))).toBe(true);
    const told = await meshsim([...args, '-O', 'failed', '--no-thresholds'], { cwd });
    expect(told.code).toBe(0);
    expect(told.stdout).toBe(failed.stdout);
  });

  test('plans without simulating', async () => {
    const { code, stdout } = await meshsim(['run', 'tiny.yml', '--dry-run', '-O', 'dry'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/2 of each case/);
    expect(stdout).toMatch(/"mesh" +sidecar +2 +about 200 +0 +about 800 /);
    expect(stdout).toMatch(/"baseline" +none +0 +about 200 +0 +about 400 /);
    expect(existsSync(join(cwd, 'dry'))).toBe(false);
  });

  test('reads standard input, and writes reports by extension and the life of a request', async () => {
    const args = ['run', '-', '-q', '-j', '1', '--no-baseline', '-O', 'piped', '-o', 'csv'];
    const more = ['--report', 'a/services.csv', '--trace', '5', '--trace-file', 'a/trace.json'];
    const { code, stdout, stderr } = await meshsim([...args, ...more], { cwd, input: tiny });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
    expect(stdout).toBe(read('piped/services.csv'));
    expect(read('a/services.csv')).toBe(stdout);
    expect(JSON.parse(read('a/trace.json')).resourceSpans.length).toBeGreaterThan(1);
    expect(read('piped/trace.json')).toBe(read('a/trace.json'));
  });

  test('uses colour where it is forced, but not in files', async () => {
    const args = [
      'run',
      'tiny.yml',
      '-q',
      '-j',
      '1',
      '--no-baseline',
      '--reps',
      '1',
      '-O',
      'colour',
    ];
    const { stdout } = await meshsim(args, { cwd, env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('\u001b[1mtiny\u001b[22m');
    expect(readFileSync(join(cwd, 'colour/summary.txt'), 'utf8')).not.toContain('\u001b');
  });
});

describe('a result that cannot go where it was to go', () => {
  const quick = ['run', 'tiny.yml', '-j', '1', '--no-baseline', '--reps', '1'];

  test('because something else came there, is put beside it, and the run exits with 1', async () => {
    mkdirSync(join(cwd, 'busy'));
    const args = [...quick, '-O', 'busy', '--until', '4000s', '--set', 'measure.step=100s'];
    const run = start(args, { cwd });
    await run.said('seed=1');
    // The directory is looked at right after that line was printed; simulating takes longer.
    await new Promise((resolve) => setTimeout(resolve, 300));
    writeFileSync(join(cwd, 'busy/notes.txt'), 'mine');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^tiny/);
    expect(stderr).toMatch(
      /\nmeshsim: "busy" holds "notes\.txt", which is no part of a result, so the result is in "busy-2"\nresults: busy-2\n$/,
    );
    expect(readdirSync(join(cwd, 'busy'))).toEqual(['notes.txt']);
    expect(existsSync(join(cwd, 'busy-2/result.json'))).toBe(true);
  });

  test.runIf(existsSync('/dev/full'))(
    'because stdout is full, is in its files; one line says so, and the run exits with 74',
    async () => {
      const { code, stderr } = await start([...quick, '-q', '-O', 'full'], {
        cwd,
        stdout: '/dev/full',
      }).ended;
      expect(stderr).toBe('meshsim: stdout cannot be written: no space is left on the device\n');
      expect(code).toBe(74);
      expect(existsSync(join(cwd, 'full/result.json'))).toBe(true);
    },
  );
});

describe('an interrupted run', () => {
  test('exits with 143 when it was SIGTERM', async () => {
    const long = start(['run', 'tiny.yml', '-j', '1', '--until', '100h', '-O', 'term'], { cwd });
    await long.said('seed=1');
    await new Promise((resolve) => setTimeout(resolve, 800));
    long.process.kill('SIGTERM');
    const { code, stderr } = await long.ended;
    expect(code).toBe(143);
    expect(stderr).toMatch(/interrupted after 0 of 4 replications; nothing was written\n$/);
  });

  test('leaves an earlier result as it was, writes nothing else, says so, and exits with 130', async () => {
    const args = ['run', 'tiny.yml', '-j', '1', '--no-baseline', '-O', 'kept'];
    mkdirSync(join(cwd, 'kept'));
    writeFileSync(join(cwd, 'kept/result.json'), 'of before');
    const names = readdirSync(cwd).sort();
    const long = start([...args, '--until', '100h', '--set', 'measure.step=1h'], { cwd });
    await long.said('seed=1');
    // Time to be in the midst of it; if it is not, the test holds all the same.
    await new Promise((resolve) => setTimeout(resolve, 800));
    long.process.kill('SIGINT');
    const { code, stdout, stderr } = await long.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(
      /interrupted after 0 of 2 replications; the earlier result in kept is as it was\n$/,
    );
    expect(readdirSync(cwd).sort()).toEqual(names);
    expect(readdirSync(join(cwd, 'kept'))).toEqual(['result.json']);
    expect(readFileSync(join(cwd, 'kept/result.json'), 'utf8')).toBe('of before');
  });
});
