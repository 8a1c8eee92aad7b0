/** Sources: when requests begin, what they are numbered, and when a source stops. */
import { describe, expect, it } from 'vitest';
import { leaksOf } from '../support/leaks.ts';
import { Draft, exp, fixed, MS, SECOND } from '../support/network.ts';
import { byRequest, runOut } from '../support/run.ts';

function served(write: (draft: Draft) => void, took = MS) {
  const draft = new Draft('source');
  draft.delay(fixed(took));
  draft.leave();
  write(draft);
  const { simulation, left } = runOut(draft.finish());
  expect(leaksOf(simulation)).toEqual({});
  return { simulation, left: byRequest(left) };
}

const arrivalsOf = (left: readonly { readonly arrival: number }[]) =>
  left.map(({ arrival }) => arrival / MS);

describe('an open source', () => {
  it('that is regular sends at once and then evenly, before its stop', () => {
    const { left, simulation } = served((draft) => {
      draft.regular(500, { start: 3 * MS, stop: 11 * MS });
    });
    expect(arrivalsOf(left)).toEqual([3, 5, 7, 9]);
    expect(simulation.arrived[0]).toBe(4);
  });

  it('sends as many as its rate says, with gaps of cv 1', () => {
    const { left } = served((draft) => draft.open(2000, { stop: 10 * SECOND }));
    const gaps = left.slice(1).map(({ arrival }, i) => arrival - left[i].arrival);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    // Five standard deviations of 20 000 gaps.
    expect(Math.abs(mean / (0.5 * MS) - 1)).toBeLessThan(5 / Math.sqrt(20_000));
    expect(Math.abs(variance / mean ** 2 - 1)).toBeLessThan(0.1);
  });

  it('does not wait for answers', () => {
    const { left } = served((draft) => draft.regular(1000, { stop: 3 * MS }), 50 * MS);
    expect(arrivalsOf(left)).toEqual([0, 1, 2]);
  });

  it('that never begins before its stop sends nothing', () => {
    expect(served((draft) => draft.open(1000, { start: 5, stop: 5 })).left).toEqual([]);
  });
});

describe('a closed source', () => {
  it('thinks, sends, waits for the answer, and thinks again', () => {
    const { left } = served((draft) => {
      draft.closed(1, fixed(2 * MS), { start: MS, stop: 10 * MS });
    }, 3 * MS);
    // It thinks until 3 ms, is answered at 6 ms, and thinks until 8 ms.
    expect(left.map(({ arrival, departure }) => [arrival / MS, departure / MS])).toEqual([
      [3, 6],
      [8, 11],
    ]);
  });

  it('numbers requests so that every connection has its own: no two are alike', () => {
    const { left } = served((draft) => draft.closed(3, exp(MS), { stop: 100 * MS }));
    const numbers = left.map(({ request }) => request);
    expect(new Set(numbers).size).toBe(numbers.length);
    // Connections take turns of three, each in its own order.
    for (const connection of [0, 1, 2]) {
      const own = left.filter(({ request }) => request % 3 === connection);
      expect(own.map(({ request }) => request)).toEqual(own.map((_, i) => connection + 3 * i));
      expect(arrivalsOf(own)).toEqual(arrivalsOf(own).toSorted((a, b) => a - b));
    }
    expect(new Set(arrivalsOf(left)).size).toBe(left.length);
  });

  it('never has more under way than it has connections', () => {
    const { simulation } = served((draft) => draft.closed(4, exp(MS), { stop: 200 * MS }), 20 * MS);
    expect(simulation.requestsLiveMax).toBe(4);
  });
});
