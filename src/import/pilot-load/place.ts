/** Namespaces with their applications, in the order in which pilot-load starts them. */
import { quote } from '../../problems.ts';
import type { Nanos } from '../../units.ts';
import { type NamespaceDraft, writtenTime } from '../draft.ts';
import type { Notebook, Place } from '../foreign.ts';
import { type Deployed, deployApplications } from './applications.ts';
import type { PilotLoad, PilotNamespace } from './schema.ts';

/** Namespaces that are written once. */
export interface Placed {
  /** Where it is written. */
  readonly at: Place;
  readonly given: PilotNamespace;
  /** A name, or a pattern that no other namespace matches. */
  readonly pattern: string;
  readonly draft: Omit<NamespaceDraft, 'services'>;
  readonly deployed: readonly Deployed[];
}

/** One after the other, as pilot-load starts them. */
export function placeNamespaces(
  given: PilotLoad,
  place: Place,
  notes: Notebook,
): readonly Placed[] {
  const taken = new Set<string>();
  let started = 0;
  return given.namespaces.flatMap((namespace, i): readonly Placed[] => {
    const at = { ...place, path: ['namespaces', i] };
    const deployed = deployApplications(namespace, at, notes);
    const joins = started * given.gracePeriod;
    started += namespace.replicas;
    if (deployed.length === 0) {
      notes.say(at, `${quote(namespace.name)} has no services and is left out`);
      return [];
    }
    const readySpread = namespace.gracePeriod * (namespace.applications.length - 1);
    const times = (first: Nanos) => ({
      ...(first > 0 && { joins: writtenTime(first) }),
      ...(readySpread > 0 && { readySpread: writtenTime(readySpread) }),
    });
    const one = (name: string, first: Nanos): Placed => {
      return { at, given: namespace, pattern: name, draft: { name, ...times(first) }, deployed };
    };
    const { name, replicas } = namespace;
    if (replicas === 1) return [one(fresh(name, taken), joins)];
    if (given.namespaces.some((other, o) => o !== i && isAlike(other.name, name))) {
      return Array.from({ length: replicas }, (_, r) =>
        one(fresh(`${name}-${r + 1}`, taken), joins + r * given.gracePeriod),
      );
    }
    const every = given.gracePeriod > 0 && { every: writtenTime(given.gracePeriod) };
    const draft = { name, count: replicas, ...times(joins), ...every };
    return [{ at, given: namespace, pattern: `${name}-*`, draft, deployed }];
  });
}

/** Whether a pattern for the replicas of a namespace could meet another one. */
function isAlike(other: string, name: string): boolean {
  return other === name || other.startsWith(`${name}-`);
}

function fresh(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let i = 2; taken.has(candidate); i++) candidate = `${name}-${i}`;
  taken.add(candidate);
  return candidate;
}
