import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigCache } from '../../src/controlplane/cache.ts';
import type { Part } from '../../src/controlplane/generate.ts';
import { type Release, releaseOf } from '../../src/controlplane/releases.ts';
import { ServiceEntries } from '../../src/controlplane/service-entries.ts';
import type { Who } from '../../src/controlplane/workloads.ts';
import { service } from './fleets.ts';
import { batchOf, forced, tableOf } from './tables.ts';

const services = [
  service('a', { subsets: 1, replicas: [2] }),
  service('b', { ports: [{ number: 81, protocol: 'http', target: 81 }] }),
  service('c', { namespace: 1, id: 'pay/c' }),
  service('d', {
    namespace: 1,
    id: 'pay/d',
    ports: [{ number: 70, protocol: 'auto', target: 70 }],
  }),
];
const [A, B, C, D] = [0, 1, 2, 3];
const SHOP = 0;
type Wanted = Readonly<Partial<Record<'cds' | 'eds' | 'rds', readonly number[] | null>>>;
const all: Wanted = { cds: null, eds: null, rds: null };

function cacheOf(release: string, over: Partial<Release> = {}) {
  const table = tableOf(release, services, ['shop', 'pay']);
  const cache = new ConfigCache({ ...releaseOf(release), ...over }, services, table.catalogue);
  const everybody = table.who(SHOP, -1);
  cache.fill(everybody);
  return {
    cache,
    table,
    everybody,
    /** Clusters, endpoint sets with their endpoints, and virtual hosts of the routes that are missing. */
    misses({ cds, eds, rds }: Wanted = all, who: Who = everybody) {
      return [
        cds === undefined ? 0 : cache.missingClusters(cds, who).resources,
        eds === undefined ? 0 : cache.missingEndpoints(eds, who).resources,
        eds === undefined ? 0 : cache.missingEndpoints(eds, who).inside,
        rds === undefined ? 0 : cache.missingRoutes(who).inside,
      ];
    },
    keep(wanted: Wanted, start: number, who: Who = everybody) {
      for (const [type, services] of Object.entries(wanted)) {
        const name = type.toUpperCase() as Part['type'];
        cache.keep({ type: name, resources: 0, bytes: 0, apply: 0, services }, who, start);
      }
    },
  };
}

describe('the cache of generated configuration', () => {
  test('misses what depends on a service that has changed: the whole route of its port too', () => {
    const { cache, misses, everybody } = cacheOf('1.26');
    expect(misses()).toEqual([0, 0, 0, 0]);
    cache.drop(A, 5);
    // Two clusters, the subset's has all pods too; and on port 80 two services and the catch-all.
    expect(misses()).toEqual([2, 2, 4, 3]);
    expect(misses({ eds: [A, B] })).toEqual([0, 2, 4, 0]);
    expect(cache.missingRoutes(everybody)).toMatchObject({ resources: 1, dependents: 2 });
    cache.drop(D, 6);
    expect(cache.missingRoutes(everybody)).toMatchObject({ resources: 2, inside: 5, auto: 2 });
  });

  test('keeps what a push generates, unless something was dropped after the push began', () => {
    const { cache, misses, keep } = cacheOf('1.26');
    cache.drop(A, 5);
    keep(all, 4);
    expect(misses()[0]).toBe(2);
    const { changes } = cache;
    keep({ eds: [A] }, 5);
    expect(misses()).toEqual([2, 0, 0, 3]);
    expect(cache.changes).toBeGreaterThan(changes);
    keep(all, 5);
    expect(misses()).toEqual([0, 0, 0, 0]);
  });

  test('keeps nothing of a push while other changes come in, whatever they are about', () => {
    const { cache, misses, keep } = cacheOf('1.26');
    cache.drop(A, 5);
    cache.hear(batchOf(['Endpoints', SHOP, B]), 6);
    keep(all, 5);
    expect(misses()[0]).toBe(3);
    cache.dropFor(batchOf(['AuthorizationPolicy', SHOP, -1]), 0, 9);
    keep(all, 8);
    expect(misses()[0]).toBe(3);
  });

  test('keeps nothing that was generated for a proxy which has had no push', () => {
    const { cache, misses, keep } = cacheOf('1.26');
    cache.dropAll(0);
    keep(all, -1);
    expect(misses()[0]).toBe(5);
    keep(all, 0);
    expect(misses()[0]).toBe(0);
  });

  test('holds endpoint sets alone up to 1.11', () => {
    const { misses } = cacheOf('1.8');
    // Three HTTP services, the catch-alls of two ports, and the two hosts of a route of its own.
    expect(misses()).toEqual([5, 0, 0, 7]);
    expect(misses({ cds: [B] })).toEqual([1, 0, 0, 0]);
  });

  test.each([
    ['PeerAuthentication', [0, 5, 10, 0]],
    ['DestinationRule', [2, 2, 4, 3]],
    ['VirtualService', [0, 0, 0, 3]],
    ['EnvoyFilter', [5, 0, 0, 7]],
    ['Address', [5, 5, 10, 7]],
    ['AuthorizationPolicy', [0, 0, 0, 0]],
  ] as const)('a push for %s drops what depends on it', (kind, expected) => {
    const { cache, misses } = cacheOf('1.26');
    cache.dropFor(batchOf([kind, SHOP, A]), SHOP, 1);
    expect(misses()).toEqual(expected);
  });

  test('is empty after a forced push has begun', () => {
    const { cache, misses } = cacheOf('1.26');
    cache.dropFor(forced, SHOP, 1);
    expect(misses()).toEqual([5, 5, 10, 7]);
  });
});

