/**
 * What proxies are told: pushes by their number, ranges of them merged once for all proxies, and for each the plan
 * of what is generated. Proxies that must be told the same share all of it.
 */
import { mergeAll, type PushKind, type Request } from './changes.ts';
import { everything, type Rules, type Types, typesFor } from './events.ts';
import { answerOf, type Plan, planOf, type Surroundings, ztunnelPlan } from './generate.ts';
import { NO_PUSH, type Range } from './push-queue.ts';
import type { Catalogue } from './resources.ts';
import { type Who, whoBefore } from './workloads.ts';

/** A push that has started. */
export interface Push {
  readonly request: Request;
  /** All changes up to this version of the views are in this push or in earlier ones. */
  readonly covers: number;
}

interface Told {
  readonly request: Request;
  /** Services that a key of it is about. */
  readonly services: ReadonlySet<number>;
  /** Some key concerns proxies by their namespace, not only by what they see. */
  readonly byNamespace: boolean;
  /** Namespaces of Sidecars that were written: which of them a workload uses tells it apart from its neighbours. */
  readonly sidecarsOf: ReadonlySet<number>;
  /** By class of proxy. */
  readonly types: Map<number, Types | null>;
  readonly plans: Map<number, Made>;
}

/** A plan, and the state of the catalogue that it was made by. */
interface Made {
  readonly plan: Plan;
  readonly changes: number;
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
  private readonly full = new Map<number, Made>();

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
    // A context that was made since the latest of these pushes is not theirs.
    const then = whoBefore(who, range.last + 1);
    const before = whoBefore(who, range.first);
    const group = classOf(then, before, told, this.rules.root);
    const known = told.plans.get(group);
    if (known !== undefined && known.changes === this.catalogue.changes) return known.plan;
    let types = told.types.get(group);
    if (types === undefined) {
      types = typesFor(told.request, then, this.rules, before);
      told.types.set(group, types);
    }
    if (types === null) return null;
    const plan =
      who.kind === 'ztunnel'
        ? ztunnelPlan(told.request.addresses, types, then, this.around)
        : planOf(types, false, then, this.around);
    told.plans.set(group, { plan, changes: this.catalogue.changes });
    return plan;
  }

  /** @param fresh - nothing of it is as the proxy has it */
  fullPlan(who: Who, fresh: boolean): Plan {
    const group = classNumber(who, true) * 2 + (fresh ? 1 : 0);
    const known = this.full.get(group);
    if (known !== undefined && known.changes === this.catalogue.changes) return known.plan;
    const { everything: scope, podCount, changes } = this.catalogue;
    const plan =
      who.kind === 'ztunnel'
        ? ztunnelPlan(scope.services + podCount, everything, who, this.around)
        : planOf(everything, fresh, who, this.around);
    this.full.set(group, { plan, changes });
    return plan;
  }

  /** The answer to a proxy that has new clusters and asks for their endpoints: what a plan says that follows. */
  followPlan(services: readonly number[], who: Who): Plan {
    return answerOf(services, who, this.around);
  }

  /** It concerns proxies for what they see alone, so that all plain ones (see `Workloads`) of a class are told the same. */
  isPlain(range: Range): boolean {
    if (range.forced || range.last === NO_PUSH) return false;
    const { byNamespace, sidecarsOf } = this.told(range);
    return !byNamespace && sidecarsOf.size === 0;
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
    const request = mergeAll((n) => this.pushes[n].request, first, last + 1);
    // Ranges come and go with the queue; older ones are not asked for again, and if they are, are merged again.
    if (this.merged.size >= 1024) this.merged.clear();
    const keys = [...request.keys.values()];
    const told: Told = {
      request,
      services: new Set(keys.map(({ service }) => service).filter((s) => s >= 0)),
      byNamespace: keys.some(({ kind }) => !byScope.has(kind)),
      sidecarsOf: new Set(
        keys.filter(({ kind }) => kind === 'Sidecar').map(({ namespace }) => namespace),
      ),
      types: new Map(),
      plans: new Map(),
    };
    this.merged.set(name, told);
    return told;
  }
}

/** Kinds that concern a proxy, its own service apart, for what it sees. */
const byScope: ReadonlySet<PushKind> = new Set<PushKind>([
  'Endpoints',
  'ServiceEntry',
  'VirtualService',
  'DestinationRule',
]);

/**
 * Proxies of one class are told the same: those of one kind and scope, and of one namespace where a key is about that.
 * Alone is a workload that sees something else than before, whose own service changes though it does not see it, or
 * whose Sidecar may have been written.
 */
function classOf(who: Who, before: Who, told: Told, root: number): number {
  const { services, sidecarsOf } = told;
  const isAlone =
    before !== who ||
    (services.has(who.service) && !who.scope.includes(who.service)) ||
    (sidecarsOf.size > 0 && (sidecarsOf.has(who.namespace) || sidecarsOf.has(root)));
  return isAlone ? -1 - who.workload : classNumber(who, told.byNamespace);
}

/** A gateway's own service says how many listeners it has. */
function classNumber(who: Who, byNamespace: boolean): number {
  const { kind, scope, namespace, workload, extraVhosts } = who;
  if (kind === 'gateway' || extraVhosts > 0) return -1 - workload;
  const ofKind = scope.number * kinds.length + kinds.indexOf(kind);
  return byNamespace ? ofKind * NAMESPACES_MAX + namespace + 1 : ofKind;
}

const kinds: readonly Who['kind'][] = ['sidecar', 'gateway', 'ztunnel', 'waypoint', 'kube-proxy'];
const NAMESPACES_MAX = 2 ** 20;
