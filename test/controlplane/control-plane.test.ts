import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLight, type PushKind, pushKinds, requestOf } from '../../src/controlplane/changes.ts';
import { membersAtStart } from '../../src/controlplane/cluster.ts';
import { createControlPlane } from '../../src/controlplane/control-plane.ts';
import type { Fleet, FleetProxy } from '../../src/controlplane/fleet.ts';
import { releaseNames } from '../../src/controlplane/releases.ts';
import type { IstioSettings } from '../../src/controlplane/settings.ts';
import { LatencyHistogram } from '../../src/engine/histogram.ts';
import type { ControlPlaneMeasure } from '../../src/measure/replication.ts';
import type { Churn } from '../../src/topology/churn.ts';
import { fakeWorld } from './fake-world.ts';
import { costs, drawOf, fleetOf, MS, S, settings } from './fleets.ts';

function simulate(
  fleet: Fleet,
  churn: readonly Churn[],
  until: number,
  over: Partial<IstioSettings> = {},
  seed = 1,
) {
  const world = fakeWorld(
    membersAtStart(fleet, fleet.services.length),
    fleet.slots.length,
    fleet.istiods,
  );
  const control = createControlPlane(world, fleet, { ...settings, ...over }, churn, drawOf(seed));
  control.start();
  world.run(until);
  return { world, control, measure: control.measure() };
}

function histogramOf(...times: readonly number[]) {
  const histogram = new LatencyHistogram();
  for (const time of times) histogram.record(time);
  return histogram.sparse();
}

function metricOf({ metrics }: ControlPlaneMeasure, name: string, type?: string) {
  const found = metrics.find((one) => one.name === name && one.labels['type'] === type);
  if (found === undefined) throw new Error(`no metric ${name}`);
  return found;
}

const once = { every: null, jitter: 0, until: null };
const flap: Churn = { kind: 'flap', service: 'shop/s0', pods: 1, unready: 100 * S, at: S, ...once };
const write = (
  resource: 'MeshConfig' | 'AuthorizationPolicy' | 'VirtualService',
  namespace = 'shop',
): Churn => ({
  kind: 'config',
  resource,
  namespace,
  service: null,
  at: S,
  ...once,
});

