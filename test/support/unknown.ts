/** Runs a compiled scenario without its control plane, while a test says which services each caller knows. */
import type { Profile, ProxyCosts } from '../../src/calibration/profile.ts';
import { Simulation } from '../../src/engine/simulate.ts';
import { type Compiled, compile } from '../../src/model/compile.ts';
import { makeKeys } from '../../src/model/keys.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Left } from './run.ts';
import { istioProfile } from './scenarios.ts';

/** The default profile with times that are always the same. */
export const steadyProfile: Profile = {
  ...istioProfile,
  proxies: {
    sidecar: steady(istioProfile.proxies.sidecar),
    ztunnel: steady(istioProfile.proxies.ztunnel),
    waypoint: steady(istioProfile.proxies.waypoint),
  },
};

function steady(costs: ProxyCosts): ProxyCosts {
  return { ...costs, cv: 0, wake: null };
}

export interface Lesson {
  /** [ns] */
  readonly at: number;
  readonly caller: string;
  /** Ids of services; what is not there the caller's proxies do not know. */
  readonly knows: readonly string[];
}

export interface Schooling extends Compiled {
  readonly simulation: Simulation;
  readonly left: Left[];
  /** [time, service of the proxy, service asked for], by id. */
  readonly asked: (readonly [number, string, string])[];
  /** Numbers of a service: its group, and its places. */
  place(id: string): number;
  /** Calls to a service that went a way, and what is known of them. */
  calls(way: string, id: string): { readonly count: number; readonly mean: number };
  outcome(id: string, outcome: number): number;
}

/** Callers that no lesson is about know everything. */
export function school(
  scenario: Scenario,
  lessons: readonly Lesson[] = [],
  profile: Profile = steadyProfile,
): Schooling {
  const compiled = compile(scenario, profile);
  const { network, deployment, directory } = compiled;
  const { services, proxies } = deployment;
  const left: Left[] = [];
  const keys = makeKeys(scenario.seed, 0, network.purposes);
  const simulation = new Simulation(
    { ...network, keys },
    {
      from: 0,
      to: Number.POSITIVE_INFINITY,
      observer: {
        leave: (source, request, arrival, departure, outcome) =>
          left.push({ source, request, arrival, departure, outcome }),
      },
    },
  );
  const find = (id: string) => {
    const service = services.find((one) => one.id === id);
    if (service === undefined) throw new Error(`there is no service ${id}`);
    return service;
  };
  const teach = simulation.register((_, l) => {
    const { caller, knows } = lessons[l];
    const groups = Uint8Array.from(services, ({ id }) => Number(knows.includes(id)));
    const scope = simulation.views.addScope(groups);
    const { index } = find(caller);
    for (const { kind, service, viewer } of proxies) {
      if (kind === 'sidecar' && service === index) simulation.setScope(viewer, scope);
    }
  });
  lessons.forEach(({ at }, l) => {
    simulation.schedule(at, teach, l);
  });
  const asked: (readonly [number, string, string])[] = [];
  simulation.onAsk((viewer, group) => {
    asked.push([simulation.now, services[proxies[viewer].service].id, services[group].id]);
  });
  return {
    ...compiled,
    simulation,
    left,
    asked,
    place: (id) => find(id).firstPlace,
    calls(way, id) {
      const { index } = find(id);
      const known = directory.detours.find((one) => one.way === way && one.service === index);
      if (known === undefined) return { count: 0, mean: 0 };
      const { count, mean } = simulation.calls.latency[known.tag];
      return { count, mean };
    },
    outcome: (id, outcome) => simulation.calls.triesOf(find(id).index, outcome),
  };
}
