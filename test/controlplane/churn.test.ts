import { describe, expect, test } from 'vitest';
import type { Key } from '../../src/controlplane/changes.ts';
import { desired } from '../../src/controlplane/churn/autoscaler.ts';
import { type Faults, Site } from '../../src/controlplane/churn/site.ts';
import { ChurnDriver } from '../../src/controlplane/churn.ts';
import { Cluster, membersAtStart, READY } from '../../src/controlplane/cluster.ts';
import { createControlPlane } from '../../src/controlplane/control-plane.ts';
import type { Fleet } from '../../src/controlplane/fleet.ts';
import { Replicas } from '../../src/controlplane/replicas.ts';
import type { Churn } from '../../src/topology/churn.ts';
import { fakeWorld } from './fake-world.ts';
import { drawOf, fleetOf, MS, S, settings } from './fleets.ts';

const once = { every: null, jitter: 0, until: null };

/** Churn alone: sidecars are configured at once, and what is written or fails is noted with its time. */
function churned(fleet: Fleet, churn: readonly Churn[], seed = 1) {
  const world = fakeWorld(membersAtStart(fleet, fleet.services.length), fleet.slots.length);
  const log: { at: number; what: string }[] = [];
  const note = (what: string) => void log.push({ at: world.now, what });
  const cluster = new Cluster(
    world,
    fleet,
    { drain: 5 * S, grace: 30 * S },
    {
      endpoints() {},
      service: (service) => note(`service ${service}`),
      serviceGone: (service) => note(`gone ${service}`),
      created: (slot) => note(`created ${slot}`),
      ready() {},
      gone() {},
      hostLost() {},
      isConfigured: () => true,
      reconcile: (service) => replicas.reconcile(service),
    },
  );
  const replicas = new Replicas(cluster);
  const write = (key: Key | null) =>
    note(key === null ? 'MeshConfig' : `${key.kind} ${key.service}`);
  const faults: Faults = {
    failReplica: (replica, downFor) => note(`fail ${replica} ${downFor / S}`),
    rollOut: (interval) => note(`roll out ${interval / S}`),
    restartControllers: (namespaces, downFor) => note(`restart ${namespaces} ${downFor / S}`),
  };
  const site = new Site(world, cluster, replicas, write, faults, drawOf(seed));
  cluster.start();
  new ChurnDriver(churn, site).start();
  const ready = (service: number) =>
    cluster.slotsOf[service].filter((slot) => cluster.state[slot] === READY).length;
  return { world, cluster, replicas, log, ready };
}

describe('services come and go', () => {
  const create: Churn = {
    kind: 'serviceCreate',
    service: 'shop/s0',
    podStart: 3 * S,
    at: 10 * S,
    ...once,
  };
  const remove: Churn = { kind: 'serviceDelete', service: 'shop/s0', at: 20 * S, ...once };

  function absent(fleet: Fleet): Fleet {
    const [first, ...rest] = fleet.services;
    return {
      ...fleet,
      services: [{ ...first, appears: Number.POSITIVE_INFINITY }, ...rest],
      slots: fleet.slots.map((slot) => (slot.service === 0 ? { ...slot, pod: null } : slot)),
    };
  }

  test('a service that churn creates is absent before, and then has all its pods', () => {
    const fleet = absent(fleetOf({ services: 2, replicas: 2, spares: 1 }));
    const { world, cluster, log, ready } = churned(fleet, [create]);
    world.run(10 * S);
    expect([cluster.exists[0], ready(0), log]).toEqual([false, 0, []]);
    world.run(13 * S + 1);
    expect([cluster.exists[0], ready(0)]).toEqual([true, 2]);
    expect(log.map(({ what }) => what)).toEqual(['service 0', 'created 0', 'created 1']);
  });

  test('a deleted service has no members at once, no pods after they have drained, and none come back', () => {
    const { world, cluster, log, ready } = churned(
      fleetOf({ services: 2, replicas: 2, spares: 2 }),
      [
        { kind: 'crash', service: 'shop/s0', pods: 1, podStart: 2 * S, at: 19 * S, ...once },
        remove,
        { kind: 'crash', service: 'shop/s0', pods: 1, podStart: 2 * S, at: 21 * S, ...once },
      ],
    );
    world.run(20 * S + 1);
    expect(cluster.membersOf(0)).toEqual([]);
    world.run(60 * S);
    expect(ready(0)).toBe(0);
    expect(ready(1)).toBe(2);
    expect(log.at(-1)).toEqual({ at: 20 * S, what: 'gone 0' });
  });

  test('a host that is lost before and noticed after a deletion brings no service back', () => {
    const fleet = fleetOf({ services: 1, replicas: 2, spares: 0, hosts: 2 });
    const loss: Churn = {
      kind: 'hostLoss',
      hosts: 1,
      eviction: 60 * S,
      podStart: S,
      at: 5 * S,
      ...once,
    };
    const { world, cluster } = churned(fleet, [loss, remove]);
    world.run(20 * S + 1);
    expect(cluster.membersOf(0)).toEqual([]);
    world.run(200 * S);
    expect(cluster.exists[0]).toBe(false);
  });

  test('proxies lose the clusters of a deleted service, and get them back when it is created again', () => {
    const fleet = fleetOf({ services: 3, replicas: 1, spares: 2 });
    const world = fakeWorld(membersAtStart(fleet, 3), fleet.slots.length, fleet.istiods);
    const again: Churn = { ...create, at: 40 * S };
    const control = createControlPlane(world, fleet, settings, [remove, again], drawOf(1));
    control.start();
    const clusters = () => control.configurations()[3]?.clusters;
    expect(fleet.slots[3]).toMatchObject({ service: 1 });
    const all = clusters();
    world.run(30 * S);
    expect(clusters()).toBe(all! - 1);
    world.run(60 * S);
    expect(clusters()).toBe(all);
    const { pushes } = control.measure();
    expect(pushes.CDS).toBeGreaterThan(0);
  });
});

