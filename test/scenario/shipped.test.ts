/** The scenarios that come with meshsim. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadScenario } from '../../src/scenario/load.ts';

const folder = new URL('../../scenarios/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));

test('there are some', () => {
  expect(files.length).toBeGreaterThanOrEqual(7);
});

test.each(files)('%s loads, and says in its first lines what it shows', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const scenario = loadScenario({ file, text });
  expect(scenario.name).toBe(file.replace('.yml', ''));
  expect(text.split('\n').slice(0, 3)).toEqual([
    '# yaml-language-server: $schema=../schema/scenario.schema.json',
    expect.stringMatching(/^# What it shows: /),
    expect.stringMatching(/^# What to look at: /),
  ]);
});
