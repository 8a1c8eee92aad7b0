/** What the mesh costs: CPU of applications, proxies and istiod, configuration and memory of the proxies. */
import { SECOND } from '../units.ts';
import { groupBy } from './align.ts';
import { across } from './estimate.ts';
import { mean, ratioInterval } from './interval.ts';
import type { ProxyMeasure, Replication, StationMeasure } from './replication.ts';
import type { CostResult, Estimate, ProxyResult } from './result.ts';

export function proxyResults(replications: readonly Replication[]): readonly ProxyResult[] {
  const all = replications.flatMap(({ proxies }) => proxies);
  const groups = groupBy(all, ({ kind, service }) => `${kind} of ${service}`);
  return groups.map((items) => {
    const average = (of: (proxy: ProxyMeasure) => number) => mean(items.map(of));
    const memories = items.map(({ memory }) => memory).filter((memory) => memory !== null);
    return {
      kind: items[0].kind,
      service: items[0].service,
      count: sumOf(items, ({ count }) => count) / replications.length,
      clusters: average((proxy) => proxy.clusters),
      endpoints: average((proxy) => proxy.endpoints),
      memory_bytes: memories.length === 0 ? null : mean(memories),
    };
  });
}

export function costResult(replications: readonly Replication[]): CostResult {
  const apps = replications.map((replication) => coresOf(replication, isApp));
  const proxies = replications.map((replication) => coresOf(replication, isProxy));
  const configured = replications.map((replication) =>
    sumOf(replication.proxies, ({ count }) => count),
  );
  const memories = replications.map(memoryOf);
  const known = memories.filter((memory) => memory !== null);
  const isKnown = known.length === memories.length;
  const istiod = replications.map(
    ({ controlPlane, cut, window }) => controlPlane.istiodCpuSeconds / ((cut + window) / SECOND),
  );
  return {
    cpu_apps_cores: across(apps),
    cpu_proxies_cores: across(proxies),
    cpu_per_proxy_cores: perProxy(proxies, replications.map(proxyCount)),
    cpu_istiod_cores: across(istiod),
    memory_proxies_bytes: isKnown ? across(known) : null,
    memory_per_proxy_bytes: isKnown ? perProxy(known, configured) : null,
    memory_istiod_bytes: across(replications.map(({ controlPlane }) => controlPlane.istiodMemory)),
  };
}

/** Of all proxies together; null where that of some is not known. [B] */
function memoryOf({ proxies }: Replication): number | null {
  return proxies.reduce<number | null>(
    (sum, { count, memory }) => (sum === null || memory === null ? null : sum + count * memory),
    0,
  );
}

function coresOf(replication: Replication, which: (station: StationMeasure) => boolean): number {
  const seconds = sumOf(replication.stations.filter(which), (station) => station.cpuSeconds);
  return seconds / (replication.window / SECOND);
}

function perProxy(amounts: readonly number[], counts: readonly number[]): Estimate {
  return counts.every((count) => count === 0) ? across(counts) : ratioInterval(amounts, counts);
}

function isApp({ kind }: StationMeasure): boolean {
  return kind === 'app';
}

function isProxy({ kind }: StationMeasure): boolean {
  return !['app', 'threads', 'istiod'].includes(kind);
}

/**
 * With or without a configuration. A proxy has several stations, its workers and its main thread, but is counted once;
 * the application of a relay is a cost of the mesh, but no proxy.
 */
function proxyCount({ stations }: Replication): number {
  const proxies = stations.filter((station) => isProxy(station) && station.kind !== 'relay');
  const groups = groupBy(proxies, ({ kind, service }) => `${kind} of ${service}`);
  return sumOf(groups, (group) => Math.max(...group.map(({ pods }) => pods)));
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
