/**
 * Counts and memory of the DATM experiment, derived from its topology: the vectors of the specification (config modes,
 * fit and predict), the acceptance list, and the claims of the paper (published/acceptance.csv, datm_claims.csv).
 */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { proxyMemoryOf } from '../../src/calibration/proxy-memory.ts';
import { countsOf, ownCounts, proxyMemory } from '../../src/controlplane/counts.ts';
import { Catalogue } from '../../src/controlplane/resources.ts';
import { type Bed, bedOf, istioSystem, type Load, serviceGraph } from '../controlplane/beds.ts';
import { service } from '../controlplane/fleets.ts';
import { istioProfile } from '../support/scenarios.ts';
import { describeWithData } from './data.ts';

const FULL = 'bookinfo-default';
const LAZY = 'bookinfo-lazyload';
const DATM = 'bookinfo-datm';
const { costs } = proxyMemoryOf(istioProfile, '1.8');
const megabytes = (bed: Bed, namespace: string, name?: string) =>
  proxyMemory(costs, bed.counts(namespace, name)) / 1e6;

/** With the Sidecars of Slime and DATM once they have learned productpage's calls. */
function scoped(load: Load): Bed {
  const bed = bedOf(load);
  const deps = (namespace: string) => ['details', 'reviews'].map((name) => `${namespace}/${name}`);
  bed.write(LAZY, 'productpage', ['istio-system/*', 'mesh-operator/*', ...deps(LAZY)]);
  bed.write(DATM, 'productpage', [...deps(DATM), 'datm-system/global-sidecar']);
  bed.write(DATM, null, ['./*']);
  return bed;
}

const none: Load = { namespaces: 0, services: 18, pods: 4 };
const plus = (from: readonly number[], to: readonly number[]) => to.map((n, i) => n - from[i]);

describe('count vectors: clusters, endpoints, listeners, virtual hosts of an Envoy', () => {
  test('without load, of a proxy that sees everything', () => {
    // Published are 48 endpoints. Of the 49, five are kubernetes' and kube-dns's: 1 + 2 ports · 2 pods, as in the bed
    // of LazyXDS (endpoints 33 and 41 there); no number of kube-dns pods makes them four.
    expect(bedOf(none).vector(FULL)).toEqual([50, 49, 27, 36]);
  });

  test.each([
    ['19 services of 5 pods', { services: 19, pods: 5 }, [22, 105, 4, 15]],
    ['18 services of 4 pods', { services: 18, pods: 4 }, [21, 80, 4, 14]],
  ] as const)('each load namespace of %s adds its own', (_, shape, added) => {
    const [zero, one, two] = [0, 1, 2].map((namespaces) =>
      bedOf({ ...shape, namespaces }).vector(FULL),
    );
    expect(plus(one, two)).toEqual(added);
    // The first one brings port 8080 with it: one more listener, and its catch-all.
    expect(plus(zero, one)).toEqual(plus([0, 0, -1, -1], added));
  });

  test('of Slime’s productpage, whatever the load', () => {
    for (const namespaces of [0, 5]) {
      expect(scoped({ ...none, namespaces }).vector(LAZY)).toEqual([36, 29, 24, 25]);
    }
  });

  test('of DATM’s productpage', () => {
    const bed = scoped({ ...none, namespaces: 5 });
    expect(bed.vector(DATM)).toEqual([12, 5, 6, 5]);
    // The published vector has one more service with one pod on port 9080: productpage itself.
    bed.write(DATM, 'productpage', [
      ...['productpage', 'details', 'reviews'].map((name) => `${DATM}/${name}`),
      'datm-system/global-sidecar',
    ]);
    expect(bed.vector(DATM)).toEqual([13, 6, 6, 6]);
  });

  test('of DATM’s ratings, and of a Sidecar that imports the control plane too', () => {
    const bed = scoped({ ...none, namespaces: 5 });
    expect(bed.vector(DATM, 'ratings')).toEqual([13, 6, 5, 5]);
    bed.write(DATM, null, ['./*', 'istio-system/*']);
    expect(bed.vector(DATM, 'ratings')).toEqual([33, 26, 22, 24]);
  });

  test('have four virtual hosts more where the two ports that declare nothing are sniffed', () => {
    // grafana's "service" and the ingress gateway's "status-port": a route with two hosts each. The vectors take them
    // for TCP, and jaeger-collector's two ports, which declare nothing either, for HTTP, which counts the same.
    const bed = bedOf(none, 'rules');
    bed.write(FULL, null, ['./*', 'istio-system/*']);
    expect(bed.vector(FULL)).toEqual([33, 26, 22, 24 + 4]);
  });
});

