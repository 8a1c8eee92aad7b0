/** Calls to services that the caller's proxy does not know: by a relay, past the mesh, held back, or failed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossingCost } from '../../src/calibration/crossing.ts';
import { OK, UNAVAILABLE } from '../../src/engine/network.ts';
import { BLOCKED, REFUSED } from '../../src/model/outcomes.ts';
import { leaksOf } from '../support/leaks.ts';
import { istioProfile, scenarioOf } from '../support/scenarios.ts';
import { type Lesson, school, steadyProfile } from '../support/unknown.ts';

const US = 1000;
const MS = 1e6;
const SECOND = 1e9;
const WIRE = 200 * US;

/** web calls stock and then prices, each with its own work; one request every 100 ms, or as many by chance. */
const shop = (mode: string, extra = '', rate = '10/s') =>
  scenarioOf(`
topology:
  hosts: { count: 3, cores: 16 }
  networkLatency: 200us
  namespaces:
    - name: shop
      services:
        - name: web
          script: [{ work: 1ms }, { call: { service: stock, request: 1KiB } }, { call: prices }]
        - { name: stock, response: 2KiB, replicas: 2, script: [{ work: { exponential: { mean: 500us } } }] }
        - { name: prices, response: 1KiB, script: [{ work: 500us }, { call: rates }] }
        - { name: rates, script: [{ work: 300us }] }
mesh: { mode: sidecar, resilience: { retries: 0 } }
load: [{ to: shop/web, rate: ${rate}, mesh: none, arrivals: ${rate === '10/s' ? 'constant' : 'poisson'} }]
config: { mode: ${mode} ${extra} }
measure: { warmup: 0s, window: 4s }
`);

const forget = (caller: string, ...knows: string[]): Lesson => ({ at: 0, caller, knows });
const relays: Record<string, string> = {
  slime: 'mesh-operator/global-sidecar',
  lazyxds: 'istio-system/istio-egressgateway-lazyxds',
};

const byRequest = ({ left }: { readonly left: readonly { readonly request: number }[] }) =>
  left.toSorted((a, b) => a.request - b.request);

function latencies(run: ReturnType<typeof school>, until = 4 * SECOND): number[] {
  run.simulation.runUntil(until);
  expect(run.left.length).toBeGreaterThan(20);
  return run.left
    .toSorted((a, b) => a.request - b.request)
    .map(({ arrival, departure }) => departure - arrival);
}

const { sidecar } = steadyProfile.proxies;
const { loopback } = steadyProfile.network;
const crossing = (
  role: 'inbound' | 'outbound',
  bytes: number,
  encryptedSides: number,
  protocol: 'http1' | 'tcp' = 'http1',
) =>
  2 *
  Math.round(
    crossingCost(sidecar, { role, protocol, bytes, telemetry: 'stats', encryptedSides }).mean / 2,
  );

describe('a caller that knows everything', () => {
  it.each(['slime', 'lazyxds', 'datm', 'odcds', 'sidecar-static'])(
    'under %s is served request by request as under full, whatever the times',
    (mode) => {
      const run = (name: string) => {
        const one = school(shop(name, '', '400/s'), [], istioProfile);
        one.simulation.runUntil(2 * SECOND);
        return byRequest(one);
      };
      expect(run(mode)).toEqual(run('full'));
      expect(run(mode).length).toBeGreaterThan(700);
    },
  );

  it('sends nothing to the relay', () => {
    const run = school(shop('slime'));
    latencies(run);
    expect(run.calls('relayed', 'shop/stock').count).toBe(0);
    const rows = run.directory.stations.filter(({ name }) => name.startsWith('relay '));
    expect(rows).toHaveLength(1);
    for (const { stations } of rows) {
      for (const station of stations) {
        expect(run.simulation.stations.read(station, run.simulation.now).visits).toBe(0);
      }
    }
  });

  it('has another way written only where its mode leaves something out', () => {
    const verbs = (mode: string) =>
      school(shop(mode)).network.steps.filter(
        (step) => step.verb === 'stay' || (step.verb === 'branch' && step.unless === 'known'),
      ).length;
    expect(verbs('full')).toBe(0);
    expect(verbs('lazyxds')).toBeGreaterThan(0);
  });
});

