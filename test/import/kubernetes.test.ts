import { describe, expect, test } from 'vitest';
import { portOf } from '../../src/import/kubernetes/ports.ts';
import { importing, importingFixture, problemsOf } from './importing.ts';

const service = (name: string, rest = '') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}${rest} }, spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] } }`;
const deployment = (name: string, { meta = '', labels = '', pod = '' } = {}) =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}${meta} }, spec: { replicas: 2, template: { metadata: { labels: { app: ${name}${labels} } }, spec: { containers: [{ name: app }]${pod} } } } }`;
const namespace = (labels: string) =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: default, labels: { ${labels} } } }`;
const documents = (...texts: readonly string[]) => texts.join('\n---\n');

test('manifests of every kind that is read become the scenario kept beside this', async () => {
  const { yaml, importer } = importingFixture('shop.yaml');
  expect(importer).toBe('kubernetes');
  await expect(yaml).toMatchFileSnapshot('golden/shop.yml');
});

test('of what kubectl prints of a cluster, owners are counted and what they own is not', async () => {
  await expect(importingFixture('kubectl-get.yaml').yaml).toMatchFileSnapshot(
    'golden/kubectl-get.yml',
  );
});

test('a list of one kind need not say the kind of its members', () => {
  const { draft } = importing(
    'apiVersion: v1\nkind: ServiceList\nitems:\n- { metadata: { name: a }, spec: { ports: [{ port: 80 }] } }',
  );
  expect(draft.topology.namespaces[0].services.map(({ name }) => name)).toEqual(['a']);
});

describe('the protocol of a port', () => {
  test.each([
    [{ port: 80, name: 'http' }, 'http1'],
    [{ port: 80, name: 'HTTP-web' }, 'http1'],
    [{ port: 80, name: 'http2-api' }, 'http2'],
    [{ port: 80, name: 'grpc-web-ui' }, 'grpc'],
    [{ port: 80, name: 'grpcx' }, 'auto'],
    [{ port: 443, name: 'https' }, 'tcp'],
    [{ port: 6379, name: 'redis' }, 'tcp'],
    [{ port: 3306 }, 'tcp'],
    [{ port: 3306, name: 'http' }, 'http1'],
    [{ port: 9090 }, 'auto'],
    [{ port: 9090, name: 'metrics' }, 'auto'],
    [{ port: 80, name: 'tcp', appProtocol: 'grpc' }, 'grpc'],
    [{ port: 80, name: 'tcp', appProtocol: 'kubernetes.io/h2c' }, 'http2'],
    [{ port: 80, name: 'http', appProtocol: 'example.com/own' }, 'auto'],
    [{ port: 80, name: 'constructor' }, 'auto'],
  ])('of %j is %s', (given, protocol) => {
    const { autoDetect, ...port } = portOf(given);
    expect(autoDetect === true ? 'auto' : port.protocol).toBe(protocol);
  });
});

describe('pods are in the mesh', () => {
  const enabled = 'istio-injection: enabled';
  const ambient = 'istio.io/dataplane-mode: ambient';
  const inject = (value: string) => `, sidecar.istio.io/inject: "${value}"`;
  test.each([
    ['in a namespace without labels', '', {}, 'none'],
    ['in a namespace with injection', enabled, {}, 'sidecar'],
    ['with a revision', 'istio.io/rev: canary', {}, 'sidecar'],
    ['with injection switched off', 'istio-injection: disabled', {}, 'none'],
    ['asking for a sidecar', '', { labels: inject('true') }, 'sidecar'],
    [
      'asking for one where that is off',
      'istio-injection: disabled',
      { labels: inject('true') },
      'none',
    ],
    ['asking for none', enabled, { labels: inject('false') }, 'none'],
    ['on the network of the host', enabled, { pod: ', hostNetwork: true' }, 'none'],
    ['in ambient', ambient, {}, 'ambient'],
    [
      'in ambient, but not themselves',
      ambient,
      { labels: ', istio.io/dataplane-mode: none' },
      'none',
    ],
    ['behind a waypoint', `${ambient}, istio.io/use-waypoint: w`, {}, 'ambient-waypoint'],
    ['with injection and ambient', `${ambient}, ${enabled}`, {}, 'sidecar'],
  ])('%s as labels say', (_, labels, pod, mode) => {
    const text = documents(namespace(labels), service('a'), deployment('a', pod));
    expect(importing(text).scenario.mesh.modeOf).toEqual({ 'default/a': mode });
  });

  test('where the namespace is unknown, as is then said', () => {
    const { scenario, notes } = importing(documents(service('a'), deployment('a')));
    expect(scenario.mesh.modeOf).toEqual({ 'default/a': 'sidecar' });
    expect(notes).toEqual([
      'x.yaml:3:1: note: the namespace "default" is not among the files, so that its pods are taken to have sidecars',
    ]);
  });

  test('not where a namespace of the system is unknown', () => {
    const at = ', namespace: kube-system';
    const text = documents(service('a', at), deployment('a', { meta: at }));
    expect(importing(text).scenario.mesh.modeOf).toEqual({ 'kube-system/a': 'none' });
  });
});

describe('services and pods', () => {
  test('a pod that two services select is of the one with a virtual address', () => {
    const headless = service('a')
      .replace('name: a', 'name: nodes')
      .replace('spec: {', 'spec: { clusterIP: None,');
    const { draft, notes } = importing(documents(headless, service('a'), deployment('a')));
    expect(draft.topology.namespaces[0].services).toMatchObject([
      { name: 'nodes', headless: true, replicas: 0 },
      { name: 'a', replicas: 2 },
    ]);
    expect(notes).toContainEqual(
      expect.stringContaining(
        '"nodes" selects the pods of "a", as "a" does; a pod is of one service here, so that "nodes" has none',
      ),
    );
  });

  test('pods without a service have one that no proxy may see, if they have proxies', () => {
    const text = documents(namespace('istio-injection: enabled'), service('a'), deployment('b'));
    const { draft } = importing(text);
    expect(draft.topology.namespaces[0].services).toMatchObject([
      { name: 'a', replicas: 0 },
      { name: 'b', replicas: 2, exportTo: ['~'] },
    ]);
  });

  test('pods without a service and without proxies are left out', () => {
    const { draft, notes } = importing(documents(namespace(''), service('a'), deployment('b')));
    expect(draft.topology.namespaces[0].services).toHaveLength(1);
    expect(notes).toContainEqual(
      'x.yaml:5:1: note: no service selects the pods of the Deployment "b", which are outside the mesh: they are left out',
    );
  });

  test('an object that two names of a selector ask for must have both', () => {
    const both = service('a').replace('app: a }, ports', 'app: a, tier: front }, ports');
    const { notes } = importing(documents(namespace(''), both, deployment('a')));
    expect(notes).toContainEqual(
      expect.stringMatching(/the selector of "a" matches no pods of these files: it has none$/),
    );
  });
});

test('of manifests with one name the last counts, as when they are applied', () => {
  const more = deployment('a').replace('replicas: 2', 'replicas: 7');
  const { draft, notes } = importing(
    documents(namespace(''), deployment('a'), service('a'), more, service('b')),
  );
  expect(draft.topology.namespaces[0].services.map(({ replicas }) => replicas)).toEqual([7, 0]);
  expect(notes).toContain(
    'x.yaml:7:1: note: the Deployment "default/a" is there a second time, and counts as it is here',
  );
});

describe('hosts of a Sidecar', () => {
  const sidecar = (hosts: string) =>
    `{ apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: { name: s }, spec: { egress: [{ hosts: [${hosts}] }] } }`;
  const other = ', namespace: other';
  test.each([
    ['"./*"', ['./*']],
    ['"~/*"', ['~/*']],
    ['"*/a.default.svc.cluster.local"', ['./a']],
    ['"other/b.other.svc.cluster.local"', ['other/b']],
    ['"*/*.other.svc.cluster.local"', ['other/*']],
    ['"./b.other.svc.cluster.local"', ['~/*']],
    ['"nowhere/*"', ['~/*']],
    ['"istio-system/*", "other/*", "./*", "./*"', ['istio-system/*', 'other/*', './*']],
  ])('%s are seen as %j', (written, hosts) => {
    const text = documents(service('a'), service('b', other), sidecar(written));
    expect(importing(text).draft.config).toEqual({
      namespaces: { default: { mode: 'sidecar-static', hosts } },
    });
  });

  test('grow by what a VirtualService of the mesh routes to', () => {
    const route = (gateways: string) =>
      `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: v }, spec: { hosts: [a], gateways: [${gateways}], http: [{ route: [{ destination: { host: b.other } }] }] } }`;
    const text = (gateways: string) =>
      documents(service('a'), service('b', other), sidecar('"./*"'), route(gateways));
    const hostsOf = (gateways: string) => importing(text(gateways)).draft.config?.namespaces;
    const seen = (...hosts: readonly string[]) => ({ default: { mode: 'sidecar-static', hosts } });
    expect(hostsOf('')).toEqual(seen('./*', 'other/b'));
    expect(hostsOf('mesh, edge')).toEqual(seen('./*', 'other/b'));
    expect(hostsOf('edge')).toEqual(seen('./*'));
  });

  test('of single workloads leave the others to the root namespace', () => {
    const root = sidecar('"./*"').replace('name: s', 'name: s, namespace: istio-system');
    const single = sidecar('"~/*"').replace(
      'spec: {',
      'spec: { workloadSelector: { labels: { app: a } },',
    );
    const text = documents(
      namespace(''),
      service('a'),
      deployment('a'),
      service('b'),
      root,
      single,
    );
    expect(importing(text).draft.config).toEqual({
      mode: { mode: 'sidecar-static', hosts: ['./*'] },
      namespaces: {
        default: { mode: 'sidecar-static', hosts: ['./*'], services: { a: ['~/*'] } },
      },
    });
  });

  test('are for registered destinations only where the root namespace says so', () => {
    const only = (meta: string) =>
      sidecar('"./*"')
        .replace('name: s', `name: s${meta}`)
        .replace('spec: {', 'spec: { outboundTrafficPolicy: { mode: REGISTRY_ONLY },');
    const root = documents(service('a'), only(', namespace: istio-system'));
    expect(importing(root).draft.config?.outboundTraffic).toBe('REGISTRY_ONLY');
    const { draft, notes } = importing(documents(service('a'), only('')));
    expect(draft.config?.outboundTraffic).toBeUndefined();
    expect(notes).toContainEqual(expect.stringMatching(/^x\.yaml:3:1: note: REGISTRY_ONLY, as of/));
  });

  test('of the root namespace are for all namespaces', () => {
    const root = sidecar('"./*"').replace('name: s', 'name: s, namespace: istio-system');
    const { scenario } = importing(documents(service('a'), service('b', other), root));
    expect(Object.values(scenario.config.modeOf)).toMatchObject([
      { mode: 'sidecar-static', hosts: ['./*'] },
      { mode: 'sidecar-static', hosts: ['./*'] },
    ]);
  });
});

test('kinds that nobody reads are said, each with its number and its first place', () => {
  const { notes } = importing(
    documents(
      service('a'),
      '{ apiVersion: example.com/v1, kind: Gizmo, metadata: { name: a } }',
      '{ apiVersion: example.com/v1, kind: Gizmo, metadata: { name: b } }',
      '{ apiVersion: v1, kind: Gadget }',
      '{ apiVersion: serving.knative.dev/v1, kind: Service, metadata: { name: k } }',
    ),
  );
  expect(notes.slice(1)).toEqual([
    'x.yaml:3:1: note: 2 of kind "Gizmo" (example.com/v1): unknown here, and left out',
    'x.yaml:7:1: note: 1 of kind "Gadget" (v1): unknown here, and left out',
    'x.yaml:9:1: note: 1 of kind "Service" (serving.knative.dev/v1): unknown here, and left out',
  ]);
});

describe('problems', () => {
  test.each([
    [
      'a text that is no YAML',
      'apiVersion: v1\nkind: [Service',
      [
        'x.yaml:2:15: flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    [
      'a chart of Helm',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n',
      [
        'x.yaml:4:9: this is a template of Helm, not YAML; render it first: "helm template … | meshsim import -"',
      ],
    ],
    [
      'manifests without what could be simulated',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: a }',
      [
        'x.yaml:2:7: kind: there is neither a Service nor a pod with a proxy; expected at least one',
      ],
    ],
    [
      'fields that are wrong, in two documents',
      'apiVersion: v1\nkind: Service\nmetadata: {}\nspec: { ports: [{ port: 99999 }] }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replicas: two }',
      [
        'x.yaml:3:1: metadata.name: missing; expected text',
        'x.yaml:4:25: spec.ports[0].port: "99999" is too large; expected at most 65535',
        'x.yaml:9:19: spec.replicas: found "two"; expected a whole number',
        'x.yaml:9:1: spec.template: missing; expected a map',
      ],
    ],
    [
      'a document that is no manifest',
      documents(service('a'), '- 1'),
      [
        'x.yaml:3:1: this is no map, but what stands before it is manifests of Kubernetes and Istio; expected files of one tool',
      ],
    ],
    [
      'two tools in one text',
      documents(service('a'), 'namespaces: []'),
      [
        'x.yaml:3:1: this is a configuration of pilot-load, but what stands before it is manifests of Kubernetes and Istio; expected files of one tool',
      ],
    ],
    [
      'a scenario of ours',
      'topology: {}',
      [
        'x.yaml: this is a scenario already; expected a file of another tool; "meshsim run x.yaml" takes it',
      ],
    ],
    [
      'a map of nobody',
      'services: {}',
      [
        'x.yaml: this is of no tool that can be imported; expected a configuration of pilot-load, or manifests of Kubernetes and Istio; --from pilot-load or kubernetes says what is wrong with it',
      ],
    ],
    ['an empty file', '# nothing\n', ['x.yaml: the file is empty; expected manifests']],
  ])('of %s are said with their places', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('the tool that is named says what is wrong, whoever would be found', () => {
    expect(problemsOf('services: {}', 'x.yaml', 'kubernetes')).toEqual([
      'x.yaml:1:1: this is no manifest; expected a map with "apiVersion" and "kind"',
    ]);
    expect(problemsOf('services: {}', 'x.yaml', 'pilot-load')).toEqual([
      'x.yaml:1:1: namespaces: missing; expected a list',
      'x.yaml:1:1: services: "services" is no field here; expected one of "gracePeriod", "jitter", "stableNames", "nodeMetadata", "nodes", "templates" or "namespaces"',
    ]);
  });
});