describe('the control plane', () => {
  test('takes for one endpoint the sum of lag, quiet time, generation, network, agent and apply', () => {
    const fleet = fleetOf({ services: 2, replicas: 1, spares: 0 });
    const { control, measure } = simulate(fleet, [flap], 20 * S, { bandwidth: 8e9 });
    // One proxy after the other at the station: the second takes the empty endpoint set from the cache.
    const bytes = costs.bytes.claBase;
    const fixed = costs.cpu.perPush + costs.cpu.filterPerKey + costs.cpu.perByte * bytes;
    const insert = costs.cpu.lockBase + 2 * costs.cpu.lockPerDependent;
    const first = Math.round(1.25 * (fixed + costs.cpu.edsPerCluster + insert));
    const way = bytes + 700_000;
    const heard = 105 * MS + costs.cpu.perEvent;
    expect(measure.events).toBe(1);
    expect(measure.batches).toBe(1);
    expect(measure.pushes).toEqual({ CDS: 0, EDS: 2, LDS: 0, RDS: 0, WDS: 0 });
    expect(control.tally.convergence.min).toBe(heard + first + way);
    // Both were generated before either could be kept, so both were generated in full.
    expect(control.tally.convergence.max).toBe(heard + 2 * first + way);
    // Send has returned when the message is with the transport; the acknowledgement takes the way back.
    expect(control.tally.proxyConvergence.max).toBe(2 * first);
    expect(control.tally.sentConvergence.max).toBe(heard + 2 * first);
    expect(control.tally.ackedConvergence.max).toBe(heard + 2 * first + way + 700_000);
    expect(measure.fleetConvergence).toEqual(histogramOf(heard + 2 * first + way));
    expect(measure.byReason).toMatchObject([
      { reason: 'endpoint', events: 1, stages: { debounce: heard, context: 0, send: 0 } },
    ]);
    expect(measure.bytes).toBe(2 * bytes);
  });

  test('generates once what later proxies take from the cache', () => {
    const fleet = fleetOf({ services: 2, replicas: 3, spares: 0 });
    const { measure } = simulate(fleet, [flap], 20 * S, { pushThrottle: 1 });
    const {
      perPush,
      filterPerKey,
      perByte,
      edsPerCluster,
      edsPerEndpoint,
      edsHit,
      lockBase,
      lockPerDependent,
      gcFactor,
      perEvent,
    } = costs.cpu;
    const all = perPush + filterPerKey + perByte * (60 + 2 * 150);
    // The service and its DestinationRule.
    const insert = lockBase + 2 * lockPerDependent;
    const miss = Math.round(gcFactor * (all + edsPerCluster + 2 * edsPerEndpoint + insert));
    const hit = Math.round(gcFactor * (all + edsHit));
    // Acknowledgements come when all has been pushed: nothing is done with which their CPU would be spent.
    expect(measure.istiodCpuSeconds).toBeCloseTo((miss + 5 * hit + perEvent) / 1e9, 12);
  });

  test('pushes everything to everybody when the mesh configuration changes', () => {
    const fleet = fleetOf({ services: 3, replicas: 2, spares: 0 });
    const { measure } = simulate(fleet, [write('MeshConfig')], 20 * S);
    expect(measure.pushes).toEqual({ CDS: 6, EDS: 6, LDS: 6, RDS: 6, WDS: 0 });
    expect(measure.stages.context).toBeGreaterThan(0);
  });

  test('sends type by type: a proxy applies one while the next is generated, and waits for none', () => {
    const fleet = fleetOf({ services: 3, replicas: 1, spares: 0 });
    const one = { ...fleet, proxies: fleet.proxies.slice(0, 1) };
    const { control, measure } = simulate(one, [write('MeshConfig')], 20 * S);
    expect(measure.pushes).toEqual({ CDS: 1, EDS: 1, LDS: 1, RDS: 1, WDS: 0 });
    const times = ['cds', 'eds', 'lds', 'rds'].map(
      (type) => metricOf(measure, 'pilot_xds_push_time', type).sum * 1e9,
    );
    const convergence = control.tally.proxyConvergence.max;
    // What is done before the first type does not count for it.
    const before = 1.25 * costs.cpu.perPush;
    expect(times.reduce((sum, time) => sum + time, before)).toBeCloseTo(convergence, -2);
    // Three services are few: all of them are applied before the listeners, which take longest, are.
    const { decodePerCluster, changedPerCluster, perEndpoint, perListener, perVhost } = costs.envoy;
    const clusters = 6 * (decodePerCluster + changedPerCluster);
    const rest = 3 * perEndpoint + 3 * perListener + 4 * perVhost;
    const applied = control.tally.convergence.max - control.tally.sentConvergence.max;
    expect(applied).toBeGreaterThan(rest);
    expect(applied).toBeLessThan(clusters + rest + 700_000);
  });

  test('waits with the next type until the transport has room for it', () => {
    const base = fleetOf({ services: 100, replicas: 1, spares: 0 });
    const one = { ...base, proxies: base.proxies.slice(0, 1) };
    const blocked = (bandwidth: number) => {
      const { measure, control } = simulate(one, [write('MeshConfig')], 60 * S, { bandwidth });
      return { send: measure.stages.send, all: control.tally.proxyConvergence.max, measure };
    };
    expect(blocked(10e9).send).toBe(0);
    // 103 clusters and the pod's own are 109 200 bytes, all but 64 KiB of which EDS waits for; then its own follow.
    const slow = blocked(8e6);
    const bytes = { cds: 104 * 1050, eds: 100 * (60 + 150), lds: 15_000, rds: 101 * 450 };
    const all = bytes.cds + bytes.eds + bytes.lds + bytes.rds;
    const held = (all - bytes.rds - 64 * 1024) * 1000;
    expect(slow.send).toBeGreaterThan(0.8 * held);
    expect(slow.send).toBeLessThan(held);
    expect(metricOf(slow.measure, 'pilot_xds_send_time').sum).toBeCloseTo(slow.send / 1e9, 9);
    expect(slow.all).toBeGreaterThan(slow.send);
  });

  test('shows a scope with the clusters, and pods with the endpoint sets', () => {
    const base = fleetOf({ services: 2, replicas: 1, spares: 0 });
    const envoy = { ...costs.envoy, changedPerCluster: 100 * MS, perEndpoint: 100 * MS };
    const fleet = { ...base, costs: { ...costs, envoy } };
    const { world } = simulate(fleet, [{ ...flap, at: S - MS }, write('MeshConfig')], S + 200 * MS);
    // Five clusters take half a second; what is told of endpoints waits behind them.
    expect(world.views.membersFor(0, 0)).toHaveLength(1);
    world.run(S + 700 * MS);
    expect(world.views.membersFor(0, 0)).toHaveLength(1);
    world.run(S + 900 * MS);
    expect(world.views.membersFor(0, 0)).toHaveLength(0);
  });

  test('holds the lock of a cache alone while entries are put in', () => {
    const fleet = fleetOf({ services: 1, replicas: 20, spares: 0 });
    const cpu = { ...costs.cpu, lockBase: 10 * MS, lockPerDependent: 0, gcFactor: 1 };
    const dear = { ...fleet, costs: { ...fleet.costs, cpu } };
    // A station that serves all at once: only the lock makes one wait for the other.
    const world = fakeWorld(membersAtStart(dear, 1), dear.slots.length);
    const control = createControlPlane(world, dear, settings, [flap], drawOf(1));
    control.start();
    world.run(20 * S);
    const { min, max, count } = control.tally.proxyConvergence;
    expect(count).toBe(20);
    expect(max - min).toBe(19 * 10 * MS);
  });

  test('dequeues but does not push to proxies that a change does not concern', () => {
    const fleet = fleetOf({ services: 3, replicas: 2, spares: 0 });
    const { control, measure } = simulate(
      fleet,
      [write('AuthorizationPolicy', 'elsewhere')],
      20 * S,
    );
    expect(measure.pushedProxies).toBe(0);
    expect(control.tally.filtered).toBe(6);
    expect(metricOf(measure, 'pilot_proxy_queue_time').counts[0]).toBe(6);
    const everywhere = simulate(fleet, [write('AuthorizationPolicy', 'istio-system')], 20 * S);
    expect(everywhere.measure.pushes).toMatchObject({ CDS: 0, EDS: 0, LDS: 6, RDS: 0 });
  });

  test('pushes endpoints at once where they are not debounced', () => {
    const fleet = fleetOf({ services: 1, replicas: 1, spares: 0 });
    const { control } = simulate(fleet, [flap], 20 * S, { debounceEndpoints: false });
    expect(control.tally.convergence.max).toBeLessThan(10 * MS);
  });

  test('pushes all that is not Full at once with them, secrets too, up to 1.30', () => {
    const change = (kind: PushKind) =>
      requestOf({
        at: 0,
        key: { kind, namespace: 0, service: 0 },
        reason: 'config',
        isNew: false,
        version: 0,
      });
    const light = (hasFullFlag: boolean) =>
      pushKinds.filter((kind) => isLight(change(kind), hasFullFlag));
    expect(light(true)).toEqual(['Endpoints', 'Secret', 'Address']);
    expect(light(false)).toEqual(['Endpoints']);
  });

  test('makes a context for endpoints only from 1.31 on', () => {
    const fleet = fleetOf({ services: 1, replicas: 1, spares: 0 });
    const context = (release: string) =>
      simulate(fleet, [flap], 20 * S, { release }).measure.stages.context;
    // Endpoints change no part of it, so even then it costs nothing yet.
    expect(context('1.30')).toBe(0);
    expect(context('1.31')).toBe(0);
    const { measure } = simulate(fleet, [write('VirtualService')], 20 * S);
    expect(measure.stages.context).toBe(Math.round(1.25 * costs.cpu.scopePerService));
  });

  test('computes sidecar scopes in the context, or from 1.27 on for the first proxy that needs one', () => {
    const fleet = { ...fleetOf({ services: 1, replicas: 3, spares: 0 }), virtualServices: 7 };
    const run = (release: string, scopePerService: number) => {
      const cpu = { ...costs.cpu, scopePerService };
      const dear = { ...fleet, costs: { ...costs, cpu } };
      return simulate(dear, [write('VirtualService')], 20 * S, { release }).measure;
    };
    const bare = 1.25 * 7 * costs.cpu.contextPerVirtualService;
    expect(run('1.26', MS).stages.context).toBe(bare + 1.25 * MS);
    expect(run('1.30', MS).stages.context).toBe(bare);
    for (const release of ['1.26', '1.30']) {
      const added = run(release, MS).istiodCpuSeconds - run(release, 0).istiodCpuSeconds;
      expect(added).toBeCloseTo(1.25e-3, 9);
    }
  });

  test('tells kube-proxy after its lag, without istiod', () => {
    const fleet = fleetOf({ services: 1, replicas: 2, spares: 0, kind: 'kube-proxy' });
    const { world, measure } = simulate(fleet, [flap], 2 * S);
    expect(world.views.membersFor(0, 0)).toHaveLength(2);
    world.run(2 * S + 1);
    expect(world.views.membersFor(0, 0)).toHaveLength(1);
    expect(measure.pushedProxies).toBe(0);
  });

  test('a namespace that joins brings its services, pods and configured proxies', () => {
    const fleet = fleetOf({
      services: 4,
      replicas: 3,
      spares: 0,
      joins: 300 * S,
      readySpread: 90 * S,
    });
    const before = simulate(fleet, [], 299 * S);
    expect(before.control.configurations().every((each) => each === null)).toBe(true);
    const { world, control, measure } = simulate(fleet, [], 600 * S);
    expect(measure.events).toBe(4 + 12);
    expect(world.views.membersFor(0, 0)).toHaveLength(3);
    for (const each of control.configurations()) {
      expect(each).toMatchObject({ clusters: 4 + 3 + 1, endpoints: 12, listeners: 3, vhosts: 5 });
    }
  });

  test('the first endpoints of a service are a change of the service', () => {
    const base = fleetOf({ services: 2, replicas: 1, spares: 0 });
    const late = { created: S, ready: 3 * S };
    const slots = base.slots.map((slot, s) => (s === 1 ? { ...slot, pod: late } : slot));
    const { measure } = simulate({ ...base, slots }, [], 60 * S);
    // The new proxy is answered, updated when its pod is ready, and then both are pushed everything.
    expect(measure.pushes).toMatchObject({ LDS: 4, RDS: 4 });
  });

  test('a pod is not ready before its sidecar has its configuration', () => {
    const slow = { ...costs, network: { ...costs.network, oneWay: 4 * S } };
    const fleet = {
      ...fleetOf({ services: 1, replicas: 1, spares: 0, joins: S, readySpread: 2 * S }),
      costs: slow,
    };
    // It connects at 2 s, and is configured more than 4 s later.
    const { world, control } = simulate(fleet, [], 60 * S);
    expect(world.placeState.get(0)).toBe(0);
    const early = simulate(fleet, [], 6 * S);
    expect(early.world.placeState.get(0)).toBe(1);
    expect(control.configurations()[0]).not.toBeNull();
  });

  test('sends a ztunnel the addresses that changed, and nothing of routing', () => {
    const base = fleetOf({ services: 3, replicas: 2, spares: 0 });
    const proxies: FleetProxy[] = [0, 1].map((host) => ({
      kind: 'ztunnel',
      viewer: host,
      slot: -1,
      namespace: -1,
      host,
      mainThread: -1,
      connects: host === 0 ? 0 : 10 * S,
    }));
    const fleet = { ...base, proxies };
    const { world, control, measure } = simulate(fleet, [flap, write('VirtualService')], 9 * S);
    expect(measure.pushes).toEqual({ CDS: 0, EDS: 0, LDS: 0, RDS: 0, WDS: 1 });
    expect(measure.bytes).toBe(costs.bytes.endpoint);
    expect(world.views.membersFor(0, 0)).toHaveLength(1);
    expect(control.configurations()).toEqual([
      {
        clusters: 0,
        endpoints: 5,
        listeners: 0,
        vhosts: 0,
        memory: null,
        allocated: null,
        resident: null,
      },
      null,
    ]);
    // The second connects later and is sent all five pods and three services.
    world.run(20 * S);
    expect(control.measure().bytes).toBe(costs.bytes.endpoint * (1 + 5 + 3));
    expect(world.views.membersFor(0, 1)).toHaveLength(1);
  });

  test('gives a waypoint the services of its namespace only, their routes within listeners', () => {
    const base = fleetOf({ services: 3, replicas: 2, spares: 0 });
    const services = base.services.map((each, s) => ({ ...each, namespace: s === 0 ? 0 : 1 }));
    const waypoint: FleetProxy = {
      kind: 'waypoint',
      viewer: 0,
      slot: -1,
      namespace: 0,
      host: 0,
      mainThread: -1,
      connects: 0,
    };
    const fleet = { ...base, namespaces: ['shop', 'bank'], services, proxies: [waypoint] };
    const { control, measure } = simulate(fleet, [write('MeshConfig')], 9 * S);
    expect(control.configurations()[0]).toMatchObject({ clusters: 4, endpoints: 2, vhosts: 2 });
    expect(measure.pushes).toEqual({ CDS: 1, EDS: 1, LDS: 1, RDS: 0, WDS: 0 });
    const elsewhere = simulate(fleet, [{ ...flap, service: 'shop/s1' }], 9 * S);
    expect(elsewhere.measure).toMatchObject({ pushedProxies: 1, bytes: 0 });
  });

  test('endpoints of a headless service change listeners, unless all its ports are HTTP', () => {
    const base = fleetOf({ services: 1, replicas: 2, spares: 0 });
    const pushes = (protocol: 'http' | 'tcp') => {
      const ports = [{ number: 80, protocol, target: 80 }];
      const services = [{ ...base.services[0], headless: true, ports }];
      return simulate({ ...base, services }, [flap], 9 * S).measure.pushes;
    };
    expect(pushes('tcp')).toMatchObject({ CDS: 2, LDS: 2, RDS: 2 });
    expect(pushes('http')).toMatchObject({ CDS: 0, EDS: 0, LDS: 0, RDS: 0 });
  });

  test('limits new streams from 1.12 on: who is turned away comes back later', () => {
    const fleet = fleetOf({ services: 1, replicas: 300, spares: 0, joins: S, readySpread: 0 });
    const { control } = simulate(fleet, [], 120 * S, { release: '1.12' });
    expect(control.tally.rejectedConnects).toBeGreaterThan(100);
    expect(control.configurations().every((each) => each !== null)).toBe(true);
    const unlimited = simulate(fleet, [], 120 * S, { release: '1.8' });
    expect(unlimited.control.tally.rejectedConnects).toBe(0);
  });

  test('one seed gives one result, and another seed another', () => {
    const fleet = fleetOf({ services: 5, replicas: 3, spares: 3 });
    const churn: Churn[] = [
      {
        kind: 'crash',
        service: '*/*',
        pods: 2,
        podStart: S,
        at: S,
        every: 3 * S,
        jitter: S,
        until: null,
      },
    ];
    const first = simulate(fleet, churn, 60 * S).measure;
    expect(simulate(fleet, churn, 60 * S).measure).toEqual(first);
    expect(simulate(fleet, churn, 60 * S, {}, 2).measure).not.toEqual(first);
  });
});