describe('the way by a relay', () => {
  const difference = (mode: string, unknown: string[]) => {
    const knows = ['shop/stock', 'shop/prices', 'shop/rates'].filter((id) => !unknown.includes(id));
    const direct = latencies(school(shop(mode)));
    const relayed = latencies(school(shop(mode), [forget('shop/web', ...knows)]));
    return new Set(relayed.map((one, i) => one - direct[i]));
  };

  it('takes longer by two wires and the gateway’s crossing, which encrypts on both sides', () => {
    const expected = 2 * WIRE + crossing('inbound', 3 * 1024, 2);
    expect(difference('lazyxds', ['shop/stock'])).toEqual(new Set([expected]));
  });

  it('takes longer by a dial, two crossings and the work of an application at 0.4 cores', () => {
    const work = (300 * US) / 0.4;
    const crossings = crossing('inbound', 3 * 1024, 1) + crossing('outbound', 3 * 1024, 1);
    const expected = 2 * WIRE + 4 * loopback + 2 * WIRE + crossings + work;
    expect(difference('slime', ['shop/stock'])).toEqual(new Set([expected]));
  });

  it('is taken for each call that needs it, and by calls below it, each on its own', () => {
    const one = [...difference('lazyxds', ['shop/stock'])][0];
    const other = [...difference('lazyxds', ['shop/prices'])][0];
    expect(difference('lazyxds', ['shop/stock', 'shop/prices'])).toEqual(new Set([one + other]));
    const lessons = [forget('shop/web'), forget('shop/prices')];
    const run = school(shop('lazyxds'), lessons);
    latencies(run);
    for (const id of ['shop/stock', 'shop/prices', 'shop/rates']) {
      expect(run.calls('relayed', id).count).toBe(run.left.length);
    }
  });

  it('ends for later requests when the caller’s proxies have learned', () => {
    const learned = { at: 2 * SECOND, caller: 'shop/web', knows: ['shop/stock', 'shop/prices'] };
    const run = school(shop('lazyxds'), [forget('shop/web', 'shop/prices'), learned]);
    latencies(run);
    const before = run.left.filter(({ arrival }) => arrival < learned.at);
    // The last of them may have made its call after the lesson, had it been under way then.
    expect(Math.abs(run.calls('relayed', 'shop/stock').count - before.length)).toBeLessThan(2);
  });

  it('is measured from the caller’s proxy and back, the relay’s own work included', () => {
    const run = school(shop('lazyxds'), [forget('shop/web', 'shop/prices')]);
    latencies(run);
    const gateway = 2 * WIRE + crossing('inbound', 3 * 1024, 2);
    expect(run.calls('relayed', 'shop/stock').mean).toBeGreaterThan(gateway + 2 * WIRE + 300 * US);
  });

  it.each(['slime', 'lazyxds'])(
    'of %s fails while the relay is down, and only that way',
    (mode) => {
      const run = school(shop(mode, '', '100/s'), [forget('shop/web', 'shop/prices')]);
      const down = run.simulation.register((_, state) => {
        run.simulation.setPlaceState(run.place(relays[mode]), state);
      });
      run.simulation.schedule(1 * SECOND, down, REFUSED);
      run.simulation.schedule(2 * SECOND, down, 0);
      latencies(run);
      const during = run.calls('relayed', 'shop/stock').count / 4;
      expect(run.outcome('shop/stock', REFUSED)).toBeGreaterThan(0.7 * during);
      expect(run.outcome('shop/stock', REFUSED)).toBeLessThan(1.3 * during);
      expect(run.outcome('shop/prices', OK)).toBe(run.outcome('shop/stock', OK));
      expect(run.outcome('shop/prices', REFUSED)).toBe(0);
    },
  );

  it('is unavailable where the caller knows no pod of the relay', () => {
    const run = school(shop('lazyxds'), [forget('shop/web', 'shop/prices')]);
    const { views } = run.simulation;
    const group = run.deployment.services.findIndex(({ id }) => id === relays['lazyxds']);
    const version = views.publish(group, []);
    for (const { viewer } of run.deployment.proxies) views.apply(viewer, version);
    latencies(run);
    expect(run.outcome('shop/stock', UNAVAILABLE)).toBe(run.left.length);
  });

  it('is counted at the relay, and at the callee’s pods with all other calls', () => {
    const learned = { at: 2 * SECOND, caller: 'shop/web', knows: ['shop/stock', 'shop/prices'] };
    const run = school(shop('slime'), [forget('shop/web', 'shop/prices'), learned]);
    latencies(run);
    const [web, stock] = [0, 1];
    const { fleet, simulation } = run;
    const pair = fleet.dependencies.find((d) => d.source === web && d.destination === stock);
    expect(pair).toBeDefined();
    const { calls, relayed } = pair!;
    expect(simulation.counter(relayed)).toBe(run.calls('relayed', 'shop/stock').count);
    const answered = simulation.counter(calls) + simulation.counter(calls + 1);
    expect(Math.abs(answered - run.left.length)).toBeLessThan(2);
    expect(simulation.counter(calls)).toBeGreaterThan(0);
    expect(simulation.firstCounted(relayed)).toBeLessThan(0.5 * SECOND);
  });

  it('saturates at the CPU limit of the relay’s application, 1333 requests a second', () => {
    const relayed = (rate: number) => {
      const run = school(shop('slime', '', `${rate}/s`), [forget('shop/web', 'shop/prices')]);
      run.simulation.runUntil(2 * SECOND);
      const backlog = run.simulation.requestsLive;
      return { perSecond: run.calls('relayed', 'shop/stock').count / 2, backlog };
    };
    expect(relayed(1200).perSecond).toBeGreaterThan(1150);
    expect(relayed(1200).backlog).toBeLessThan(100);
    expect(relayed(1500).perSecond).toBeLessThan(1334);
    expect(relayed(1500).backlog).toBeGreaterThan(200);
  });
});

