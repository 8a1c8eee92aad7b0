import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Cluster,
  DEAD,
  membersAtStart,
  READY,
  REFUSED,
  SPARE,
  TERMINATING,
  UNREACHABLE,
  type Watcher,
} from '../../src/controlplane/cluster.ts';
import type { Fleet } from '../../src/controlplane/fleet.ts';
import { Replicas } from '../../src/controlplane/replicas.ts';
import { fakeWorld } from './fake-world.ts';
import { fleetOf, S } from './fleets.ts';

/** Pods without an istiod: sidecars are configured at once. */
function podsOf(fleet: Fleet, onChange: (cluster: Cluster) => void = () => {}) {
  const world = fakeWorld(membersAtStart(fleet, fleet.services.length), fleet.slots.length);
  const members: number[] = [];
  const watcher: Watcher = {
    endpoints(_, __, count) {
      members.push(count);
      onChange(cluster);
    },
    service() {},
    serviceGone() {},
    created: () => onChange(cluster),
    ready() {},
    gone() {},
    hostLost() {},
    isConfigured: () => true,
    reconcile: (service) => replicas.reconcile(service),
  };
  const cluster = new Cluster(world, fleet, { drain: 5 * S, grace: 30 * S }, watcher);
  const replicas = new Replicas(cluster);
  cluster.start();
  const alive = () =>
    [...cluster.state].filter((state) => state !== SPARE && state !== TERMINATING && state !== DEAD)
      .length;
  const ready = () => [...cluster.state].filter((state) => state === READY).length;
  return { world, cluster, replicas, members, alive, ready };
}

describe('pods', () => {
  test('a deleted pod is not ready at once, serves on while its sidecar drains, and then refuses', () => {
    const { world, cluster } = podsOf(fleetOf({ services: 1, replicas: 2, spares: 0 }));
    world.at(10 * S, () => cluster.delete(0));
    world.run(10 * S + 1);
    expect(cluster.membersOf(0)).toEqual([1]);
    world.run(15 * S);
    expect(world.placeState.get(0)).toBe(0);
    world.run(15 * S + 1);
    expect(world.placeState.get(0)).toBe(REFUSED);
  });

  test('a deleted pod without a sidecar serves on for the grace period', () => {
    const { world, cluster } = podsOf(
      fleetOf({ services: 1, replicas: 2, spares: 0, kind: 'kube-proxy' }),
    );
    world.at(10 * S, () => cluster.delete(0));
    world.run(40 * S);
    expect(world.placeState.get(0)).toBe(0);
    world.run(40 * S + 1);
    expect(world.placeState.get(0)).toBe(REFUSED);
  });

  test('a crashed pod refuses at once and is replaced', () => {
    const { world, cluster, replicas, ready } = podsOf(
      fleetOf({ services: 1, replicas: 2, spares: 1 }),
    );
    replicas.setPodStart(0, 3 * S);
    world.at(S, () => cluster.crash(0));
    world.run(S + 1);
    expect(world.placeState.get(0)).toBe(REFUSED);
    expect(cluster.membersOf(0)).toEqual([1]);
    world.run(4 * S + 1);
    expect(ready()).toBe(2);
    expect(cluster.membersOf(0)).toEqual([1, 2]);
    expect(world.placeState.get(2)).toBe(0);
  });

  test('an outage lasts from the last ready pod to the next, not past the end of the service', () => {
    const { world, cluster, replicas } = podsOf(fleetOf({ services: 2, replicas: 1, spares: 1 }));
    for (const service of [0, 1]) replicas.setPodStart(service, 3 * S);
    world.at(S, () => cluster.crash(0));
    world.at(10 * S, () => cluster.delete(cluster.slotsOf[0][1]));
    world.at(12 * S, () => cluster.deleteService(0));
    const secondsAt = (until: number) => {
      world.run(until);
      return cluster.outages().map(({ seconds }) => seconds);
    };
    expect(secondsAt(S)).toEqual([]);
    expect(secondsAt(3 * S)).toEqual([2]);
    expect(secondsAt(9 * S)).toEqual([3]);
    expect(secondsAt(11 * S)).toEqual([4]);
    expect(secondsAt(60 * S)).toEqual([5]);
    expect(cluster.outages()).toEqual([{ service: cluster.fleet.services[0].id, seconds: 5 }]);
  });

  test('an outage by a lost host begins when it is lost, not when that is noticed', () => {
    const fleet = fleetOf({ services: 1, replicas: 1, spares: 1, hosts: 2 });
    const { world, cluster, replicas } = podsOf(fleet);
    replicas.setPodStart(0, 3 * S);
    world.at(S, () => cluster.loseHost(fleet.slots[0].host, 60 * S));
    world.run(100 * S);
    expect(cluster.outages().map(({ seconds }) => seconds)).toEqual([63]);
  });

  test('pods of a lost host are unreachable, stay endpoints for 40 s, and come back elsewhere', () => {
    const fleet = fleetOf({ services: 1, replicas: 4, spares: 4, hosts: 4 });
    const { world, cluster, ready } = podsOf(fleet);
    world.at(S, () => cluster.loseHost(1, 300 * S));
    world.run(40 * S);
    expect(world.placeState.get(1)).toBe(UNREACHABLE);
    expect(cluster.membersOf(0)).toEqual([0, 1, 2, 3]);
    world.run(42 * S);
    expect(cluster.membersOf(0)).toEqual([0, 2, 3]);
    world.run(400 * S);
    expect(ready()).toBe(4);
    expect(cluster.membersOf(0).every((place) => fleet.slots[place].host !== 1)).toBe(true);
  });

  test('a pod that finds no room waits until a place is free', () => {
    const { world, replicas, ready } = podsOf(fleetOf({ services: 1, replicas: 2, spares: 0 }));
    world.at(S, () => replicas.roll(0, 0, 1, S));
    world.run(S + 1);
    expect(ready()).toBe(1);
    // Each goes after five seconds of draining and comes back a second later in the place of the other.
    world.run(20 * S);
    expect(ready()).toBe(2);
  });
});

