/**
 * What proxies are told: pushes by their number, ranges of them merged once for all proxies, and for each the plan
 * of what is generated. Proxies that must be told the same share all of it.
 */
import { merge, type Request } from './changes.ts';
import { everything, type Rules, type Types, typesFor, type Who } from './events.ts';
import { type Part, type Plan, planOf, type Surroundings } from './generate.ts';
import type { Range } from './push-queue.ts';
import { NO_PUSH } from './push-queue.ts';
import type { Catalogue, Scope } from './resources.ts';

/** A push that has started. */
export interface Push {
  readonly request: Request;
  /** All changes up to this version of the views are in this push or in earlier ones. */
  readonly covers: number;
}

interface Told {
  readonly request: Request;
  /** By class of proxy. */
  readonly types: Map<number, Types | null>;
  readonly plans: Map<number, { readonly plan: Plan; readonly changes: number }>;
}

export class PushLog {
  readonly pushes: Push[] = [];
  private readonly rules: Rules;
  private readonly around: Surroundings;
  private readonly catalogue: Catalogue;
  /** Merged ranges of the latest pushes, by first and last. */
  private readonly merged = new Map<number, Told>();
  /** The range that was asked for last: most proxies are told the same as the one before them. */
  private latest = { first: -1, last: -2, told: null as Told | null };
  private readonly full = new Map<number, { readonly plan: Plan; readonly changes: number }>();

  constructor(rules: Rules, around: Surroundings) {
    this.rules = rules;
    this.around = around;
    this.catalogue = around.catalogue;
  }

  /** @returns the number of the push */
  add(request: Request, covers: number): number {
    return this.pushes.push({ request, covers }) - 1;
  }

  /** @returns null if the proxy does not need it */
  planFor(range: Range, who: Who): Plan | null {
    const told = range.last === NO_PUSH ? null : this.told(range);
    if (range.forced || told === null) return this.fullPlan(who, told?.request.forced ?? false);
    if (told.request.forced) return this.fullPlan(who, true);
    const group = classOf(who, told.request);
    const known = told.plans.get(group);
    if (known !== undefined && known.changes === this.catalogue.changes) return known.plan;
    let types = told.types.get(group);
    if (types === undefined) {
      types = inlined(typesFor(told.request, who, this.rules), who);
      told.types.set(group, types);
    }
    if (types === null) return null;
    const plan =
      who.kind === 'ztunnel'
        ? ztunnelPlan(told.request.addresses, types, who.scope, this.around)
        : planOf(types, false, who.scope, this.around);
    told.plans.set(group, { plan, changes: this.catalogue.changes });
    return plan;
  }

  /** @param fresh - nothing of it is as the proxy has it */
  fullPlan(who: Who, fresh: boolean): Plan {
    const group = kindNumber(who) * 2 + (fresh ? 1 : 0);
    const known = this.full.get(group);
    if (known !== undefined && known.changes === this.catalogue.changes) return known.plan;
    const types = inlined(everything, who)!;
    const { everything: scope, podCount } = this.catalogue;
    const plan =
      who.kind === 'ztunnel'
        ? ztunnelPlan(scope.services + podCount, types, who.scope, this.around)
        : planOf(types, fresh, who.scope, this.around);
    this.full.set(group, { plan, changes: this.catalogue.changes });
    return plan;
  }

  keyCount(range: Range): number {
    return range.last === NO_PUSH ? 0 : this.told(range).request.keys.size;
  }

  /** The views' version up to which who has applied the range has all changes. */
  covers({ last }: Range): number {
    return last === NO_PUSH ? 0 : this.pushes[last].covers;
  }

  /** The scopes of proxies are others from now on; what was planned by the old ones is of no use. */
  forget(): void {
    this.merged.clear();
    this.full.clear();
    this.latest = { first: -1, last: -2, told: null };
  }

  private told({ first, last }: Range): Told {
    if (first === this.latest.first && last === this.latest.last) return this.latest.told!;
    const told = this.find(first, last);
    this.latest = { first, last, told };
    return told;
  }

  private find(first: number, last: number): Told {
    const name = first * 2 ** 24 + (last - first);
    const known = this.merged.get(name);
    if (known !== undefined) return known;
    let { request } = this.pushes[first];
    for (let n = first + 1; n <= last; n++) request = merge(request, this.pushes[n].request);
    // Ranges come and go with the queue; older ones are not asked for again, and if they are, are merged again.
    if (this.merged.size >= 1024) this.merged.clear();
    const told: Told = { request, types: new Map(), plans: new Map() };
    this.merged.set(name, told);
    return told;
  }
}

/** The routes of a waypoint are in its listeners. */
function inlined(types: Types | null, who: Who): Types | null {
  if (types === null || who.kind !== 'waypoint') return types;
  return { ...types, lds: types.lds || types.rds, rds: false };
}

/** Proxies of one class are told the same: those of one scope, unless a key concerns some namespaces or pods only. */
function classOf(who: Who, { keys }: Request): number {
  if (who.kind === 'sidecar') {
    for (const { kind } of keys.values()) {
      if (kind !== 'Endpoints' && kind !== 'ServiceEntry') {
        return -((who.namespace + 1) * 2 ** 22 + who.service + 2);
      }
    }
  }
  return kindNumber(who);
}

function kindNumber({ kind, scope }: Who): number {
  return scope.number * kinds.length + kinds.indexOf(kind);
}

const kinds: readonly Who['kind'][] = ['sidecar', 'ztunnel', 'waypoint', 'kube-proxy'];

/** A ztunnel is sent single addresses, by delta only; configuration of routing does not concern it. */
function ztunnelPlan(addresses: number, types: Types, scope: Scope, around: Surroundings): Plan {
  const { bytes, envoy } = around.costs;
  const part: Part = {
    type: 'WDS',
    resources: addresses,
    bytes: addresses * bytes.endpoint,
    apply: addresses * envoy.perEndpoint,
    services: null,
  };
  return {
    types: { ...types, cds: 'none', lds: false, rds: false },
    scope,
    parts: addresses > 0 ? [part] : [],
    counts: {
      clusters: 0,
      endpoints: around.catalogue.podCount,
      listeners: 0,
      routes: 0,
      vhosts: 0,
    },
  };
}
