/** `meshsim sweep` and `merge` as a user runs them. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { meshsim, scratch, start } from './meshsim.ts';

const chain = fileURLToPath(new URL('../../scenarios/chain.yml', import.meta.url));
const examples = fileURLToPath(new URL('../../scenarios/sweeps', import.meta.url));
const sweeps = readdirSync(examples);
const short = ['--set', 'measure.window=2s', '--reps', '2', '-q'];
const grid = ['--axis', 'mesh.mode=none,sidecar', '--axis', 'load[0].rate=20/s:40/s:20/s'];
const text = (...path: readonly string[]) => readFileSync(join(...path), 'utf8');

describe('meshsim sweep', { timeout: 60_000 }, () => {
  it('writes the same for one thread, two threads, and the shards merged', async () => {
    const cwd = scratch();
    const run = async (...args: readonly string[]) => {
      const ended = await meshsim(['sweep', chain, ...grid, ...short, ...args], { cwd });
      expect([ended.stderr, ended.code]).toEqual(['', 0]);
      return ended.stdout;
    };
    const table = await run('-O', 'one', '-j', '1');
    expect(table).toMatch(/^mesh\.mode +load\[0\]\.rate +mean +p99/);
    expect(table.trimEnd().split('\n')).toHaveLength(5);
    await run('-O', 'two', '-j', '2');
    for (const i of [1, 2, 3]) await run('-O', `s${i}`, '--shard', `${i}/3`);
    const merged = await meshsim(['merge', 's3', 's1', 's2', '-O', 'all'], { cwd });
    expect([merged.stderr, merged.code]).toEqual(['results: all (4 points)\n', 0]);
    expect(merged.stdout).toBe(table);
    for (const name of ['results.csv', 'results.ndjson', 'sweep.json', 'sweep.sha256']) {
      expect(text(cwd, 'two', name)).toBe(text(cwd, 'one', name));
      expect(text(cwd, 'all', name)).toBe(text(cwd, 'one', name));
    }
  });

  it('goes on where it was killed, and simulates only what is new of a larger sweep', async () => {
    const cwd = scratch();
    const args = [
      'sweep',
      chain,
      '--axis',
      'load[0].rate=10/s:120/s:10/s',
      ...short,
      '-O',
      's',
      '-j',
      '1',
    ];
    const journal = join(cwd, 's', 'points.ndjson');
    const killed = start(args, { cwd });
    while (!existsSync(journal) || text(journal).split('\n').length < 4) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    killed.process.kill('SIGKILL');
    await killed.ended;
    const before = text(journal).split('\n').slice(0, 3);
    // As if the last line had not been written to its end.
    appendFileSync(journal, '{"id":"p00","index":');
    expect((await meshsim(args, { cwd })).code).toBe(0);
    const lines = text(journal).trimEnd().split('\n');
    expect(lines.slice(0, 3)).toEqual(before);
    expect(lines).toHaveLength(12);
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(12);
    const whole = await meshsim([...args.slice(0, -4), '-O', 'whole'], { cwd });
    expect(whole.code).toBe(0);
    expect(text(cwd, 's', 'sweep.sha256')).toBe(text(cwd, 'whole', 'sweep.sha256'));

    const size = statSync(journal).size;
    const larger = args.map((word) => word.replace('120/s', '130/s'));
    expect((await meshsim(larger, { cwd })).code).toBe(0);
    expect(text(journal).trimEnd().split('\n')).toHaveLength(13);
    expect(text(journal).slice(0, size).trimEnd().split('\n')).toEqual(lines);
    expect(text(cwd, 's', 'results.csv').trimEnd().split('\n')).toHaveLength(14);
  });

  it('ends the points under way when it is interrupted, and says how to go on', async () => {
    const cwd = scratch();
    const args = ['sweep', chain, '--axis', 'load[0].rate=10/s:300/s:10/s', '--reps', '2'];
    const running = start([...args, '--set', 'measure.window=2s', '-O', 's'], { cwd });
    const journal = join(cwd, 's', 'points.ndjson');
    while (!existsSync(journal) || statSync(journal).size === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    running.process.kill('SIGINT');
    const { code, stderr, stdout } = await running.ended;
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain('interrupted; the same command goes on from here');
    const points = text(journal).trimEnd().split('\n').length;
    expect(points).toBeLessThan(30);
    expect(text(cwd, 's', 'results.ndjson').trimEnd().split('\n')).toHaveLength(points);
    expect(existsSync(join(cwd, 's', 'points.lock'))).toBe(false);
  });

  it('stops at the first failure, or keeps going, and names what failed', async () => {
    const cwd = scratch();
    // A point that never ends, before two that do.
    const args = ['sweep', chain, '--axis', 'measure.window=500h,1s,2s', '--reps', '1', '-q'];
    const limited = [...args, '--time-limit', '3', '-j', '1'];
    const first = await meshsim([...limited, '-O', 'a'], { cwd });
    expect(first.code).toBe(3);
    expect(first.stderr).toBe(
      `point 0: too long: not done after 3 s\n  meshsim run ${chain} --set 'measure.window="500h"' --reps 1\n1 point failed\n`,
    );
    const all = await meshsim([...limited, '--keep-going', '-O', 'b'], { cwd });
    expect([all.code, all.stderr]).toEqual([3, first.stderr]);
    expect(text(cwd, 'b', 'results.ndjson').trimEnd().split('\n')).toHaveLength(2);
  });

  it('names all values that no point can have, and simulates nothing', async () => {
    const axes = ['--axis', 'mesh.mode=none,sidecr,ambeint', '--axis', 'load[0].rat=20/s,40/s'];
    const { stderr, stdout, code } = await meshsim(['sweep', chain, ...axes, ...short], {
      cwd: scratch(),
    });
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toBe(
      `--axis: mesh.mode: "sidecr" is no mesh mode; did you mean "sidecar"?
--axis: mesh.mode: "ambeint" is no mesh mode; did you mean "ambient"?
--axis: load[0].rat: "rat" is no field here; did you mean "rate"?
`,
    );
  });

  it('refuses what cannot be meant', async () => {
    const cwd = scratch();
    const said = async (...args: readonly string[]) => {
      const { stderr, code } = await meshsim(['sweep', chain, ...args], { cwd });
      expect(code).toBe(2);
      return stderr;
    };
    expect(await said()).toBe('meshsim: a sweep needs an axis: --axis mesh.mode=none,sidecar\n');
    expect(await said('--axis', 'a=1,2', '--axis', 'b=1', '--zip')).toBe(
      'meshsim: a zip needs axes with equally many values; found a: 2, b: 1\n',
    );
    expect(await said('--axis', 'a=1', '--sample', 'lhs')).toBe(
      'meshsim: "lhs" is no sample; expected lhs:<points> or sobol:<points>\n',
    );
    expect(await said('--axis', 'mesh.mode=none', '--executor', 'mars')).toContain(
      'meshsim: --executor: "mars" is no executor; expected local or redis://host:port/queue\n',
    );
    expect(await said('--axis', 'a=1', '--time-limit', '0')).toBe(
      `meshsim: option "--time-limit <s>": "0" is invalid; expected seconds above 0, such as 60\n`,
    );
  });

  it('lets nobody else write to the same directory, but for who left its lock behind', async () => {
    const cwd = scratch();
    const args = ['sweep', chain, '--axis', 'mesh.mode=none', ...short, '-O', 's'];
    expect((await meshsim(args, { cwd })).code).toBe(0);
    appendFileSync(join(cwd, 's', 'points.lock'), `${process.pid}\n`);
    const { stderr, code } = await meshsim(args, { cwd });
    expect([stderr, code]).toEqual([
      `meshsim: "s" is in use by process ${process.pid}; wait for it, or choose another directory with -O\n`,
      2,
    ]);
    truncateSync(join(cwd, 's', 'points.lock'));
    appendFileSync(join(cwd, 's', 'points.lock'), '99999999\n');
    expect((await meshsim(args, { cwd })).code).toBe(0);
  });

  it('plans without simulating', async () => {
    const cwd = scratch();
    const { stdout, code } = await meshsim(
      ['sweep', chain, ...grid, '--shard', '2/3', '--dry-run', '-q'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toBe(
      `4 points (grid)\nof which shard 2/3 simulates 1\n  meshsim run ${chain} --set 'mesh.mode="none"' --set 'load[0].rate="40/s"'\n`,
    );
    expect(existsSync(join(cwd, 'out'))).toBe(false);
  });

  it('takes a sweep file, which is the same as its options; options go before it', async () => {
    const cwd = scratch();
    const file = join(cwd, 's.yml');
    writeFileSync(
      file,
      `scenario: ${chain}
axes: { mesh.mode: [none, sidecar], 'load[0].rate': 20/s:40/s:20/s }
set: { measure.window: 2s }
reps: 2
`,
    );
    const sweep = async (...args: readonly string[]) => {
      const ended = await meshsim(['sweep', ...args, '-q'], { cwd });
      expect([ended.stderr, ended.code]).toEqual(['', 0]);
      return ended.stdout;
    };
    await sweep(chain, ...grid, ...short, '-O', 'options');
    await sweep('s.yml', '-O', 'file');
    for (const name of ['results.csv', 'sweep.json', 'sweep.sha256']) {
      expect(text(cwd, 'file', name)).toBe(text(cwd, 'options', name));
    }
    const own = ['--axis', 'mesh.mode=ambient', '--reps', '4', '--set', 'measure.window=3s'];
    const command = `meshsim run ${chain} --set measure.window=2s --set measure.window=3s --set 'mesh.mode="ambient"'`;
    expect(await sweep('s.yml', ...own, '--dry-run')).toBe(
      `2 points (grid)\n${[20, 40]
        .map((rate) => `  ${command} --set 'load[0].rate="${rate}/s"' --reps 4\n`)
        .join('')}`,
    );
    expect(await sweep('s.yml', '--sample', 'lhs:7', '--dry-run')).toContain('7 points (latin');
  });

  it('says what is wrong with a sweep file, and with which line', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 's.yml'), 'scenario: x.yml\naxes: { mesh.mode: {} }\n');
    const { stderr, code } = await meshsim(['sweep', 's.yml'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('s.yml:2:20: axes["mesh.mode"]: found a map; expected a list');
    expect(stderr).toContain('  2 | axes: { mesh.mode: {} }\n');
    writeFileSync(join(cwd, 's.yml'), 'scenario: x.yml\naxes: { mesh.mode: [none] }\n');
    const missing = await meshsim(['sweep', join('..', basename(cwd), 's.yml')], { cwd });
    expect(missing.stderr).toMatch(/^\.\.\/.*\/x\.yml: cannot be read: there is no such file/);
  });

  it('reads a scenario from standard input', async () => {
    const cwd = scratch();
    const input = readFileSync(chain, 'utf8');
    const args = ['sweep', '-', '--axis', 'mesh.mode=none,sidecar', ...short];
    const { stdout, stderr, code } = await meshsim(args, { cwd, input });
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  it.each(sweeps)('plans the example %s', async (name) => {
    const args = ['sweep', join(examples, name), '--dry-run', '-q'];
    const { stdout, stderr, code } = await meshsim(args, { cwd: scratch() });
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toMatch(/^(\d+ points |a search among )/);
  });

  it('merges only what belongs together, and says what is missing', async () => {
    const cwd = scratch();
    const args = ['sweep', chain, ...grid, ...short];
    await meshsim([...args, '--shard', '1/2', '-O', 'a'], { cwd });
    await meshsim([...args, '--seed', '2', '--shard', '2/2', '-O', 'b'], { cwd });
    const different = await meshsim(['merge', 'a', 'b', '-O', 'c'], { cwd });
    expect([different.stderr, different.code]).toEqual([
      'meshsim: "a" and "b" are of different sweeps: seed is "1" and "2"\n',
      2,
    ]);
    await meshsim([...args, '--no-baseline', '--shard', '2/2', '-O', 'e'], { cwd });
    expect((await meshsim(['merge', 'a', 'e', '-O', 'c'], { cwd })).stderr).toBe(
      'meshsim: "a" and "e" are of different sweeps: the text of the scenario, a profile, or an option such as --no-baseline is another one\n',
    );
    const half = await meshsim(['merge', 'a', '-O', 'd'], { cwd });
    expect([half.stderr, half.code]).toEqual([
      '2 of 4 points are missing\nresults: d (2 points)\n',
      3,
    ]);
    expect((await meshsim(['merge', 'nowhere', '-O', 'd'], { cwd })).stderr).toBe(
      'meshsim: "nowhere" holds no results of a sweep; expected sweep.json in it\n',
    );
  });
});
