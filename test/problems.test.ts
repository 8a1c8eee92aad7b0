import { expect, test } from 'vitest';
import { type Problem, ProblemsError, quote, renderProblems } from '../src/problems.ts';

const problem: Problem = {
  file: 'scenarios/x.yml',
  line: 2,
  column: 9,
  path: 'mesh.mode',
  message: '"sidecarz" is no mesh mode',
  help: 'did you mean "sidecar"?',
  length: 8,
};

test('a problem is a line with its place, then the line it is about, the fault underlined', () => {
  expect(renderProblems([problem], 'mesh:\n  mode: sidecarz\n')).toBe(
    [
      'scenarios/x.yml:2:9: mesh.mode: "sidecarz" is no mesh mode; did you mean "sidecar"?',
      '  2 |   mode: sidecarz',
      '    |         ^^^^^^^^',
      '',
    ].join('\n'),
  );
});

test('a problem without a place has no frame', () => {
  const placeless = { ...problem, file: '--set', line: 0, column: 0, length: 0, help: '' };
  expect(renderProblems([placeless], 'x\n')).toBe('--set: mesh.mode: "sidecarz" is no mesh mode\n');
  expect(renderProblems([problem])).toMatch(/^[^\n]*\n$/);
});

test('of a long line the part with the fault is shown, and nothing that a terminal would obey', () => {
  const source = `${'x'.repeat(300)}\u001b[31m${'y'.repeat(300)}`;
  const [, line, marks] = renderProblems(
    [{ ...problem, line: 1, column: 301, length: 5 }],
    source,
  ).split('\n');
  expect(line.length).toBeLessThan(110);
  expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe(' [31m');
});

test('the error has all problems, and their lines as its message', () => {
  const error = new ProblemsError([problem, problem]);
  expect(error.message.split('\n')).toHaveLength(2);
  expect(error.message).toContain('scenarios/x.yml:2:9: mesh.mode: ');
});

test('values are quoted, escaped and cut', () => {
  expect(quote('a"b\n')).toBe('"a\\"b\\n"');
  expect(quote('x'.repeat(100)).length).toBeLessThan(65);
});
