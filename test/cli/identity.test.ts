/** What names a run: the digest of its scenario, the directory of its result, and the line that repeats it. */
import { describe, expect, test } from 'vitest';
import { defaultDirectory } from '../../src/cli/directory.ts';
import { digestOf } from '../../src/cli/inputs.ts';
import { runLine } from '../../src/cli/run-line.ts';
import { canonical } from '../../src/scenario/canonical.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { profile } from '../calibration/default-profile.ts';
import { tiny } from './meshsim.ts';

const scenarioOf = (text: string) => loadScenario({ file: 'tiny.yml', text });
const scenario = scenarioOf(tiny);

describe('a digest', () => {
  test('is that of what is simulated: comments, order, written defaults and the seed do not matter', () => {
    const [name, ...rest] = tiny.split('\n');
    const same = `# a comment\n${rest.join('\n')}${name}\nseed: 7\nmesh: { mode: sidecar }\n`;
    expect(digestOf(scenarioOf(same))).toBe(digestOf(scenario));
    expect(digestOf(scenario)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('changes with everything else', () => {
    const other = scenarioOf(tiny.replace('200/s', '201/s'));
    expect(digestOf(other)).not.toBe(digestOf(scenario));
  });

  test('is made of JSON with its keys in order', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe(
      '{"b":[1,{"c":"x","d":null}]}',
    );
  });
});

test.each([
  ['1', 'out/tiny/4f1c9a0b12de-1'],
  ['a/../b c', 'out/tiny/4f1c9a0b12de-a%2f..%2fb%20c'],
])('a result of seed "%s" goes to %s', (seed, directory) => {
  expect(defaultDirectory({ scenario: 'tiny', digest: '4f1c9a0b12deff', seed })).toBe(directory);
});

describe('the line that repeats the run', () => {
  const lineOf = (argv: readonly string[]) =>
    runLine({ scenario, profile, digest: '4f1c9a0b12deff' }, argv).split(': ').slice(1).join(': ');

  test.each([
    [['run', 'tiny.yml'], 'meshsim run tiny.yml --seed 1'],
    [['run', 'tiny.yml', '--seed', '7'], 'meshsim run tiny.yml --seed 7'],
    [
      ['run', "it's.yml", '--threshold', 'latency.p99 < 1s'],
      `meshsim run 'it'\\''s.yml' --threshold 'latency.p99 < 1s' --seed 1`,
    ],
    [['run', 'a\nb.yml', '--seed=1'], "meshsim run $'a\\nb.yml' --seed=1"],
  ])('of %j is %s', (argv, line) => {
    expect(lineOf(argv)).toBe(line);
  });
});
