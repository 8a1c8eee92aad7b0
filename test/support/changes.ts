/** Runs a random network while its places go down and up, and its views change, as planned. */
import type { Simulation } from '../../src/engine/simulate.ts';
import { networkOf, type Plan } from './random-network.ts';
import { type Run, start } from './run.ts';

/** Starts a network, with the seed of its plan or another; nothing has happened yet. */
export function begin(plan: Plan, seed = plan.seed): Run {
  const run = start(networkOf(plan, seed));
  const { simulation } = run;
  // Scope 0 knows everything, scope 1 nothing.
  simulation.views.addScope(new Uint8Array(simulation.network.groups.length));
  const handler = simulation.register((_, i) => apply(simulation, plan, i));
  plan.changes.forEach(({ at }, i) => {
    simulation.schedule(at, handler, i);
  });
  return run;
}

function apply(simulation: Simulation, plan: Plan, i: number): void {
  const { views } = simulation;
  const { change } = plan.changes[i];
  if (change.kind === 'state') simulation.setPlaceState(change.place, change.state);
  else if (change.kind === 'members') views.publish(0, change.members);
  else if (change.kind === 'scope') simulation.setScope(change.viewer, change.knows ? 0 : 1);
  else views.apply(change.viewer, Math.max(0, views.version - change.lag));
}
