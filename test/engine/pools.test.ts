/** Pools: who holds, who waits and for how long, who is turned away. Requests arrive a millisecond apart. */
import { describe, expect, it } from 'vitest';
import { OVERFLOW, type Pool } from '../../src/engine/network.ts';
import { Draft, fixed, MS } from '../support/network.ts';
import { runOut } from '../support/run.ts';

function run(pool: Pool, requests: number, held: number) {
  const draft = new Draft('pool');
  const role = draft.pool(pool);
  const full = draft.label();
  draft.hold(role, full);
  draft.delay(fixed(held * MS));
  draft.release(role);
  draft.mark(full);
  draft.leave();
  draft.regular(1000, { stop: requests * MS });
  const { simulation, left } = runOut(draft.finish());
  const ends = left.map(({ request, departure, outcome }) => [request, departure / MS, outcome]);
  return { ends, reading: simulation.pools.read(0) };
}

describe('a pool', () => {
  it('lets as many go on as it has, and the others in the order they came', () => {
    expect(run({ size: 2, queueMax: 9 }, 5, 4).ends).toEqual([
      [0, 4, 0],
      [1, 5, 0],
      [2, 8, 0],
      [3, 9, 0],
      [4, 12, 0],
    ]);
  });

  it('turns away who finds its line full, without making them wait', () => {
    const { ends, reading } = run({ size: 1, queueMax: 1 }, 4, 10);
    expect(ends).toEqual([
      [2, 2, OVERFLOW],
      [3, 3, OVERFLOW],
      [0, 10, 0],
      [1, 20, 0],
    ]);
    expect(reading).toMatchObject({ visits: 2, turnedAway: 2 });
  });

  it('has no line at all if none may wait', () => {
    expect(run({ size: 1, queueMax: 0 }, 2, 1.5).ends).toEqual([
      [1, 1, OVERFLOW],
      [0, 1.5, 0],
    ]);
  });

  it('counts as busy what is held, and as its area who waits too', () => {
    // Held from 0 to 4 and from 4 to 8 ms; the second waits from 1 to 4 ms.
    expect(run({ size: 1, queueMax: 9 }, 2, 4).reading).toEqual({
      visits: 2,
      turnedAway: 0,
      area: 11 * MS,
      work: 8 * MS,
      busy: 8 * MS,
      backlog: 0,
    });
  });

  it('may be as large as one likes', () => {
    const size = Number.POSITIVE_INFINITY;
    const { reading, ends } = run({ size, queueMax: size }, 3, 5);
    expect(ends.map(([, departure]) => departure)).toEqual([5, 6, 7]);
    expect(reading.busy).toBe(15 * MS);
  });
});
