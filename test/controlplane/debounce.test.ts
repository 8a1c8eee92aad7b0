import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DebounceCase, debounce, every } from './pipeline.ts';

const usual = { after: 100, max: 10_000, endpoints: true, pushTakes: 0 };
const brief = (input: DebounceCase) => debounce(input).pushes.map(({ at, events }) => [at, events]);
const debounceTimes = (input: DebounceCase) =>
  debounce(input).pushes.map(({ returns, first }) => returns - first);

describe('the debouncer', () => {
  test('pushes a single change after the quiet time (debounce/D1)', () => {
    const input = { ...usual, events: [{ t: 0 }] };
    expect(brief(input)).toEqual([[100, 1]]);
    expect(debounceTimes(input)).toEqual([100]);
  });

  test('pushes what comes every 60 ms as one batch (debounce/D2)', () => {
    expect(brief({ ...usual, events: every(60, 600) })).toEqual([[700, 11]]);
  });

  test('is cut by the maximum, late by less than the quiet time (debounce/D3a, D3c)', () => {
    expect(brief({ ...usual, events: every(60, 30_100) }).slice(0, 3)).toEqual([
      [10_000, 167],
      [20_020, 167],
      [30_040, 167],
    ]);
    expect(brief({ ...usual, events: every(99, 30_100) }).slice(0, 2)).toEqual([
      [10_000, 102],
      [20_098, 102],
    ]);
  });

  test('never merges what comes every 101 ms (debounce/D3d)', () => {
    expect(brief({ ...usual, events: every(101, 303) })).toEqual([
      [100, 1],
      [201, 1],
      [302, 1],
      [403, 1],
    ]);
  });

  test('lets a change go before the timer at the same instant', () => {
    expect(brief({ ...usual, events: every(50, 20_000) })[0]).toEqual([10_000, 201]);
  });

  test('counts a return before a change of the same instant, whichever was scheduled first', () => {
    // At 300 the quiet time of the change at 150 is over, unless that of 300 counted first.
    const input = { ...usual, pushTakes: 200, events: [{ t: 0 }, { t: 150 }, { t: 300 }] };
    expect(brief(input)).toEqual([
      [100, 1],
      [300, 1],
      [500, 1],
    ]);
  });

  test('holds changes while the push function runs and pushes them as it returns (debounce/D4, D4c)', () => {
    const d4 = { ...usual, pushTakes: 1500, events: [{ t: 0 }, { t: 300 }, { t: 900 }] };
    expect(brief(d4)).toEqual([
      [100, 1],
      [1600, 2],
    ]);
    expect(debounceTimes(d4)).toEqual([1600, 2800]);
    const d4c = { ...usual, pushTakes: 3000, events: every(60, 34_000) };
    expect(brief(d4c).slice(0, 3)).toEqual([
      [10_000, 167],
      [20_020, 167],
      [30_040, 167],
    ]);
    expect(debounceTimes(d4c).slice(0, 3)).toEqual([13_000, 13_000, 13_000]);
  });

  test('pushes endpoints at once where they are not debounced (debounce/D5, U1 to U6)', () => {
    const e = (t: number) => ({ t, endpointsOnly: true });
    const d5 = debounce({
      ...usual,
      endpoints: false,
      events: [{ t: 0 }, e(20), { t: 50 }, e(120)],
    });
    expect(d5.immediate).toEqual([20, 120]);
    expect(d5.pushes).toEqual([{ at: 150, events: 2, first: 0, returns: 150 }]);
    const upstream = { after: 50, max: 100, endpoints: false, pushTakes: 200 };
    const u1 = debounce({ ...upstream, events: [e(0), e(1), e(2), e(3), e(4)] });
    expect(u1).toEqual({
      pushes: [],
      immediate: [0, 1, 2, 3, 4],
      numbers: [0, 1, 2, 3, 4],
    });
    const u4 = debounce({ ...upstream, events: [{ t: 0 }, { t: 0 }, e(1), e(2), e(3)] });
    expect(u4.immediate).toEqual([1, 2, 3]);
    expect(u4.pushes.map(({ at, events }) => [at, events])).toEqual([[50, 2]]);
    expect(brief({ ...upstream, events: [{ t: 0 }, { t: 0 }] })).toEqual([[50, 2]]);
    expect(brief({ ...upstream, events: every(25, 75) })).toEqual([[100, 4]]);
    expect(brief({ ...upstream, events: [{ t: 0 }, { t: 60 }] })).toEqual([
      [50, 1],
      [250, 1],
    ]);
  });

  test('never runs two push functions at once, and pushes every change exactly once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ t: fc.integer({ min: 0, max: 3000 }), endpointsOnly: fc.boolean() }), {
          maxLength: 60,
        }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 400 }),
        fc.boolean(),
        (events, after, max, pushTakes, endpoints) => {
          const { pushes, immediate, numbers } = debounce({
            after,
            max,
            pushTakes,
            endpoints,
            events,
          });
          expect([...numbers].sort((a, b) => a - b)).toEqual([...events.keys()]);
          for (let i = 1; i < pushes.length; i++) {
            expect(pushes[i].at).toBeGreaterThanOrEqual(pushes[i - 1].returns);
          }
          const merged = pushes.reduce((sum, push) => sum + push.events, 0);
          expect(merged + immediate.length).toBe(events.length);
          for (const { at, first } of pushes) {
            // Unless a push function was running, the maximum is passed by less than the quiet time.
            const isHeld = pushes.some((push) => push.at < at && push.returns >= at);
            if (!isHeld && pushTakes === 0) expect(at - first).toBeLessThan(max + after + 1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('pushes each change at once without a quiet time, unless the push function is running', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 30 }), (times) => {
        const events = times.map((t) => ({ t }));
        const { pushes } = debounce({ ...usual, after: 0, events });
        expect(pushes.map(({ at }) => at)).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });
});
