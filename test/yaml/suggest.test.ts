import { expect, test } from 'vitest';
import { nearest } from '../../src/yaml/suggest.ts';

test('the nearest name is a slip of the pen away, or none is', () => {
  expect(nearest('sidecarz', ['none', 'sidecar'])).toBe('sidecar');
  expect(nearest('Sidecar', ['none', 'sidecar'])).toBe('sidecar');
  expect(nearest('ebpf', ['none', 'sidecar'])).toBeNull();
  expect(nearest('1.27', ['1.26'])).toBeNull();
  expect(nearest('ab', ['cd'])).toBeNull();
});
