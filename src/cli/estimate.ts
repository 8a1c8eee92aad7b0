/** What a simulation will be made of, read from its network without running it: visits and time of a request. */
import type { Network, Source, Step } from '../engine/network.ts';

export type Compiled = Omit<Network, 'keys'>;

/** Means over all branches, if nothing fails and nobody waits. */
export interface RequestEstimate {
  /** Visits to stations. */
  readonly visits: number;
  /** From arrival to answer. [ns] */
  readonly time: number;
}

/** Requests that a source sends until `end`. A closed one sends as fast as empty stations would answer. */
export function requestsUntil(network: Compiled, source: Source, end: number): number {
  const stop = Math.min(source.stop, end);
  if (source.arrivals.kind === 'closed') {
    const think = network.demands[source.arrivals.think].mean;
    const cycle = think + requestEstimate(network, source).time;
    return cycle === 0 ? 0 : (source.connections * Math.max(0, stop - source.start)) / cycle;
  }
  return source.arrivals.rates.reduce((sum, { at, rate }, i, rates) => {
    const from = Math.max(source.start, at);
    const to = Math.min(stop, rates[i + 1]?.at ?? stop);
    return sum + (rate * Math.max(0, to - from)) / 1e9;
  }, 0);
}

/** Walks the program of a source; every call is written out in it, so no step comes twice. */
export function requestEstimate(network: Compiled, source: Source): RequestEstimate {
  const known = new Map<number, RequestEstimate>();
  return walk({ network, known, picks: new Map(), client: source.place }, source.entry);
}

type Pick = Step & { readonly verb: 'pick' };

interface Walk {
  readonly network: Compiled;
  readonly known: Map<number, RequestEstimate>;
  /** By depth: how the place of the frame was picked. */
  readonly picks: Map<number, Pick>;
  readonly client: number;
}

function walk(context: Walk, first: number): RequestEstimate {
  const found = context.known.get(first);
  if (found !== undefined) return found;
  const { network } = context;
  let visits = 0;
  let time = 0;
  const rest = (to: number, weight: number) => {
    const after = walk({ ...context, picks: new Map(context.picks) }, to);
    visits += weight * after.visits;
    time += weight * after.time;
  };
  // Straight on in a loop: programs are too long for a call a step.
  for (let at = first; ; at++) {
    const step = network.steps[at];
    if (step.verb === 'leave' || step.verb === 'join') break;
    if (step.verb === 'pick') context.picks.set(step.depth, step);
    if (step.verb === 'visit' && isThere(context, step)) {
      const demand = network.demands[step.demand].mean;
      visits += demand > 0 ? 1 : 0;
      time += demand;
    }
    if (step.verb === 'delay') time += network.demands[step.demand].mean;
    if (step.verb === 'fork') {
      const branches = step.branches.map((branch) =>
        walk({ ...context, picks: new Map(context.picks) }, branch),
      );
      visits += branches.reduce((sum, branch) => sum + branch.visits, 0);
      time += Math.max(0, ...branches.map((branch) => branch.time));
    }
    if (step.verb === 'jump') {
      rest(step.to, 1);
      break;
    }
    const share = step.verb === 'branch' ? shareStraightOn(context, step) : 1;
    if (share === 1) continue;
    if (step.verb === 'branch') rest(step.to, 1 - share);
    rest(at + 1, share);
    break;
  }
  const estimate = { visits, time };
  context.known.set(first, estimate);
  return estimate;
}

/** Whether the places of a visit have such a station; all slots of a service have the same. */
function isThere({ network, picks, client }: Walk, step: Step & { verb: 'visit' }): boolean {
  const pick = picks.get(step.depth);
  const place = pick === undefined ? client : network.edges[pick.edge].calleeFirst;
  return network.stationOf[step.role * network.placeCount + place] >= 0;
}

/** Of the requests that come to a branch, those that do not leave the straight way. */
function shareStraightOn({ network, picks }: Walk, step: Step & { verb: 'branch' }): number {
  if (step.unless === 'chance') return step.share;
  if (step.unless !== 'class') return 1;
  const pick = picks.get(step.depth);
  const members = pick === undefined ? [] : placesOf(network, pick);
  // Versions are asked for one after the other: who comes here is of this one or of a later one.
  const left = members.filter((place) => network.classOf[place] >= step.class);
  const here = left.filter((place) => network.classOf[place] === step.class);
  return left.length === 0 ? 1 : here.length / left.length;
}

/** Those there from the start; of a namespace that joins later, all that will be. */
function placesOf({ groups, edges }: Compiled, { group, edge }: Pick): readonly number[] {
  if (groups[group].length > 0) return groups[group];
  const { calleeFirst, calleeSlots } = edges[edge];
  return Array.from({ length: calleeSlots }, (_, slot) => calleeFirst + slot);
}
