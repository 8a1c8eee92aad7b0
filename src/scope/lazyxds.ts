/**
 * Aeraki's LazyXDS: the access log of an egress gateway tells the controller at once who has called whom. Each lazy
 * service has a Sidecar and an EnvoyFilter with a virtual host for every HTTP service that it has not called yet; one
 * VirtualService has the routes of the gateway. All that was learned is in memory only. (Specification: config modes,
 * Aeraki LazyXDS; source code of commit f33f640.)
 */
import type { Nanos } from '../units.ts';
import { hostsOf } from './hosts.ts';
import { ownServices, still, withService } from './site.ts';
import type {
  Controller,
  Dependency,
  Effect,
  GatewaySettings,
  Outcome,
  RelayPlace,
  Site,
} from './strategy.ts';

export interface LazyxdsSettings {
  /** buffer_flush_interval of the gateway's access log. */
  readonly flush: Nanos;
  readonly relay: GatewaySettings;
}

export interface LazyxdsState {
  readonly site: Site;
  /** By source: the HTTP services that it has called. */
  readonly learned: ReadonlyMap<number, ReadonlySet<number>>;
}

const RELAY: RelayPlace = { name: 'istio-egressgateway-lazyxds', namespace: 'istio-system' };

export function lazyxds({ flush, relay }: LazyxdsSettings): Controller<LazyxdsState> {
  return lazy(flush, relay, RELAY, true);
}

/** @param hasFilters - what is not known yet is sent to the gateway by an EnvoyFilter for each service */
export function lazy(
  flush: Nanos,
  relay: GatewaySettings,
  place: RelayPlace,
  hasFilters: boolean,
): Controller<LazyxdsState> {
  const write = (state: LazyxdsState, services: readonly number[]): readonly Effect[] => {
    const { isTcp, httpCount } = kindsOf(state.site);
    return services.flatMap((service) => [
      ...(hasFilters ? [filterOf(service, httpCount, state)] : []),
      sidecarOf(service, isTcp, state),
    ]);
  };
  /** reconcileAllLazyServices: everything is written anew, whether it has changed or not. */
  const writeAll = (state: LazyxdsState): Outcome<LazyxdsState> => ({
    state,
    effects: [...write(state, ownServices(state.site)), routesOf(state.site)],
  });
  return {
    unknown: 'relay',
    relay: { kind: 'gateway', ...place, ...relay },
    pauseMax: null,
    observes: [{ of: 'accessLog', every: flush }],
    start: (site) => writeAll({ site, learned: new Map() }),
    reduce(state, event) {
      switch (event.kind) {
        case 'accessLog': {
          const { learned, grown } = learn(state, event.calls);
          const next = { ...state, learned };
          return { state: next, effects: write(next, grown) };
        }
        case 'service': {
          const next = serviceChanged(state, event.service, event.exists);
          const { effects } = writeAll(next);
          const gone = state.site.own.includes(event.service) && !event.exists;
          return {
            state: next,
            effects: [...(gone ? deleted(event.service, next) : []), ...effects],
          };
        }
        case 'restart':
          return writeAll({ ...state, learned: new Map() });
        default:
          return still(state);
      }
    },
  };
}

/** @returns also the services that have called somebody new, in the order of the site */
function learn(
  { site, learned }: LazyxdsState,
  calls: readonly Dependency[],
): { readonly learned: LazyxdsState['learned']; readonly grown: readonly number[] } {
  const next = new Map(learned);
  const grown = new Set<number>();
  for (const { source, destination } of calls) {
    const known = next.get(source);
    const { isTcp } = site.services[destination];
    const areThere = [source, destination].every((service) => site.services[service].exists);
    if (isTcp || !areThere || known?.has(destination)) continue;
    next.set(source, new Set([...(known ?? []), destination]));
    grown.add(source);
  }
  return { learned: next, grown: [...grown].sort((a, b) => a - b) };
}

/** Who was deleted is forgotten, on both ends. */
function serviceChanged(state: LazyxdsState, service: number, exists: boolean): LazyxdsState {
  const site = withService(state.site, service, exists);
  if (exists) return { ...state, site };
  const learned = new Map(
    [...state.learned]
      .filter(([source]) => source !== service)
      .map(([source, known]) => [source, new Set([...known].filter((d) => d !== service))]),
  );
  return { site, learned };
}

interface Kinds {
  readonly isTcp: readonly number[];
  readonly httpCount: number;
}

function kindsOf({ services }: Site): Kinds {
  const there = [...services.keys()].filter((service) => services[service].exists);
  const isTcp = there.filter((service) => services[service].isTcp);
  return { isTcp, httpCount: there.length - isTcp.length };
}

/** TCP services are always visible: a connection carries no host by which it could be learned. */
function sidecarOf(service: number, isTcp: Kinds['isTcp'], state: LazyxdsState): Effect {
  const { site, learned } = state;
  const { namespace } = site.services[service];
  const known = [...isTcp, ...(learned.get(service) ?? [])];
  const hosts = ['istio-system/*', ...hostsOf(known, site)];
  return { kind: 'sidecar', namespace, service, hosts };
}

function filterOf(service: number, httpCount: number, { learned }: LazyxdsState): Effect {
  const vhosts = httpCount - (learned.get(service)?.size ?? 0);
  return { kind: 'envoyFilter', service, vhosts };
}

function routesOf(site: Site): Effect {
  return { kind: 'virtualService', routes: kindsOf(site).httpCount };
}

function deleted(service: number, { site }: LazyxdsState): readonly Effect[] {
  const { namespace } = site.services[service];
  return [
    { kind: 'envoyFilter', service, vhosts: 0 },
    { kind: 'sidecar', namespace, service, hosts: null },
  ];
}