describe('acceptance', () => {
  const [zero, one] = [0, 1].map((namespaces) => ({ namespaces, services: 19, pods: 5 }) as const);

  test('datm/A3, A4: under LazyXDS a load namespace’s TCP services stay visible', () => {
    const tcp = serviceGraph(one).filter(({ ports }) => 'tcp-web' in ports);
    const hosts = ['istio-system/*', ...tcp.map(({ name }) => `*/${name}`)];
    const [before, after] = [zero, one].map((load) => {
      const bed = bedOf(load);
      bed.write(LAZY, 'productpage', hosts);
      return bed.vector(LAZY);
    });
    expect(plus(before, after)).toEqual([4, 20, 4, 0]);
  });

  test('datm/A5: under Slime and DATM it adds nothing', () => {
    for (const [namespace, name] of [
      [LAZY, 'productpage'],
      [DATM, 'productpage'],
      [DATM, 'ratings'],
    ] as const) {
      const [before, after] = [zero, one].map((load) => scoped(load).vector(namespace, name));
      expect(after).toEqual(before);
    }
  });
});

describe('memory that Envoy has allocated, as the profile predicts it', () => {
  const canonical = { namespaces: 5, services: 18, pods: 4 } as const;

  test.each([
    ['5 × 19 × 5', { namespaces: 5, services: 19, pods: 5 }, 24.0],
    ['5 × 18 × 4', canonical, 23.5],
    ['4 × 18 × 5', { namespaces: 4, services: 18, pods: 5 }, 21.8],
  ] as const)('of a proxy that sees everything, %s pods', (_, load, expected) => {
    expect(Math.abs(megabytes(bedOf(load), FULL) - expected)).toBeLessThan(0.2);
  });

  test('of Slime’s and DATM’s proxies', () => {
    const bed = scoped(canonical);
    expect(Math.abs(megabytes(bed, LAZY) - 13.2)).toBeLessThan(0.2);
    expect(Math.abs(megabytes(bed, DATM) - 10.7)).toBeLessThan(0.2);
    expect(Math.abs(megabytes(bed, DATM, 'ratings') - 10.7)).toBeLessThan(0.2);
  });

  test('of a proxy that sees everything, as namespaces come', () => {
    const grown = [0, 1, 2, 3, 4].map((namespaces) =>
      megabytes(bedOf({ namespaces, services: 19, pods: 5 }), FULL),
    );
    [14.4, 16.4, 18.3, 20.2, 22.1].forEach((expected, n) => {
      expect(Math.abs(grown[n] - expected)).toBeLessThan(0.2);
    });
  });
});

