/** What becomes a service of the scenario, and the names that it and its versions may have there. */
import type { MeshModeName } from '../../mesh/modes.ts';
import { quote } from '../../problems.ts';
import type { PortDraft, ServiceDraft } from '../draft.ts';
import type { Notebook, Place } from '../foreign.ts';
import { type GivenPort, portOf } from './ports.ts';
import type { Workload } from './workloads.ts';

export interface ImportedService {
  readonly namespace: string;
  readonly draft: ServiceDraft;
  /** As it is written; empty: everywhere. */
  readonly exportTo: readonly string[];
  /** null: it has no pods. */
  readonly mode: MeshModeName | null;
  /** Those that run its pods. */
  readonly workloads: readonly Workload[];
  /** Host names by which Istio knows it, besides that of a Kubernetes service. */
  readonly hosts: readonly string[];
  readonly place: Place;
}

interface Owner {
  readonly name: string;
  readonly place: Place;
}

/** Ports that proxies are configured with; null, and a note, if there are none. */
export function portsOf(
  { name, place }: Owner,
  given: readonly (GivenPort & { readonly protocol: string })[],
  notes: Notebook,
): readonly [PortDraft, ...PortDraft[]] | null {
  const [first, ...rest] = given.filter(({ protocol }) => protocol === 'TCP').map(portOf);
  if (first === undefined) {
    const which = given.length === 0 ? 'no ports' : 'no TCP ports, and proxies pass all others by';
    notes.say(place, `the service ${quote(name)} has ${which}: it is left out`);
    return null;
  }
  const ports = [first, ...rest] as const;
  for (const { autoDetect, port } of ports) {
    if (autoDetect === undefined) continue;
    notes.count(place, 'autoDetect', (count) =>
      count === 1
        ? `port ${port} of ${quote(name)} says no protocol, so that proxies sniff it ("autoDetect")`
        : `${count} ports say no protocol, the first of them port ${port} of ${quote(name)}, so that proxies sniff them ("autoDetect")`,
    );
  }
  return [first, ...rest];
}

/** A name as Kubernetes takes it: `api.example.com` is `api-example-com`. */
export function labelOf(text: string): string {
  const label = text
    .toLowerCase()
    .replace(/\*/g, 'any')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return label === '' ? 'unnamed' : label;
}

/** One that is not taken yet. */
export function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted.slice(0, 60)}-${i}`;
  taken.add(name);
  return name;
}
