/**
 * Proxies that are always told the same, one workload of them: all of one kind, namespace and service. What each
 * workload sees is a matter of the push context, so every istiod replica keeps its own.
 */
import type { Request } from './changes.ts';
import type { Who } from './events.ts';
import type { Fleet } from './fleet.ts';
import type { Scope } from './resources.ts';
import type { Scopes } from './scopes.ts';

/** Which workload each proxy belongs to. */
export interface ProxyWorkloads {
  readonly workloads: readonly Workload[];
  /** By proxy. */
  readonly workloadOf: Int32Array;
}
export type Workload = Omit<Who, 'scope'>;

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
  if (kind === 'sidecar') return scopes.of(namespace, service);
  return kind === 'waypoint' ? scopes.ofWaypoint(namespace) : scopes.everything;
}

/** The workloads as one push context has them. */
export class Workloads {
  private readonly proxies: ProxyWorkloads;
  private readonly scopes: Scopes;
  private readonly root: number;
  /** By workload. */
  readonly all: Who[];

  /** @param root - the root namespace, −1 where the fleet has nothing in it */
  constructor(proxies: ProxyWorkloads, scopes: Scopes, root: number) {
    this.proxies = proxies;
    this.scopes = scopes;
    this.root = root;
    this.all = proxies.workloads.map((one) => ({ ...one, scope: scopeOf(one, scopes) }));
  }

  of(proxy: number): Who {
    return this.all[this.numberOf(proxy)];
  }

  numberOf(proxy: number): number {
    return this.proxies.workloadOf[proxy];
  }

  /** A new context has the Sidecars that were written. @returns whether there were any */
  adopt({ keys }: Request): boolean {
    const written = new Set<number>();
    for (const { kind, namespace } of keys.values()) if (kind === 'Sidecar') written.add(namespace);
    if (written.size === 0) return false;
    this.all.forEach((who, workload) => {
      if (!written.has(who.namespace) && !written.has(this.root)) return;
      this.all[workload] = { ...who, scope: scopeOf(who, this.scopes) };
    });
    return true;
  }
}
