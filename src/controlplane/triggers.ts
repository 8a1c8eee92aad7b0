/**
 * What istiod makes of what happens in the cluster: a key and a reason, or nothing (specification: control plane, event
 * table #1 to #22; the numbers are its rows).
 */
import type { ConfigKind } from '../topology/churn.ts';
import type { Key, PushKind, Reason } from './changes.ts';
import type { FleetService } from './fleet.ts';
import type { Release } from './releases.ts';

/** Services and namespaces are indexes of the fleet, −1 for none. */
export type Happening =
  /** Pods of a service became ready or unready, or are gone; down to none and back too (#1, #3, #4, #15). */
  | { readonly kind: 'endpoints'; readonly service: number }
  /** Its first endpoints ever, or other service accounts than before (#2). */
  | { readonly kind: 'firstEndpoints'; readonly service: number }
  /** A pod was created that is not ready (#5). */
  | { readonly kind: 'unreadyEndpoint'; readonly service: number }
  /** A service was created or deleted, or has other ports or another selector (#7). */
  | { readonly kind: 'service'; readonly service: number }
  /** A resource was written; `isSame` in what Istio reads, such as by a controller that keeps a status (#10 to #19, #21). */
  | {
      readonly kind: 'config';
      readonly resource: ConfigKind | PushKind;
      readonly namespace: number;
      readonly service: number;
      readonly isSame: boolean;
    }
  /** Something that everything depends on, and what it was (#18, #20). */
  | { readonly kind: 'everything'; readonly reason: Reason }
  /** A workload or service of the ambient mesh, as ztunnels know it (#22). */
  | { readonly kind: 'address'; readonly service: number };

export interface Trigger {
  /** null: everything is pushed to everybody. */
  readonly key: Key | null;
  readonly reason: Reason;
}

/** @returns null if istiod pushes nothing for it */
export function triggerOf(
  happening: Happening,
  services: readonly FleetService[],
  release: Release,
): Trigger | null {
  const about = (kind: PushKind, service: number): Key => {
    return { kind, namespace: services[service].namespace, service };
  };
  switch (happening.kind) {
    case 'endpoints':
      return endpointTrigger(about('Endpoints', happening.service), services[happening.service]);
    case 'firstEndpoints':
      return { key: about('ServiceEntry', happening.service), reason: 'endpoint' };
    case 'unreadyEndpoint':
      if (!release.pushesUnready) return null;
      return endpointTrigger(about('Endpoints', happening.service), services[happening.service]);
    case 'service':
      return { key: about('ServiceEntry', happening.service), reason: 'service' };
    case 'config':
      return happening.isSame ? null : configTrigger(happening, services);
    case 'everything':
      return { key: null, reason: happening.reason };
    case 'address':
      return { key: about('Address', happening.service), reason: 'ambient' };
  }
}

/** Listeners for single pods come and go with them (#8); HTTP without a virtual address is a matter of DNS (#9). */
function endpointTrigger(key: Key, { headless, ports }: FleetService): Trigger {
  if (!headless) return { key, reason: 'endpoint' };
  const isHttp = ports.every(({ protocol }) => protocol === 'http');
  return { key: { ...key, kind: isHttp ? 'DNSName' : 'ServiceEntry' }, reason: 'headlessendpoint' };
}

function configTrigger(
  { resource, namespace, service }: Extract<Happening, { kind: 'config' }>,
  services: readonly FleetService[],
): Trigger {
  switch (resource) {
    case 'MeshConfig':
      return { key: null, reason: 'global' };
    case 'ServiceEntry':
      return { key: { kind: resource, namespace, service }, reason: 'service' };
    case 'WorkloadEntry':
      // It is an endpoint of the services that select it; no handler emits a key of its own kind for one that is none.
      if (service < 0) return { key: { kind: resource, namespace, service }, reason: 'endpoint' };
      return endpointTrigger({ kind: 'Endpoints', namespace, service }, services[service]);
    case 'Secret':
      return { key: { kind: resource, namespace, service }, reason: 'secret' };
    default:
      return { key: { kind: resource, namespace, service }, reason: 'config' };
  }
}
