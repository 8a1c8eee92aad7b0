/**
 * CPU that istiod needs for generating what a push consists of, with what its cache holds at the moment (specification:
 * control plane, CPU per resource; caches, locks).
 */
import type { ConfigCache } from './cache.ts';
import { countsOf, staticClusters } from './counts.ts';
import type { Part, Plan, Surroundings } from './generate.ts';
import type { Who } from './workloads.ts';

/** CPU of istiod for a push. [ns] */
export interface Work {
  /** Before the first resource is generated. */
  readonly base: number;
  /** By part of the plan. */
  readonly parts: readonly number[];
  /** By part: how much of its work is done holding the lock of its type's cache, alone. */
  readonly locked: readonly number[];
}

export function workOf(
  plan: Plan,
  own: { readonly clusters: number; readonly bytes: number },
  cache: ConfigCache,
  around: Surroundings,
): Work {
  const { cpu } = around.costs;
  const parts: number[] = [];
  const locked: number[] = [];
  for (const part of plan.parts) {
    const isClusters = part.type === 'CDS';
    const { made, inserted, dependents } = partWork(
      part,
      plan,
      isClusters ? own.clusters : 0,
      cache,
      around,
    );
    const bytes = part.bytes + (isClusters ? own.bytes : 0);
    const insert = cpu.gcFactor * (cpu.lockBase * inserted + cpu.lockPerDependent * dependents);
    parts.push(cpu.gcFactor * (made + cpu.perByte * bytes) + insert);
    locked.push(insert);
  }
  const base = cpu.gcFactor * (cpu.perPush + cpu.filterPerKey * plan.types.keyCount);
  return { base, parts, locked };
}

interface PartWork {
  readonly made: number;
  /** Entries that are put into the cache, and what they depend on. */
  readonly inserted: number;
  readonly dependents: number;
}

/** @param own - clusters of the proxy's own ports; like all that belong to no service they are never cached */
function partWork(
  { type, resources, services }: Part,
  { who }: Plan,
  own: number,
  cache: ConfigCache,
  around: Surroundings,
): PartWork {
  const { cpu } = around.costs;
  switch (type) {
    case 'CDS': {
      const missing = cache.missingClusters(services, who);
      const fixed = staticClusters(who, around);
      const kept = resources - fixed - missing.resources;
      const made = cpu.cdsPerCluster * (missing.resources + fixed + own) + cpu.cdsHit * kept;
      const { dependents } = missing;
      return { made, inserted: cache.keepsAll ? missing.resources : 0, dependents };
    }
    case 'EDS': {
      const missing = cache.missingEndpoints(services, who);
      const made =
        cpu.edsPerCluster * missing.resources +
        cpu.edsPerEndpoint * missing.inside +
        cpu.edsHit * (resources - missing.resources);
      return { made, inserted: missing.resources, dependents: missing.dependents };
    }
    case 'RDS':
      return routeWork(who, cache, around);
    case 'LDS': {
      const inlined = who.kind === 'waypoint' ? countsOf(who, around).vhosts : 0;
      const made = cpu.ldsBase + cpu.ldsPerListener * resources + cpu.rdsPerVhost * inlined;
      return { made, inserted: 0, dependents: 0 };
    }
    case 'WDS':
      return { made: cpu.edsPerEndpoint * resources, inserted: 0, dependents: 0 };
    // Nobody has measured more of these than their bytes.
    case 'SDS':
    case 'NDS':
    case 'ECDS':
      return { made: 0, inserted: 0, dependents: 0 };
  }
}

/** The routes of gateways are not cached (BuildHTTPRoutes); the key of another is a hash of all services on its port. */
function routeWork(who: Who, cache: ConfigCache, around: Surroundings): PartWork {
  const { cpu } = around.costs;
  const { routes, vhosts } = countsOf(who, around);
  if (who.kind === 'gateway') {
    return { made: cpu.rdsPerGatewayVhost * vhosts, inserted: 0, dependents: 0 };
  }
  const { resources, inside, auto, dependents } = cache.missingRoutes(who);
  const generated = cpu.rdsPerVhost * (inside - auto) + cpu.rdsPerAutoVhost * auto;
  if (!cache.keepsAll) return { made: generated, inserted: 0, dependents: 0 };
  const looked = cpu.rdsKeyPerService * who.scope.httpServices + cpu.rdsHit * (routes - resources);
  return { made: generated + looked, inserted: resources, dependents };
}
