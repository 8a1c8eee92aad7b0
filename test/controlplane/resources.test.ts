import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsOf, type MeshFacts, ownCounts, proxyMemory } from '../../src/controlplane/counts.ts';
import type { FleetProxy } from '../../src/controlplane/fleet.ts';
import { Catalogue, type Scope } from '../../src/controlplane/resources.ts';
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

const facts: MeshFacts = { hbone: false, virtualServices: 0, services: [a, b, c] };

/** Of a proxy, without its own pod. */
function counts(scope: Scope, kind: FleetProxy['kind'] = 'sidecar', over: Partial<MeshFacts> = {}) {
  return countsOf({ kind, service: 0, scope, extraVhosts: 0 }, { ...facts, ...over });
}

describe('how much configuration there is', () => {
  test('counts of three services are those of Istio (counts/C1)', () => {
    const { everything } = catalogueOf([a, b, c], [1, 3, 3]);
    const of = counts(everything);
    expect(everything.clusters).toBe(6);
    expect(ownCounts(a).clusters).toBe(2);
    expect(of.clusters + ownCounts(a).clusters).toBe(11);
    expect(everything.endpointSets).toBe(5);
    expect(everything.httpPorts.size).toBe(1);
    expect(everything.tcpListeners).toBe(1 + 3);
    expect(of.listeners + ownCounts(a).listeners).toBe(7);
    expect(of.routes).toBe(1);
    expect(of.vhosts).toBe(3);
    // A pod of the headless service has no listener for itself.
    expect(of.listeners + ownCounts(c).listeners).toBe(6);
  });

  test('a gateway has endpoint sets for headless services too, and routes for all hosts', () => {
    const { everything } = catalogueOf([a, b, c], [1, 3, 3]);
    // Its service has an HTTP and a TCP port; BlackHoleCluster is its only cluster of no service.
    expect(counts(everything, 'gateway', { virtualServices: 4 })).toEqual({
      clusters: 6 + 1,
      endpoints: 2 + 9 + 3,
      listeners: 2,
      routes: 1,
      vhosts: 4,
    });
    expect(counts(everything, 'gateway').vhosts).toBe(1);
  });

  test('where there are ztunnels, every Envoy has a cluster for HBONE', () => {
    const { everything } = catalogueOf([a, b, c], [1, 3, 3]);
    const { clusters } = counts(everything);
    expect(counts(everything, 'sidecar', { hbone: true }).clusters).toBe(clusters + 1);
  });

  test('ports of a service that lead to one port of the pod make one inbound cluster', () => {
    const ports = [80, 81].map((number) => ({ number, protocol: 'http', target: 8080 }) as const);
    expect(ownCounts(service('x', { ports })).clusters).toBe(1);
  });

  test('virtual hosts that an EnvoyFilter adds are in routes, and services without ports nowhere', () => {
    const alias = service('alias', { ports: [] });
    const { everything } = catalogueOf([a, alias], [1, 0]);
    const who = { kind: 'sidecar', service: 0, scope: everything, extraVhosts: 15 } as const;
    expect(countsOf(who, facts)).toMatchObject({ clusters: 2 + 3, vhosts: 2 + 15 });
  });

  test('a port without a protocol has a listener and a route of its own', () => {
    const auto = service('x', { ports: [{ number: 70, protocol: 'auto', target: 70 }] });
    const of = counts(catalogueOf([auto], [2]).everything);
    expect([of.listeners, of.routes, of.vhosts]).toEqual([3, 1, 2]);
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
          // Now and then one goes.
          if (pods === 0) catalogue.remove(s);
          else catalogue.set(s, pods);
          if (pods === 0) last.delete(s);
          else last.set(s, pods);
        }
        const direct = new Catalogue({ services });
        for (const [s, pods] of last) direct.set(s, pods);
        expect(counts(catalogue.everything)).toEqual(counts(direct.everything));
        expect([...catalogue.everything.httpPorts]).toEqual([...direct.everything.httpPorts]);
        expect(catalogue.podCount).toBe(direct.podCount);
      }),
    );
  });

  test('memory counts the resources of the bootstrap too', () => {
    const { memory } = fleetOf({ services: 1, replicas: 1, spares: 0 });
    const bed = { clusters: 45, endpoints: 48, listeners: 25, vhosts: 36 };
    // The bed without load of the configuration study: 50 clusters, 48 endpoints, 27 listeners, 36 virtual hosts.
    expect(proxyMemory(memory.costs, bed) / 1e6).toBeCloseTo(14.46, 2);
  });
});
