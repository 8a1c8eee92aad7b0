import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/cli/inputs.ts';
import { render } from '../../src/cli/render.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { meshsim, scratch } from './meshsim.ts';

const scenarios = fileURLToPath(new URL('../../scenarios', import.meta.url));
const files = readdirSync(scenarios)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => join(scenarios, name));

describe('meshsim render', () => {
  it.each(files)('prints a scenario that is the same, defaults and all: %s', async (file) => {
    const text = readFileSync(file, 'utf8');
    const digest = digestOf(loadScenario({ file, text }));
    for (const output of ['yaml', 'json'] as const) {
      const rendered = await render(file, { output });
      expect(rendered).toContain('debounce');
      expect(digestOf(loadScenario({ file: 'rendered.yml', text: rendered }))).toBe(digest);
    }
  });

  it('prints what the command line sets, and keeps comments', async () => {
    const cwd = scratch();
    const { stdout, code } = await meshsim(
      ['render', join(scenarios, 'chain.yml'), '--set', 'mesh.mode=ambient', '--reps', '3'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}mode: ambient$/m);
    expect(stdout).toMatch(/reps: 3\b/);
    expect(stdout).toContain('# What it shows');
  });

  it('says all that is wrong, and prints nothing', async () => {
    const { stdout, stderr, code } = await meshsim(
      ['render', join(scenarios, 'chain.yml'), '--set', 'mesh.mode=sidecr'],
      { cwd: scratch() },
    );
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain('did you mean "sidecar"');
  });
});

describe('meshsim init', () => {
  it('writes a scenario that is right, with the schema that it names', async () => {
    const cwd = scratch();
    const { stdout, code } = await meshsim(['init', 'demo'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toBe(
      'demo/scenario.yml\ndemo/scenario.schema.json\ndemo/README.md\nnext: meshsim run demo/scenario.yml\n',
    );
    expect(readdirSync(join(cwd, 'demo')).sort()).toEqual([
      'README.md',
      'scenario.schema.json',
      'scenario.yml',
    ]);
    const first = readFileSync(join(cwd, 'demo/scenario.yml'), 'utf8').split('\n')[0];
    expect(first).toBe('# yaml-language-server: $schema=./scenario.schema.json');
    const run = await meshsim(
      [
        'run',
        'demo/scenario.yml',
        '-q',
        '--set',
        'measure.window=9s',
        '--reps',
        '1',
        '--no-thresholds',
      ],
      { cwd },
    );
    expect([run.stderr, run.code]).toEqual(['', 0]);
  });

  it('leaves alone what is there', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'scenario.yml'), 'mine');
    const { stderr, code } = await meshsim(['init'], { cwd });
    expect([stderr, code]).toEqual([
      'meshsim: "scenario.yml" is there already; choose a new directory\n',
      2,
    ]);
    expect(readdirSync(cwd)).toEqual(['scenario.yml']);
  });
});
