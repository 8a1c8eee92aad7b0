import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ProblemsError } from '../../src/problems.ts';
import { loadScenario, type Overrides } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { configModeNames } from '../../src/scenario/schema/config.ts';
import { strategies } from '../../src/scope/strategies.ts';
import { DEFAULT_OPERATION } from '../../src/topology/topology.ts';
import { constant, least } from './texts.ts';

const everyField = readFileSync(new URL('every-field.yml', import.meta.url), 'utf8');
const load = (text: string, overrides: Overrides = {}): Scenario =>
  loadScenario({ file: 'scenarios/my first.yml', text, overrides });

test('the least scenario has every default filled in', () => {
  expect(load(least)).toEqual({
    name: 'my-first',
    description: '',
    seed: '1',
    profile: 'istio',
    topology: {
      hosts: { count: 3, cores: 16, contention: false },
      networkLatency: null,
      namespaces: [
        {
          name: 'shop',
          joins: 0,
          readySpread: 0,
          services: [
            {
              name: 'a',
              namespace: 'shop',
              protocol: 'http1',
              port: 8080,
              autoDetect: false,
              otherPorts: [],
              headless: false,
              exportTo: ['*'],
              versions: [
                {
                  name: 'v1',
                  replicas: 1,
                  operations: [{ name: DEFAULT_OPERATION, response: 0, script: [] }],
                },
              ],
              subsets: 0,
              cores: 16,
              threads: null,
              queueMax: null,
              errorShare: 0,
            },
          ],
        },
      ],
    },
    mesh: {
      mode: 'sidecar',
      modeOf: { 'shop/a': 'sidecar' },
      waypoint: 'namespace',
      telemetry: 'stats',
      mtls: true,
      workers: null,
      balancing: 'leastRequest',
      resilience: {
        timeout: null,
        retries: 2,
        retryOn: ['refused', 'unavailable'],
        backoffBase: 25e6,
        backoffMax: 250e6,
        budget: null,
        deadlinesPropagate: false,
        connectTimeout: 10e9,
      },
    },
    config: { modeOf: { shop: { mode: 'full' } }, outboundTraffic: 'ALLOW_ANY', undiscovered: [] },
    load: [
      {
        name: 'a',
        to: ['shop/a'],
        operation: DEFAULT_OPERATION,
        request: 0,
        mesh: 'none',
        connections: 8,
        arrivals: { kind: 'open', rates: [{ at: 0, rate: 10 }], regular: false },
        start: 0,
        stop: null,
      },
    ],
    churn: [],
    events: null,
    istio: {
      release: '1.26',
      replicas: 1,
      cores: 4,
      debounceAfter: 100e6,
      debounceMax: 10e9,
      debounceEndpoints: true,
      dnsCapture: false,
      pushThrottle: null,
      maxRequestsPerSecond: null,
      watchLag: null,
      bandwidth: 10e9,
      connectionAge: 1800e9,
      drain: 5e9,
      grace: 30e9,
      kubeProxyLag: 500e6,
    },
    measure: {
      warmup: null,
      window: 60e9,
      reps: 5,
      precision: null,
      repsMax: 50,
      step: 1e9,
      watch: [],
    },
    thresholds: [],
  });
});

test('a script keeps its order, its branches and its distributions', () => {
  const [bookinfo] = load(everyField).topology.namespaces;
  const [productpage, , reviews, ratings] = bookinfo.services;
  const call = {
    kind: 'call',
    operation: DEFAULT_OPERATION,
    request: 0,
    probability: 1,
    times: 1,
    timeout: null,
    retries: null,
    optional: false,
  };
  expect(productpage).toMatchObject({
    cores: 2,
    threads: 16,
    queueMax: 100,
    errorShare: 0.001,
    versions: [{ operations: [{ response: 5120 }] }],
  });
  expect(productpage.versions[0].operations[0].script).toEqual([
    { kind: 'work', time: constant(1e6) },
    { kind: 'sleep', time: { distribution: 'exponential', parameters: { mean: 5e6 } } },
    { ...call, to: 'bookinfo/details' },
    {
      ...call,
      to: 'bookinfo/reviews',
      request: 300,
      probability: 0.9,
      times: 3,
      timeout: 1e9,
      retries: 2,
      optional: true,
    },
    {
      kind: 'parallel',
      branches: [
        [{ ...call, to: 'bookinfo/details' }],
        [
          {
            kind: 'work',
            time: {
              distribution: 'shifted',
              parameters: {
                by: 1e6,
                of: { distribution: 'gamma', parameters: { mean: 1e6, cv: 2 } },
              },
            },
          },
          { ...call, to: 'bookinfo/ratings' },
        ],
      ],
    },
  ]);
  expect(
    reviews.versions.map(({ name, replicas, operations }) => {
      return [name, replicas, operations[0].script.length];
    }),
  ).toEqual([
    ['v1', 1, 1],
    ['v2', 1, 2],
  ]);
  const points = [
    [0, 0],
    [0.5, 1e6],
    [1, 5e6],
  ];
  expect(ratings.versions[0].operations[0].script).toEqual([
    { kind: 'work', time: { distribution: 'empirical', parameters: { points } } },
  ]);
});

