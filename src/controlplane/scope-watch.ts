/** The world as those have it who tell proxies what they see, when somebody else wants to know of it. */
import type { World } from './world.ts';

/** @param onScope - told after the viewer has it */
export function tellingScopes(
  world: World,
  onScope: (viewer: number, scope: number) => void,
): World {
  return {
    get now() {
      return world.now;
    },
    views: world.views,
    register: (handler) => world.register(handler),
    schedule: (at, handler, argument) => world.schedule(at, handler, argument),
    work: (station, demand, handler, argument) => world.work(station, demand, handler, argument),
    busyTime: (station) => world.busyTime(station),
    setPlaceState: (place, state) => world.setPlaceState(place, state),
    setScope(viewer, scope) {
      world.setScope(viewer, scope);
      onScope(viewer, scope);
    },
    counter: (index) => world.counter(index),
    firstCounted: (index) => world.firstCounted(index),
    clearCounter: (index) => world.clearCounter(index),
    onAsk: (handler) => world.onAsk(handler),
  };
}
