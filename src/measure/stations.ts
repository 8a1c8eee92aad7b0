/** How busy the stations were, and who waited at them. */
import { MICROSECOND, SECOND } from '../units.ts';
import { alignBy } from './align.ts';
import { across } from './estimate.ts';
import { mean } from './interval.ts';
import type { Replication, StationMeasure } from './replication.ts';
import type { StationResult } from './result.ts';

export function stationResults(
  replications: readonly Replication[],
  saturated: ReadonlySet<string>,
): readonly StationResult[] {
  const windows = replications.map(({ window }) => window / SECOND);
  const lists = replications.map(({ stations }) => stations);
  return alignBy(lists, (station) => station.name).map(({ key, items }) => {
    const { kind, service, servers } = items[0];
    const isSaturated = saturated.has(key);
    const estimate = (of: (station: StationMeasure, rep: number) => number) =>
      across(items.map(of));
    return {
      kind,
      name: key,
      service,
      pods: mean(items.map(({ pods }) => pods)),
      servers,
      saturated: isSaturated,
      visits_per_s: estimate((station, rep) => station.visits / windows[rep]),
      cpu_cores: estimate((station, rep) => station.cpuSeconds / windows[rep]),
      utilisation: estimate((station) => station.utilisation),
      utilisation_max: estimate((station) => station.utilisationMax),
      wait_mean_us: isSaturated ? null : estimate((station) => station.waitMean / MICROSECOND),
      queue_mean: isSaturated ? null : estimate((station) => station.queueMean),
      rejected: items.reduce((sum, station) => sum + station.rejected, 0),
    };
  });
}
