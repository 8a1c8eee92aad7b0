import { describe, expect, test } from 'vitest';
import { replicaCount } from '../../src/topology/topology.ts';
import { fixture, importing, importingFixture, problemsOf } from './importing.ts';

const one = (application: string) => `namespaces: [{ name: mesh, applications: [${application}] }]`;

test('a configuration with every feature becomes the scenario kept beside this', async () => {
  const { yaml, importer } = importingFixture('pilot-load.yaml');
  expect(importer).toBe('pilot-load');
  await expect(yaml).toMatchFileSnapshot('golden/pilot-load.yml');
});

test('that scenario has the pods and services that pilot-load would create', () => {
  const { scenario } = importingFixture('pilot-load.yaml');
  const services = scenario.topology.namespaces.flatMap((namespace) => namespace.services);
  expect(services).toHaveLength(10 * 4 + 1 + 4);
  expect(services.reduce((sum, service) => sum + replicaCount(service), 0)).toBe(
    10 * (3 + 12) + 40 + 2 + 3 + 1,
  );
  expect(scenario.load).toEqual([]);
  expect(scenario.topology.hosts.count).toBe(4);
});

test('what is missing has the defaults of pilot-load: one plain pod on one node', () => {
  const { draft } = importing('namespaces: [{ applications: [{}] }]');
  expect(draft.topology).toEqual({
    hosts: { count: 1 },
    namespaces: [
      {
        name: 'namespace',
        services: [
          {
            name: 'app',
            ports: [
              { port: 80, protocol: 'http1' },
              { port: 443, protocol: 'tcp' },
            ],
            replicas: 1,
          },
        ],
      },
    ],
  });
  expect(draft.mesh).toEqual({ mode: 'none' });
  expect(draft.churn).toBeUndefined();
});

test.each([
  ['plain', 'none', 5],
  ['sidecar', 'sidecar', 5],
  ['ambient', 'ambient', 5],
  ['gateway', 'sidecar', 5],
  ['vm', 'none', 5],
  ['external', 'sidecar', 0],
])('an application of type %s is under %s, with %d pods', (type, mode, pods) => {
  const { scenario } = importing(one(`{ name: app, type: ${type}, pods: 5 }`));
  const [{ services }] = scenario.topology.namespaces;
  expect(scenario.mesh.modeOf['mesh/app']).toBe(mode);
  expect(services.map(replicaCount)).toEqual([pods]);
});

test('an application in a namespace with a waypoint is behind it', () => {
  const text =
    'namespaces: [{ waypoint: wp, applications: [{ type: ambient }, { type: waypoint }] }]';
  const { draft } = importing(text);
  expect(draft.mesh.mode).toBe('ambient-waypoint');
  expect(draft.topology.namespaces[0].services.map(({ name }) => name)).toEqual(['app']);
});

test('namespaces with names that a pattern would confuse are written one by one', () => {
  const { draft, scenario } = importing(`
namespaces:
  - { name: mesh, replicas: 2, applications: [{ type: sidecar }] }
  - { name: mesh-3, applications: [{ type: plain }] }
  - { name: mesh-1, applications: [{ type: plain, replicas: 2 }] }
`);
  expect(draft.topology.namespaces.map(({ name }) => name)).toEqual([
    'mesh-1',
    'mesh-2',
    'mesh-3',
    'mesh-1-2',
  ]);
  expect(scenario.mesh.modeOf).toEqual({
    'mesh-1/app': 'sidecar',
    'mesh-2/app': 'sidecar',
    'mesh-3/app': 'none',
    'mesh-1-2/app-1': 'none',
    'mesh-1-2/app-2': 'none',
  });
});

test('namespaces start one grace period after the other, and jitter begins when all are there', () => {
  const { scenario, draft } = importing(`
gracePeriod: 2s
jitter: { workloads: 110ms }
namespaces:
  - { name: a, replicas: 3, applications: [{ type: sidecar }] }
  - { name: b, applications: [{ type: sidecar }] }
`);
  expect(scenario.topology.namespaces.map(({ joins }) => joins / 1e9)).toEqual([0, 2, 4, 6]);
  expect(draft.churn).toEqual([
    { kind: 'podChurn', services: ['*/*'], at: '8s', interval: '110ms' },
  ]);
  expect(draft.measure).toEqual({ window: '68s' });
});