describe('a relay', () => {
  it('is a service of the mesh with a port for every HTTP port there is', () => {
    const { fleet } = school(shop('slime'));
    const relay = fleet.services.at(-1)!;
    expect(relay.id).toBe('mesh-operator/global-sidecar');
    expect(relay.ports.map(({ number }) => number)).toEqual([fleet.services[0].ports[0].number]);
    expect(fleet.namespaces[relay.namespace]).toBe('mesh-operator');
    const slots = fleet.slots.filter(({ service }) => service === fleet.services.length - 1);
    expect(slots).toHaveLength(1);
    const proxy = fleet.proxies.find(({ slot }) => slot >= 0 && fleet.slots[slot] === slots[0]);
    expect(proxy?.kind).toBe('sidecar');
    expect(fleet.controllers).toHaveLength(1);
    expect(fleet.controllers[0].own).toEqual([0, 1, 2, 3]);
  });

  it('of a gateway has no application, and its row is its proxy’s', () => {
    const { fleet, directory } = school(shop('lazyxds'));
    expect(fleet.proxies.filter(({ kind }) => kind === 'gateway')).toHaveLength(1);
    const rows = directory.stations.filter(({ owner }) => owner === relays['lazyxds']);
    expect(rows.map(({ name }) => name)).toEqual([
      `relay ${relays['lazyxds']}`,
      `relay ${relays['lazyxds']} main`,
    ]);
  });

  it('moves nothing of the rest: places, viewers and services stand in front', () => {
    const [full, lazy] = ['full', 'slime'].map((mode) => school(shop(mode)));
    const count = full.deployment.services.length;
    expect(lazy.deployment.services.slice(0, count)).toEqual(full.deployment.services);
    expect(lazy.deployment.clients).toEqual(full.deployment.clients);
    const { proxies } = full.deployment;
    expect(lazy.deployment.proxies.slice(0, proxies.length)).toEqual(proxies);
  });
});