describe('views', () => {
  const target = fc.constantFrom('shop/s0', 'shop/s1', '*/*');
  const time = fc.integer({ min: 0, max: 60 * S });
  const timetable = fc.record({
    at: time,
    every: fc.option(fc.integer({ min: S / 10, max: 20 * S }), { nil: null }),
    jitter: fc.integer({ min: 0, max: S }),
    until: fc.constant(60 * S),
  });
  const podStart = fc.integer({ min: 0, max: 8 * S });
  const kind = fc.oneof(
    fc.record({
      kind: fc.constant('rollingUpdate' as const),
      service: target,
      surge: fc.nat(2),
      unavailable: fc.nat(2),
      podStart,
    }),
    fc.record({
      kind: fc.constant('scale' as const),
      service: target,
      replicas: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
      podStart,
    }),
    fc.record({ kind: fc.constant('crash' as const), service: target, pods: fc.nat(3), podStart }),
    fc.record({
      kind: fc.constant('hostLoss' as const),
      hosts: fc.constant(1),
      eviction: time,
      podStart,
    }),
    fc.record({
      kind: fc.constant('flap' as const),
      service: target,
      pods: fc.nat(3),
      unready: time,
    }),
    fc.record({
      kind: fc.constant('config' as const),
      resource: fc.constantFrom(
        'VirtualService',
        'MeshConfig',
        'PeerAuthentication',
        'Sidecar',
        'Gateway',
        'EnvoyFilter',
      ),
      namespace: fc.constantFrom('shop', 'istio-system', 'elsewhere'),
      service: fc.option(target, { nil: null }),
    }),
  );
  const churns = fc.array(
    fc.tuple(timetable, kind).map(([when, what]) => ({ ...when, ...what }) as Churn),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const cases = fc.record({
    churn: churns,
    release: fc.constantFrom(...releaseNames),
    istiods: fc.integer({ min: 1, max: 2 }),
    debounceEndpoints: fc.boolean(),
    pushThrottle: fc.constantFrom(null, 1, 3),
    bandwidth: fc.constantFrom(10e9, 1e6),
    joins: fc.constantFrom(0, 20 * S),
  });

  test('of all connected proxies converge on the endpoints there are, after the last change', () => {
    let pushes = 0;
    fc.assert(
      fc.property(cases, ({ churn, istiods, joins, ...over }) => {
        const shape = {
          services: 3,
          replicas: 3,
          spares: 5,
          hosts: 5,
          istiods,
          joins,
          readySpread: joins,
        };
        const fleet = fleetOf(shape);
        const { world, control, measure } = simulate(fleet, churn, 1000 * S, over);
        pushes += measure.pushedProxies;
        const configured = control.configurations();
        const newest = fleet.services.map(({ group }) => {
          const up = fleet.slots.filter(
            ({ service, place }) => service === group && world.placeState.get(place) === 0,
          );
          return up.map(({ place }) => place);
        });
        fleet.proxies.forEach((proxy, p) => {
          if (configured[p] === null) return;
          for (const group of newest.keys()) {
            expect(world.views.membersFor(group, proxy.viewer)).toEqual(newest[group]);
          }
        });
        const { convergence, proxyConvergence } = control.tally;
        expect(convergence.count).toBeLessThanOrEqual(measure.batches * fleet.proxies.length);
        expect(proxyConvergence.count).toBe(measure.pushedProxies);
      }),
      { numRuns: 150 },
    );
    expect(pushes).toBeGreaterThan(10_000);
  });

  test('show of another service nothing that was not pushed, even if istiod knows it by then', () => {
    const fleet = fleetOf({ services: 2, replicas: 40, spares: 0 });
    // The second change is heard while the first is still being pushed, and pushed itself 100 ms later.
    const second: Churn = { ...flap, service: 'shop/s1', at: S + 103 * MS };
    const { world } = simulate(fleet, [flap, second], S + 190 * MS, { pushThrottle: 1 });
    const seen = () =>
      fleet.proxies.map(({ viewer }) =>
        [0, 1].map((g) => world.views.membersFor(g, viewer).length),
      );
    expect(seen()).toEqual(fleet.proxies.map(() => [39, 40]));
    world.run(10 * S);
    expect(seen()).toEqual(fleet.proxies.map(() => [39, 39]));
  });

  test('of a service that istiod knows better by now are as new as what it sends', () => {
    const fleet = fleetOf({ services: 1, replicas: 40, spares: 0 });
    const both = [flap, { ...flap, at: S + 103 * MS }];
    const { world, measure } = simulate(fleet, both, S + 190 * MS, { pushThrottle: 1 });
    const seen = fleet.proxies.map(({ viewer }) => world.views.membersFor(0, viewer).length);
    expect(new Set(seen)).toEqual(new Set([39, 38]));
    expect(measure.bytes).toBe(seen.reduce((sum, endpoints) => sum + 60 + 150 * endpoints, 0));
  });

  test('are never ahead of what istiod has heard', () => {
    const fleet = fleetOf({ services: 1, replicas: 3, spares: 0 });
    const { world } = simulate(fleet, [flap], S + 104 * MS);
    expect(world.views.membersFor(0, 0)).toHaveLength(3);
    world.run(S + 110 * MS);
    expect(world.views.membersFor(0, 0)).toHaveLength(2);
  });
});