describe('routes in the cache', () => {
  test('are shared by all who see the same services on the port', () => {
    const { cache, table, misses, keep } = cacheOf('1.26');
    table.scopes.write(SHOP, A, ['./*']);
    table.scopes.write(SHOP, B, ['shop/a']);
    const [one, other] = [table.who(SHOP, A), table.who(SHOP, B)];
    expect(one.scope).not.toBe(other.scope);
    cache.dropAll(1);
    keep({ rds: null }, 1, one);
    // Both see only a on port 80; of port 81 the other one sees nothing.
    expect(misses({ rds: null }, other)[3]).toBe(0);
    expect(misses({ rds: null })[3]).toBe(3 + 2);
  });

  test('outlive a change of a service on their port that their proxies do not see', () => {
    const { cache, table, misses, keep } = cacheOf('1.26');
    table.scopes.write(SHOP, A, ['./*']);
    const who = table.who(SHOP, A);
    keep({ rds: null }, 1, who);
    cache.drop(C, 2);
    expect(misses({ rds: null }, who)[3]).toBe(0);
    expect(misses({ rds: null })[3]).toBe(3);
    cache.drop(A, 3);
    cache.drop(C, 4);
    expect(misses({ rds: null }, who)[3]).toBe(2);
  });

  test('that an EnvoyFilter adds hosts to are the workload’s own', () => {
    const { table, misses, keep } = cacheOf('1.26');
    table.scopes.setExtraVhosts(SHOP, A, 15);
    const who = table.who(SHOP, A);
    expect(misses({ rds: null }, who)[3]).toBe(5 + 15);
    keep({ rds: null }, 1, who);
    expect(misses({ rds: null }, who)[3]).toBe(0);
    expect(misses({ rds: null }, table.who(SHOP, B))[3]).toBe(0);
  });

  test('agree with a cache that looks at every entry on every drop', () => {
    const scopes = [['*/*'], ['./*'], ['shop/a'], ['pay/*'], ['shop/b', 'pay/c']];
    const step = fc.oneof(
      fc.record({ drop: fc.nat(3) }),
      fc.record({ keep: fc.nat(scopes.length - 1) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { cache, table, keep } = cacheOf('1.26');
        const whos = scopes.map((hosts) => {
          table.scopes.write(SHOP, A, hosts);
          return table.who(SHOP, A);
        });
        cache.dropAll(0);
        /** By port and services on it. */
        const there = new Map<string, readonly number[]>();
        const routesOf = ({ scope }: Who) =>
          [80, 81].flatMap((port) => {
            const on = [A, B, C].filter(
              (s) => scope.includes(s) && services[s].ports[0].number === port,
            );
            return on.length === 0 ? [] : [{ name: `${port} ${on.join()}`, on }];
          });
        for (const one of steps) {
          if ('drop' in one) {
            cache.drop(one.drop, 0);
            for (const [name, on] of there) if (on.includes(one.drop)) there.delete(name);
          } else {
            keep({ rds: null }, 0, whos[one.keep]);
            for (const { name, on } of routesOf(whos[one.keep])) there.set(name, on);
          }
          for (const who of whos) {
            const missing = routesOf(who).filter(({ name }) => !there.has(name));
            const { resources, inside, auto } = cache.missingRoutes(who);
            expect(resources - auto / 2).toBe(missing.length);
            expect(inside - auto).toBe(missing.reduce((sum, { on }) => sum + on.length + 1, 0));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('an LRU of entries by service', () => {
  const seen = () => true;

  test('forgets what was longest unused, where not all fit', () => {
    const entries = new ServiceEntries(3, [1, 1, 1, 1]);
    expect([...entries.missing(null, 0)]).toEqual([0]);
    entries.put([1], seen);
    entries.put([0], seen);
    // 2 was used longer ago than 3 and 1.
    expect([...entries.missing(null, 0)]).toEqual([2]);
    expect([...entries.missing([1, 2, 3], 3)]).toEqual([2]);
  });

  test('finds nothing of what is always pushed whole and in one order, where that does not fit', () => {
    const entries = new ServiceEntries(3, [1, 1, 1, 1]);
    expect([...entries.missing(null, 4)]).toEqual([0, 1, 2, 3]);
  });

  test('forgets nothing where all fit', () => {
    const entries = new ServiceEntries(4, [1, 1, 1, 1]);
    entries.put([1], seen);
    expect([...entries.missing(null, 4)]).toEqual([]);
    entries.drop(2);
    expect([...entries.missing(null, 4)]).toEqual([2]);
    expect(entries.put(null, (s) => s !== 2)).toBe(false);
    expect(entries.put(null, seen)).toBe(true);
    expect([...entries.missing(null, 4)]).toEqual([]);
  });
});