describe('the way past the mesh', () => {
  const knows = ['shop/prices', 'shop/rates'];

  it('goes in plain text by the host’s kube-proxy: the caller’s sidecar forwards bytes', () => {
    const direct = latencies(school(shop('sidecar-static')));
    const run = school(shop('sidecar-static'), [forget('shop/web', ...knows)]);
    const passed = latencies(run);
    const bytes = 3 * 1024;
    const saved =
      crossing('outbound', bytes, 1) -
      crossing('outbound', bytes, 0, 'tcp') +
      crossing('inbound', bytes, 1) -
      crossing('inbound', bytes, 0);
    expect(saved).toBeGreaterThan(0);
    expect(new Set(passed.map((one, i) => direct[i] - one))).toEqual(new Set([saved]));
    expect(run.calls('passed', 'shop/stock').count).toBe(run.left.length);
  });

  it('is blocked at once where outbound traffic is for the registry only', () => {
    const scenario = shop('sidecar-static', ', outboundTraffic: REGISTRY_ONLY');
    const run = school(scenario, [forget('shop/web', ...knows)]);
    const took = latencies(run);
    expect(run.outcome('shop/stock', BLOCKED)).toBe(run.left.length);
    expect(run.outcome('shop/stock', OK)).toBe(0);
    expect(new Set(took).size).toBe(1);
    expect(took[0]).toBeLessThan(1 * MS + 2 * WIRE + 1 * MS);
  });

  it('is taken by TCP where HTTP goes by the relay', () => {
    const tcp = scenarioOf(`
topology:
  namespaces:
    - name: shop
      services:
        - { name: web, script: [{ call: store }] }
        - { name: store, protocol: tcp, script: [{ work: 1ms }] }
mesh: { mode: sidecar }
load: [{ to: shop/web, rate: 10/s }]
config: { mode: slime }
measure: { warmup: 0s, window: 4s }
`);
    const run = school(tcp, [forget('shop/web')]);
    latencies(run);
    expect(run.calls('passed', 'shop/store').count).toBe(run.left.length);
    expect(run.fleet.dependencies).toEqual([]);
  });

  it('is the only one to what is not exported, or what istiod does not look at', () => {
    const apart = (exportTo: string, config: string) =>
      scenarioOf(`
topology:
  namespaces:
    - { name: shop, services: [{ name: web, script: [{ call: data/store }] }] }
    - { name: data, services: [{ name: store, ${exportTo} script: [{ work: 1ms }] }] }
mesh: { mode: sidecar }
load: [{ to: shop/web, rate: 10/s }]
config: { ${config} }
measure: { warmup: 0s, window: 4s }
`);
    for (const scenario of [
      apart('exportTo: ["."],', 'mode: full'),
      apart('', 'discoverySelectors: [shop]'),
      apart('', 'namespaces: { data: { mode: exportTo, to: ["."] } }'),
    ]) {
      const run = school(scenario);
      latencies(run);
      expect(run.calls('passed', 'data/store').count).toBe(run.left.length);
      const isSeen = run.fleet.services[1].exportTo.includes('*');
      expect(isSeen && run.fleet.undiscovered.length === 0).toBe(false);
    }
    const seen = school(apart('exportTo: ["shop"],', 'mode: full'));
    latencies(seen);
    expect(seen.directory.detours).toEqual([]);
  });
});

describe('a request that is held back', () => {
  it('goes on when its proxy is told, and every proxy asks once', () => {
    const told = { at: 1 * SECOND, caller: 'shop/web', knows: ['shop/stock', 'shop/prices'] };
    const run = school(shop('odcds', '', '20/s'), [forget('shop/web', 'shop/prices'), told]);
    latencies(run);
    expect(run.asked.map(([, from, to]) => [from, to])).toEqual([['shop/web', 'shop/stock']]);
    expect(run.outcome('shop/stock', OK)).toBeGreaterThan(0.99 * run.left.length);
    const [first] = run.left;
    expect(first.departure).toBeGreaterThan(told.at);
    const { count, mean } = run.calls('waited', 'shop/stock');
    expect(count).toBeGreaterThan(10);
    expect(mean).toBeGreaterThan(0.3 * SECOND);
    expect(mean).toBeLessThan(0.7 * SECOND);
  });

  it('fails after five seconds, and is not retried', () => {
    const scenario = shop('odcds');
    const patient = {
      ...scenario,
      mesh: { ...scenario.mesh, resilience: { ...scenario.mesh.resilience, retries: 2 } },
    };
    const run = school(patient, [forget('shop/web', 'shop/prices')]);
    run.simulation.runUntil(8 * SECOND);
    expect(run.left.length).toBeGreaterThan(10);
    for (const { arrival, departure } of run.left) {
      expect(departure - arrival).toBeGreaterThan(5 * SECOND);
      expect(departure - arrival).toBeLessThan(5.1 * SECOND);
    }
    expect(run.outcome('shop/stock', BLOCKED)).toBe(run.left.length);
  });
});

