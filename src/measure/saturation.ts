/**
 * Which stations are saturated, and whom that concerns. A load that meets one has no mean latency:
 * its latency grows as long as the run, so what was measured says only how long the run was.
 */
import { alignBy } from './align.ts';
import type { Replication, StationMeasure } from './replication.ts';

/** Names of the stations found saturated in at least half of the replications. */
export function saturatedStations(replications: readonly Replication[]): ReadonlySet<string> {
  const names = byStation(replications)
    .filter(({ items }) => 2 * countOf(items) >= items.length)
    .map(({ key }) => key);
  return new Set(names);
}

/** Stations at the edge: saturated in some replications, but in fewer than half; with that number. */
export function flickering(
  replications: readonly Replication[],
): readonly { readonly name: string; readonly count: number }[] {
  return byStation(replications)
    .map(({ key, items }) => ({ name: key, count: countOf(items) }))
    .filter(({ count }) => count > 0 && 2 * count < replications.length);
}

/** Names of the loads whose requests may visit a saturated station. */
export function saturatedLoads(replications: readonly Replication[]): ReadonlySet<string> {
  const stations = saturatedStations(replications);
  const loads = (replications[0]?.loads ?? []).filter((load) => meets(load, stations));
  return new Set(loads.map((load) => load.name));
}

export function meets(
  { stations }: { readonly stations: readonly string[] },
  saturated: ReadonlySet<string>,
): boolean {
  return saturated.size > 0 && stations.some((name) => saturated.has(name));
}

function byStation(replications: readonly Replication[]) {
  return alignBy(
    replications.map(({ stations }) => stations),
    (station) => station.name,
  );
}

function countOf(items: readonly StationMeasure[]): number {
  return items.filter((station) => station.saturated).length;
}