describe('random churn', () => {
  const tick: Churn = {
    kind: 'podChurn',
    services: ['shop/s*'],
    interval: S,
    podStart: 0,
    at: S,
    ...once,
  };

  test('pods come and go at the mean interval, and each service keeps as many as it has', () => {
    const { world, log, ready } = churned(fleetOf({ services: 4, replicas: 3, spares: 40 }), [
      tick,
    ]);
    world.run(400 * S);
    const times = log.map(({ at }) => at);
    const pauses = times.slice(1).map((at, i) => (at - times[i]) / S);
    const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
    const deviation = Math.sqrt(
      pauses.reduce((sum, pause) => sum + (pause - mean) ** 2, 0) / pauses.length,
    );
    // Standard errors over 400 pauses: 0.01 and 0.007.
    expect(mean).toBeCloseTo(1, 1);
    expect(deviation).toBeGreaterThan(0.17);
    expect(deviation).toBeLessThan(0.23);
    expect([0, 1, 2, 3].map(ready)).toEqual([3, 3, 3, 3]);
  });

  test('the new pod is there before the old one goes', () => {
    const { world, cluster } = churned(fleetOf({ services: 1, replicas: 1, spares: 3 }), [
      { ...tick, podStart: 2 * S, interval: 100 * S },
    ]);
    const members: number[] = [];
    for (let at = 0; at < 10; at++) {
      world.run(at * S + 1);
      members.push(cluster.membersOf(0)[0]);
    }
    expect(members).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('pods become ready where churn is faster than they start: only old ones are drawn', () => {
    const { world, log, ready } = churned(fleetOf({ services: 2, replicas: 3, spares: 40 }), [
      { ...tick, services: ['shop/*'], podStart: 5 * S, interval: S / 10 },
    ]);
    world.run(60 * S);
    // Each of six pods is replaced by one that is created as soon as it is ready, so every 5 s.
    expect(log.length).toBeGreaterThan(6 * 10);
    expect(log.length).toBeLessThanOrEqual(6 * 12);
    expect([0, 1].map(ready)).toEqual([3, 3]);
  });

  test('configuration is written at random, each resource about as often', () => {
    const { world, log } = churned(fleetOf({ services: 3, replicas: 1, spares: 0 }), [
      {
        kind: 'configChurn',
        resources: [
          { resource: 'VirtualService', namespace: 'shop', service: 'shop/*' },
          { resource: 'MeshConfig', namespace: 'istio-system', service: null },
        ],
        interval: S,
        at: 0,
        ...once,
      },
    ]);
    world.run(800 * S);
    const counts = new Map<string, number>();
    for (const { what } of log) counts.set(what, (counts.get(what) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([
      'MeshConfig',
      'VirtualService 0',
      'VirtualService 1',
      'VirtualService 2',
    ]);
    // Binomial: 200 ± 12.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(50);
  });

  test('the deployment scaler takes one Deployment after the other, with pauses of 11 to 20 s', () => {
    const fleet = fleetOf({ services: 2, replicas: 2, spares: 8 });
    const [first, second] = fleet.services;
    const two: Fleet = {
      ...fleet,
      services: [{ ...first, replicas: [2, 2] }, second],
      slots: fleet.slots.map((slot) =>
        slot.service === 0 ? { ...slot, version: slot.place % 2 } : slot,
      ),
    };
    const { world, replicas } = churned(two, [
      {
        kind: 'deploymentScaler',
        service: 'shop/*',
        min: 5,
        max: 5,
        sleep: 10 * S,
        podStart: S,
        ...once,
        at: S,
        every: 600 * S,
      },
    ]);
    const changes: number[] = [];
    let wanted = '';
    for (let at = 0; at < 100; at++) {
      world.run(at * S);
      const now = [replicas.total(0), replicas.total(1)].join();
      if (now !== wanted) changes.push(at);
      wanted = now;
    }
    // At the start, 1 s later by one version of the first, by its other, and by the second service.
    expect(wanted).toBe('10,5');
    expect(changes).toHaveLength(4);
    const pauses = changes.slice(2).map((at, i) => at - changes[i + 1]);
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(11);
    for (const pause of pauses) expect(pause).toBeLessThanOrEqual(20);
  });
});

describe('an autoscaler', () => {
  test.each([
    ['as many pods as bring the mean to the target', [0.9, 0.7], 0, 0.4, 4],
    ['as many as there are within a tenth of the target', [0.43, 0.45], 0, 0.4, 2],
    ['fewer where they idle', [0.1, 0.1, 0.1, 0.1], 0, 0.4, 1],
    ['new pods as idle where more are wanted', [0.8], 1, 0.4, 2],
    ['new pods as just right where fewer are wanted', [0.1, 0.1], 2, 0.4, 3],
    ['no change without a measure', [], 2, 0.4, 2],
  ])('wants %s', (_, measured, missing, target, pods) => {
    expect(desired({ measured, missing }, target, measured.length + missing)).toBe(pods);
  });

  test('leaves a service alone that nobody wants pods of, whatever its minimum', () => {
    const { world, replicas } = churned(fleetOf({ services: 1, replicas: 0, spares: 4 }), [
      {
        kind: 'hpa',
        service: 'shop/s0',
        target: 0.5,
        min: 1,
        max: 4,
        stabilisation: 60 * S,
        podStart: S,
        ...once,
        at: 15 * S,
        every: 15 * S,
      },
    ]);
    world.run(60 * S);
    expect(replicas.total(0)).toBe(0);
  });

  test('scales up as soon as it has measured, and down only after its stabilisation', () => {
    const { world, replicas } = churned(fleetOf({ services: 1, replicas: 1, spares: 40 }), [
      {
        kind: 'hpa',
        service: 'shop/s0',
        target: 0.5,
        min: 2,
        max: 12,
        stabilisation: 60 * S,
        podStart: S,
        ...once,
        at: 15 * S,
        every: 15 * S,
      },
    ]);
    // Every pod is busy all the time until 70 s, and idle from then on.
    for (let at = 0; at < 70; at++) {
      world.at(at * S, () => {
        for (let station = 0; station < 41; station++) world.work(station, S, noop, 0);
      });
    }
    const noop = world.register(() => {});
    const totals: number[] = [];
    for (let at = 16; at < 200; at += 15) {
      world.run(at * S);
      totals.push(replicas.total(0));
    }
    // The minimum first; then twice as many whenever the pods that were new at the last look have been measured; at
    // 75 s they were busy for nine of fifteen seconds. That look counts until 135 s.
    expect(totals.slice(0, 5)).toEqual([2, 2, 4, 4, 5]);
    expect(totals.indexOf(2, 4)).toBe((136 - 16) / 15);
    expect(totals.at(-1)).toBe(2);
  });
});

describe('the control plane itself', () => {
  test('fails, is rolled out and restarts when the scenario says so', () => {
    const { world, log } = churned(fleetOf({ services: 1, replicas: 1, spares: 0, istiods: 3 }), [
      { kind: 'istiodFailure', replicas: 2, downFor: 7 * S, at: S, ...once },
      { kind: 'istiodRollout', interval: 30 * S, at: 2 * S, ...once },
      { kind: 'controllerRestart', namespaces: 'shop*', downFor: 4 * S, at: 3 * S, ...once },
    ]);
    world.run(5 * S);
    expect(log.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^fail [012] 7$/),
      expect.stringMatching(/^fail [012] 7$/),
      'roll out 30',
      'restart shop* 4',
    ]);
    expect(log[0].what).not.toBe(log[1].what);
  });
});

describe('writes of configuration', () => {
  const written = (resource: 'WorkloadEntry' | 'Secret' | 'WasmPlugin') => {
    const fleet = fleetOf({ services: 2, replicas: 1, spares: 0 });
    const world = fakeWorld(membersAtStart(fleet, 2), 2, fleet.istiods);
    const change: Churn = {
      kind: 'config',
      resource,
      namespace: 'shop',
      service: resource === 'WorkloadEntry' ? 'shop/s0' : null,
      at: 100 * MS,
      ...once,
    };
    const control = createControlPlane(world, fleet, settings, [change], drawOf(1));
    control.start();
    world.run(10 * S);
    return control.measure().pushes;
  };

  test('a WorkloadEntry is a change of endpoints', () => {
    expect(written('WorkloadEntry')).toEqual({ CDS: 0, EDS: 2, LDS: 0, RDS: 0, WDS: 0 });
  });
  test('a Secret concerns no sidecar', () => {
    expect(written('Secret')).toEqual({ CDS: 0, EDS: 0, LDS: 0, RDS: 0, WDS: 0 });
  });
  test('a WasmPlugin is a filter in every listener', () => {
    expect(written('WasmPlugin')).toEqual({ CDS: 0, EDS: 0, LDS: 2, RDS: 0, WDS: 0, ECDS: 2 });
  });
});
