/** A text against a schema that has nothing to do with meshsim: what is read, what is told, and where. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Problem, ProblemsError } from '../../src/problems.ts';
import { bytes, count, fields, oneOf, time } from '../../src/yaml/fields.ts';
import { checkYaml, problemAt, readYaml } from '../../src/yaml/source.ts';

const recipe = fields({
  name: z.string().min(1),
  oven: oneOf('oven', ['gas', 'electric']),
  baking: time,
  flour: bytes,
  eggs: count({ min: 1, max: 12 }),
  salt: z.number().gt(0).lt(5),
});
const good = 'name: cake\noven: gas\nbaking: 30m\nflour: 2KiB\neggs: 3\nsalt: 1.5\n';

function check(text: string) {
  return checkYaml(readYaml({ file: 'cake.yml', text }, 'a recipe'), recipe);
}

function problems(text: string): readonly Problem[] {
  try {
    check(text);
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
  return [];
}

/** `line:column+length path: message; help` */
function shown(text: string): readonly string[] {
  return problems(text).map(({ line, column, length, path, message, help }) => {
    return `${line}:${column}+${length} ${path}: ${message}; ${help}`;
  });
}

test('what fits the schema becomes plain numbers', () => {
  expect(check(good)).toEqual({
    name: 'cake',
    oven: 'gas',
    baking: 1800e9,
    flour: 2048,
    eggs: 3,
    salt: 1.5,
  });
});

test('all that does not fit is told in the order of the text', () => {
  const text = 'salt: 5\neggs: 0\noven: gaz\nbaking: 30\nnmae: cake\nflour: [1B]\n';
  expect(shown(text)).toEqual([
    '1:1+7 name: missing; expected text; ',
    '1:7+1 salt: "5" is too large; expected less than 5; ',
    '2:7+1 eggs: "0" is too small; expected at least 1; ',
    '3:7+3 oven: "gaz" is no oven; did you mean "gas"?',
    '4:9+2 baking: "30" has no unit; expected a time such as "250us", "1.5ms" or "1m30s"; ',
    '5:1+4 nmae: "nmae" is no field here; did you mean "name"?',
    '6:8+4 flour: found a list; expected a size such as "300B", "2KiB" or "1MB"; ',
  ]);
  expect(shown(good.replace('salt: 1.5', 'salt: 0'))).toEqual([
    '6:7+1 salt: "0" is too small; expected more than 0; ',
  ]);
});

test('an empty text is told what it should hold, and has no place', () => {
  expect(problems('# nothing\n')).toMatchObject([
    { file: 'cake.yml', line: 0, length: 0, message: 'the file is empty; expected a recipe' },
  ]);
});

test('what is no YAML is told before any of its content', () => {
  expect(shown('name: [\neggs: 0\nname: x\n')).toEqual([
    '2:1+1 : flow sequence in block collection must be sufficiently indented and end with a ]; ',
    '3:1+4 : "name" stands twice in this map; ',
  ]);
});

test('a bracket that the parser trips over is told once, not again for every word after it', () => {
  const text = 'shop: { web: pods[0].cores }\nload: { rate: 3 }\n';
  expect(() => readYaml({ file: 'x.yml', text }, 'a shop')).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ line: 1, column: 18 })] }),
  );
});

test('what is wrong for other reasons than the schema finds its place too', () => {
  const source = readYaml({ file: 'cake.yml', text: good }, 'a recipe');
  const finding = { path: ['oven'], at: 'value', message: 'it is broken', help: '' } as const;
  expect(problemAt(source, finding)).toEqual({
    file: 'cake.yml',
    line: 2,
    column: 7,
    length: 3,
    path: 'oven',
    message: 'it is broken',
    help: '',
  });
  expect(problemAt(source, { ...finding, at: 'key' }).column).toBe(1);
});
