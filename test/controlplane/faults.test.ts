/** istiod's replicas fail, are replaced, and let streams go: every push is accounted for, and nothing is left behind. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { membersAtStart } from '../../src/controlplane/cluster.ts';
import { createControlPlane } from '../../src/controlplane/control-plane.ts';
import type { Fleet } from '../../src/controlplane/fleet.ts';
import { releaseNames } from '../../src/controlplane/releases.ts';
import type { IstioSettings } from '../../src/controlplane/settings.ts';
import type { Churn } from '../../src/topology/churn.ts';
import { fakeWorld } from './fake-world.ts';
import { drawOf, fleetOf, MS, S, settings } from './fleets.ts';

type Fault =
  | {
      readonly kind: 'fail';
      readonly at: number;
      readonly replica: number;
      readonly downFor: number;
    }
  | { readonly kind: 'rollOut'; readonly at: number; readonly every: number };

function simulate(
  fleet: Fleet,
  churn: readonly Churn[],
  faults: readonly Fault[],
  over: Partial<IstioSettings> = {},
) {
  const world = fakeWorld(
    membersAtStart(fleet, fleet.services.length),
    fleet.slots.length,
    fleet.istiods,
  );
  const control = createControlPlane(world, fleet, { ...settings, ...over }, churn, drawOf(1));
  control.start();
  for (const fault of faults) {
    world.at(fault.at, () => {
      if (fault.kind === 'fail') control.istiods.failReplica(fault.replica, fault.downFor);
      else control.istiods.rollOut(fault.every);
    });
  }
  return { world, control, replicas: control.istiods };
}

const once = { every: null, jitter: 0, until: null };
const write = (at: number): Churn => ({
  kind: 'config',
  resource: 'MeshConfig',
  namespace: 'shop',
  service: null,
  at,
  ...once,
});

describe("istiod's replicas", () => {
  const fleet = fleetOf({ services: 2, replicas: 20, spares: 0, istiods: 2 });

  test('lose what they are doing when they are killed, and their proxies come back to another', () => {
    const fault = { kind: 'fail', at: S + 130 * MS, replica: 0, downFor: 10 * S } as const;
    const { world, control, replicas } = simulate(fleet, [write(S)], [fault]);
    const on = (replica: number) => replicas.serving[replica]?.connections.open.length ?? 0;
    world.run(fault.at);
    const before = on(0);
    expect(before).toBeGreaterThan(10);
    world.run(9 * S);
    expect([replicas.serving[0], on(1)]).toEqual([null, 40]);
    const { fates, ...tally } = control.tally;
    expect(tally.lostConnections).toBe(before);
    expect(fates.lost).toBeGreaterThan(0);
    expect(fates.applied + fates.lost).toBe(40);
    const { faults } = control.measure();
    // Each is without a stream for half of the first back-off on average, and those that came too early for longer.
    expect(faults.disconnectedSeconds / before).toBeGreaterThan(0.15);
    expect(faults.disconnectedSeconds / before).toBeLessThan(2);
    world.run(20 * S);
    expect(on(0) + on(1)).toBe(40);
    expect(replicas.listed()).toEqual([0, 1]);
  });

  test('make a first context before they take streams', () => {
    const cpu = { ...fleet.costs.cpu, contextPerService: 1 * S };
    const slow = { ...fleet, costs: { ...fleet.costs, cpu } };
    const fault = { kind: 'fail', at: S, replica: 0, downFor: 1 * S } as const;
    const { world, replicas } = simulate(slow, [], [fault]);
    // Two services at 1.25 s each: it starts at 2 s and is ready after 4.5 s.
    world.run(4.4 * S);
    expect(replicas.serving[0]).toBeNull();
    world.run(4.6 * S);
    expect(replicas.serving[0]).not.toBeNull();
  });

  test('turn everybody away while none is there, until the last one is back', () => {
    const alone = fleetOf({ services: 2, replicas: 20, spares: 0 });
    const fault = { kind: 'fail', at: S, replica: 0, downFor: 20 * S } as const;
    const { world, control, replicas } = simulate(alone, [write(5 * S)], [fault]);
    world.run(21 * S);
    expect(replicas.connected).toBe(0);
    expect(control.tally.refusedConnects).toBeGreaterThan(40);
    world.run(120 * S);
    expect(replicas.connected).toBe(40);
    // Nobody heard of the change; who comes back is sent everything.
    expect(control.tally).toMatchObject({ events: 1, batches: 0 });
    expect(control.measure().faults.disconnectedSeconds).toBeGreaterThan(40 * 20);
  });

  test('are replaced one by one, the new process before the old', () => {
    const { world, control, replicas } = simulate(
      fleet,
      [],
      [{ kind: 'rollOut', at: S, every: 10 * S }],
    );
    const before = [...replicas.serving];
    world.run(30 * S);
    expect(replicas.serving[0]).not.toBe(before[0]);
    expect(replicas.serving[1]).not.toBe(before[1]);
    expect(replicas.connected).toBe(40);
    expect(control.tally.refusedConnects).toBe(0);
    expect(control.tally.lostConnections).toBeGreaterThanOrEqual(40);
  });

  test('end streams of an age, each of which costs a full answer outside the throttle', () => {
    const { world, control } = simulate(fleet, [], [], { connectionAge: 100 * S });
    world.run(1000 * S);
    const { agedConnections, pushedProxies, answers, pushes } = control.tally;
    // A stream lives for 110 s on average, back-off apart.
    expect(Math.abs(agedConnections - (40 * 1000) / 110.25)).toBeLessThan(20);
    expect(pushedProxies).toBe(0);
    // Those that were let go last may not be back yet.
    expect(answers).toBeGreaterThan(4 * (agedConnections - 3));
    expect(answers).toBeLessThanOrEqual(4 * agedConnections);
    expect(pushes).toMatchObject({ CDS: answers / 4, EDS: answers / 4, LDS: answers / 4 });
  });
});

describe('every push to every proxy', () => {
  const time = fc.integer({ min: 0, max: 60 * S });
  const target = fc.constantFrom('shop/s0', 'shop/s1', '*/*');
  const podStart = fc.integer({ min: 0, max: 8 * S });
  const timetable = fc.record({
    at: time,
    every: fc.option(fc.integer({ min: S / 10, max: 20 * S }), { nil: null }),
    jitter: fc.integer({ min: 0, max: S }),
    until: fc.constant(60 * S),
  });
  const kind = fc.oneof(
    fc.record({ kind: fc.constant('crash'), service: target, pods: fc.nat(3), podStart }),
    fc.record({ kind: fc.constant('flap'), service: target, pods: fc.nat(3), unready: time }),
    fc.record({
      kind: fc.constant('hostLoss'),
      hosts: fc.constant(1),
      eviction: time,
      podStart,
    }),
    fc.record({
      kind: fc.constant('config'),
      resource: fc.constantFrom('VirtualService', 'MeshConfig', 'EnvoyFilter'),
      namespace: fc.constantFrom('shop', 'istio-system', 'elsewhere'),
      service: fc.option(target, { nil: null }),
    }),
  );
  const churn = fc.array(
    fc.tuple(timetable, kind).map(([when, what]) => ({ ...when, ...what }) as Churn),
    { minLength: 1, maxLength: 4 },
  );
  const faults: fc.Arbitrary<Fault[]> = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('fail' as const),
        at: time,
        replica: fc.nat(2),
        downFor: fc.integer({ min: 0, max: 30 * S }),
      }),
      fc.record({
        kind: fc.constant('rollOut' as const),
        at: time,
        every: fc.integer({ min: 0, max: 5 * S }),
      }),
    ),
    { minLength: 1, maxLength: 4 },
  );
  const cases = fc.record({
    churn,
    faults,
    release: fc.constantFrom(...releaseNames),
    istiods: fc.integer({ min: 1, max: 3 }),
    debounceEndpoints: fc.boolean(),
    pushThrottle: fc.constantFrom(null, 1, 3),
    bandwidth: fc.constantFrom(10e9, 1e7, 1e6),
    connectionAge: fc.constantFrom(1800 * S, 20 * S),
    // Slow pushes, so that faults hit them.
    perPush: fc.constantFrom(100_000, 300 * MS),
  });
  const fleetFor = (istiods: number, perPush: number): Fleet => {
    const fleet = fleetOf({ services: 3, replicas: 3, spares: 5, hosts: 5, istiods });
    return { ...fleet, costs: { ...fleet.costs, cpu: { ...fleet.costs.cpu, perPush } } };
  };

  test('ends as applied, merged into a later one, not needed, or lost with its connection, exactly once', () => {
    const seen = { applied: 0, merged: 0, unneeded: 0, lost: 0, dropped: 0 };
    fc.assert(
      fc.property(cases, ({ churn, faults, istiods, perPush, ...over }) => {
        const fleet = fleetFor(istiods, perPush);
        const { world, control, replicas } = simulate(fleet, churn, faults, over);
        // Streams that are too old go on ending, and come back: this is a moment when all is quiet, or nearly.
        world.run(600 * S);
        const { tally } = control;
        const measure = control.measure();
        const { meant, applied, merged, unneeded, lost } = tally.fates;
        const open = tally.log.ledgers.flatMap(({ pushes }) => pushes);
        expect(open.filter(({ outstanding }) => outstanding !== 0)).toEqual([]);
        expect(applied + merged + unneeded + lost).toBe(meant);
        expect(tally.pushedProxies + tally.droppedPushes).toBe(tally.begunPushes);
        expect(tally.sentConvergence.count).toBeGreaterThanOrEqual(tally.convergence.count);
        expect(tally.convergence.count).toBeGreaterThanOrEqual(tally.ackedConvergence.count);
        expect(applied + merged).toBe(tally.convergence.count);
        for (const istiod of replicas.serving) {
          if (istiod === null) continue;
          const { connections, tasks, delivery, queue, dispatcher } = istiod;
          const isQuiet = tasks.count === 0 && delivery.messages.count === 0;
          if (!isQuiet) expect(over.connectionAge).toBe(20 * S);
          else expect(connections.count).toBe(connections.open.length);
          expect([queue.pending, dispatcher.slots]).toEqual([0, 0]);
        }
        // Every change that somebody heard of was pushed by each who did, or lost with it.
        const batched = open.reduce((sum, { batch }) => sum + batch.events.length, 0);
        expect(batched + measure.faults.lostEvents).toBe(tally.log.heardCount);
        seen.applied += applied;
        seen.merged += merged;
        seen.unneeded += unneeded;
        seen.lost += lost;
        seen.dropped += tally.droppedPushes;
        for (const metric of measure.metrics) {
          expect(metric.counts.every((count) => count >= 0)).toBe(true);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
    for (const [fate, count] of Object.entries(seen)) expect(count, fate).toBeGreaterThan(5);
  }, 60_000);

  test('reaches the views of all proxies in the end', () => {
    fc.assert(
      fc.property(cases, ({ churn, faults, istiods, perPush, ...over }) => {
        const fleet = fleetFor(istiods, perPush);
        const { world, control, replicas } = simulate(fleet, churn, faults, over);
        world.run(600 * S);
        const connected = new Set(
          replicas.serving.flatMap((one) =>
            one === null ? [] : one.connections.open.map((c) => one.connections.proxyOf(c)),
          ),
        );
        const configured = control.configurations();
        fleet.proxies.forEach((proxy, p) => {
          if (configured[p] === null || !connected.has(p)) return;
          for (const { group } of fleet.services) {
            const up = fleet.slots.filter(
              ({ service, place }) => service === group && world.placeState.get(place) === 0,
            );
            expect(world.views.membersFor(group, proxy.viewer)).toEqual(
              up.map(({ place }) => place),
            );
          }
        });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
