/**
 * Proxies that are always told the same, one workload of them: all of one kind, namespace and service. What each
 * workload sees is a matter of the push context, so every istiod replica keeps its own.
 */
import type { Request } from './changes.ts';
import type { Fleet, FleetProxy } from './fleet.ts';
import type { Scope } from './resources.ts';
import type { Scopes } from './scopes.ts';

/** Which workload each proxy belongs to. */
export interface ProxyWorkloads {
  readonly workloads: readonly Workload[];
  /** By proxy. */
  readonly workloadOf: Int32Array;
}
export interface Workload {
  readonly kind: FleetProxy['kind'];
  readonly namespace: number;
  /** Of its pods, −1 for none. */
  readonly service: number;
}

/** A proxy as a push context has it; one object for all of a workload. */
export interface Who extends Workload {
  /** A number above theirs for a proxy that sees more than its workload, as it has asked for single services. */
  readonly workload: number;
  /** The services it sees. */
  readonly scope: Scope;
  /** The Sidecar that it uses, as `selectorOf` numbers it, or null. */
  readonly sidecar: number | null;
  /** Virtual hosts in its routes that no service has: an EnvoyFilter adds them. */
  readonly extraVhosts: number;
  /** Number of the first push of the context that it is of, and what it was in the one before; null: never another. */
  readonly since: number;
  readonly before: Who | null;
}

export function workloadsOf({ proxies, slots }: Fleet): ProxyWorkloads {
  const workloads: Workload[] = [];
  const numbers = new Map<string, number>();
  const workloadOf = Int32Array.from(proxies, ({ kind, namespace, slot }) => {
    const service = slot < 0 ? -1 : slots[slot].service;
    const name = `${kind} ${namespace} ${service}`;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, workloads.length);
    return workloads.push({ kind, namespace, service }) - 1;
  });
  return { workloads, workloadOf };
}

/** What the Sidecars that there are now let a workload see. */
export function scopeOf({ kind, namespace, service }: Workload, scopes: Scopes): Scope {
  switch (kind) {
    case 'sidecar':
      return scopes.of(namespace, service);
    case 'gateway':
      return scopes.ofGateway(namespace);
    case 'waypoint':
      return scopes.ofWaypoint(namespace);
    default:
      return scopes.everything;
  }
}

/** As the proxies of a workload were when the push before this one was made. */
export function whoBefore(who: Who, push: number): Who {
  let then = who;
  while (then.before !== null && then.since >= push) then = then.before;
  return then;
}

/** The workloads as one push context has them. */
export class Workloads {
  private readonly proxies: ProxyWorkloads;
  private readonly scopes: Scopes;
  private readonly root: number;
  /** By workload. */
  readonly all: Who[];
  /**
   * By workload: number of its kind and scope if it is plain, so that pushes which concern proxies for what they see
   * concern it like all others of that number; else −1. Since which push that is so, −1 for always.
   */
  readonly plain: Int32Array;
  readonly plainSince: Int32Array;
  /** By namespace: its workloads. */
  private readonly inNamespace = new Map<number, number[]>();

  /** @param root - the root namespace, −1 where the fleet has nothing in it */
  constructor(proxies: ProxyWorkloads, scopes: Scopes, root: number) {
    this.proxies = proxies;
    this.scopes = scopes;
    this.root = root;
    this.all = proxies.workloads.map((_, workload) => this.now(workload, 0, null));
    this.plain = Int32Array.from(this.all, plainClass);
    this.plainSince = new Int32Array(this.all.length).fill(-1);
    proxies.workloads.forEach(({ namespace }, workload) => {
      const others = this.inNamespace.get(namespace);
      if (others === undefined) this.inNamespace.set(namespace, [workload]);
      else others.push(workload);
    });
  }

  of(proxy: number): Who {
    const who = this.all[this.proxies.workloadOf[proxy]];
    const scope = this.scopes.subscribed(proxy);
    if (scope === undefined) return who;
    // Whatever it asks for, it is told apart from its workload.
    const workload = this.all.length + proxy;
    return { ...who, workload, scope, before: null, since: 0 };
  }

  /** The workload of a proxy, −1 for one that is told apart from it. */
  numberOf(proxy: number): number {
    return this.scopes.subscribed(proxy) === undefined ? this.proxies.workloadOf[proxy] : -1;
  }

  /**
   * A new context has the Sidecars and EnvoyFilters that were written.
   *
   * @param push - number of the push that it is made for
   * @returns whether any workload is told differently from now on
   */
  adopt({ keys }: Request, push: number): boolean {
    const written = new Set<number>();
    for (const { kind, namespace } of keys.values()) {
      if (kind === 'Sidecar' || kind === 'EnvoyFilter') written.add(namespace);
    }
    if (written.size === 0) return false;
    const concerned = written.has(this.root)
      ? [...this.all.keys()]
      : [...written].flatMap((namespace) => this.inNamespace.get(namespace) ?? []);
    let isDifferent = false;
    for (const workload of concerned) {
      const before = this.all[workload];
      const after = this.now(workload, push, before);
      const isSame =
        after.scope === before.scope &&
        after.sidecar === before.sidecar &&
        after.extraVhosts === before.extraVhosts;
      if (isSame) continue;
      this.all[workload] = after;
      this.plain[workload] = plainClass(after);
      this.plainSince[workload] = push;
      isDifferent = true;
    }
    return isDifferent;
  }

  private now(workload: number, since: number, before: Who | null): Who {
    const one = this.proxies.workloads[workload];
    const { kind, namespace, service } = one;
    const isSidecar = kind === 'sidecar';
    return {
      ...one,
      workload,
      scope: scopeOf(one, this.scopes),
      sidecar: isSidecar ? this.scopes.usedBy(namespace, service) : null,
      extraVhosts: isSidecar ? this.scopes.extraVhosts(namespace, service) : 0,
      since,
      before,
    };
  }
}

const kinds: readonly Who['kind'][] = ['sidecar', 'gateway', 'ztunnel', 'waypoint', 'kube-proxy'];

/** Not so a gateway, whose own service says how many listeners it has; nor who does not see its own service. */
function plainClass({ kind, scope, service, extraVhosts }: Who): number {
  if (kind === 'gateway' || extraVhosts > 0) return -1;
  if (service >= 0 && !scope.includes(service)) return -1;
  return scope.number * kinds.length + kinds.indexOf(kind);
}
