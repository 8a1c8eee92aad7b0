/**
 * Slime's lazyload: one ServiceFence a service says whom it has called, and one Sidecar follows from it. A ticker looks
 * at the source, either the access log of the global sidecar, which only ever adds, or Prometheus, whose series go with
 * the pods that counted. (Specification: config modes, Slime lazyload; source code of commit 043e38d.)
 */
import type { Nanos } from '../units.ts';
import { hostsOf, isSame } from './hosts.ts';
import { ownServices, still, withService } from './site.ts';
import type {
  ApplicationSettings,
  Controller,
  Effect,
  EgressHost,
  Observation,
  Outcome,
  ScopeEvent,
  Site,
} from './strategy.ts';

export interface SlimeSettings {
  /** metricSourceType. */
  readonly source: 'accesslog' | 'prometheus';
  /** Of the controller; hard-coded in Slime. */
  readonly tick: Nanos;
  /** buffer_flush_interval of the global sidecar's access log. */
  readonly flush: Nanos;
  /** scrape_interval of Prometheus. */
  readonly scrape: Nanos;
  /** In every Sidecar: stableHost of the controller, and the hosts and namespaces of a ServiceFence's `spec`. */
  readonly stableHosts: readonly EgressHost[];
  readonly relay: ApplicationSettings;
}

/** By destination: what the source says of calls to it. Any difference makes Slime look at the fence. */
type Values = ReadonlyMap<number, number>;

/** A ServiceFence: it is kept in the Kubernetes API and survives the controller. */
interface Fence {
  /** status.metricStatus. */
  readonly values: Values;
  /** status.domains. */
  readonly domains: ReadonlyMap<number, 'active' | 'expiring'>;
  /** Of its Sidecar. */
  readonly hosts: readonly EgressHost[];
}

export interface SlimeState {
  readonly site: Site;
  readonly fences: ReadonlyMap<number, Fence>;
  /** By source: what the access log has added up to, or Prometheus last scraped. */
  readonly source: ReadonlyMap<number, Values>;
}

const RELAY = { name: 'global-sidecar', namespace: 'mesh-operator' };
/** What every Sidecar of Slime lets see: the control plane's namespace and Slime's own. */
const ALWAYS: readonly EgressHost[] = ['istio-system/*', `${RELAY.namespace}/*`];
const NOTHING: Values = new Map();

export function slime(settings: SlimeSettings): Controller<SlimeState> {
  const timer = (at: Nanos): Effect => ({ kind: 'timer', timer: 'tick', at });
  return {
    unknown: 'relay',
    relay: { kind: 'application', dials: true, ...RELAY, ...settings.relay },
    pauseMax: null,
    observes: [observation(settings)],
    start(site, phase) {
      const none: SlimeState = { site, fences: new Map(), source: new Map() };
      const { state, effects } = fenceAll(none, ownServices(site), settings);
      return { state, effects: [...effects, timer(Math.round(phase * settings.tick))] };
    },
    reduce(state, event, now) {
      if (event.kind === 'service') return serviceChanged(state, event, settings);
      if (event.kind === 'restart') {
        return { state: restarted(state, settings), effects: [timer(now + settings.tick)] };
      }
      if (event.kind !== 'timer') return still(heard(state, event));
      const ticked = refreshAll(state, settings);
      return { state: ticked.state, effects: [...ticked.effects, timer(now + settings.tick)] };
    },
  };
}

function observation({ source, flush, scrape }: SlimeSettings): Observation {
  return source === 'accesslog'
    ? { of: 'accessLog', every: flush }
    : { of: 'metrics', every: scrape };
}

/** What the source says is kept until the next tick. */
function heard(state: SlimeState, event: ScopeEvent): SlimeState {
  if (event.kind === 'accessLog') return { ...state, source: logged(state, event.calls) };
  return event.kind === 'metrics' ? { ...state, source: scraped(state, event.series) } : state;
}

