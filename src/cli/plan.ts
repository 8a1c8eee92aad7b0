/** `--dry-run`: what a run would simulate and roughly what that takes, without simulating. */

import { compile } from '../model/compile.ts';
import { count, digits } from '../report/format.ts';
import { grid } from '../report/layout.ts';
import { type CaseName, scenarioOf } from '../run/cases.ts';
import { isStationary } from '../run/pilot.ts';
import { replicaCount } from '../topology/topology.ts';
import { formatBytes, formatTime, type Nanos } from '../units.ts';
import { configWorkUntil } from './config-work.ts';
import { type Compiled, requestEstimate, requestsUntil } from './estimate.ts';
import type { Inputs } from './inputs.ts';

export interface Plan {
  readonly cases: readonly CasePlan[];
  /** Of each case; at most so many where a precision decides. */
  readonly reps: number;
  readonly repsMax: number;
  /** Replications beforehand, of each case, to find the warm-up. */
  readonly pilots: number;
  /** null: found by the pilots. */
  readonly warmup: Nanos | null;
  readonly window: Nanos;
  readonly hosts: number;
  readonly namespaces: number;
  readonly services: number;
  readonly pods: number;
  readonly threads: number;
}

/** One replication of a case. */
export interface CasePlan {
  readonly name: CaseName;
  readonly mode: string;
  readonly proxies: number;
  readonly requests: number;
  /** To proxies, by the control plane. */
  readonly pushes: number;
  /** To stations, by requests and pushes. */
  readonly visits: number;
  readonly memory: number;
}

export function planOf(
  { scenario, profile }: Pick<Inputs, 'scenario' | 'profile'>,
  { baseline, jobs }: { readonly baseline: boolean; readonly jobs: number },
): Plan {
  const { topology, measure } = scenario;
  const names: readonly CaseName[] = baseline ? ['mesh', 'baseline'] : ['mesh'];
  const services = topology.namespaces.flatMap((namespace) => namespace.services);
  const pilots = measure.warmup === null && isStationary(scenario) ? 1 : 0;
  const reps = measure.reps;
  const repsMax = measure.precision === null ? reps : Math.max(reps, measure.repsMax);
  const cases = names.map((name): CasePlan => {
    const own = scenarioOf(name, scenario);
    const { network, fleet } = compile(own, profile);
    const everyProxy = fleet.proxies.filter(({ kind }) => kind !== 'kube-proxy');
    // Beside them there is room for those of pods that churn creates.
    const there = everyProxy.filter(({ slot }) => slot < 0 || fleet.slots[slot].pod !== null);
    const proxies = there.length;
    const end = (measure.warmup ?? 0) + measure.window;
    const { pushes, messages } = configWorkUntil(own, proxies, end);
    const traffic = trafficOf(network, end);
    return {
      name,
      mode: own.mesh.mode,
      proxies,
      pushes,
      requests: traffic.requests,
      visits: traffic.visits + VISITS_PER_MESSAGE * messages,
      memory: memoryOf(network, traffic.inFlight) + PER.proxy * everyProxy.length,
    };
  });
  return {
    cases,
    reps,
    repsMax,
    pilots,
    warmup: measure.warmup,
    window: measure.window,
    hosts: topology.hosts.count,
    namespaces: topology.namespaces.length,
    services: services.length,
    pods: services.reduce((sum, service) => sum + replicaCount(service), 0),
    threads: Math.min(jobs, names.length * Math.max(reps, pilots)),
  };
}

interface Traffic {
  readonly requests: number;
  readonly visits: number;
  readonly inFlight: number;
}

function trafficOf(network: Compiled, end: number): Traffic {
  let requests = 0;
  let visits = 0;
  let inFlight = 0;
  for (const source of network.sources) {
    const sent = requestsUntil(network, source, end);
    const one = requestEstimate(network, source);
    requests += sent;
    visits += sent * one.visits;
    // Little's law, if the run is long enough for any of them to leave.
    inFlight += sent * Math.min(1, one.time / end);
  }
  return { requests, visits, inFlight };
}

/** What the program takes, and each of its threads before there is a network in it, as measured. [B] */
const PROGRAM = 115e6;
const THREAD = 80e6;
const PER = { station: 220, step: 260, purpose: 200, demand: 40_000, request: 600, proxy: 9000 };
/** istiod generates the resources of a type, the proxy applies them. */
const VISITS_PER_MESSAGE = 2;

/** Rough: resident memory of a thread that simulates the network. [B] */
function memoryOf(network: Compiled, inFlight: number): number {
  return (
    THREAD +
    PER.station * network.stations.length +
    PER.step * network.steps.length +
    PER.purpose * network.purposes.length +
    PER.demand * network.demands.length +
    PER.request * inFlight
  );
}

/** Station visits that a core simulates in a second, about: to say how long a run takes. */
const VISITS_PER_CPU_SECOND = 4e6;
/** As measured with 20,000 proxies. */
const PUSHES_PER_CPU_SECOND = 1e5;

export function renderPlan(plan: Plan): string {
  const { cases, reps, repsMax, pilots, window, threads } = plan;
  const upTo = repsMax > reps ? ` to ${repsMax}` : '';
  const warmup = plan.warmup === null ? 'a warm-up found by pilots' : formatTime(plan.warmup);
  const facts = [
    [
      'topology',
      `${plan.namespaces} namespaces, ${plan.services} services, ${count(plan.pods)} pods on ${plan.hosts} hosts`,
    ],
    ['replications', `${reps}${upTo} of each case${pilots > 0 ? `, and ${pilots} pilot` : ''}`],
    ['simulated time', `${warmup} and ${formatTime(window)} each`],
  ];
  const head = [
    'a replication of',
    'mode',
    'proxies',
    'requests',
    'pushes',
    'station visits',
    'memory',
  ];
  const rows = cases.map(({ name, mode, proxies, requests, pushes, visits, memory }) => [
    `"${name}"`,
    mode,
    count(proxies),
    `about ${rough(requests)}`,
    pushes === 0 ? '0' : `about ${rough(pushes)}`,
    `about ${rough(visits)}`,
    `about ${formatBytes(Number(memory.toPrecision(2)))}`,
  ]);
  const visits = (reps + pilots) * cases.reduce((sum, one) => sum + one.visits, 0);
  const memory = PROGRAM + threads * Math.max(...cases.map((one) => one.memory));
  const pushes = (reps + pilots) * cases.reduce((sum, one) => sum + one.pushes, 0);
  const seconds = visits / VISITS_PER_CPU_SECOND + pushes / PUSHES_PER_CPU_SECOND;
  const all = [
    [
      'in all',
      `about ${rough(visits)} station visits, ${seconds < 1 ? 'below 1 s' : `${formatTime(Number(seconds.toPrecision(1)) * 1e9)}`} of CPU`,
    ],
    [
      '',
      `about ${formatBytes(Number(memory.toPrecision(2)))} on ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ],
  ];
  const aligns = ['left', 'left', 'right', 'right', 'right', 'right', 'right'] as const;
  const lines = [
    ...grid(facts, ['left', 'left']),
    '',
    ...grid([head, ...rows], aligns),
    '',
    ...grid(all, ['left', 'left']),
  ];
  return `${lines.join('\n')}\n`;
}

/** Two digits: more would be a promise. */
function rough(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return rounded >= 1e6 ? `${digits(rounded / 1e6)} M` : count(rounded);
}
