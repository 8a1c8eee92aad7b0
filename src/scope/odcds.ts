/**
 * Envoy's on-demand cluster discovery: a proxy begins with nothing, holds a request to an unknown cluster back, and
 * asks for it. Every proxy learns for itself, and for good. Istio does not offer it (istio#60121); this is what Envoy
 * would do. (Specification: config modes, `odcds`.)
 */
import type { Nanos } from '../units.ts';
import { ownNamespaces, still, withService } from './site.ts';
import type { Controller, Effect, EgressHost, Site } from './strategy.ts';

export interface OdcdsSettings {
  /** Until a request that waits for its cluster fails (`timeout` of Envoy's on_demand filter). */
  readonly timeout: Nanos;
}

const NOTHING: readonly EgressHost[] = ['~/*'];

export function odcds({ timeout }: OdcdsSettings): Controller<Site> {
  return {
    unknown: 'pause',
    relay: null,
    pauseMax: timeout,
    observes: [],
    start: (site) => ({ state: site, effects: ownNamespaces(site).map(emptied) }),
    reduce(site, event) {
      if (event.kind === 'asked') {
        const { proxy, service } = event;
        return { state: site, effects: [{ kind: 'subscribe', proxy, service }] };
      }
      if (event.kind !== 'service') return still(site);
      const next = withService(site, event.service, event.exists);
      const known = ownNamespaces(site);
      const added = ownNamespaces(next).filter((namespace) => !known.includes(namespace));
      return { state: next, effects: added.map(emptied) };
    },
  };
}

/** The scope from which the proxies of a namespace begin, put as a Sidecar. */
function emptied(namespace: string): Effect {
  return { kind: 'sidecar', namespace, service: null, hosts: NOTHING };
}
