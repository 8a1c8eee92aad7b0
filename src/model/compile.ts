/**
 * Lowers a scenario under its mesh to a queueing network: the last place where names exist before the engine runs,
 * and the first where they exist again, as the result keeps what each number stood for.
 */

import type { Profile } from '../calibration/profile.ts';
import { proxyMemoryOf } from '../calibration/proxy-memory.ts';
import type { Fleet } from '../controlplane/fleet.ts';
import { OUTCOMES } from '../engine/calls.ts';
import type { Network, Source } from '../engine/network.ts';
import type { Directory } from '../measure/directory.ts';
import type { Load, Scenario } from '../scenario/scenario.ts';
import { Builder } from './builder.ts';
import type { Workload } from './call-site.ts';
import { type Client, type Deployment, deploy, PASSED, RELAYED } from './deployment.ts';
import { makeDirectory } from './directory.ts';
import { makeFleet } from './fleet.ts';
import { REFUSED, UNREACHABLE } from './outcomes.ts';
import { deployStations } from './stations.ts';
import { writeProgram } from './workload.ts';

export interface Compiled {
  readonly deployment: Deployment;
  /** Without the keys of its random streams, which belong to a replication. */
  readonly network: Omit<Network, 'keys'>;
  readonly fleet: Fleet;
  readonly directory: Directory;
}

/** @throws Error if the scenario names something that it does not have; `scenario/load.ts` lets none of these through */
export function compile(scenario: Scenario, profile: Profile): Compiled {
  if (scenario.events !== null)
    throw new Error(`the events of ${scenario.events} are not read yet`);
  const builder = new Builder();
  const deployment = deploy(scenario);
  const stations = deployStations(builder, scenario, profile, deployment);
  const workload: Workload = {
    builder,
    scenario,
    profile,
    deployment,
    byId: new Map(deployment.services.map((service) => [service.id, service])),
  };
  for (const { id } of deployment.services) builder.tag(id);
  for (const client of deployment.clients) {
    builder.sources.push(makeSource(workload, client, writeProgram(workload, client)));
  }
  const downDelay = new Array<number>(OUTCOMES).fill(0);
  downDelay[UNREACHABLE] = scenario.mesh.resilience.connectTimeout;
  const network = {
    placeCount: deployment.placeCount,
    placeState: placeStates(deployment),
    classOf: classes(deployment),
    hostOf: deployment.hostOf,
    viewerOf: deployment.viewerOf,
    viewerCount: deployment.proxies.length,
    downDelay,
    stations: builder.stations,
    stationOf: stations.stationOf,
    hosts: Array.from({ length: deployment.hostCount }, () => scenario.topology.hosts),
    pools: builder.pools,
    poolOf: stations.poolOf,
    groups: deployment.services.map(membersAtStart),
    edges: builder.edges,
    policies: builder.policies,
    demands: builder.demands,
    steps: builder.finish(),
    sources: builder.sources,
    purposes: builder.purposes,
    tagCount: builder.tagCount,
    counterCount: builder.counterCount,
    deadlinesPropagate: scenario.mesh.resilience.deadlinesPropagate,
  };
  const memory = proxyMemoryOf(profile, scenario.istio.release);
  const { dependencies, detours } = builder;
  const fleet = makeFleet(scenario, profile, memory, deployment, stations, dependencies);
  const directory = makeDirectory(deployment, stations.groups, detours);
  return { deployment, network, fleet, directory };
}

/** A load starts when the namespace of its target has joined and its pods are ready. */
function makeSource({ builder }: Workload, { load, target, place }: Client, entry: number): Source {
  const path = `${load.name} to ${target.id}`;
  const { joins, readySpread } = target.namespace;
  const start = (joins === 0 ? 0 : joins + readySpread) + load.start;
  return {
    entry,
    place,
    start,
    stop: load.stop ?? Number.POSITIVE_INFINITY,
    connections: load.connections,
    arrivals: arrivalsFrom(builder, load, start),
    gapPurpose: builder.purpose(`${path} gaps`),
    connectionPurpose: builder.purpose(`${path} connection`),
  };
}

function arrivalsFrom(builder: Builder, load: Load, start: number): Source['arrivals'] {
  const { arrivals } = load;
  if (arrivals.kind === 'closed') return { kind: 'closed', think: builder.time(arrivals.think) };
  const rates = arrivals.rates.map(({ at, rate }) => ({ at: at + start, rate }));
  return { kind: 'open', rates, regular: arrivals.regular };
}

/** Nobody listens at a place without a pod. */
function placeStates({ services, placeCount }: Deployment): number[] {
  const states = new Array<number>(placeCount).fill(0);
  for (const { slots, namespace } of services) {
    for (const { place, filled } of slots) {
      if (!filled || namespace.joins > 0) states[place] = REFUSED;
    }
  }
  return states;
}

function classes({ services, placeCount, twins }: Deployment): number[] {
  const classOf = new Array<number>(placeCount).fill(0);
  for (const { slots, relay } of services) {
    for (const { place, version } of slots) classOf[place] = relay === null ? version : RELAYED;
  }
  return twins === 0 ? classOf : classOf.fill(PASSED, twins);
}

function membersAtStart({ slots, namespace }: Deployment['services'][number]): number[] {
  if (namespace.joins > 0) return [];
  return slots.filter(({ filled }) => filled).map(({ place }) => place);
}
