import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { meshsim, scratch } from './meshsim.ts';

const cwd = scratch();
const shipped = (path: string) =>
  fileURLToPath(new URL(`../../calibration/${path}`, import.meta.url));
const recipe = shipped('fits/istio.yml');
const profile = readFileSync(shipped('istio.yml'), 'utf8');
const old = profile.replace('edsPerCluster: 2.45us', 'edsPerCluster: 9us');
writeFileSync(join(cwd, 'old.yml'), old);
writeFileSync(join(cwd, 'in-place.yml'), old);

describe('meshsim calibrate', () => {
  test('prints each cost with unit and interval, and how far points are off', async () => {
    const { code, stdout, stderr } = await meshsim(['calibrate', recipe], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^ {2}proxyMemory\[0\]\.costs\.perCluster +per clusters +64\.0 +KB +61\.5 to 66\.5$/m,
    );
    expect(stdout).toMatch(
      /^ {2}RMS of residuals 0\.0922 MB, largest 0\.175 MB \(lazyxds-memory\.csv:11\)$/m,
    );
    expect(stdout).toMatch(/^ {2}priors alone tell these apart: base, perListener, perVhost$/m);
  });

  test('-o json prints costs in ns or B', async () => {
    const { code, stdout } = await meshsim(['calibrate', recipe, '-o', 'json'], { cwd });
    expect(code).toBe(0);
    const { fits } = JSON.parse(stdout);
    expect(fits[3]).toMatchObject({
      name: 'generation of endpoints',
      unit: 'ns',
      weights: 'relative',
    });
    expect(fits[3].costs[0]).toMatchObject({
      to: 'controlPlane.cpu.edsPerCluster',
      value: 2449.48,
    });
    expect(fits[3].residuals).toHaveLength(4);
  });

  test('--check says that the default profile has these costs', async () => {
    const args = ['calibrate', recipe, '--check', shipped('istio.yml')];
    const { code, stderr } = await meshsim(args, { cwd });
    expect(stderr).toMatch(/istio\.yml: all 25 fitted costs are these\n$/);
    expect(code).toBe(0);
  });

  test('--check exits with 1, and a line for a cost that is another', async () => {
    const { code, stderr } = await meshsim(['calibrate', recipe, '--check', 'old.yml'], { cwd });
    expect(stderr).toMatch(
      /^old\.yml:\d+:20: controlPlane\.cpu\.edsPerCluster: found "9us", fitted "2\.45us" \(95 % interval 1\.32us to 3\.58us\)\n.*edsPerCluster: 9us/,
    );
    expect(code).toBe(1);
  });

  test('--write puts the fitted costs in, comments and all else kept', async () => {
    const args = ['calibrate', recipe, '--write', 'in-place.yml'];
    const { code, stderr } = await meshsim(args, { cwd });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '1 of 25 fitted costs are new in in-place.yml\n',
    });
    expect(readFileSync(join(cwd, 'in-place.yml'), 'utf8')).toBe(profile);
  });

  test('--write with -O leaves the old profile', async () => {
    const args = ['calibrate', recipe, '--write', 'old.yml', '-O', 'made/new.yml'];
    expect((await meshsim(args, { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'made/new.yml'), 'utf8')).toBe(profile);
    expect(readFileSync(join(cwd, 'old.yml'), 'utf8')).toBe(old);
    expect(readdirSync(join(cwd, 'made'))).toEqual(['new.yml']);
  });

  test.each([
    [['calibrate', 'gone.yml'], /^gone\.yml: cannot be read: there is no such file or directory/],
    [
      ['calibrate', recipe, recipe],
      /"proxyMemory\[0\]\.costs\.base" is fitted by two of the recipes/,
    ],
    [['calibrate', recipe, '-O', 'x.yml'], /"--out-file" needs "--write <profile>"/],
    [
      ['calibrate', recipe, '--check', 'old.yml', '--write', 'old.yml'],
      /"--check" and "--write" cannot go together; first write, then check/,
    ],
    [['calibrate', 'old.yml'], /old\.yml:\d+:1: platform: "platform" is no field here/],
    [['calibrate', recipe, '--check', recipe], /istio\.yml:\d+:1: fits: "fits" is no field here/],
  ])('%j is refused', async (args, message) => {
    const { code, stdout, stderr } = await meshsim(args, { cwd });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
