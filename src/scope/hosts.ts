/** Hosts of Sidecar resources: how a service is written in one, and which services a list of them lets see. */
import type { EgressHost, ScopeService, Site } from './strategy.ts';

/** Every host of every namespace: what a proxy sees for which there is no Sidecar. */
export const EVERY_HOST: EgressHost = '*/*';

export function hostOf({ namespace, name }: Pick<ScopeService, 'namespace' | 'name'>): EgressHost {
  return `${namespace}/${name}`;
}

/** Hosts of those services that are there, in the order of the site, so that equal sets are written equally. */
export function hostsOf(services: Iterable<number>, site: Site): readonly EgressHost[] {
  return [...services]
    .filter((service) => site.services[service].exists)
    .sort((a, b) => a - b)
    .map((service) => hostOf(site.services[service]));
}

/**
 * Whether a Sidecar with these hosts lets its workloads see a service.
 *
 * @param own - namespace of the Sidecar
 */
export function lets(
  hosts: readonly EgressHost[],
  own: string,
): (namespace: string, service: string) => boolean {
  const patterns = hosts.map((host) => {
    const [where, what] = host.split('/');
    return { where: where === '.' ? own : where, what };
  });
  return (namespace, service) =>
    patterns.some(
      ({ where, what }) =>
        (where === '*' || where === namespace) && (what === '*' || what === service),
    );
}

export function isSame(a: readonly EgressHost[] | null, b: readonly EgressHost[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((host, i) => host === b[i]);
}
