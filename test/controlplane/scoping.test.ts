import { describe, expect, test } from 'vitest';
import { releaseNames } from '../../src/controlplane/releases.ts';
import { lowestOf } from '../../src/engine/histogram.ts';
import type { ConfigMode } from '../../src/scope/config-mode.ts';
import { strategies } from '../../src/scope/strategies.ts';
import type { Churn } from '../../src/topology/churn.ts';
import { costs, MS, S } from './fleets.ts';
import { placeOf, runScoped, scopedFleet } from './scoped.ts';

const { slime: slimeOf, lazyxds: lazyxdsOf, odcds: odcdsOf } = strategies;
const lazyxds: ConfigMode = { mode: 'lazyxds', ...lazyxdsOf.defaults };
const slime: ConfigMode = { mode: 'slime', ...slimeOf.defaults };
const prometheus: ConfigMode = { ...slime, source: 'prometheus' };
const odcds: ConfigMode = { mode: 'odcds', ...odcdsOf.defaults };

const once = { every: null, jitter: 0, until: null };
/** A pod of the load namespace fails its readiness probe. */
const flap: Churn = {
  kind: 'flap',
  service: 'load/s4',
  pods: 1,
  unready: 100 * S,
  at: S,
  ...once,
};
const scopingOf = ({ control }: ReturnType<typeof runScoped>) =>
  control.measure().scoping.controllers[0];

