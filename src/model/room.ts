/** What churn asks of the places of a service: how many there must be, and whether its first pods are there. */
import { type Churn, podPatternsOf } from '../topology/churn.ts';
import { matcher } from '../topology/pattern.ts';
import type { Version } from '../topology/topology.ts';
import type { Nanos } from '../units.ts';

/** Of one service. */
interface Demand {
  /** Replicas at most, of any version; 0 for as many as it has. */
  replicas: number;
  /** Pods above the replicas at most, where all of them may be replaced at once; null: they never are. */
  extra: number | null;
  /** Pods above the replicas in the mean, where single ones come and go at random. */
  turnover: number;
  /** Churn creates or deletes it; which of them first, and when. */
  first: { readonly at: number; readonly creates: boolean } | null;
}

export interface Room {
  /** Places for one version of a service. */
  slotCount(id: string, version: Version): number;
  /** Churn creates it before anything deletes it, so that it is not there until then. */
  isCreatedLater(id: string): boolean;
}

/** @param lingers - how long a pod that was told to stop still runs, at most */
export function roomFor(churn: readonly Churn[], ids: readonly string[], lingers: Nanos): Room {
  const demands = new Map<string, Demand>();
  for (const [pattern, changes] of byPattern(churn)) {
    for (const id of idsOf(pattern, ids)) {
      const demand = demands.get(id) ?? { replicas: 0, extra: null, turnover: 0, first: null };
      for (const change of changes) add(demand, change);
      demands.set(id, demand);
    }
  }
  for (const change of churn) {
    if (change.kind !== 'podChurn') continue;
    const found = new Set(change.services.flatMap((pattern) => idsOf(pattern, ids)));
    const turnover = (change.podStart + lingers) / change.interval / found.size;
    for (const id of found) demands.get(id)!.turnover += turnover;
  }
  return {
    slotCount(id, { replicas }) {
      const demand = demands.get(id);
      if (demand === undefined) return replicas;
      const { extra, turnover } = demand;
      // Twice, as pods that stop still serve while their replacements already do.
      const all = extra === null ? replicas : 2 * Math.max(replicas, demand.replicas) + extra;
      return all + spares(turnover);
    },
    isCreatedLater: (id) => demands.get(id)?.first?.creates ?? false,
  };
}

function idsOf(pattern: string, ids: readonly string[]): readonly string[] {
  return pattern.includes('*') ? ids.filter(matcher(pattern)) : [pattern];
}

/** Random numbers of pods above the replicas are about Poisson; six deviations above the mean is as good as never. */
function spares(mean: number): number {
  return mean === 0 ? 0 : Math.ceil(mean + 6 * Math.sqrt(mean)) + 2;
}

/** A list of recorded events names the same services over and over. */
function byPattern(churn: readonly Churn[]): ReadonlyMap<string, readonly Churn[]> {
  const lists = new Map<string, Churn[]>();
  for (const change of churn) {
    for (const pattern of podPatternsOf(change)) {
      const list = lists.get(pattern);
      if (list === undefined) lists.set(pattern, [change]);
      else list.push(change);
    }
  }
  return lists;
}

function add(demand: Demand, change: Churn): void {
  if (change.kind !== 'podChurn') demand.extra ??= 1;
  switch (change.kind) {
    case 'rollingUpdate':
      demand.extra = Math.max(demand.extra ?? 1, change.surge);
      return;
    case 'scale':
      demand.replicas = Math.max(demand.replicas, ...change.replicas);
      return;
    case 'hpa':
    case 'deploymentScaler':
      demand.replicas = Math.max(demand.replicas, change.max);
      return;
    case 'serviceCreate':
    case 'serviceDelete': {
      const { at, kind } = change;
      if (demand.first === null || at < demand.first.at) {
        demand.first = { at, creates: kind === 'serviceCreate' };
      }
    }
  }
}
