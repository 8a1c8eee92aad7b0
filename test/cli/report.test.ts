import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { meshsim, scratch } from './meshsim.ts';

const chain = fileURLToPath(new URL('../../scenarios/chain.yml', import.meta.url));
const short = ['--set', 'measure.window=2s', '--reps', '2', '-q'];

it('writes the report of a sweep and of a run beside them', { timeout: 60_000 }, async () => {
  const cwd = scratch();
  await meshsim(['sweep', chain, '--axis', 'mesh.mode=none,sidecar', ...short, '-O', 's'], { cwd });
  const sweep = await meshsim(['report', 's'], { cwd });
  expect([sweep.stdout, sweep.stderr, sweep.code]).toEqual(['s/report.html\n', '', 0]);
  const page = readFileSync(join(cwd, 's', 'report.html'), 'utf8');
  expect(page).toContain('<h1>chain: sweep over mesh.mode</h1>');
  expect(page).toContain('2 of 2 points (grid)');

  const run = await meshsim(['run', chain, ...short, '-O', 'r', '--report', 'run.html'], { cwd });
  expect(run.code).toBe(0);
  const again = await meshsim(['report', 'r/result.json', '-o', 'again.html'], { cwd });
  expect([again.stdout, again.code]).toEqual(['again.html\n', 0]);
  expect(readFileSync(join(cwd, 'again.html'), 'utf8')).toBe(
    readFileSync(join(cwd, 'run.html'), 'utf8'),
  );
});

it('says what is wrong with what it is given', async () => {
  const cwd = scratch();
  const said = async (name: string) => {
    const { stderr, code } = await meshsim(['report', name], { cwd });
    expect(code).toBe(2);
    return stderr;
  };
  expect(await said('.')).toBe(
    'meshsim: "." holds no result; expected sweep.json or result.json in it\n',
  );
  writeFileSync(join(cwd, 'x.json'), '{"schema": 1}');
  writeFileSync(join(cwd, 'y.json'), '{');
  const message = (name: string) =>
    `meshsim: "${name}" is no result of meshsim; expected "schema": "meshsim/result/v1" or "meshsim/sweep/v1"\n`;
  expect(await said('x.json')).toBe(message('x.json'));
  expect(await said('y.json')).toBe(message('y.json'));
  expect(await said('nowhere.json')).toContain('cannot be read');
});
