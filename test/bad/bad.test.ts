/**
 * Broken scenarios, `NN-what.yml`, each with the exact text that its problems are shown as, `NN-what.txt`.
 * What has no file (absent ones, folders) is tested with the command line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProblemsError, renderProblems } from '../../src/problems.ts';
import { loadScenario } from '../../src/scenario/load.ts';

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yml'));

test('there are at least forty broken scenarios', () => {
  expect(files.length).toBeGreaterThanOrEqual(40);
});

test.each(files)('%s gives its located problems', (file) => {
  const text = read(file);
  const shown = problemsOf(file, text);
  expect(shown).toBe(read(file.replace('.yml', '.txt')));
  expect(shown).not.toMatch(/^\s+at .*[:(]/m);
  // No zod words, and nothing that a terminal would obey.
  expect(shown).not.toMatch(/Invalid|Unrecognized|Too (small|big)|\[object/);
  expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
});

function problemsOf(file: string, text: string): string {
  try {
    loadScenario({ file, text });
  } catch (error) {
    if (error instanceof ProblemsError) return renderProblems(error.problems, text);
    throw error;
  }
  throw new Error(`${file} has no problems`);
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}