describe('a Deployment', () => {
  test('never has fewer ready pods than allowed, nor more pods, during a rolling update', () => {
    const shape = fc.record({
      replicas: fc.integer({ min: 1, max: 8 }),
      surge: fc.integer({ min: 0, max: 4 }),
      unavailable: fc.integer({ min: 0, max: 4 }),
      podStart: fc.integer({ min: 1, max: 9 * S }),
      again: fc.integer({ min: 0, max: 20 * S }),
    });
    fc.assert(
      fc.property(shape, ({ replicas, surge, unavailable, podStart, again }) => {
        const least = replicas - (surge + unavailable === 0 ? 1 : unavailable);
        const fleet = fleetOf({ services: 1, replicas, spares: 2 * replicas + surge });
        const pods = podsOf(fleet, () => {
          expect(pods.ready()).toBeGreaterThanOrEqual(least);
          expect(pods.alive()).toBeLessThanOrEqual(replicas + surge);
        });
        const roll = () => pods.replicas.roll(0, surge, unavailable, podStart);
        pods.world.at(S, roll);
        pods.world.at(S + again, roll);
        pods.world.run();
        expect(pods.ready()).toBe(replicas);
        expect(pods.alive()).toBe(replicas);
        // Everything was replaced: each pod stopped once or more, so at least as many endpoint changes twice over.
        expect(pods.members.length).toBeGreaterThanOrEqual(2 * replicas);
      }),
      { numRuns: 150 },
    );
  });

  test('has as many pods as it was last scaled to, versions in their shares', () => {
    const base = fleetOf({ services: 1, replicas: 3, spares: 9 });
    const services = [{ ...base.services[0], replicas: [1, 1, 1] }];
    const slots = base.slots.map((slot, s) => ({ ...slot, version: s % 3 }));
    const { world, cluster, replicas, ready } = podsOf({ ...base, services, slots });
    for (const [at, count] of [
      [1, 7],
      [60, 0],
      [120, 4],
    ])
      world.at(at * S, () => replicas.scale(0, count, S));
    world.run(50 * S);
    expect(ready()).toBe(7);
    world.run(110 * S);
    expect(cluster.membersOf(0)).toEqual([]);
    world.run(170 * S);
    const versions = cluster.membersOf(0).map((place) => slots[place].version);
    expect(versions.sort()).toEqual([0, 0, 1, 2]);
  });
});
