/** How much of the start is cut off, where the scenario leaves that to us: pilot replications and MSER-5. */
import type { Replication } from '../measure/replication.ts';
import { learningNamespaces } from '../scenario/expand-config.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface Warmup {
  /** [ns] */
  readonly cut: number;
  readonly method: 'fixed' | 'MSER-5';
  /** False where the pilots did not settle within half of the window. */
  readonly reached: boolean;
}

/** True if requests come, and nothing but chance tells one moment from another. */
export function isStationary({ topology, config, churn, load }: Scenario): boolean {
  return (
    load.length > 0 &&
    churn.length === 0 &&
    learningNamespaces(config).length === 0 &&
    topology.namespaces.every(({ joins }) => joins === 0) &&
    load.every(({ arrivals }) => arrivals.kind === 'closed' || arrivals.rates.length === 1) &&
    load.every(({ start, stop }) => start === 0 && stop === null)
  );
}

/** The same cut for all cases, so that they are compared over the same stretch: the longest that one needs. */
export function findWarmup(pilots: readonly Replication[]): Warmup {
  const transients = pilots.flatMap(({ transient }) => (transient === null ? [] : [transient]));
  return {
    cut: Math.max(0, ...transients.map(({ end }) => end)),
    method: 'MSER-5',
    reached: transients.every(({ reached }) => reached),
  };
}
