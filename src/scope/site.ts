/** What a strategy knows of the mesh, as it changes. */
import type { Outcome, Site } from './strategy.ts';

export function withService(site: Site, service: number, exists: boolean): Site {
  if (site.services[service].exists === exists) return site;
  const services = [...site.services];
  services[service] = { ...services[service], exists };
  return { ...site, services };
}

/** Services under the mode that are there now. */
export function ownServices({ own, services }: Site): readonly number[] {
  return own.filter((service) => services[service].exists);
}

/** Their namespaces, each once. */
export function ownNamespaces(site: Site): readonly string[] {
  return [...new Set(ownServices(site).map((service) => site.services[service].namespace))];
}

/** Nothing to be done, and nothing to be remembered that was not. */
export function still<State>(state: State): Outcome<State> {
  return { state, effects: [] };
}
