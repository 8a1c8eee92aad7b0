import { expect, test } from 'vitest';
import { catalogOf, findCallee, findServices } from '../../src/scenario/names.ts';
import { matcher } from '../../src/topology/pattern.ts';

const catalog = catalogOf(['shop/a', 'shop/b', 'data/a', 'data/db']);

test('a star stands for any run of characters, but not for a slash', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['load-*/svc-0', 'load-12/svc-0', true],
    ['load-*/svc-0', 'load-12/svc-01', false],
    ['*', 'a', true],
    ['*', 'a/b', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'ac', false],
    ['a*a', 'a', false],
    ['*ab*', 'xaby', true],
    ['a.c', 'abc', false],
  ];
  for (const [pattern, text, expected] of cases)
    expect([pattern, text, matcher(pattern)(text)]).toEqual([pattern, text, expected]);
  // No pattern is slow.
  expect(matcher(`${'*a'.repeat(1000)}b`)('a'.repeat(5000))).toBe(false);
});

test('a service may be written without its namespace where its name is unique', () => {
  expect(findServices(catalog, 'db')).toEqual({ ids: ['data/db'] });
  expect(findServices(catalog, 'a')).toMatchObject({ message: '"a" is a service of 2 namespaces' });
  expect(findServices(catalog, 'a*')).toEqual({ ids: ['shop/a', 'data/a'] });
  expect(findServices(catalog, 'shop/*')).toEqual({ ids: ['shop/a', 'shop/b'] });
});

test('a call without a namespace stays in its own', () => {
  expect(findCallee(catalog, 'shop', 'a')).toEqual({ ids: ['shop/a'] });
  expect(findCallee(catalog, 'data', 'a')).toEqual({ ids: ['data/a'] });
  expect(findCallee(catalog, 'shop', 'data/db')).toEqual({ ids: ['data/db'] });
  expect(findCallee(catalog, 'shop', 'db')).toMatchObject({ help: 'did you mean "data/db"?' });
});
