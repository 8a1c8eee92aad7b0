/** Churn of configuration: resources are written, named ones or random ones of many. */
import type { ConfigResource } from '../../topology/churn.ts';
import { matcher } from '../../topology/pattern.ts';
import { ROOT_NAMESPACE } from '../../topology/topology.ts';
import type { Key } from '../changes.ts';
import type { Maker, Site } from './site.ts';

export const config: Maker<'config'> = (change, _, site) => {
  const keys = keysOf(change, site);
  return () => {
    for (const key of keys) site.write(key);
  };
};

export const configChurn: Maker<'configChurn'> = (change, item, site) => {
  const keys = change.resources.flatMap((resource) => keysOf(resource, site));
  return (n) => {
    if (keys.length > 0) site.write(site.one(keys, item, n));
  };
};

/** Of a namespace that holds nothing of the fleet. */
const NOWHERE = -2;

/** The resources that are meant; null for the MeshConfig. */
function keysOf({ resource, namespace, service }: ConfigResource, site: Site): (Key | null)[] {
  if (resource === 'MeshConfig') return [null];
  // What a WorkloadEntry stands for is an endpoint of its service (specification: events, 15).
  const kind = resource === 'WorkloadEntry' ? 'Endpoints' : resource;
  return namespacesOf(namespace, site).flatMap((owner) =>
    servicesOf(service, owner, site).map(
      (about): Key => ({ kind, namespace: owner, service: about }),
    ),
  );
}

/** The root namespace is −1 where nothing of the fleet is in it; any other that is unknown is nowhere. */
function namespacesOf(pattern: string, { cluster }: Site): readonly number[] {
  const { namespaces } = cluster.fleet;
  const fits = matcher(pattern);
  const found = [...namespaces.keys()].filter((n) => fits(namespaces[n]));
  if (found.length > 0) return found;
  return [pattern === ROOT_NAMESPACE ? -1 : NOWHERE];
}

/** The services that a resource in a namespace is about, −1 for none in particular. */
function servicesOf(pattern: string | null, namespace: number, site: Site): readonly number[] {
  if (pattern === null) return [-1];
  const found = site.services(pattern);
  if (namespace < 0) return found;
  const { services } = site.cluster.fleet;
  return found.filter((service) => services[service].namespace === namespace);
}
