/**
 * Programs as numbers: each step becomes one record of eight integers, which the loop reads without following
 * a pointer. The layout of each record stands beside its verb; `simulate.ts` reads them by the same positions.
 */
import type { Network, PickRule, Step } from './network.ts';
import { assertSound } from './soundness.ts';

export const STEP = 8;

/** First word of a record. */
export const VISIT = 0; // depth, role, demand, purpose, lane, tail, purpose of the tail
export const DELAY = 1; // depth, demand, purpose, near
export const PICK = 2; // depth, group, rule, edge, purpose, onNone, viewer
export const FORK = 3; // depth, first of `branches`, count
export const JOIN = 4;
export const HOLD = 5; // depth, role, onReject
export const RELEASE = 6; // depth, role
export const BRANCH_CHANCE = 7; // –, to, index of `shares`, purpose
export const BRANCH_UP = 8; // depth, to
export const BRANCH_CLASS = 9; // depth, to, class
export const BRANCH_OK = 10; // –, to
export const SET_OUTCOME = 11; // –, outcome, onlyFailures
export const JUMP = 12; // –, to
export const ATTEMPT = 13; // depth, policy, purpose, tag, end
export const SETTLE = 14; // depth, policy, purpose, tag, attempt
export const LEAVE = 15;
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
  /** By step × STEP. */
  readonly code: Int32Array;
  readonly shares: Float64Array;
  readonly branches: Int32Array;
  /** Frames that a job needs. */
  readonly depths: number;
  /** Where the steps that no program contains stand, by verb − START. */
  readonly internal: number;
}

/** @throws RangeError if a step names something that the network does not have, or the network is not sound */
export function encode(network: Network): Program {
  assertSound(network);
  const { steps } = network;
  const code = new Int32Array((steps.length + 6) * STEP);
  const shares: number[] = [];
  const branches: number[] = [];
  let depths = 1;
  steps.forEach((step, i) => {
    if ('depth' in step) depths = Math.max(depths, step.depth + 1);
    code.set(record(step, network, shares, branches), i * STEP);
  });
  for (let v = 0; v < 6; v++) code[(steps.length + v) * STEP] = START + v;
  return {
    code,
    shares: Float64Array.from(shares),
    branches: Int32Array.from(branches),
    depths,
    internal: steps.length,
  };
}

function record(step: Step, network: Network, shares: number[], branches: number[]): number[] {
  const to = (target: number): number => checked(target, network.steps.length, 'step');
  const demand = (index: number): number => checked(index, network.demands.length, 'demand');
  const purpose = (index: number): number => checked(index, network.purposes.length, 'purpose');
  switch (step.verb) {
    case 'visit': {
      const { depth, role, lane } = step;
      const tail = step.tail < 0 ? [-1] : [demand(step.tail), purpose(step.tailPurpose)];
      return [VISIT, depth, role, demand(step.demand), purpose(step.purpose), lane, ...tail];
    }
    case 'delay':
      return [DELAY, step.depth, demand(step.demand), purpose(step.purpose), demand(step.near)];
    case 'pick': {
      const group = checked(step.group, network.groups.length, 'group');
      const edge = checked(step.edge, network.edges.length, 'edge');
      const { depth, viewer } = step;
      const onNone = to(step.onNone);
      return [PICK, depth, group, rules[step.rule], edge, purpose(step.purpose), onNone, viewer];
    }
    case 'fork': {
      const first = branches.length;
      for (const branch of step.branches) branches.push(to(branch));
      return [FORK, step.depth, first, step.branches.length];
    }
    case 'join':
      return [JOIN];
    case 'hold':
      return [HOLD, step.depth, step.role, to(step.onReject)];
    case 'release':
      return [RELEASE, step.depth, step.role];
    case 'branch':
      if (step.unless === 'chance') {
        return [BRANCH_CHANCE, 0, to(step.to), shares.push(step.share) - 1, purpose(step.purpose)];
      }
      if (step.unless === 'up') return [BRANCH_UP, step.depth, to(step.to)];
      if (step.unless === 'class') return [BRANCH_CLASS, step.depth, to(step.to), step.class];
      return [BRANCH_OK, 0, to(step.to)];
    case 'outcome':
      return [SET_OUTCOME, 0, step.outcome, step.onlyFailures ? 1 : 0];
    case 'jump':
      return [JUMP, 0, to(step.to)];
    case 'attempt': {
      const policy = checked(step.policy, network.policies.length, 'policy');
      return [ATTEMPT, step.depth, policy, purpose(step.purpose), step.tag, to(step.end)];
    }
    case 'settle': {
      const opening = network.steps[to(step.attempt)];
      if (opening.verb !== 'attempt')
        throw new RangeError(`step ${step.attempt} is settled but is no attempt`);
      return [SETTLE, step.depth, opening.policy, opening.purpose, opening.tag, step.attempt];
    }
    case 'leave':
      return [LEAVE];
  }
}

function checked(index: number, count: number, what: string): number {
  if (!(index >= 0 && index < count))
    throw new RangeError(`there is no ${what} ${index}, only ${count}`);
  return index;
}
