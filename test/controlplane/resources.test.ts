import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Catalogue,
  countsIn,
  inboundClustersOf,
  proxyMemory,
} from '../../src/controlplane/resources.ts';
import { fleetOf, service } from './fleets.ts';

const a = service('a', {
  ports: [
    { number: 80, protocol: 'http', target: 8080 },
    { number: 90, protocol: 'tcp', target: 9090 },
  ],
});
const b = service('b', { subsets: 2 });
const c = service('c', {
  headless: true,
  ports: [{ number: 5432, protocol: 'tcp', target: 5432 }],
});

function catalogueOf(services: readonly (typeof a)[], pods: readonly number[]): Catalogue {
  const catalogue = new Catalogue({ services });
  pods.forEach((count, s) => {
    catalogue.set(s, count);
  });
  return catalogue;
}

describe('how much configuration there is', () => {
  test('counts of three services are those of Istio (counts/C1)', () => {
    const { everything } = catalogueOf([a, b, c], [1, 3, 3]);
    const counts = countsIn(everything, a);
    expect(everything.clusters).toBe(6);
    expect(inboundClustersOf(a)).toBe(2);
    expect(counts.clusters).toBe(11);
    expect(everything.endpointSets).toBe(5);
    expect(everything.httpPorts.size).toBe(1);
    expect(everything.tcpListeners).toBe(1 + 3);
    expect(counts.listeners).toBe(7);
    expect(counts.routes).toBe(1);
    expect(counts.vhosts).toBe(3);
    // A pod of the headless service has no listener for itself.
    expect(countsIn(everything, c).listeners).toBe(6);
  });

  test('a port without a protocol has a listener and a route of its own', () => {
    const auto = service('x', { ports: [{ number: 70, protocol: 'auto', target: 70 }] });
    const counts = countsIn(catalogueOf([auto], [2]).everything, null);
    expect([counts.listeners, counts.routes, counts.vhosts]).toEqual([3, 1, 2]);
  });

  test('a load namespace of 18 services with 4 pods adds 21 clusters and 80 endpoints', () => {
    // One root with three subsets (all, v1, v2) over two versions, 13 HTTP and 4 TCP services on one port.
    const http = { number: 8080, protocol: 'http', target: 8080 } as const;
    const root = service('root', { ports: [http], subsets: 3, replicas: [2, 2] });
    const leaves = Array.from({ length: 17 }, (_, i) =>
      service(`s${i}`, { ports: [i < 4 ? { ...http, protocol: 'tcp' } : http], replicas: [4] }),
    );
    const services = [root, ...leaves];
    const { everything } = catalogueOf(
      services,
      services.map(() => 4),
    );
    expect(everything.clusters).toBe(21);
    expect(everything.endpoints).toBe(80);
    expect(everything.tcpListeners).toBe(4);
    expect(everything.httpServices).toBe(14);
  });

  test('counts do not depend on the order of changes', () => {
    const services = [a, b, c, service('d', { replicas: [1, 1], subsets: 1 })];
    const changes = fc.array(fc.tuple(fc.nat(3), fc.nat(9)), { maxLength: 40 });
    fc.assert(
      fc.property(changes, (list) => {
        const catalogue = new Catalogue({ services });
        const last = new Map<number, number>();
        for (const [s, pods] of list) {
          catalogue.set(s, pods);
          last.set(s, pods);
        }
        const direct = new Catalogue({ services });
        for (const [s, pods] of last) direct.set(s, pods);
        expect(countsIn(catalogue.everything, a)).toEqual(countsIn(direct.everything, a));
        expect(catalogue.podCount).toBe(direct.podCount);
      }),
    );
  });

  test('memory counts the resources of the bootstrap too', () => {
    const { memory } = fleetOf({ services: 1, replicas: 1, spares: 0 });
    const counts = { clusters: 45, endpoints: 48, listeners: 25, routes: 0, vhosts: 36 };
    // The bed without load of the configuration study: 50 clusters, 48 endpoints, 27 listeners, 36 virtual hosts.
    expect(proxyMemory(memory, counts) / 1e6).toBeCloseTo(14.46, 2);
  });
});
