/**
 * DATM: Prometheus counts who calls whom, a control extractor derives each service's dependencies, and what differs
 * from before is written as Sidecars; who calls nobody is covered by a Sidecar for its whole namespace. What is not
 * known goes through a global sidecar. (Electronics 2023, 12(16), 3404; specification: config modes, DATM. The paper
 * gives no periods: those of Istio 1.8.2's addons, and Alertmanager's default, are taken.)
 */
import type { Nanos } from '../units.ts';
import {
  compare,
  type Demands,
  hubServices,
  isSameDemand,
  serviceDependencies,
} from './datm-extraction.ts';
import { hostOf, hostsOf } from './hosts.ts';
import { ownNamespaces, still, withService } from './site.ts';
import type {
  Controller,
  Dependency,
  Effect,
  EgressHost,
  GatewaySettings,
  Outcome,
  Series,
  Site,
} from './strategy.ts';

export interface DatmSettings {
  /**
   * How the extractor comes to look at the metrics: every `poll` by itself; when a rule of Prometheus finds a change;
   * or when Alertmanager passes that on.
   */
  readonly detect: 'poll' | 'rule' | 'alertmanager';
  readonly poll: Nanos;
  /** scrape_interval and evaluation_interval of Prometheus, group_wait of Alertmanager. */
  readonly scrape: Nanos;
  readonly evaluation: Nanos;
  readonly groupWait: Nanos;
  /** Range of the query: so long after the last call that Prometheus saw, a relation is kept. */
  readonly window: Nanos;
  /** Sidecars also let see the control plane's namespace. */
  readonly importControlPlane: boolean;
  /** There is a Sidecar for each namespace; without it, services that call nobody keep all configuration. */
  readonly namespaceSidecar: boolean;
  readonly relay: GatewaySettings;
}

/** A series of istio_requests_total as Prometheus has it. */
interface Counted extends Series {
  /** When a scrape last found it larger than before. [ns] */
  readonly grewAt: Nanos;
}

export interface DatmState {
  readonly site: Site;
  readonly metrics: readonly Counted[];
  /** What the rule found last, and what Alertmanager has not passed on yet, oldest first. */
  readonly found: Demands;
  readonly alerts: readonly Demands[];
  /** localStore, kept in etcd. */
  readonly local: Demands;
  /** Namespaces whose Sidecar lets see the namespace; that of others, of which nothing is known, only the relay. */
  readonly covered: ReadonlySet<string>;
}

const RELAY = { name: 'global-sidecar', namespace: 'datm-system' };

export function datm(settings: DatmSettings): Controller<DatmState> {
  const { detect, scrape, poll, evaluation } = settings;
  const period = detect === 'poll' ? poll : evaluation;
  const look = (at: Nanos): Effect => ({ kind: 'timer', timer: 'look', at });
  return {
    unknown: 'relay',
    relay: { kind: 'gateway', ...RELAY, ...settings.relay },
    pauseMax: null,
    observes: [{ of: 'metrics', every: scrape }],
    start(site, phase) {
      const effects = bare(ownNamespaces(site), settings);
      return { state: emptyState(site), effects: [...effects, look(Math.round(phase * period))] };
    },
    reduce(state, event, now) {
      switch (event.kind) {
        case 'metrics':
          return still({ ...state, metrics: scraped(state.metrics, event.series, now, settings) });
        case 'timer': {
          if (event.timer === 'alert') return passOn(state, settings);
          const { state: next, effects } = lookedAt(state, now, settings);
          return { state: next, effects: [...effects, look(now + period)] };
        }
        case 'service': {
          const site = withService(state.site, event.service, event.exists);
          const known = ownNamespaces(state.site);
          const added = ownNamespaces(site).filter((namespace) => !known.includes(namespace));
          const fresh = added.filter((namespace) => !state.covered.has(namespace));
          return { state: { ...state, site }, effects: bare(fresh, settings) };
        }
        case 'restart':
          // What was found but not carried out is found again.
          return {
            state: { ...state, found: state.local, alerts: [] },
            effects: [look(now + period)],
          };
        default:
          return still(state);
      }
    },
  };
}

