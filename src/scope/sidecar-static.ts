/**
 * Sidecar resources that somebody wrote by hand: one for each namespace, and one for each service that has its own.
 * They are there from the start and nobody learns; what is not in them stays unknown. (Specification: config modes,
 * `sidecar-static`.)
 */
import { still } from './site.ts';
import type { Controller, Effect, EgressHost, Site } from './strategy.ts';

export interface SidecarStaticSettings {
  /** Of the Sidecar of each namespace. */
  readonly hosts: readonly EgressHost[];
  /** By the name of a service: hosts of the Sidecar of its workloads. */
  readonly services: Readonly<Record<string, readonly EgressHost[]>>;
}

export function sidecarStatic(settings: SidecarStaticSettings): Controller<null> {
  return {
    unknown: 'passthrough',
    relay: null,
    pauseMax: null,
    observes: [],
    start: (site) => ({ state: null, effects: written(site, settings) }),
    reduce: () => still(null),
  };
}

/** Also for services that come later: a Sidecar does not mind whether its workloads are there. */
function written({ services, own }: Site, settings: SidecarStaticSettings): readonly Effect[] {
  const namespaces = [...new Set(own.map((service) => services[service].namespace))];
  const wide = namespaces.map(
    (namespace): Effect => ({ kind: 'sidecar', namespace, service: null, hosts: settings.hosts }),
  );
  const single = own.flatMap((service): Effect[] => {
    const { name, namespace } = services[service];
    if (!Object.hasOwn(settings.services, name)) return [];
    return [{ kind: 'sidecar', namespace, service, hosts: settings.services[name] }];
  });
  return [...wide, ...single];
}