describeWithData('claims of the paper', (read) => {
  const rowOf = (file: string, id: string) => {
    const line = read(file)
      .split('\n')
      .find((one) => one.startsWith(`${id},`));
    return line ?? '';
  };
  const claim = (id: string) => rowOf('config-modes/published/datm_claims.csv', id);
  const interval = (id: string) => {
    const [, low, high] = /\[([\d.]+);([\d.]+)\]/.exec(claim(id)) ?? [];
    return { low: Number(low), high: Number(high) };
  };
  const load = (namespaces: number) => ({ namespaces, services: 18, pods: 4 }) as const;
  const within = (id: string, value: number) => {
    const { low, high } = interval(id);
    expect(value, claim(id)).toBeGreaterThan(low);
    expect(value, claim(id)).toBeLessThan(high);
  };

  test('datm/D3 to D9: how much memory, and how much is saved', () => {
    for (const namespaces of [4, 5]) {
      const bed = scoped(load(namespaces));
      within('D3', 1 - megabytes(bed, DATM) / megabytes(bed, FULL));
    }
    const bed = scoped(load(5));
    within('D4', 1 - megabytes(bed, DATM) / megabytes(bed, FULL));
    within('D5', megabytes(bed, DATM));
    within('D6', megabytes(bed, LAZY));
    within('D7', megabytes(bed, FULL));
    expect(megabytes(bed, DATM)).toBeLessThan(13);
    expect(megabytes(bed, DATM, 'ratings')).toBeLessThan(11.5);
  });

  test('datm/D10, D11, D13: DATM is a little below Slime, and neither grows', () => {
    const [before, after] = [4, 5].map((namespaces) => scoped(load(namespaces)));
    const [datm, lazy] = [megabytes(after, DATM), megabytes(after, LAZY)];
    expect(datm).toBeLessThan(lazy);
    expect((lazy - datm) / lazy).toBeLessThan(0.25);
    expect(megabytes(after, FULL) - megabytes(before, FULL)).toBeGreaterThan(1.5);
    expect(Math.abs(datm - megabytes(before, DATM))).toBeLessThan(0.05);
    const gap = (bed: Bed) => megabytes(bed, FULL, 'ratings') - megabytes(bed, DATM, 'ratings');
    expect(gap(after)).toBeGreaterThan(gap(before));
    expect(gap(before)).toBeGreaterThan(0);
  });

  test('datm/D16, A1, A2: what each load namespace adds to a proxy that sees everything', () => {
    const file = 'config-modes/published/acceptance.csv';
    const [clusters, endpoints] = ['A1', 'A2'].map((id) => {
      // Whatever stands in quotes has no number before the value.
      const fields = rowOf(file, id).split(',');
      return Number(fields[3]);
    });
    const [one, two] = [1, 2].map((namespaces) =>
      bedOf({ namespaces, services: 19, pods: 5 }).vector(FULL),
    );
    expect(plus(one, two).slice(0, 2)).toEqual([clusters, endpoints]);
    expect(claim('D16')).toContain(`+${clusters} CDS and +${endpoints} EDS`);
  });

  test('the addons of istio-system are those of the manifests', () => {
    const manifests = read('config-modes/istio-1.8.2/addons-services.yaml')
      .split(/^---$/m)
      .map((text) => parse(text.replace(/^\.\.\.$/m, '')))
      .filter((one) => one?.kind === 'Service');
    expect(manifests.length).toBeGreaterThan(4);
    for (const { metadata, spec } of manifests) {
      const written = istioSystem.find(({ name }) => name === metadata.name);
      const ports: readonly { name: string; port: number }[] = spec.ports;
      expect(written?.ports).toEqual(
        Object.fromEntries(ports.map(({ name, port }) => [name, port])),
      );
    }
  });
});

describeWithData('counts of the specification', (read) => {
  test('counts/C1: of one sidecar with the default scope', () => {
    const { tests } = JSON.parse(read('control-plane/pilot-testcases.json'));
    const { input, expected } = tests.find(({ id }: { id: string }) => id === 'C1');
    const services = (input.services as readonly Readonly<Record<string, never>>[]).map((one) => {
      const ports: readonly { p: number; proto: 'http' | 'tcp'; target: number }[] = one['ports'];
      return service(one['name'], {
        headless: one['headless'] === true,
        subsets: one['subsets'] ?? 0,
        ports: ports.map(({ p, proto, target }) => ({ number: p, protocol: proto, target })),
      });
    });
    const catalogue = new Catalogue({ services });
    services.forEach((_, s) => {
      catalogue.set(s, input.services[s].endpoints);
    });
    const scope = catalogue.everything;
    const who = { kind: 'sidecar', service: 0, scope, extraVhosts: 0 } as const;
    const counts = countsOf(who, { hbone: false, virtualServices: 0, services });
    const own = ownCounts(services[0]);
    expect(scope.clusters).toBe(expected.outbound_clusters);
    expect(own.clusters).toBe(expected.inbound_clusters);
    expect(counts.clusters + own.clusters).toBe(expected.clusters_total);
    expect(scope.endpointSets).toBe(expected.eds_resources);
    expect(counts.listeners + own.listeners).toBe(expected.listeners_total);
    expect(counts.routes).toBe(expected.route_configs);
    expect(counts.vhosts).toBe(expected.vhosts_in_80);
  });
});
