/**
 * What a network must keep to beyond its types, because the loop trusts it: a slip here would not crash but
 * read another job's frame, or tie draws that should be independent.
 */

import { OUTCOMES } from './calls.ts';
import type { Network, Source, Station, Step } from './network.ts';

/** @throws RangeError that names the first part that is not sound */
export function assertSound(network: Network): void {
  const { purposes, keys, downDelay, steps, sources, stations } = network;
  assertDistinct(purposes, (purpose) => `purpose "${purpose}" stands twice in the network`);
  assert(keys.length >= 2 * purposes.length, `${purposes.length} purposes need two keys each`);
  assert(downDelay.length >= OUTCOMES, `there are ${OUTCOMES} outcomes, each with a delay`);
  steps.forEach((step, i) => {
    assertSoundStep(step, i, network);
  });
  sources.forEach(assertSoundSource);
  // Jobs of two sources have the same numbers, so the same steps would draw the same for both.
  assertDistinct(
    sources.map(({ entry }) => entry),
    (entry) => `two sources enter at step ${entry}, so that their draws would be the same`,
  );
  stations.forEach(assertSoundStation);
}

function assertSoundStep(step: Step, i: number, { steps, tagCount }: Network): void {
  switch (step.verb) {
    case 'attempt': {
      assertHasCaller(step.depth, i, step.verb);
      const end = steps[step.end];
      const isClosed = end?.verb === 'settle' && end.attempt === i && end.depth === step.depth;
      assert(isClosed, `the attempt at step ${i} is not settled at its end, step ${step.end}`);
      assert(step.tag < tagCount, `step ${i} has tag ${step.tag} of ${tagCount}`);
      return;
    }
    case 'pick':
    case 'stay':
      assertHasCaller(step.depth, i, step.verb);
      return;
    case 'delay':
      if (step.near !== step.demand) assertHasCaller(step.depth, i, step.verb);
      return;
    case 'branch':
    case 'await':
      assert(step.to > i, `the ${step.verb} at step ${i} leads back; only a jump may close a loop`);
      return;
    default:
      return;
  }
}

function assertHasCaller(depth: number, i: number, verb: string): void {
  assert(depth >= 1, `the ${verb} at step ${i} is of frame ${depth}, which nobody calls`);
}

function assertSoundSource({ arrivals, connections }: Source, s: number): void {
  assert(connections >= 1, `source ${s} has ${connections} connections`);
  if (arrivals.kind === 'open') assert(arrivals.rates.length > 0, `source ${s} has no rate`);
}

function assertSoundStation(station: Station, s: number): void {
  const { discipline, servers, jobsMax, host, wake } = station;
  assert(servers > 0, `station ${s} has ${servers} servers`);
  assert(
    discipline === 'sharing' || Number.isInteger(servers),
    `station ${s} has ${servers} servers; only one that shares can have a part of one`,
  );
  assert(
    discipline === 'fifo' || jobsMax === Number.POSITIVE_INFINITY,
    `station ${s} is ${discipline} and bounded; only fifo can be`,
  );
  assert(
    discipline !== 'sharing' || (host < 0 && wake === null),
    `station ${s} shares its servers, so that it can have no host and no wake-up`,
  );
}

function assertDistinct<T>(values: readonly T[], message: (value: T) => string): void {
  const seen = new Set<T>();
  for (const value of values) {
    assert(!seen.has(value), message(value));
    seen.add(value);
  }
}

function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new RangeError(message);
}
