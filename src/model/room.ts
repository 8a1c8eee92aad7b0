/** What churn asks of the places of a service: how many there must be, and whether its first pods are there. */
import { type Churn, podPatternsOf } from '../topology/churn.ts';
import { matcher } from '../topology/pattern.ts';
import type { Version } from '../topology/topology.ts';

/** Of one service. */
interface Demand {
  /** Replicas at most, of any version; 0 for as many as it has. */
  replicas: number;
  /** Pods above the replicas at most; 0: its pods never change. */
  extra: number;
  /** Churn creates or deletes it; which of them first, and when. */
  first: { readonly at: number; readonly creates: boolean } | null;
}

export interface Room {
  /** Places for one version of a service. */
  slotCount(id: string, version: Version): number;
  /** Churn creates it before anything deletes it, so that it is not there until then. */
  isCreatedLater(id: string): boolean;
}

export function roomFor(churn: readonly Churn[], ids: readonly string[]): Room {
  const demands = new Map<string, Demand>();
  for (const [pattern, changes] of byPattern(churn)) {
    const fits = matcher(pattern);
    const found = pattern.includes('*') ? ids.filter(fits) : [pattern];
    for (const id of found) {
      const demand = demands.get(id) ?? { replicas: 0, extra: 1, first: null };
      for (const change of changes) add(demand, change);
      demands.set(id, demand);
    }
  }
  return {
    // Twice, as pods that stop still serve while their replacements already do.
    slotCount(id, { replicas }) {
      const demand = demands.get(id);
      if (demand === undefined) return replicas;
      return 2 * Math.max(replicas, demand.replicas) + demand.extra;
    },
    isCreatedLater: (id) => demands.get(id)?.first?.creates ?? false,
  };
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
  switch (change.kind) {
    case 'rollingUpdate':
      demand.extra = Math.max(demand.extra, change.surge);
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