describe('a config mode in the control plane', () => {
  test('has its Sidecars in place before anything is pushed', () => {
    const scoped = runScoped(scopedFleet(lazyxds));
    scoped.world.run(10 * S);
    expect([0, 1, 2, 3, 4, 5].map((s) => scoped.sees(placeOf(0, 0), s))).toEqual(
      Array(6).fill(false),
    );
    expect(scoped.sees(placeOf(3, 0), 0)).toBe(true);
    expect(scoped.control.configurations()[placeOf(0, 0)]?.clusters).toBe(3 + 1);
    expect(scoped.control.measure().events).toBe(0);
    expect(scopingOf(scoped)).toMatchObject({ mode: 'lazyxds', writes: 0, learned: 0 });
  });

  test('learns a call: relayed, logged, written, pushed, applied by all pods of the caller', () => {
    const scoped = runScoped(scopedFleet(lazyxds));
    scoped.call(10 * S, 0, 0);
    scoped.world.run(10.1 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(false);
    scoped.world.run(20 * S);
    for (const pod of [0, 1]) {
      expect(scoped.sees(placeOf(0, pod), 1)).toBe(true);
      expect(scoped.sees(placeOf(0, pod), 3)).toBe(false);
      expect(scoped.sees(placeOf(1, pod), 1)).toBe(false);
    }
    const { timeToKnown, ...others } = scopingOf(scoped);
    expect(others).toEqual({
      mode: 'lazyxds',
      writes: 2,
      sidecarWrites: 1,
      learned: 1,
      dropped: 0,
      relayedCalls: 1,
    });
    expect(scoped.control.measure()).toMatchObject({ events: 2, batches: 1 });
    // Up to a second to the flush; then two writes, what istiod watches, the debounce, and the push.
    const [bucket, count] = timeToKnown;
    expect(count).toBe(1);
    expect(lowestOf(bucket)).toBeGreaterThan(0.115 * S);
    expect(lowestOf(bucket)).toBeLessThan(1.15 * S);
  });

  test('takes the API for one write after the other', () => {
    const fleet = scopedFleet(lazyxds);
    const scoped = runScoped(fleet, [], { debounceAfter: 0 });
    scoped.call(10.5 * S, 0);
    scoped.world.run(10 * S);
    const flush = (at: number) => {
      scoped.world.run(at);
      return scopingOf(scoped).writes;
    };
    let at = 10.5 * S;
    while (flush(at) === 0) at += MS;
    const first = at;
    while (flush(at) === 1) at += MS;
    expect(at - first).toBeGreaterThanOrEqual(5 * MS - MS);
    expect(at - first).toBeLessThanOrEqual(5 * MS + MS);
  });

  test.each(releaseNames)(
    'pushes a Sidecar to all of its namespace up to 1.9, then to whom it selects (release %s)',
    (release) => {
      const scoped = runScoped(scopedFleet(slime), [], { release });
      scoped.call(10 * S, 0);
      scoped.world.run(40 * S);
      const users = ['1.8', '1.9'].includes(release) ? 3 * 2 : 2;
      expect(scoped.control.measure().pushes['CDS']).toBe(users);
      expect(scoped.sees(placeOf(0, 1), 1)).toBe(true);
    },
  );

  test('lets a change of endpoints reach who sees the service, and none of those that do not', () => {
    const load = runScoped(scopedFleet(slime), [flap]);
    load.world.run(50 * S);
    expect(load.control.measure().pushes).toMatchObject({ EDS: 3 * 2, CDS: 0 });
    const known = runScoped(scopedFleet(slime), [{ ...flap, service: 'load/s3', at: 50 * S }]);
    known.call(10 * S, 1);
    known.world.run(49 * S);
    const before = known.control.measure().pushes['EDS'];
    known.world.run(100 * S);
    // Those of the load namespace, and the two pods of s0 that have learned it.
    expect(known.control.measure().pushes['EDS'] - before).toBe(3 * 2 + 2);
  });

  test('writes for every lazy service when a service appears', () => {
    const fleet = scopedFleet(lazyxds);
    const services = fleet.services.map((service, s) =>
      s === 5 ? { ...service, appears: 20 * S } : service,
    );
    const scoped = runScoped({ ...fleet, services });
    scoped.world.run(40 * S);
    // Two for each service and the VirtualService; the Sidecars are as they were.
    expect(scopingOf(scoped)).toMatchObject({ writes: 7, sidecarWrites: 0 });
    // The service, three EnvoyFilters, the VirtualService.
    expect(scoped.control.measure().events).toBe(5);
  });
});

describe('a controller that restarts', () => {
  test('has forgotten what it held in memory, and learns it again', () => {
    const scoped = runScoped(scopedFleet(lazyxds));
    scoped.call(10 * S, 0);
    scoped.world.at(20 * S, () => scoped.control.restartControllers('shop', 2 * S));
    scoped.world.run(21 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(true);
    scoped.world.run(24 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(false);
    expect(scopingOf(scoped)).toMatchObject({ learned: 1, dropped: 1 });
    scoped.call(30 * S, 0);
    scoped.world.run(40 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(true);
    expect(scopingOf(scoped)).toMatchObject({ learned: 2, relayedCalls: 2 });
  });

  test('does not hear of what is relayed while it is away', () => {
    const scoped = runScoped(scopedFleet(slime));
    scoped.world.at(9 * S, () => scoped.control.restartControllers('s*', 60 * S));
    scoped.call(10 * S, 0);
    scoped.world.run(150 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(false);
    expect(scopingOf(scoped)).toMatchObject({ writes: 0, relayedCalls: 1 });
  });

  test('is left alone where other namespaces are meant', () => {
    const scoped = runScoped(scopedFleet(lazyxds));
    scoped.world.at(5 * S, () => scoped.control.restartControllers('load', 60 * S));
    scoped.call(10 * S, 0);
    scoped.world.run(20 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(true);
  });

  test('changes nothing by writing what is there already', () => {
    const scoped = runScoped(scopedFleet(lazyxds));
    scoped.world.at(5 * S, () => scoped.control.restartControllers('shop', S));
    scoped.world.run(20 * S);
    expect(scopingOf(scoped)).toMatchObject({ writes: 7, sidecarWrites: 0 });
    expect(scoped.control.measure().events).toBe(0);
  });
});

describe('a mode that reads Prometheus', () => {
  /** Both pods of s1 die at 100 s; s0 goes on calling s3. */
  const crash: Churn = {
    kind: 'crash',
    service: 'shop/s1',
    pods: 2,
    podStart: 5 * S,
    at: 100 * S,
    ...once,
  };
  const flapping = (calledAgain: boolean) => {
    const scoped = runScoped(scopedFleet(prometheus), [crash]);
    scoped.call(10 * S, 0, 0);
    scoped.call(10 * S, 0, 1);
    for (let at = 10; at < 200; at += 3) scoped.call(at * S, 1);
    if (calledAgain) scoped.call(101 * S, 0, 2);
    return scoped;
  };

  test('drops a destination whose pods have all restarted', () => {
    const scoped = flapping(false);
    scoped.world.run(100 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(true);
    scoped.world.run(160 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(false);
    expect(scoped.sees(placeOf(0, 0), 3)).toBe(true);
    expect(scopingOf(scoped)).toMatchObject({ learned: 2, dropped: 1 });
  });

  test('keeps it if a new pod is called in time', () => {
    const scoped = flapping(true);
    scoped.world.run(200 * S);
    expect(scoped.sees(placeOf(0, 0), 1)).toBe(true);
    expect(scopingOf(scoped).dropped).toBe(0);
  });
});

describe('on-demand discovery', () => {
  test('teaches each proxy for itself, by two answers of istiod', () => {
    const scoped = runScoped(scopedFleet(odcds));
    const [one, other] = [placeOf(0, 0), placeOf(0, 1)];
    scoped.world.at(10 * S, () => scoped.world.ask(one, 1));
    scoped.world.run(20 * S);
    expect([scoped.sees(one, 1), scoped.sees(other, 1), scoped.sees(one, 2)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(scoped.control.measure().pushes).toMatchObject({ CDS: 1, EDS: 1, LDS: 0 });
    const { cpu, bytes, envoy, network } = costs;
    const cds = cpu.perPush + cpu.cdsPerCluster + cpu.perByte * bytes.cluster;
    const size = bytes.claBase + 2 * bytes.endpoint;
    const eds = cpu.perPush + cpu.edsPerCluster + 2 * cpu.edsPerEndpoint + cpu.perByte * size;
    const istiod = Math.round(cpu.gcFactor * cds) + Math.round(cpu.gcFactor * eds);
    const proxy = envoy.decodePerCluster + envoy.changedPerCluster + 2 * envoy.perEndpoint;
    const took = istiod + proxy + 4 * (network.oneWay + network.agent);
    const [bucket, count] = scopingOf(scoped).timeToKnown;
    expect(count).toBe(1);
    const { sees } = runScoped(scopedFleet(odcds));
    expect(sees(one, 1)).toBe(false);
    scoped.world.at(30 * S, () => scoped.world.ask(other, 1));
    scoped.world.run(30 * S + took);
    expect(scoped.sees(other, 1)).toBe(false);
    scoped.world.run(30 * S + took + 1);
    expect(scoped.sees(other, 1)).toBe(true);
    // The same time again, so the same bucket.
    expect(scopingOf(scoped).timeToKnown).toEqual([bucket, 2]);
    expect(scopingOf(scoped)).toMatchObject({ writes: 0, learned: 2 });
  });

  test('pushes changes of a service only to the proxies that have asked for it', () => {
    const scoped = runScoped(scopedFleet(odcds), [{ ...flap, at: 20 * S }]);
    scoped.world.at(10 * S, () => scoped.world.ask(placeOf(0, 1), 4));
    scoped.world.run(50 * S);
    // The answer; then the load namespace, and the one that asked.
    expect(scoped.control.measure().pushes['EDS']).toBe(1 + 3 * 2 + 1);
    expect(scoped.world.views.membersFor(4, placeOf(0, 1)).length).toBe(1);
  });

  test('keeps what was asked for whatever is pushed to all, until the pod is another', () => {
    const churn: readonly Churn[] = [
      {
        kind: 'config',
        resource: 'MeshConfig',
        namespace: 'x',
        service: null,
        at: 20 * S,
        ...once,
      },
      { kind: 'crash', service: 'shop/s0', pods: 2, podStart: 5 * S, at: 40 * S, ...once },
    ];
    const scoped = runScoped(scopedFleet(odcds), churn);
    const [one, other] = [placeOf(0, 0), placeOf(0, 1)];
    scoped.world.at(10 * S, () => scoped.world.ask(one, 1));
    scoped.world.run(30 * S);
    expect([scoped.sees(one, 1), scoped.sees(other, 1)]).toEqual([true, false]);
    scoped.world.run(60 * S);
    expect([0, 1, 2].some((pod) => scoped.sees(placeOf(0, pod), 1) && pod !== 0)).toBe(false);
    const { configurations } = scoped.control;
    const clusters = [0, 1, 2].map((pod) => configurations()[placeOf(0, pod)]?.clusters);
    expect(clusters.filter((count) => count !== undefined)).toEqual([4, 4]);
  });
});

describe('a namespace that istiod does not discover', () => {
  test('has no services for anybody, and no events', () => {
    const scoped = runScoped(scopedFleet({ mode: 'full' }, { undiscovered: [1] }), [flap]);
    scoped.world.run(50 * S);
    expect(scoped.control.measure().events).toBe(0);
    expect([0, 4].map((service) => scoped.sees(placeOf(0, 0), service))).toEqual([true, false]);
    expect(scoped.control.configurations()[placeOf(0, 0)]?.clusters).toBe(3 + 3 + 1);
  });
});
