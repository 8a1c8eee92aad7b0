/**
 * Goal: real files of pilot-load, Istio and its tools are imported for what they are. Method: those of the folder that
 * MESHSIM_DATA names; what each should give was counted in the files themselves.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replicaCount } from '../../src/topology/topology.ts';
import { helm } from './helm.ts';
import { importing, type Outcome, problemsOf } from './importing.ts';

const data = process.env['MESHSIM_DATA'];

if (data === undefined) {
  test.skip('files of others (skipped: MESHSIM_DATA names no folder with them)', () => {});
} else {
  conformance(data);
}

function conformance(folder: string): void {
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const services = ({ scenario }: Outcome) =>
    scenario.topology.namespaces.flatMap((namespace) => namespace.services);
  const pods = (outcome: Outcome) =>
    services(outcome).reduce((sum, service) => sum + replicaCount(service), 0);

  describe('pilot-load', () => {
    const examples = readdirSync(join(folder, 'pilot-load/examples'));
    const isOld = (name: string) => name === 'kube-gateway.yaml';

    test.each(examples.filter((name) => !isOld(name)))('imports its example %s', (name) => {
      const outcome = importing(read(`pilot-load/examples/${name}`), name);
      expect(outcome.importer).toBe('pilot-load');
      expect(pods(outcome)).toBeGreaterThan(0);
    });

    test.each([
      ['basic.yaml', 1, 1, 'sidecar'],
      ['ambient.yaml', 3, 4, 'ambient'],
      ['ambient-waypoint.yaml', 1000, 10_000, 'ambient-waypoint'],
      ['big.yaml', 200, 2000, 'none'],
      ['gateway.yaml', 1, 1, 'sidecar'],
    ])('%s has %d services, %d pods, under %s', (name, serviceCount, podCount, mode) => {
      const outcome = importing(read(`pilot-load/examples/${name}`), name);
      expect(services(outcome)).toHaveLength(serviceCount);
      expect(pods(outcome)).toBe(podCount);
      expect(new Set(Object.values(outcome.scenario.mesh.modeOf))).toEqual(new Set([mode]));
    });

    const old = [
      ...examples.filter(isOld).map((name) => `pilot-load/examples/${name}`),
      ...readdirSync(join(folder, 'pilot-load/legacy')).map((name) => `pilot-load/legacy/${name}`),
    ].filter((path) => !path.endsWith('preconfigured.yaml'));
    test.each(old)('refuses %s, line by line', (path) => {
      const problems = problemsOf(read(path), path);
      expect(problems.length).toBeGreaterThan(1);
      for (const problem of problems) {
        expect(problem).toMatch(/:\d+:\d+: .* is of pilot-load's old schema; expected /);
      }
    });

    test('refuses its EnvoyFilters, which are no cluster', () => {
      expect(problemsOf(read('pilot-load/legacy/preconfigured.yaml'))).toEqual([
        'x.yaml:3:7: kind: there is neither a Service nor a pod with a proxy; expected at least one',
      ]);
    });
  });

  describe('Istio', () => {
    test('Bookinfo has 4 services and 6 pods, on port 9080 for HTTP', () => {
      const outcome = importing(read('config-modes/istio-1.8.2/bookinfo.yaml'));
      const ports = services(outcome).map(({ port, protocol }) => `${port} ${protocol}`);
      expect(services(outcome).map(({ name }) => name)).toEqual([
        'details',
        'ratings',
        'reviews',
        'productpage',
      ]);
      expect(pods(outcome)).toBe(6);
      expect(services(outcome)[2].versions.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3']);
      expect(new Set(ports)).toEqual(new Set(['9080 http1']));
      expect(new Set(Object.values(outcome.scenario.mesh.modeOf))).toEqual(new Set(['sidecar']));
    });

    test('the addons of the demo profile have their ports', () => {
      const outcome = importing(read('config-modes/istio-1.8.2/addons-services.yaml'));
      const written = services(outcome).map(({ name, port, otherPorts }) =>
        [name, port, ...otherPorts.map((other) => other.port)].join(' '),
      );
      expect(written).toEqual([
        'grafana 3000',
        'kiali 20001 9090',
        'tracing 80',
        'zipkin 9411',
        'jaeger-collector 14268 14250',
        'prometheus 9090',
      ]);
    });

    test('the service graph of perf/load has 19 services, 20 deployments, 4 of them TCP', () => {
      const text = read('config-modes/istio-tools/service-graph.gen.yaml');
      expect(problemsOf(text)[0]).toMatch(/this is a template of Helm, not YAML/);
      const outcome = importing(helm(text, read('config-modes/istio-tools/values.yaml')));
      const all = services(outcome);
      expect(all).toHaveLength(19);
      // The chart has the four TCP services twice, for two clusters.
      expect(outcome.notes).toContainEqual(
        expect.stringMatching(
          /4 manifests are there a second time, the first of them the Service "default\/svc-0-5"/,
        ),
      );
      expect(all.reduce((sum, { versions }) => sum + versions.length, 0)).toBe(20);
      expect(pods(outcome)).toBe(40);
      expect(all.filter(({ protocol }) => protocol === 'tcp')).toHaveLength(4);
      expect(new Set(all.map(({ port }) => port))).toEqual(new Set([8080]));
    });

    test("its Sidecar restricts a namespace to itself and to what is there of Istio's", () => {
      const graph = helm(
        read('config-modes/istio-tools/service-graph.gen.yaml'),
        read('config-modes/istio-tools/values.yaml'),
      );
      const { draft, notes } = importing(
        `${graph}\n---\n${read('config-modes/istio-tools/sidecar.yaml')}`,
      );
      expect(draft.config?.namespaces).toEqual({
        default: { mode: 'sidecar-static', hosts: ['./*', 'istio-system/*'] },
      });
      expect(notes).toContainEqual(
        expect.stringMatching(
          /lets see 2 hosts that are not in these files, the first of them "istio-telemetry\/\*"$/,
        ),
      );
    });
  });

  describe('lazy loading', () => {
    test('the Sidecar that Slime writes is for its workload', () => {
      const input = read('config-modes/slime/autofence.base.input.yaml');
      const sidecar = read('config-modes/slime/autofence.base.expect.sidecar.yaml');
      const pod = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: foo, namespace: lazyload }
spec: { template: { metadata: { labels: { app: foo } }, spec: { containers: [] } } }`;
      const { draft } = importing([input, pod, sidecar].join('\n---\n'));
      expect(draft.config?.namespaces).toEqual({
        lazyload: {
          mode: 'sidecar-static',
          hosts: ['*/*'],
          services: { foo: ['istio-system/*'] },
        },
      });
    });

    test("LazyXDS's gateway and controller are services of istio-system", () => {
      const gateway = importing(read('config-modes/lazyxds/lazyxds-egress.yaml'));
      const controller = importing(read('config-modes/lazyxds/lazyxds-controller.yaml'));
      expect(gateway.scenario.mesh.modeOf).toEqual({
        'istio-system/istio-egressgateway-lazyxds': 'sidecar',
      });
      expect(controller.scenario.mesh.modeOf).toEqual({ 'istio-system/lazyxds': 'none' });
    });
  });
}
