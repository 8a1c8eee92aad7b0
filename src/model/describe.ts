/** Names for the numbers of a network: which pod a place is, which proxy stands there, what a step is about. */
import type { Step } from '../engine/network.ts';
import type { DetourName } from '../measure/directory.ts';
import { type ProxyKind, proxyKinds } from '../mesh/mode.ts';
import type { Deployment } from './deployment.ts';
import { APP, roleOf } from './stations.ts';

export interface Names {
  /** Service of a place; of a client, its load. */
  service(place: number): string;
  /** `bookinfo/reviews-v1-0`: service, version and number of the pod; of a client, its load. */
  pod(place: number): string;
  /** `sidecar of bookinfo/reviews-v1-0`, `ztunnel on host 2`; the pod itself for its application. */
  visited(role: number, place: number): string;
  /** Service that a call with this tag goes to. */
  callee(tag: number): string;
  /** How it goes there, if the tag is that of a part of a call; null for a call. */
  way(tag: number): DetourName['way'] | null;
}

export function makeNames(deployment: Deployment, detours: readonly DetourName[]): Names {
  const { services, clients, proxies, proxyOf } = deployment;
  const serviceOf: string[] = [];
  const podOf: string[] = [];
  for (const { id, slots, service } of services) {
    const count = service.versions.map(() => 0);
    for (const { place, version } of slots) {
      serviceOf[place] = id;
      podOf[place] = `${id}-${service.versions[version].name}-${count[version]++}`;
    }
  }
  for (const { place, load } of clients) {
    serviceOf[place] = load.name;
    podOf[place] = load.name;
  }

  function visited(role: number, place: number): string {
    if (role === APP) return podOf[place];
    const kind = kindOf(role);
    const proxy = proxies[proxyOf[kind][place]];
    if (kind === 'ztunnel') return `ztunnel on host ${proxy.host}`;
    if (proxy.kind === 'gateway') return podOf[place];
    if (kind === 'sidecar') return `sidecar of ${podOf[place]}`;
    return `waypoint of ${proxy.service < 0 ? proxy.namespace : services[proxy.service].id}`;
  }

  return {
    service: (place) => serviceOf[place],
    pod: (place) => podOf[place],
    visited,
    callee: (tag) => services[tag].id,
    way: (tag) => detours.find((detour) => detour.tag === tag)?.way ?? null,
  };
}

export function kindOf(role: number): ProxyKind {
  const kind = proxyKinds.find((name) => roleOf[name] === role);
  if (kind === undefined) throw new RangeError(`no kind of proxy has role ${role}`);
  return kind;
}

export type StepMeaning = 'work' | 'crossing' | 'wire' | 'sleep' | 'wait' | 'other';

/**
 * What a step stands for, as `workload.ts` writes them.
 *
 * @param purposes - of the network; a sleep of the application is told from the wire by its purpose alone
 */
export function meaningOf(step: Step, purposes: readonly string[]): StepMeaning {
  switch (step.verb) {
    case 'visit':
      return step.role === APP ? 'work' : 'crossing';
    case 'delay':
      return purposes[step.purpose].endsWith(' sleep') ? 'sleep' : 'wire';
    case 'hold':
    case 'await':
      return 'wait';
    default:
      return 'other';
  }
}

/** On which of its two ways a message is at this step: its purpose ends with that word. */
export function wayOf(step: Step, purposes: readonly string[]): 'request' | 'answer' | null {
  if (step.verb !== 'visit' && step.verb !== 'delay') return null;
  const purpose = purposes[step.purpose];
  if (purpose.endsWith(' request')) return 'request';
  return purpose.endsWith(' answer') ? 'answer' : null;
}
