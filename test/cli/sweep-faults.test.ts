/** `meshsim sweep` where there is no room left. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { meshsim, scratch } from './meshsim.ts';

const scenario = (name: string) =>
  fileURLToPath(new URL(`../../scenarios/${name}.yml`, import.meta.url));
const launcher = fileURLToPath(new URL('../../bin/meshsim.js', import.meta.url));
const chain = scenario('chain');
const short = ['--set', 'measure.window=1s', '--reps', '1', '-q'];

/** Runs a command where "disk" has room for so much, and keeps what is there then in "kept". */
function onFullDisk(cwd: string, room: string, command: readonly string[]) {
  const script = `set -e; mkdir -p disk kept; mount -t tmpfs -o size=${room} none disk
    set +e; "$@"; code=$?; cp -r disk/. kept; exit $code`;
  return spawnSync('unshare', ['-m', ...asRoot, 'sh', '-c', script, 'sh', ...command], {
    cwd,
    encoding: 'utf8',
  });
}

/** A user may mount where it is root, in a namespace of its own. */
const asRoot = process.getuid?.() === 0 ? [] : ['-r'];

function canMount(): boolean {
  const { status } = spawnSync('unshare', [
    '-m',
    ...asRoot,
    'mount',
    '-t',
    'tmpfs',
    'none',
    '/mnt',
  ]);
  if (status !== 0) console.warn('skipped: a full disk cannot be made here (unshare, mount)');
  return status === 0;
}

describe('meshsim sweep on a disk that is full', { timeout: 60_000 }, () => {
  const many = [chain, '--axis', 'load[0].rate=10/s:200/s:10/s', ...short, '-j', '1'];

  it.skipIf(!canMount())('says so, and keeps the points that it has written', async () => {
    const cwd = scratch();
    const full = onFullDisk(cwd, '32k', [
      process.execPath,
      launcher,
      'sweep',
      ...many,
      '-O',
      'disk',
    ]);
    expect([full.stderr, full.status]).toEqual([
      'meshsim: "disk/points.ndjson" cannot be written: no space is left on the device; the points in it are kept\n',
      74,
    ]);
    expect(full.stdout).toBe('');
    const kept = readFileSync(join(cwd, 'kept', 'points.ndjson'), 'utf8');
    const lines = kept.trimEnd().split('\n');
    expect(kept.endsWith('}\n')).toBe(true);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.length).toBeLessThan(20);
    expect(lines.map((line) => JSON.parse(line).index)).toEqual(lines.map((_, i) => i));
    expect(existsSync(join(cwd, 'kept', 'points.lock'))).toBe(false);

    const { code } = await meshsim(['sweep', ...many, '-O', 'kept'], { cwd });
    expect(code).toBe(0);
    const all = readFileSync(join(cwd, 'kept', 'points.ndjson'), 'utf8');
    expect(all.startsWith(kept)).toBe(true);
    expect(all.trimEnd().split('\n')).toHaveLength(20);
  });
});
