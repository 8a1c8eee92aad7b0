/** What stale endpoints cost: tries that came to pods which were gone, and for how long they did. */
import type { Simulation } from '../engine/simulate.ts';
import { MILLISECOND } from '../units.ts';
import type { ServiceNames } from './directory.ts';
import type { StaleMeasure } from './replication.ts';
import type { StaleResult } from './result.ts';

/** Of a service, at the end of the simulation. @param window - in which the pods went */
export function staleMeasure(
  { firstPlace, placeCount }: ServiceNames,
  tag: number,
  { misses }: Simulation,
  { from, to }: { readonly from: number; readonly to: number },
): StaleMeasure {
  const own = misses.removals.filter(
    ({ place, at }) =>
      place >= firstPlace && place < firstPlace + placeCount && at >= from && at < to,
  );
  const windows = own.map(({ at, last }) => last - at);
  return {
    failed: misses.failed[tag],
    retried: misses.retried[tag],
    removals: own.length,
    windowSum: windows.reduce((sum, window) => sum + window, 0),
    windowMax: windows.reduce((most, window) => Math.max(most, window), 0),
  };
}

/** Of all replications together. */
export function staleResult(items: readonly StaleMeasure[]): StaleResult {
  const sum = (of: (item: StaleMeasure) => number) =>
    items.reduce((total, item) => total + of(item), 0);
  const removals = sum((item) => item.removals);
  const failed = sum((item) => item.failed);
  const retried = sum((item) => item.retried);
  return {
    tries: failed + retried,
    failed,
    retried,
    removals,
    window_mean_ms: sum((item) => item.windowSum) / Math.max(1, removals) / MILLISECOND,
    window_max_ms: Math.max(...items.map(({ windowMax }) => windowMax)) / MILLISECOND,
  };
}
