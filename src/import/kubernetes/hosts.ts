/** Host names of Istio's resources, and the services that they stand for. */
import type { Manifest, Manifests } from './collect.ts';
import type { ImportedService } from './imported.ts';

export interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
}

export interface Hosts {
  readonly namespaces: ReadonlySet<string>;
  /** The service that a host name stands for in a resource of a namespace; null: none that there is. */
  find(host: string, namespace: string): ServiceRef | null;
}

/** `reviews`, `reviews.shop`, `reviews.shop.svc`, `reviews.shop.svc.cluster.local`. */
const KUBERNETES = /^([^.*]+)(?:\.([^.]+)(?:\.svc(?:\..+)?)?)?$/;

export function hostsOf(services: readonly ImportedService[]): Hosts {
  const isThere = new Set(services.map(({ namespace, draft }) => `${namespace}/${draft.name}`));
  const external = new Map<string, ServiceRef>();
  for (const { namespace, draft, hosts } of services) {
    for (const host of hosts) external.set(host, { namespace, name: draft.name });
  }
  return {
    namespaces: new Set(services.map(({ namespace }) => namespace)),
    find(host, namespace) {
      const known = external.get(host);
      if (known !== undefined) return known;
      const [, name, of = namespace] = KUBERNETES.exec(host) ?? [];
      return name !== undefined && isThere.has(`${of}/${name}`) ? { namespace: of, name } : null;
    },
  };
}

/** A VirtualService inside the mesh: proxies that see the service it is for need to see those that it routes to. */
export interface MeshRoute {
  readonly of: ServiceRef;
  readonly to: readonly ServiceRef[];
}

export function meshRoutesOf(manifests: Manifests, hosts: Hosts): readonly MeshRoute[] {
  return manifests['networking.istio.io/VirtualService'].flatMap((manifest) => {
    const { namespace, body } = manifest;
    const { gateways } = body.spec;
    if (gateways.length > 0 && !gateways.includes('mesh')) return [];
    const to = destinationsOf(manifest).flatMap((host) => hosts.find(host, namespace) ?? []);
    return body.spec.hosts.flatMap((host) => {
      const of = hosts.find(host, namespace);
      return of === null ? [] : [{ of, to }];
    });
  });
}

/** Host names, each once. */
export function destinationsOf({
  body: { spec },
}: Manifest<'networking.istio.io/VirtualService'>): readonly string[] {
  const routes = [...spec.http, ...spec.tcp, ...spec.tls];
  return [
    ...new Set(routes.flatMap(({ route }) => route.map(({ destination }) => destination.host))),
  ];
}
