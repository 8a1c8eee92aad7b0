import { expect, test } from 'vitest';
import { matches } from '../../src/topology/pattern.ts';

test('a star stands for any run of characters but a slash, and nothing else does', () => {
  expect(matches('*/*', 'shop/cart')).toBe(true);
  expect(matches('shop/*', 'shop/cart')).toBe(true);
  expect(matches('*/cart', 'shop/cart')).toBe(true);
  expect(matches('shop/c*t', 'shop/cart')).toBe(true);
  expect(matches('*', 'shop/cart')).toBe(false);
  expect(matches('shop/car', 'shop/cart')).toBe(false);
  expect(matches('sho./cart', 'shop/cart')).toBe(false);
});

test('no pattern is slow, however many stars it has', () => {
  const name = `n/${'a'.repeat(60)}`;
  expect(matches(`n/${'*a'.repeat(12)}*b`, name)).toBe(false);
  expect(matches(`n/${'*a'.repeat(12)}*`, name)).toBe(true);
});