/** Random call trees: services by number, each calling some of those behind it. */
const tree = fc.record({
  calls: fc.array(fc.array(fc.nat({ max: 4 }), { maxLength: 3 }), { minLength: 5, maxLength: 5 }),
  parallel: fc.boolean(),
  tcp: fc.nat({ max: 4 }),
  mode: fc.constantFrom('slime', 'lazyxds', 'datm', 'odcds', 'sidecar-static'),
  outbound: fc.constantFrom('ALLOW_ANY', 'REGISTRY_ONLY'),
  timeout: fc.constantFrom(null, '3ms', '20ms'),
  propagate: fc.boolean(),
  lessons: fc.array(
    fc.record({
      at: fc.nat({ max: 900 }),
      caller: fc.nat({ max: 4 }),
      knows: fc.subarray([0, 1, 2, 3, 4]),
    }),
    { maxLength: 12 },
  ),
  faults: fc.array(
    fc.record({
      at: fc.nat({ max: 900 }),
      service: fc.nat({ max: 5 }),
      state: fc.constantFrom(0, 0, 1, 2),
    }),
    { maxLength: 8 },
  ),
});

describe('on random call trees with all of it', () => {
  it('every request leaves, and nothing is left taken, counted or waiting', () => {
    fc.assert(
      fc.property(tree, (plan) => {
        const services = plan.calls.map((callees, i) => {
          const calls = [...new Set(callees.map((c) => i + 1 + c).filter((c) => c < 5))].map(
            (c) => ({ call: `s${c}` }),
          );
          const script = plan.parallel && calls.length > 0 ? [{ parallel: calls }] : calls;
          const protocol = i > 0 && i === plan.tcp ? 'tcp' : 'http1';
          return { name: `s${i}`, protocol, replicas: 2, script: [{ work: '500us' }, ...script] };
        });
        const scenario = scenarioOf(
          JSON.stringify({
            topology: { hosts: { count: 2, cores: 8 }, namespaces: [{ name: 'n', services }] },
            mesh: {
              mode: 'sidecar',
              resilience: {
                timeout: plan.timeout,
                retries: 2,
                deadlinesPropagate: plan.propagate,
                connectTimeout: '30ms',
              },
            },
            config: {
              mode: plan.mode === 'odcds' ? { mode: 'odcds', timeout: '200ms' } : plan.mode,
              outboundTraffic: plan.outbound,
            },
            load: [{ to: 'n/s0', rate: '200/s', stop: '1s' }],
            measure: { warmup: '0s', window: '1s' },
          }),
        );
        const run = school(
          scenario,
          plan.lessons.map(({ at, caller, knows }) => ({
            at: at * MS,
            caller: `n/s${caller}`,
            knows: knows.map((k) => `n/s${k}`),
          })),
        );
        const { simulation } = run;
        const fault = simulation.register((_, f) => {
          const { service, state } = plan.faults[f];
          const { firstPlace } =
            run.deployment.services[Math.min(service, run.deployment.services.length - 1)];
          simulation.setPlaceState(firstPlace, state);
        });
        plan.faults.forEach(({ at }, f) => {
          simulation.schedule(at * MS, fault, f);
        });
        simulation.runUntil(0.5 * SECOND);
        const arrived = () => simulation.arrived.reduce((sum, n) => sum + n, 0);
        expect(run.left.length + simulation.requestsLive).toBe(arrived());
        simulation.runUntil(60 * SECOND);
        expect(run.left.length).toBe(arrived());
        expect(leaksOf(simulation)).toEqual({});
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});
