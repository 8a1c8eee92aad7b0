import { describe, expect, test } from 'vitest';
import { CallCounts } from '../../src/controlplane/call-counts.ts';
import { Knowledge, Learning } from '../../src/controlplane/knowledge.ts';
import { Scope } from '../../src/controlplane/resources.ts';
import { strategies } from '../../src/scope/strategies.ts';
import { fakeWorld } from './fake-world.ts';
import { S } from './fleets.ts';
import { placeOf, scopedFleet } from './scoped.ts';

const nothing = new Scope(1, Uint8Array.from([0, 0, 0, 0, 0, 0]));
const s1 = new Scope(2, Uint8Array.from([0, 1, 0, 0, 0, 0]));
/** The pods of s0, which calls s1: as a dependency the first. */
const [one, other] = [placeOf(0, 0), placeOf(0, 1)];

function start() {
  const world = fakeWorld();
  const fleet = scopedFleet({ mode: 'slime', ...strategies.slime.defaults });
  const counts = new CallCounts(world, fleet);
  const learning = new Learning();
  const knowledge = new Knowledge(world, fleet, counts, [learning, learning, learning]);
  knowledge.begin(() => false);
  knowledge.sees(one, nothing);
  knowledge.sees(other, nothing);
  const write = (isKnown: boolean) => knowledge.written([0], (_, to) => isKnown && to === 1);
  return { world, fleet, counts, learning, knowledge, write };
}

describe('a dependency', () => {
  test('is known when the last of the proxies sees it, from its first relayed call on', () => {
    const { world, fleet, learning, knowledge, write } = start();
    world.counters.set(fleet.dependencies[0].relayed, 3);
    world.firstCounts.set(fleet.dependencies[0].relayed, 2 * S);
    world.run(10 * S);
    write(true);
    knowledge.sees(one, s1);
    expect(learning.timeToKnown.count).toBe(0);
    world.run(12 * S);
    knowledge.sees(other, s1);
    expect(learning.timeToKnown.max).toBe(10 * S);
    expect(learning).toMatchObject({ learned: 1, dropped: 0 });
  });

  test('does not wait for a proxy that is gone, but for one at least', () => {
    const { world, fleet, learning, knowledge, write } = start();
    world.firstCounts.set(fleet.dependencies[0].relayed, 0);
    write(true);
    knowledge.gone(one);
    knowledge.gone(other);
    expect(learning.timeToKnown.count).toBe(0);
    world.run(5 * S);
    knowledge.sees(one, s1);
    expect(learning.timeToKnown.max).toBe(5 * S);
  });

  test('takes no time if it was never relayed', () => {
    const { learning, knowledge, write } = start();
    write(true);
    knowledge.sees(one, s1);
    knowledge.sees(other, s1);
    expect(learning.timeToKnown.count).toBe(0);
    expect(learning.learned).toBe(1);
  });

  test('begins anew when it was dropped', () => {
    const { world, fleet, counts, learning, knowledge, write } = start();
    const { relayed } = fleet.dependencies[0];
    world.counters.set(relayed, 3);
    world.firstCounts.set(relayed, 0);
    write(true);
    knowledge.sees(one, s1);
    knowledge.sees(other, s1);
    write(false);
    expect(world.firstCounted(relayed)).toBe(-1);
    expect(counts.relayed(0)).toBe(3);
    expect(learning).toMatchObject({ learned: 1, dropped: 1 });
    write(false);
    expect(learning.dropped).toBe(1);
  });

  test('is not dropped by the first Sidecar, before which everything was known', () => {
    const { learning, knowledge, write } = start();
    knowledge.begin(() => true);
    write(false);
    expect(learning).toMatchObject({ learned: 0, dropped: 0 });
  });
});
