/**
 * Jitter: on a workload tick one random application gets a new pod and then loses an old one, on a config tick one
 * random resource is written again (control-plane specification, pilot-load).
 */

import type { Nanos } from '../../units.ts';
import { type ChurnDraft, type ConfigResourceDraft, grouped, writtenTime } from '../draft.ts';
import type { Notebook } from '../foreign.ts';
import type { Resource } from './configs.ts';
import type { Placed } from './place.ts';
import type { PilotLoad } from './schema.ts';
import { pushedKind } from './templates.ts';

/** It begins when the last namespace is there. @param started - when that is */
export function churnOf(
  { jitter }: PilotLoad,
  placed: readonly Placed[],
  resources: readonly Resource[],
  { started, notes }: { readonly started: Nanos; readonly notes: Notebook },
): readonly ChurnDraft[] {
  const at = started > 0 && { at: writtenTime(started) };
  const churn: ChurnDraft[] = [];
  if (jitter.workloads > 0) {
    const services = servicesWithPods(placed);
    churn.push({ kind: 'podChurn', services, ...at, interval: writtenTime(jitter.workloads) });
  }
  if (jitter.config > 0) {
    const refreshed = resources.filter(({ isRefreshed }) => isRefreshed).flatMap(written);
    if (refreshed.length > 0) {
      const interval = writtenTime(jitter.config);
      churn.push({ kind: 'configChurn', resources: distinct(refreshed), ...at, interval });
    } else {
      const [one] = placed;
      const message = 'no resource is refreshable, so that nothing happens on a config tick';
      notes.say({ ...one.at, path: ['jitter', 'config'] }, message);
    }
  }
  return churn;
}

/** Patterns of them; a pattern alone where all are meant. */
function servicesWithPods(placed: readonly Placed[]): readonly string[] {
  const withPods = ({ mode }: Placed['deployed'][number]) => mode !== null;
  if (placed.every(({ deployed }) => deployed.every(withPods))) return ['*/*'];
  return placed.flatMap(({ pattern, deployed }) => {
    if (deployed.every(withPods)) return [`${pattern}/*`];
    return deployed
      .filter(withPods)
      .flatMap(({ names }) => names.map((name) => `${pattern}/${name}`));
  });
}

function written({ template, placed, services }: Resource): readonly ConfigResourceDraft[] {
  const resource = pushedKind(template);
  if (resource === null) return [];
  const namespace = placed.pattern;
  if (services === null) return [{ resource, namespace }];
  const all = placed.deployed.flatMap(({ names }) => names);
  // Each of them is one to choose; all of a namespace are told by one pattern.
  if (services.length > 1 && services.length === all.length) {
    return [{ resource, namespace, service: '*' }];
  }
  return services.map((service) => ({ resource, namespace, service }));
}

function distinct(resources: readonly ConfigResourceDraft[]): readonly ConfigResourceDraft[] {
  return [...grouped(resources, (one) => JSON.stringify(one)).values()].map(([first]) => first);
}
