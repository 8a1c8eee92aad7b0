import { describe, expect, test } from 'vitest';
import { ConfigCache } from '../../src/controlplane/cache.ts';
import type { Part } from '../../src/controlplane/generate.ts';
import { releaseOf } from '../../src/controlplane/releases.ts';
import { Catalogue } from '../../src/controlplane/resources.ts';
import { service } from './fleets.ts';

const services = [
  service('a', { subsets: 1, replicas: [2] }),
  service('b', { ports: [{ number: 81, protocol: 'http', target: 81 }] }),
  service('c'),
];
type Wanted = Readonly<Partial<Record<'cds' | 'eds' | 'rds', readonly number[] | 'all'>>>;
const all: Wanted = { cds: 'all', eds: 'all', rds: 'all' };

function cacheOf(release: string) {
  const catalogue = new Catalogue({ services });
  for (const s of services.keys()) catalogue.set(s, 2);
  const cache = new ConfigCache(releaseOf(release), services, catalogue);
  const scope = catalogue.everything;
  cache.fill(scope);
  const of = (wanted: readonly number[] | 'all') => (wanted === 'all' ? null : wanted);
  return {
    cache,
    misses({ cds, eds, rds }: Wanted = all) {
      const { sets, endpoints } =
        eds === undefined ? { sets: 0, endpoints: 0 } : cache.missingEndpoints(of(eds), scope);
      const { vhosts, routesKept } =
        rds === undefined ? { vhosts: 0, routesKept: 0 } : cache.missingRoutes(scope);
      const clusters = cds === undefined ? 0 : cache.missingClusters(of(cds), scope);
      return { clusters, endpointSets: sets, endpoints, vhosts, routesKept };
    },
    keep(wanted: Wanted, start: number) {
      for (const [type, services] of Object.entries(wanted)) {
        const name = type.toUpperCase() as Part['type'];
        const part = { type: name, resources: 0, bytes: 0, apply: 0, services: of(services) };
        cache.keep(part, scope, start);
      }
    },
  };
}
const nothing = { clusters: 0, endpointSets: 0, endpoints: 0, vhosts: 0 };

describe('the cache of generated configuration', () => {
  test('misses what depends on a service that has changed: the whole route of its port too', () => {
    const { cache, misses } = cacheOf('1.26');
    expect(misses()).toEqual({ ...nothing, routesKept: 2 });
    cache.drop(0, 5);
    // Two clusters, the subset's has all pods too; and on port 80 two services and the catch-all.
    expect(misses()).toEqual({
      clusters: 2,
      endpointSets: 2,
      endpoints: 4,
      vhosts: 3,
      routesKept: 1,
    });
    expect(misses({ eds: [0, 1] })).toEqual({
      ...nothing,
      endpointSets: 2,
      endpoints: 4,
      routesKept: 0,
    });
  });

  test('keeps what a push generates, unless something was dropped after the push began', () => {
    const { cache, misses, keep } = cacheOf('1.26');
    cache.drop(0, 5);
    keep(all, 4);
    expect(misses().clusters).toBe(2);
    const { changes } = cache;
    keep({ eds: [0] }, 5);
    expect(misses()).toMatchObject({ clusters: 2, endpointSets: 0 });
    expect(cache.changes).toBeGreaterThan(changes);
    keep(all, 5);
    expect(misses()).toEqual({ ...nothing, routesKept: 2 });
  });

  test('holds endpoint sets alone up to 1.11', () => {
    const { misses } = cacheOf('1.8');
    expect(misses()).toEqual({
      clusters: 4,
      endpointSets: 0,
      endpoints: 0,
      vhosts: 5,
      routesKept: 0,
    });
    expect(misses({ cds: [1] })).toMatchObject({ clusters: 1, vhosts: 0 });
  });

  test('is empty of everything, or of endpoint sets, when that is dropped', () => {
    const { cache, misses } = cacheOf('1.26');
    cache.dropEndpoints(1);
    expect(misses()).toMatchObject({ clusters: 0, endpointSets: 4, vhosts: 0 });
    cache.dropAll(2);
    expect(misses()).toMatchObject({ clusters: 4, endpointSets: 4, vhosts: 5, routesKept: 0 });
  });
});