test('a config tick writes only resources that are refreshable', () => {
  const text = (refresh: string) => `
jitter: { config: 1s }
namespaces:
  - name: mesh
    applications:
      - { type: sidecar, configs: [sidecar, istio-gateway, { name: virtualservice${refresh} }] }
`;
  expect(importing(text('')).draft.churn).toEqual([
    {
      kind: 'configChurn',
      resources: [{ resource: 'VirtualService', namespace: 'mesh', service: 'app' }],
      interval: '1s',
    },
  ]);
  const never = importing(text(', refresh: false'));
  expect(never.draft.churn).toBeUndefined();
  expect(never.notes).toContainEqual(
    expect.stringMatching(
      /^x\.yaml:2:11: note: no resource is refreshable, so that nothing happens on a config tick$/,
    ),
  );
});

describe('notes', () => {
  test.each([
    [
      one('{ name: app }'),
      'x.yaml:1:1: note: no proxy connects to istiod: "plain", the type of applications that have none, is without one; with "type: sidecar" they have one',
    ],
    [
      one('{ type: ambient }'),
      'x.yaml:1:1: note: no node has "ztunnel", but there are ambient applications: here every host has a ztunnel',
    ],
    [
      `nodes: [{ ztunnel: {} }]\n${one('{ type: sidecar }')}`,
      'x.yaml:1:1: note: nodes have "ztunnel", but there is no ambient application: ztunnels are left out',
    ],
    [
      one('{ type: sidecar, pods: 300 }'),
      'x.yaml:1:1: note: 300 pods on 1 nodes: pilot-load would not start, for a node has 255 at most',
    ],
    [
      one('{ type: sidecar, configs: [sidecra] }'),
      'x.yaml:1:70: note: there is no template "sidecra"; what it would write is left out; did you mean "sidecar"?',
    ],
    [
      `nodeMetadata: { A: b }\n${one('{ type: sidecar }')}`,
      'x.yaml:1:1: note: metadata of proxies is not simulated',
    ],
    [
      one('{ type: sidecar, labels: { a: b } }'),
      'x.yaml:1:60: note: labels of pods are not taken over',
    ],
  ])('of %s it is said what becomes of it', (text, note) => {
    expect(importing(text).notes).toContain(note);
  });

  test('there are none about what is taken over as it is', () => {
    expect(importing(one('{ type: sidecar }')).notes).toEqual([]);
  });
});

describe('problems', () => {
  test('the old schema is refused with what to write now, where it stands in its ConfigMap', async () => {
    const problems = problemsOf(fixture('pilot-load-old.yaml'), 'pilot-load-old.yaml');
    await expect(`${problems.join('\n')}\n`).toMatchFileSnapshot('golden/pilot-load-old.txt');
  });

  test.each([
    [
      'namespaces: [{ applications: [{ type: waypoint }] }]',
      [
        'x.yaml:1:13: namespaces: there is no application that becomes a service; expected at least one',
      ],
    ],
    ['namespaces: []', ['x.yaml:1:13: namespaces: found 0 entries; expected at least 1 entry']],
    [
      `gracePeriod: 5\n${one('{ pods: many, typ: sidecar }')}`,
      [
        'x.yaml:1:14: gracePeriod: "5" has no unit; expected a time such as "250us", "1.5ms" or "1m30s"',
        'x.yaml:2:51: namespaces[0].applications[0].pods: found "many"; expected a whole number',
        'x.yaml:2:57: namespaces[0].applications[0].typ: "typ" is no field here; did you mean "type"?',
      ],
    ],
    [
      `${one('{}')}\n---\n${one('{}')}`,
      ['x.yaml:3:1: a second document starts here; expected one configuration of pilot-load'],
    ],
  ])('of %s it is said what is wrong', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});
