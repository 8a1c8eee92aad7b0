/**
 * Programs as numbers: each step becomes one record of sixteen integers, a cache line, which the loop reads without following
 * a pointer. The layout of each record stands beside its verb; `simulate.ts` reads them by the same positions.
 */
import { type Layout, layoutOf, NONE, PLACES } from './layout.ts';
import type { Network, PickRule, Step } from './network.ts';
import { assertSound } from './soundness.ts';

export const STEP = 16;

/** Where the keys of a step's purpose stand in its record, and those of the tail of a visit. */
export const KEYS = 12;
export const TAIL_KEYS = 14;

/**
 * First word of a record. `place`, `caller` and `frame` are words of a job's record, `role` is where the role's part of
 * `stationOf` or `poolOf` begins, and steps are named by where their record begins.
 */
export const VISIT = 0; // place, role, demand, lane
export const VISIT_WITH_TAIL = 22; // place, role, demand, lane, tail
export const DELAY = 1; // place, demand, near
export const PICK = 2; // place, frame, group, rule, edge, onNone, viewer
export const FORK = 3; // depth, first of `branches`, count
export const JOIN = 4;
export const HOLD = 5; // place, role, onReject
export const RELEASE = 6; // place, role
export const BRANCH_CHANCE = 7; // –, to, index of `shares`
export const BRANCH_UP = 8; // place, to, frame of the call whose try comes here or 0
export const BRANCH_CLASS = 9; // place, to, class
export const BRANCH_OK = 10; // –, to
export const SET_OUTCOME = 11; // –, outcome, onlyFailures
export const JUMP = 12; // –, to
export const ATTEMPT = 13; // place, frame, policy, end
export const SETTLE = 14; // place, frame, policy, attempt, tag
export const LEAVE = 15;
export const BRANCH_KNOWN = 23; // place, to, group
export const STAY = 24; // place, offset
export const AWAIT = 25; // place, to, group, index of `shares`
export const COUNT = 26; // place or NONE, counter of place 0 or the only one
/** Steps that no program contains; they stand behind it, one each. */
export const START = 16; // a request begins
export const ARRIVE = 17; // the next request of an open source is due
export const SHARING_DUE = 18; // a visitor of a sharing station may be done
export const DEADLINE = 19; // a deadline may have passed
export const EXTERNAL = 20; // something outside the engine asked to be called
export const WAKE_UP = 21; // a server is done with a tail

export const LEAST_REQUEST = 0;
export const ROUND_ROBIN = 1;
export const RANDOM = 2;
export const CONNECTION_RULE = 3;
const rules: Record<PickRule, number> = {
  leastRequest: LEAST_REQUEST,
  roundRobin: ROUND_ROBIN,
  random: RANDOM,
  connection: CONNECTION_RULE,
};

export interface Program {
  /** Records of `STEP` words. */
  readonly code: Int32Array;
  /** What does not fit into words: shares, and times to wait. [1, ns] */
  readonly shares: Float64Array;
  readonly branches: Int32Array;
  /** Of the jobs that do it. */
  readonly layout: Layout;
  /** Where the steps that no program contains stand: from here on, by verb − START. */
  readonly internal: number;
}

/** @throws RangeError if a step names something that the network does not have, or the network is not sound */
export function encode(network: Network): Program {
  assertSound(network);
  const { steps, policies } = network;
  const code = new Int32Array((steps.length + 6) * STEP);
  const depths = steps.map((step) => ('depth' in step ? step.depth + 1 : 1));
  const hasDeadlines = policies.some(({ deadline }) => deadline > 0);
  const layout = layoutOf(
    depths.reduce((a, b) => Math.max(a, b), 1),
    hasDeadlines,
  );
  const tables: Tables = { network, layout, shares: [], branches: [] };
  steps.forEach((step, i) => {
    code.set(record(step, tables), i * STEP);
    // The back-off before a retry is drawn where a try is settled.
    const drawing = step.verb === 'settle' ? attemptAt(network, step.attempt) : step;
    if ('purpose' in drawing) code.set(keysOf(network, drawing.purpose), i * STEP + KEYS);
    if (step.verb === 'visit' && step.tail >= 0) {
      code.set(keysOf(network, step.tailPurpose), i * STEP + TAIL_KEYS);
    }
  });
  for (let v = 0; v < 6; v++) code[(steps.length + v) * STEP] = START + v;
  return {
    code,
    shares: Float64Array.from(tables.shares),
    branches: Int32Array.from(tables.branches),
    layout,
    internal: steps.length * STEP,
  };
}

