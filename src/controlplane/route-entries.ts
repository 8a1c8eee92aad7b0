/**
 * Cached route configurations: one for an HTTP port and the services that a proxy sees on it, whoever sees the same
 * ones shares it; and one for each port without a protocol. Dropping a service drops the routes of all its ports; that
 * costs the same however many scopes there are, because an entry is only looked at again when somebody asks for it.
 */
import type { Missing } from './cache.ts';
import type { FleetService } from './fleet.ts';
import { type Catalogue, httpPortsOf, type PortServices, type Scope } from './resources.ts';
import { ServiceEntries } from './service-entries.ts';
import type { Who } from './workloads.ts';

/** A route that is there: nothing on it was dropped up to this drop. */
interface Entry {
  freshAt: number;
}

/** What was dropped on a port: the latest drop, and of which service. */
interface PortDrops {
  latest: number;
  service: number;
}

export class RouteEntries {
  private readonly limit: number;
  /** By what names a route; the longest unused first. */
  private readonly entries = new Map<number, Entry>();
  private readonly auto: ServiceEntries;
  /** By service: its HTTP ports, and the number of the drop that was its last. */
  private readonly portsOf: readonly (readonly number[])[];
  private readonly droppedAt: Float64Array;
  /** By port. */
  private readonly servicesOn = new Map<number, number[]>();
  private readonly drops = new Map<number, PortDrops>();
  /** Drops so far. */
  private clock = 0;

  constructor(limit: number, services: readonly FleetService[]) {
    this.limit = limit;
    this.auto = new ServiceEntries(limit, services.map(autoRoutesOf));
    this.portsOf = services.map(httpPortsOf);
    this.droppedAt = new Float64Array(services.length);
    this.portsOf.forEach((ports, service) => {
      for (const port of ports) {
        const others = this.servicesOn.get(port);
        if (others === undefined) this.servicesOn.set(port, [service]);
        else others.push(service);
      }
    });
  }

  drop(service: number): void {
    this.clock++;
    this.droppedAt[service] = this.clock;
    this.auto.drop(service);
    for (const port of this.portsOf[service]) {
      const drops = this.drops.get(port);
      if (drops === undefined) this.drops.set(port, { latest: this.clock, service });
      else {
        drops.latest = this.clock;
        drops.service = service;
      }
    }
  }

  dropAll(): void {
    this.entries.clear();
    this.auto.dropAll();
  }

  missing(who: Who, catalogue: Catalogue): Missing {
    const { scope } = who;
    let resources = 0;
    let inside = 0;
    let dependents = 0;
    for (const [port, on] of scope.httpPorts) {
      if (this.has(who, port, on)) continue;
      resources++;
      inside += on.count + 1;
      dependents += on.count;
    }
    if (resources > 0) inside += who.extraVhosts;
    let auto = 0;
    for (const s of this.auto.missing(null, scope.autoRoutes)) {
      if (catalogue.isSeen(scope, s)) auto += this.auto.sizeOf(s);
    }
    return {
      resources: resources + auto,
      inside: inside + 2 * auto,
      auto: 2 * auto,
      dependents: dependents + auto,
    };
  }

  /** @returns whether anything was not there */
  put(who: Who, catalogue: Catalogue): boolean {
    const { scope } = who;
    let isDifferent = false;
    for (const [port, on] of scope.httpPorts) {
      isDifferent ||= !this.has(who, port, on);
      const name = nameOf(who, port, on);
      this.entries.delete(name);
      this.entries.set(name, { freshAt: this.clock });
    }
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.limit) break;
      this.entries.delete(oldest);
    }
    return this.auto.put(null, (s) => catalogue.isSeen(scope, s)) || isDifferent;
  }

  private has(who: Who, port: number, on: PortServices): boolean {
    const entry = this.entries.get(nameOf(who, port, on));
    return entry !== undefined && this.isFresh(entry, port, who.scope);
  }

  private isFresh(entry: Entry, port: number, scope: Scope): boolean {
    const drops = this.drops.get(port);
    if (drops === undefined || drops.latest <= entry.freshAt) return true;
    // Mostly it is the latest drop that has hit it.
    if (scope.includes(drops.service)) return false;
    for (const s of this.servicesOn.get(port) ?? []) {
      if (this.droppedAt[s] > entry.freshAt && scope.includes(s)) return false;
    }
    entry.freshAt = this.clock;
    return true;
  }
}

/** A route to which an EnvoyFilter adds hosts is the workload's own; others are of who sees the same on the port. */
function nameOf({ extraVhosts, workload }: Who, port: number, { low, high }: PortServices): number {
  if (extraVhosts > 0) return -(workload * 2 ** 16 + port + 1);
  return (port * 32 + (high & 31)) * 2 ** 32 + (low >>> 0);
}

function autoRoutesOf({ headless, ports }: FleetService): number {
  return headless ? 0 : ports.filter(({ protocol }) => protocol === 'auto').length;
}
