/**
 * Whatever a file holds, loading it gives a scenario or problems with their places, never another exception. A valid
 * scenario is mutated: stretches deleted, doubled, exchanged, and strange words put in.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Problem, ProblemsError, renderProblems } from '../../src/problems.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { least } from './texts.ts';

const everyField = readFileSync(new URL('every-field.yml', import.meta.url), 'utf8');

const words = [
  '0',
  '-1',
  '1e999',
  '.nan',
  '-.inf',
  'null',
  '~',
  'true',
  '[]',
  '{}',
  '[[]]',
  '""',
  "'",
  '"',
  '*',
  '&a ',
  '*a',
  '!!set ',
  '? ',
  ': ',
  '- ',
  '\n',
  '\t',
  '  ',
  '#',
  '|',
  '>',
  '%',
  '@',
  '`',
  '<<: ',
  '__proto__',
  'constructor',
  '{i}',
  '\u0000',
  '\ud800',
  '\ufeff',
  'é',
  '9'.repeat(400),
  '[ '.repeat(100),
  'a/b/c',
  '*/*',
  '1h',
  '100%',
  '../x',
  '---\n',
  'load-1',
];

interface Mutation {
  readonly at: number;
  readonly length: number;
  readonly kind: 'delete' | 'double' | 'word' | 'number';
  readonly word: string;
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  kind: fc.constantFrom('delete', 'double', 'word', 'number'),
  word: fc.constantFrom(...words),
});

function mutated(text: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((text, { at, length, kind, word }) => {
    const start = Math.floor(at * text.length);
    const [before, part, after] = [
      text.slice(0, start),
      text.slice(start, start + length),
      text.slice(start + length),
    ];
    if (kind === 'delete') return before + after;
    if (kind === 'double') return before + part + part + after;
    if (kind === 'word') return before + word + after;
    // The next value is replaced as a whole, so that the text stays YAML more often.
    return before + (part + after).replace(/: [^,}\]\n]+/, `: ${word}`);
  }, text);
}

function problemsOf(text: string, set: readonly string[] = []): readonly Problem[] {
  try {
    const scenario = loadScenario({ file: 'x.yml', text, overrides: { set } });
    expect(scenario.topology.namespaces.length).toBeGreaterThan(0);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems;
  }
}

function checkPlaces(problems: readonly Problem[], text: string): void {
  const lines = text.split(/\r\n|\r|\n/);
  for (const { file, line, column, length, message } of problems) {
    expect(message).not.toBe('');
    if (file !== 'x.yml' || line === 0) continue;
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column + length).toBeLessThanOrEqual(lines[line - 1].length + 2);
  }
  expect(renderProblems(problems, text)).not.toMatch(/[^\P{Cc}\n]/u);
}

test('a mutated scenario gives a scenario or located problems', () => {
  const seen = { valid: 0, wrong: 0 };
  const text = fc.constantFrom(everyField, least, least);
  fc.assert(
    fc.property(text, fc.array(mutation, { minLength: 1, maxLength: 3 }), (text, mutations) => {
      const broken = mutated(text, mutations);
      const problems = problemsOf(broken);
      checkPlaces(problems, broken);
      seen[problems.length === 0 ? 'valid' : 'wrong']++;
    }),
    { seed: 1, numRuns: 300 },
  );
  // The mutations are neither all harmless nor all fatal.
  expect(Math.min(seen.valid, seen.wrong)).toBeGreaterThan(30);
});

test('any text gives a scenario or located problems', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.array(fc.constantFrom(...words)).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (text) => checkPlaces(problemsOf(text), text)),
    { seed: 1, numRuns: 300 },
  );
});

test('any setting gives a scenario or problems', () => {
  const path = fc.constantFrom(
    'load[0].rate',
    'load',
    'mesh.mode',
    'topology.namespaces[0].services[0].script[0]',
    'churn[0]',
    'seed',
    'name',
    'x',
    '[0]',
    'measure["window"]',
    '__proto__.x',
  );
  const value = fc.oneof(fc.constantFrom(...words), fc.string(), fc.json());
  fc.assert(
    fc.property(path, value, (path, value) => {
      problemsOf(least, [`${path}=${value}`]);
    }),
    { seed: 1, numRuns: 150 },
  );
});