test('a template becomes numbered namespaces that join one after the other', () => {
  const { topology } = load(everyField);
  const joining = topology.namespaces.filter(({ name }) => name.startsWith('load-'));
  expect(joining.map(({ name, joins }) => [name, joins / 60e9])).toEqual([
    ['load-1', 5],
    ['load-2', 10],
    ['load-3', 15],
    ['load-4', 20],
    ['load-5', 25],
  ]);
  expect(joining.every(({ readySpread }) => readySpread === 90e9)).toBe(true);
  expect(joining[3].services[0].versions[0].operations[0].script).toMatchObject([
    { to: 'load-4/svc-1' },
  ]);
});

test('{i} says where the number of a template goes', () => {
  const text = least
    .replace('name: shop', 'name: "n{i}-x", count: 2')
    .replace('to: a', 'to: n2-x/a');
  expect(load(text).topology.namespaces.map(({ name }) => name)).toEqual(['n1-x', 'n2-x']);
});

test('modes of services win over those of namespaces, and later patterns over earlier ones', () => {
  const { modeOf } = load(everyField).mesh;
  expect(modeOf['bookinfo/reviews']).toBe('sidecar');
  expect(modeOf['bookinfo/ratings']).toBe('ambient');
  expect(modeOf['load-5/svc-1']).toBe('none');
  const set = [
    'mesh.namespaces={"load-*": none, load-2: ambient, "lo*-1": serveronly}',
    'mesh.services={"load-*/svc-1": clientonly}',
  ];
  const changed = load(everyField, { set }).mesh.modeOf;
  expect(['load-1', 'load-2', 'load-3'].map((namespace) => changed[`${namespace}/svc-0`])).toEqual([
    'serveronly',
    'ambient',
    'none',
  ]);
  expect(changed['load-2/svc-1']).toBe('clientonly');
});

test('loads are open with a rate or a ramp, closed with a think time', () => {
  const [users, clients] = load(everyField).load;
  expect(users.arrivals).toEqual({
    kind: 'open',
    rates: [
      { at: 0, rate: 10 },
      { at: 60e9, rate: 100 },
    ],
    regular: false,
  });
  expect(users.stop).toBe(60e9);
  expect(clients.arrivals).toEqual({ kind: 'closed', think: constant(10e6) });
  expect(clients.to).toEqual([1, 2, 3, 4, 5].map((i) => `load-${i}/svc-0`));
  expect(load(least.replace('10/s', '10/s, arrivals: constant')).load[0].arrivals).toMatchObject({
    regular: true,
  });
});

test('churn names services by id or by pattern', () => {
  const { churn } = load(everyField);
  expect(churn.map((change) => ('service' in change ? change.service : null))).toEqual([
    'bookinfo/reviews',
    'bookinfo/reviews',
    '*/svc-*',
    'bookinfo/details',
    null,
    'load-1/svc-0',
    'bookinfo/reviews',
    'bookinfo/productpage',
    'load-*/svc-*',
    null,
    null,
    'other/cache',
    'other/cache',
    null,
    null,
    null,
  ]);
  expect(churn[1]).toMatchObject({ replicas: [3, 1], at: 10e9, every: 60e9, until: null });
  expect(churn[2]).toMatchObject({ replicas: [3], every: null });
  expect(churn[9]).toEqual({
    kind: 'podChurn',
    services: ['store/*', 'bookinfo/*'],
    interval: 2e9,
    podStart: 0,
    at: 0,
    every: null,
    jitter: 0,
    until: 1800e9,
  });
  expect(churn[10]).toMatchObject({
    resources: [
      { resource: 'VirtualService', namespace: 'load-*', service: 'load-*/svc-0' },
      { resource: 'Secret', namespace: 'istio-system', service: null },
    ],
  });
});

