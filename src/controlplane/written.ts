/**
 * What config modes have written to the Kubernetes API, as it stands there: a write that changes nothing is no news to
 * anybody who watches. istiod knows it a little later (`scopes.ts`).
 */
import { EVERY_HOST, isSame, lets } from '../scope/hosts.ts';
import type { EgressHost } from '../scope/strategy.ts';
import { ROOT_NAMESPACE } from '../topology/topology.ts';
import type { Fleet } from './fleet.ts';

interface Sidecar {
  readonly hosts: readonly EgressHost[];
  readonly sees: (namespace: string, service: string) => boolean;
}

const NO_SIDECAR: Sidecar = { hosts: [EVERY_HOST], sees: () => true };

export class Written {
  private readonly names: readonly { readonly namespace: string; readonly name: string }[];
  /** By service, and by the name of a namespace. */
  private readonly sidecars = new Map<number | string, Sidecar>();
  /** By service: virtual hosts that its EnvoyFilter adds. */
  private readonly filters = new Map<number, number>();
  /** By controller: routes in the VirtualService of its relay. */
  private readonly routes = new Map<number, number>();

  constructor({ services }: Pick<Fleet, 'services'>) {
    this.names = services.map(({ id }) => {
      const [namespace, name] = id.split('/');
      return { namespace, name };
    });
  }

  /** @returns whether it differs from before */
  sidecar(namespace: string, service: number | null, hosts: readonly EgressHost[] | null): boolean {
    const of = service ?? namespace;
    if (isSame(this.sidecars.get(of)?.hosts ?? null, hosts)) return false;
    if (hosts === null) this.sidecars.delete(of);
    else this.sidecars.set(of, { hosts, sees: lets(hosts, namespace) });
    return true;
  }

  /** @returns whether it differs from before */
  envoyFilter(service: number, vhosts: number): boolean {
    if ((this.filters.get(service) ?? 0) === vhosts) return false;
    this.filters.set(service, vhosts);
    return true;
  }

  /** @returns whether it differs from before */
  virtualService(controller: number, routes: number): boolean {
    if (this.routes.get(controller) === routes) return false;
    this.routes.set(controller, routes);
    return true;
  }

  /** Whether the Sidecars let the proxies of a service see another one. */
  lets(source: number, destination: number): boolean {
    const { namespace, name } = this.names[destination];
    const sidecar =
      this.sidecars.get(source) ??
      this.sidecars.get(this.names[source].namespace) ??
      this.sidecars.get(ROOT_NAMESPACE) ??
      NO_SIDECAR;
    return sidecar.sees(namespace, name);
  }
}
