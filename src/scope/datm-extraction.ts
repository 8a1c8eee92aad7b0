/**
 * The control extractor of DATM: from what Prometheus counted to the relations between services, and from those to
 * what is to be done (Electronics 2023, 12(16), 3404: Algorithms 1 and 2, and the comparison with the local store).
 */
import type { Dependency, Site } from './strategy.ts';

/** DEMmap: by service, whom it depends on; only services that depend on any. */
export type Demands = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Algorithm 1, hub service extraction: the business services of the mesh that run, each once. A service runs if it is
 * there and the metrics name it; as a caller is enough, for the callers of an entry service are outside. It is a
 * business service if its proxies are under this mode: only a proxy with mutual TLS counts a call.
 *
 * @param metrics - relations of which calls were counted
 */
export function hubServices(metrics: readonly Dependency[], site: Site): readonly number[] {
  const global = new Set(metrics.flatMap(({ source, destination }) => [destination, source]));
  return site.own.filter((service) => global.has(service) && site.services[service].exists);
}

/**
 * Algorithm 2, service dependencies extraction: for each hub service those that it calls. One that calls nobody is not
 * in the map, so no Sidecar of its own is made for it.
 */
export function serviceDependencies(
  hub: readonly number[],
  metrics: readonly Dependency[],
  { services }: Site,
): Demands {
  const demands = new Map<number, Set<number>>();
  const children = new Set(hub);
  for (const { source, destination } of metrics) {
    // Requests are counted of HTTP only.
    if (!children.has(source) || !services[destination].exists || services[destination].isTcp) {
      continue;
    }
    const known = demands.get(source);
    if (known === undefined) demands.set(source, new Set([destination]));
    else known.add(destination);
  }
  return demands;
}

/** What has to be done to the Sidecars of services; each in ascending order. */
export interface Difference {
  readonly add: readonly number[];
  readonly update: readonly number[];
  readonly delete: readonly number[];
}

export function compare(local: Demands, demands: Demands): Difference {
  const now = [...demands.keys()].sort(ascending);
  return {
    add: now.filter((service) => !local.has(service)),
    update: now.filter((service) => {
      const before = local.get(service);
      return before !== undefined && !isEqual(before, demands.get(service) ?? new Set());
    }),
    delete: [...local.keys()].filter((service) => !demands.has(service)).sort(ascending),
  };
}

export function isSameDemand(a: Demands, b: Demands): boolean {
  const difference = compare(a, b);
  return [difference.add, difference.update, difference.delete].every(({ length }) => length === 0);
}

function isEqual(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

function ascending(a: number, b: number): number {
  return a - b;
}