/** Entries are kept for good, so their value never changes. TCP carries no host that could be logged. */
function logged(
  { site, source }: SlimeState,
  calls: Extract<ScopeEvent, { kind: 'accessLog' }>['calls'],
): SlimeState['source'] {
  const next = new Map(source);
  for (const call of calls) {
    const values = next.get(call.source) ?? NOTHING;
    if (site.services[call.destination].isTcp || values.has(call.destination)) continue;
    next.set(call.source, new Map([...values, [call.destination, 1]]));
  }
  return next;
}

/** `sum(istio_requests_total{source_app=…, reporter="destination"}) by (destination_service)`: HTTP only. */
function scraped(
  { site }: SlimeState,
  series: Extract<ScopeEvent, { kind: 'metrics' }>['series'],
): SlimeState['source'] {
  const next = new Map<number, Map<number, number>>();
  for (const { source, destination, value } of series) {
    if (site.services[destination].isTcp) continue;
    const values = next.get(source) ?? new Map<number, number>();
    next.set(source, values.set(destination, value));
  }
  return next;
}

/** The cache of the access log is filled again from the fences; Prometheus has lost nothing. */
function restarted(state: SlimeState, { source }: SlimeSettings): SlimeState {
  if (source === 'prometheus') return state;
  return { ...state, source: new Map([...state.fences].map(([s, { values }]) => [s, values])) };
}

// ---- Fences.

/** autoFence: every service under the mode has a fence, and with it a Sidecar. */
function serviceChanged(
  before: SlimeState,
  { service, exists }: Extract<ScopeEvent, { kind: 'service' }>,
  settings: SlimeSettings,
): Outcome<SlimeState> {
  const state = { ...before, site: withService(before.site, service, exists) };
  if (!state.site.own.includes(service) || exists === state.fences.has(service)) {
    return still(state);
  }
  if (exists) {
    const { state: fenced, effects } = fenceAll(state, [service], settings);
    return { state: fenced, effects: [{ kind: 'write', count: 1 }, ...effects] };
  }
  // The Sidecar is owned by the fence and goes with it.
  const fences = new Map(state.fences);
  fences.delete(service);
  return { state: { ...state, fences }, effects: [sidecarOf(service, null, state.site)] };
}

function fenceAll(
  state: SlimeState,
  services: readonly number[],
  settings: SlimeSettings,
): Outcome<SlimeState> {
  const fences = new Map(state.fences);
  const hosts = [...ALWAYS, ...settings.stableHosts];
  for (const service of services)
    fences.set(service, { values: NOTHING, domains: new Map(), hosts });
  const effects = services.map((service) => sidecarOf(service, hosts, state.site));
  return { state: { ...state, fences }, effects };
}

function refreshAll(state: SlimeState, settings: SlimeSettings): Outcome<SlimeState> {
  const fences = new Map(state.fences);
  const effects: Effect[] = [];
  for (const [service, fence] of state.fences) {
    const values = state.source.get(service) ?? NOTHING;
    if (isEqual(values, fence.values)) continue;
    const domains = domainsOf(fence.domains, values);
    const learned = hostsOf(domains.keys(), state.site);
    const hosts = [...ALWAYS, ...settings.stableHosts, ...learned];
    fences.set(service, { values, domains, hosts });
    effects.push({ kind: 'write', count: 1 });
    if (!isSame(hosts, fence.hosts)) effects.push(sidecarOf(service, hosts, state.site));
  }
  return { state: { ...state, fences }, effects };
}

/** Whom the source no longer names stays for one more change of it, and is dropped with the next. */
function domainsOf(before: Fence['domains'], values: Values): Fence['domains'] {
  const domains: Map<number, 'active' | 'expiring'> = new Map();
  for (const destination of values.keys()) domains.set(destination, 'active');
  for (const [destination, state] of before) {
    if (!values.has(destination) && state === 'active') domains.set(destination, 'expiring');
  }
  return domains;
}

function isEqual(a: Values, b: Values): boolean {
  return a.size === b.size && [...a].every(([destination, value]) => b.get(destination) === value);
}

function sidecarOf(service: number, hosts: readonly EgressHost[] | null, site: Site): Effect {
  return { kind: 'sidecar', namespace: site.services[service].namespace, service, hosts };
}