function emptyState(site: Site): DatmState {
  const none: Demands = new Map();
  return { site, metrics: [], found: none, alerts: [], local: none, covered: new Set() };
}

// ---- Prometheus and Alertmanager.

/** A series that has vanished with the pods that counted it stays within the range of the query for a while. */
function scraped(
  before: readonly Counted[],
  series: readonly Series[],
  now: Nanos,
  { window }: DatmSettings,
): readonly Counted[] {
  const known = new Map(before.map((one) => [nameOf(one), one]));
  const present = series.map((one): Counted => {
    const last = known.get(nameOf(one));
    const grew = last === undefined || one.value > last.value;
    return { ...one, grewAt: grew ? now : last.grewAt };
  });
  for (const one of series) known.delete(nameOf(one));
  const vanished = [...known.values()].filter(({ grewAt }) => now - grewAt <= window);
  return [...present, ...vanished.map((one) => ({ ...one, value: 0 }))];
}

function nameOf({ source, destination }: Dependency): string {
  return `${source} ${destination}`;
}

/** What the metrics say at the moment: Algorithms 1 and 2 over the relations within the window. */
function demandsAt({ metrics, site }: DatmState, now: Nanos, { window }: DatmSettings): Demands {
  const recent = metrics.filter(({ grewAt }) => now - grewAt <= window);
  return serviceDependencies(hubServices(recent, site), recent, site);
}

function lookedAt(state: DatmState, now: Nanos, settings: DatmSettings): Outcome<DatmState> {
  const found = demandsAt(state, now, settings);
  if (settings.detect === 'poll') return carryOut(state, found, settings);
  if (isSameDemand(found, state.found)) return still(state);
  if (settings.detect === 'rule') return carryOut({ ...state, found }, found, settings);
  const at = now + settings.groupWait;
  return {
    state: { ...state, found, alerts: [...state.alerts, found] },
    effects: [{ kind: 'timer', timer: 'alert', at }],
  };
}

function passOn(state: DatmState, settings: DatmSettings): Outcome<DatmState> {
  const [first, ...alerts] = state.alerts;
  return first === undefined ? still(state) : carryOut({ ...state, alerts }, first, settings);
}

// ---- Sidecars.

/** Of namespaces of which nothing is known: all calls go through the relay. */
function bare(namespaces: readonly string[], settings: DatmSettings): readonly Effect[] {
  if (!settings.namespaceSidecar) return [];
  const hosts = [hostOf(RELAY), ...controlPlane(settings)];
  return namespaces.map((namespace) => ({ kind: 'sidecar', namespace, service: null, hosts }));
}

function carryOut(state: DatmState, found: Demands, settings: DatmSettings): Outcome<DatmState> {
  const { site } = state;
  // Alertmanager may pass on what is gone by now.
  const demands = new Map([...found].filter(([service]) => site.services[service].exists));
  const { add, update, delete: gone } = compare(state.local, demands);
  const covered = new Set(state.covered);
  const effects: Effect[] = [];
  for (const service of [...add, ...update]) {
    const { namespace } = site.services[service];
    if (settings.namespaceSidecar && !covered.has(namespace)) {
      covered.add(namespace);
      const hosts = ['./*', ...controlPlane(settings)];
      effects.push({ kind: 'sidecar', namespace, service: null, hosts });
    }
    const learned = hostsOf(demands.get(service) ?? [], site);
    const hosts = [hostOf(RELAY), ...controlPlane(settings), ...learned];
    effects.push({ kind: 'sidecar', namespace, service, hosts });
  }
  for (const service of gone) {
    const { namespace } = site.services[service];
    effects.push({ kind: 'sidecar', namespace, service, hosts: null });
  }
  return { state: { ...state, local: demands, covered }, effects };
}

function controlPlane({ importControlPlane }: DatmSettings): readonly EgressHost[] {
  return importControlPlane ? ['istio-system/*'] : [];
}
