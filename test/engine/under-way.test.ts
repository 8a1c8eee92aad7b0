import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnderWay } from '../../src/engine/under-way.ts';

describe('UnderWay', () => {
  it('counts what plain numbers count, also where a pair has more calls than a byte can say', () => {
    const step = fc.record({
      pair: fc.nat({ max: 5 }),
      calls: fc.integer({ min: -300, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const counts = new UnderWay(6);
        const plain = new Array<number>(6).fill(0);
        for (const { pair, calls } of steps) {
          const change = Math.max(calls, -plain[pair]);
          for (let n = 0; n < Math.abs(change); n++) {
            if (change > 0) counts.add(pair);
            else counts.remove(pair);
          }
          plain[pair] += change;
        }
        expect(plain.map((_, pair) => counts.of(pair))).toEqual(plain);
        expect(counts.total()).toBe(plain.reduce((sum, count) => sum + count, 0));
      }),
      { numRuns: 200 },
    );
  });
});
