import { describe, expect, test } from 'vitest';
import {
  connectLimitOf,
  releaseNames,
  releaseOf,
  throttleOf,
} from '../../src/controlplane/releases.ts';

describe('releases', () => {
  test('are all from 1.8 to 1.31', () => {
    expect(releaseNames).toHaveLength(24);
    expect(releaseNames[0]).toBe('1.8');
    expect(releaseNames.at(-1)).toBe('1.31');
  });

  test('the throttle is 100 up to 1.20 and follows the cores from 1.21', () => {
    expect(throttleOf(releaseOf('1.8'), 4)).toBe(100);
    expect(throttleOf(releaseOf('1.20'), 4)).toBe(100);
    expect([1, 2, 4, 8, 16, 17, 64].map((cores) => throttleOf(releaseOf('1.21'), cores))).toEqual([
      20, 25, 35, 55, 95, 100, 100,
    ]);
  });

  test('new streams are limited from 1.12 on', () => {
    const limits = ['1.11', '1.12', '1.13', '1.20', '1.21', '1.31'].map((name) =>
      connectLimitOf(releaseOf(name), 4),
    );
    expect(limits).toEqual([Number.POSITIVE_INFINITY, 100, 25, 25, 35, 35]);
  });

  /** Columns of the specification's table of releases that are one value for each. */
  test.each([
    ['deltaXds', { '1.8': false, '1.21': false, '1.22': true, '1.31': true }],
    ['hasFullFlag', { '1.8': true, '1.30': true, '1.31': false }],
    ['cache', { '1.8': 'EDS', '1.11': 'EDS', '1.12': 'all', '1.31': 'all' }],
    ['cacheEntries', { '1.8': 20_000, '1.10': 20_000, '1.11': 60_000, '1.31': 60_000 }],
    ['filtersKeys', { '1.25': false, '1.26': true }],
    ['lazyScopes', { '1.26': false, '1.27': true }],
    ['pushesUnready', { '1.13': false, '1.14': true, '1.15': false, '1.30': false, '1.31': true }],
    ['skipsHeadless', { '1.30': false, '1.31': true }],
    ['sidecarWrite', { '1.9': 'namespace', '1.10': 'users' }],
  ] as const)('%s', (fact, values) => {
    for (const [name, value] of Object.entries(values)) {
      expect(releaseOf(name)[fact], name).toBe(value);
    }
  });

  test('buckets of half a second came one after the other', () => {
    const half = (name: string) =>
      Object.entries(releaseOf(name).buckets)
        .filter(([, bounds]) => bounds?.includes(0.5))
        .map(([metric]) => metric.replace('pilot_', ''));
    expect(half('1.8')).toEqual(['proxy_convergence_time']);
    expect(half('1.9')).toEqual(['proxy_queue_time', 'proxy_convergence_time']);
    expect(half('1.30')).toContain('pushcontext_init_seconds');
    expect(half('1.30')).not.toContain('debounce_time');
    expect(half('1.31')).toEqual([
      'debounce_time',
      'pushcontext_init_seconds',
      'proxy_queue_time',
      'xds_push_time',
      'proxy_convergence_time',
    ]);
  });

  test('a name that is none is told so, with those that are', () => {
    expect(() => releaseOf('1.7')).toThrow(
      '"1.7" is no Istio release; expected one of 1.8 to 1.31',
    );
    expect(() => releaseOf('toString')).toThrow(RangeError);
  });
});