test('calls go to the first of several ports, and proxies know the others too', () => {
  const { topology } = load(everyField);
  const [dns] = topology.namespaces.at(-1)?.services ?? [];
  expect(dns).toMatchObject({
    name: 'kube-dns',
    port: 53,
    protocol: 'tcp',
    autoDetect: false,
    otherPorts: [{ port: 9153, protocol: 'http1', autoDetect: true }],
    headless: true,
    exportTo: ['.', 'store'],
  });
});

describe('config modes', () => {
  test('each namespace has one, with the defaults of the registry where the scenario sets nothing', () => {
    const { config } = load(everyField);
    const { modeOf } = config;
    expect(modeOf['load-1']).toEqual({ mode: 'slime', ...strategies.slime.defaults });
    expect(modeOf['load-2']).toEqual({ mode: 'lazyxds', ...strategies.lazyxds.defaults });
    expect(modeOf['load-3']).toEqual({ mode: 'datm', ...strategies.datm.defaults });
    expect(modeOf['load-4']).toEqual({ mode: 'odcds', ...strategies.odcds.defaults });
    expect(modeOf['bookinfo']).toMatchObject({ source: 'prometheus', stableHosts: ['store/api'] });
    expect(modeOf['kube-system']).toEqual({ mode: 'full' });
    expect(config.undiscovered).toEqual(['kube-system']);
  });

  test('the language has every mode of the registry but ambient, which is a mesh mode', () => {
    expect([...configModeNames, 'ambient'].sort()).toEqual(Object.keys(strategies).sort());
    for (const mode of configModeNames) {
      const { config } = load(`${least}config: { mode: ${mode} }\n`);
      expect(config.modeOf).toEqual({ shop: { mode, ...strategies[mode].defaults } });
    }
  });

  test('the relay of a mode may be named by churn', () => {
    const crash = 'churn: [{ kind: crash, service: global-sidecar, at: 1s }]\n';
    const { churn } = load(`${least}config: { mode: slime }\n${crash}`);
    expect(churn[0]).toMatchObject({ service: 'mesh-operator/global-sidecar' });
    expect(problems(`${least}${crash}`)).toHaveLength(1);
  });

  test('later entries win', () => {
    const text = `${least}config: { mode: slime, namespaces: { s*: lazyxds, shop: full } }\n`;
    expect(load(text).config.modeOf).toEqual({ shop: { mode: 'full' } });
  });
});

test('thresholds are metric, comparison and bound, for one load or the first', () => {
  const { thresholds } = load(everyField);
  expect(
    thresholds.map(({ load, metric, operator, bound }) => [load, metric, operator, bound]),
  ).toEqual([
    [null, 'latency.p99', '<', 25e6],
    ['users', 'errors', '<', 0.001],
    ['clients', 'errors', '<', 0.001],
  ]);
});

test('an anchor may be used many times, and what is wrong is located at each use', () => {
  const text = least.replace('name: a', 'name: a, script: [ { work: &w 1ms }, { sleep: *w } ]');
  const [{ script }] = load(text).topology.namespaces[0].services[0].versions[0].operations;
  expect(script).toEqual([
    { kind: 'work', time: constant(1e6) },
    { kind: 'sleep', time: constant(1e6) },
  ]);
  const wrong = problems(text.replace('1ms', '1'));
  expect(wrong.map(({ line, column, path }) => [line, column, path.split('.').pop()])).toEqual([
    [3, 65, 'work'],
    [3, 79, 'sleep'],
  ]);
});