/** What the records of a program are written from, and what they share. */
interface Tables {
  readonly network: Network;
  readonly layout: Layout;
  readonly shares: number[];
  readonly branches: number[];
}

function keysOf({ purposes, keys }: Network, purpose: number): readonly [number, number] {
  const at = checked(purpose, purposes.length, 'purpose') * 2;
  return [keys[at], keys[at + 1]];
}

function record(step: Step, tables: Tables): number[] {
  const { network, layout, shares, branches } = tables;
  const to = (target: number): number => checked(target, network.steps.length, 'step') * STEP;
  const demand = (index: number): number => checked(index, network.demands.length, 'demand');
  const group = (index: number): number => checked(index, network.groups.length, 'group');
  const place = (depth: number): number => PLACES + depth;
  const frame = (depth: number): number => layout.frames + (depth - 1) * layout.frameWidth;
  const role = (index: number): number => index * network.placeCount;
  switch (step.verb) {
    case 'visit': {
      const rest = [place(step.depth), role(step.role), demand(step.demand), step.lane];
      if (step.tail < 0) return [VISIT, ...rest];
      return [VISIT_WITH_TAIL, ...rest, demand(step.tail)];
    }
    case 'delay':
      return [DELAY, place(step.depth), demand(step.demand), demand(step.near)];
    case 'pick': {
      const { depth, viewer, rule } = step;
      const edge = checked(step.edge, network.edges.length, 'edge');
      const none = to(step.onNone);
      return [PICK, place(depth), frame(depth), group(step.group), rules[rule], edge, none, viewer];
    }
    case 'fork': {
      const first = branches.length;
      for (const branch of step.branches) branches.push(to(branch));
      return [FORK, step.depth, first, step.branches.length];
    }
    case 'join':
      return [JOIN];
    case 'hold':
      return [HOLD, place(step.depth), role(step.role), to(step.onReject)];
    case 'release':
      return [RELEASE, place(step.depth), role(step.role)];
    case 'branch':
      if (step.unless === 'chance')
        return [BRANCH_CHANCE, 0, to(step.to), shares.push(step.share) - 1];
      if (step.unless === 'up') {
        const call = step.call === 0 ? 0 : frame(step.call);
        return [BRANCH_UP, place(step.depth), to(step.to), call];
      }
      if (step.unless === 'class')
        return [BRANCH_CLASS, place(step.depth), to(step.to), step.class];
      if (step.unless === 'known')
        return [BRANCH_KNOWN, place(step.depth), to(step.to), group(step.group)];
      return [BRANCH_OK, 0, to(step.to)];
    case 'stay':
      return [STAY, place(step.depth), step.offset];
    case 'await': {
      const { depth, timeout } = step;
      return [AWAIT, place(depth), to(step.to), group(step.group), shares.push(timeout) - 1];
    }
    case 'count': {
      const { by } = step;
      const counter = checked(step.counter, network.counterCount, 'counter');
      if (by === null) return [COUNT, NONE, counter];
      return [COUNT, place(by.depth), counter - by.first];
    }
    case 'outcome':
      return [SET_OUTCOME, 0, step.outcome, step.onlyFailures ? 1 : 0];
    case 'jump':
      return [JUMP, 0, to(step.to)];
    case 'attempt': {
      const policy = checked(step.policy, network.policies.length, 'policy');
      return [ATTEMPT, place(step.depth), frame(step.depth), policy, to(step.end)];
    }
    case 'settle': {
      const { depth, policy, tag } = attemptAt(network, step.attempt);
      return [SETTLE, place(depth), frame(depth), policy, to(step.attempt), tag];
    }
    case 'leave':
      return [LEAVE];
  }
}

function attemptAt(network: Network, index: number): Extract<Step, { verb: 'attempt' }> {
  const step = network.steps[checked(index, network.steps.length, 'step')];
  if (step.verb !== 'attempt') throw new RangeError(`step ${index} is settled but is no attempt`);
  return step;
}

function checked(index: number, count: number, what: string): number {
  if (!(index >= 0 && index < count))
    throw new RangeError(`there is no ${what} ${index}, only ${count}`);
  return index;
}
