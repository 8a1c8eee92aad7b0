/** Fleets under a config mode, for tests: two namespaces of three services, the first of them under the mode. */
import { membersAtStart } from '../../src/controlplane/cluster.ts';
import { createControlPlane } from '../../src/controlplane/control-plane.ts';
import type { Fleet } from '../../src/controlplane/fleet.ts';
import type { IstioSettings } from '../../src/controlplane/settings.ts';
import type { ConfigMode } from '../../src/scope/config-mode.ts';
import { controllerOf } from '../../src/scope/strategies.ts';
import type { Churn } from '../../src/topology/churn.ts';
import { type FakeWorld, fakeWorld } from './fake-world.ts';
import { drawOf, fleetOf, settings } from './fleets.ts';

/** Pods of each service, and places for more. */
export const PODS = 2;
const PLACES = 3;
/** Of the dependencies: s0 calls s1 and s3, s1 calls s2; services 0 to 2 are of `shop`, 3 to 5 of `load`. */
const CALLS = [
  [0, 1],
  [0, 3],
  [1, 2],
] as const;

export function scopedFleet(mode: ConfigMode, over: Partial<Fleet> = {}): Fleet {
  const fleet = fleetOf({ services: 6, replicas: PODS, spares: PLACES - PODS });
  const namespaceOf = (service: number) => (service < 3 ? 0 : 1);
  const namespaces = ['shop', 'load'];
  return {
    ...fleet,
    namespaces,
    services: fleet.services.map((service, s) => ({
      ...service,
      id: `${namespaces[namespaceOf(s)]}/s${s}`,
      namespace: namespaceOf(s),
    })),
    proxies: fleet.proxies.map((proxy) => ({
      ...proxy,
      namespace: namespaceOf(fleet.slots[proxy.slot].service),
    })),
    controllers: [{ mode: mode.mode, controller: controllerOf(mode), own: [0, 1, 2] }],
    dependencies: CALLS.map(([source, destination], d) => ({
      source,
      destination,
      calls: d * (PLACES + 1),
      relayed: d * (PLACES + 1) + PLACES,
    })),
    ...over,
  };
}

export interface Scoped {
  readonly world: FakeWorld;
  readonly control: ReturnType<typeof createControlPlane>;
  /** A call of a dependency at a time, counted by a pod of its destination and, if it is unknown, by the relay. */
  call(at: number, dependency: number, pod?: number): void;
  /** Whether the proxy in a place sees a service. */
  sees(place: number, service: number): boolean;
}

export function runScoped(
  fleet: Fleet,
  churn: readonly Churn[] = [],
  over: Partial<IstioSettings> = {},
): Scoped {
  const world = fakeWorld(
    membersAtStart(fleet, fleet.services.length),
    fleet.slots.length,
    fleet.istiods,
  );
  const control = createControlPlane(world, fleet, { ...settings, ...over }, churn, drawOf(1));
  control.start();
  const count = (counter: number) => {
    if (world.counter(counter) === 0) world.firstCounts.set(counter, world.now);
    world.counters.set(counter, world.counter(counter) + 1);
  };
  const sees = (place: number, service: number) => world.views.isKnown(service, place);
  return {
    world,
    control,
    sees,
    call(at, dependency, pod = 0) {
      const { source, destination, calls, relayed } = fleet.dependencies[dependency];
      world.at(at, () => {
        count(calls + pod);
        if (!sees(source * PLACES, destination)) count(relayed);
      });
    },
  };
}

export function placeOf(service: number, pod: number): number {
  return service * PLACES + pod;
}