describe('overrides', () => {
  test('--set changes one value, typed as YAML, wherever it is', () => {
    const set = [
      'load[0].rate=800/s',
      'mesh.mode=ambient',
      'measure.window=1h',
      'measure.reps=3',
      'topology.hosts={ count: 7 }',
      'thresholds[3]=pushes < 7',
      'churn[4].at=1m',
      'mesh["namespaces"]={}',
      'name=x=y',
    ];
    const { load: loads, ...scenario } = load(everyField, { set: set.slice(0, -1) });
    expect(loads[0].arrivals).toMatchObject({ rates: [{ rate: 800 }] });
    expect(scenario.mesh).toMatchObject({ mode: 'ambient', modeOf: { 'load-1/svc-0': 'ambient' } });
    expect(scenario.measure).toMatchObject({ window: 3600e9, reps: 3 });
    expect(scenario.topology.hosts).toEqual({ count: 7, cores: 16, contention: false });
    expect(scenario.thresholds[3]).toMatchObject({ metric: 'pushes', bound: 7 });
    expect(problems(everyField, { set: [set[8]] })).toMatchObject([
      { file: '--set', path: 'name', message: expect.stringContaining('"x=y" is no name') },
    ]);
  });

  test('--set reaches fields that are not there, or empty, and the inside of an alias', () => {
    expect(load(least, { set: ['measure.window=5s'] }).measure.window).toBe(5e9);
    expect(load(`${least}measure:\n`, { set: ['measure.window=5s'] }).measure.window).toBe(5e9);
    const text = `${least}  - &load { name: b, to: a, rate: 1/s }\n  - *load\n`;
    const loads = load(text, { set: ['load[2].name=c', 'load[2].rate=2/s'] }).load;
    expect(loads.map(({ name, arrivals }) => [name, arrivals])).toMatchObject([
      ['a', { rates: [{ rate: 10 }] }],
      ['b', { rates: [{ rate: 1 }] }],
      ['c', { rates: [{ rate: 2 }] }],
    ]);
  });

  test('all that is wrong with them is a problem of the option', () => {
    const overrides = {
      set: [
        'mesh.mod=none',
        'load[5].rate=1/s',
        'seed.x=1',
        'nonsense',
        'measure.step=[',
        'measure.window=-1s',
      ],
      reps: 'many',
      until: 'soon',
      thresholds: ['latency.p98 < 1ms'],
    };
    const found = problems(`${least}seed: 5\n`, overrides);
    expect(
      found.map(({ file, path, message, help }) => [file, path, `${message}; ${help}`]),
    ).toEqual([
      [
        '--set',
        '',
        '"load[5].rate" cannot be set: the list at "load" has 1 entry, counted from 0; ',
      ],
      ['--set', '', '"seed.x" cannot be set: there is no map at "seed"; '],
      ['--set', '', '"nonsense" is no setting; expected one such as "load[0].rate=800/s"; '],
      ['--set', '', expect.stringContaining('"[" is no YAML value: flow sequence')],
      ['--until', '', expect.stringContaining('"soon" is no time')],
      ['--set', 'mesh.mod', '"mod" is no field here; did you mean "mode"?'],
      ['--set', 'measure.window', expect.stringContaining('"-1s" is negative')],
      ['--reps', 'measure.reps', 'found "many"; expected a whole number; '],
      ['--threshold', 'thresholds[0]', '"latency.p98" is no metric; did you mean "latency.p90"?'],
    ]);
    expect(
      found.every(({ line, column, length }) => line === 0 && column === 0 && length === 0),
    ).toBe(true);
  });

  test('a seed is a text, whatever it looks like', () => {
    expect(load(least, { seed: '007' }).seed).toBe('007');
    expect(load(`${least}seed: 12\n`).seed).toBe('12');
    expect(load(`${least}seed: twelve\n`).seed).toBe('twelve');
  });

  test('--until is the simulated time: the window is what the warm-up leaves of it', () => {
    expect(load(least, { until: '10s' }).measure).toMatchObject({ warmup: null, window: 10e9 });
    const text = `${least}measure: { warmup: 4s }\n`;
    expect(load(text, { until: '10s' }).measure).toMatchObject({ warmup: 4e9, window: 6e9 });
    expect(problems(text, { until: '4s' })).toMatchObject([{ file: '--until', path: '' }]);
  });

  test('what a scenario holds for later than --until is no problem', () => {
    expect(load(everyField, { until: '6s' }).churn).toHaveLength(16);
    const withoutUntil = problems(everyField, { set: ['measure.window=1s'] });
    expect(withoutUntil.map(({ path }) => path)).toContain('churn[0].at');
    expect(withoutUntil.map(({ path }) => path)).toContain('topology.namespaces[1].joins');
  });
});

function problems(text: string, overrides: Overrides = {}) {
  try {
    load(text, overrides);
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
  throw new Error('no problems');
}
