/**
 * Push contexts of one istiod: what a new one costs, by the kinds that have changed, and sidecar scopes, which are
 * computed in it or, from 1.27, when a proxy first needs one (specification: control plane, Push: initPushContext).
 */
import type { ControlPlaneCosts } from '../calibration/profile.ts';
import type { PushKind, Request } from './changes.ts';
import type { Surroundings } from './generate.ts';
import type { Release } from './releases.ts';
import type { Scopes } from './scopes.ts';
import type { Who } from './workloads.ts';

const serviceKinds: readonly PushKind[] = ['ServiceEntry', 'DNSName'];
const virtualServiceKinds: readonly PushKind[] = ['VirtualService', 'Gateway'];
/** All sidecar scopes are computed anew for these, with services. */
const scopeKinds: readonly PushKind[] = [
  ...serviceKinds,
  'VirtualService',
  'DestinationRule',
  'PeerAuthentication',
  'RequestAuthentication',
  'Sidecar',
];

/** Without the `Full` flag every push has a new context; with it, one that is not full uses the old one. */
export function needsContext({ full }: Request, { hasFullFlag }: Release): boolean {
  return full || !hasFullFlag;
}

export class PushContexts {
  private readonly around: Surroundings;
  private readonly isLazy: boolean;
  private readonly scopes: Scopes;
  /** Each has a default scope. */
  private readonly namespaces: number;
  /** Contexts that have begun with no sidecar scope computed. */
  private rounds = 0;
  /** By Sidecar, as `selectorOf` numbers it, or by namespace of who has none: the round that its scope is of. */
  private readonly ofSidecar = new Map<number, number>();
  private readonly ofNamespace = new Map<number, number>();

  constructor(around: Surroundings, release: Release, scopes: Scopes, namespaces: number) {
    this.around = around;
    this.isLazy = release.lazyScopes;
    this.scopes = scopes;
    this.namespaces = namespaces;
  }

  /** CPU of a new context. [ns] */
  work({ keys, forced }: Request): number {
    const { around, scopes, namespaces } = this;
    const kinds = [...keys.values()].map(({ kind }) => kind);
    const touches = (of: readonly PushKind[]) => forced || kinds.some((kind) => of.includes(kind));
    const services = around.catalogue.everything.services;
    const isRescoped = touches(scopeKinds);
    if (isRescoped) this.rounds++;
    return contextTime(around.costs.cpu, {
      services: touches(serviceKinds) ? services : 0,
      virtualServices: touches(virtualServiceKinds) ? around.virtualServices : 0,
      considered: isRescoped && !this.isLazy ? services * (scopes.count + namespaces) : 0,
    });
  }

  /** CPU for a proxy's sidecar scope, if it is the first that needs it in this context. [ns] */
  scopeWork({ kind, namespace, sidecar }: Who): number {
    if (!this.isLazy || kind !== 'sidecar') return 0;
    const known = sidecar === null ? this.ofNamespace : this.ofSidecar;
    const number = sidecar ?? namespace;
    if ((known.get(number) ?? 0) === this.rounds) return 0;
    known.set(number, this.rounds);
    const considered = this.around.catalogue.everything.services;
    return contextTime(this.around.costs.cpu, { services: 0, virtualServices: 0, considered });
  }
}

/** [ns] @param size - what is gone over; of scopes, each service for each of them */
export function contextTime(
  costs: ControlPlaneCosts['cpu'],
  size: {
    readonly services: number;
    readonly virtualServices: number;
    readonly considered: number;
  },
): number {
  return (
    costs.gcFactor *
    (costs.contextPerService * size.services +
      costs.contextPerVirtualService * size.virtualServices +
      costs.scopePerService * size.considered)
  );
}
