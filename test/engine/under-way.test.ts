import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnderWay } from '../../src/engine/under-way.ts';

describe('UnderWay', () => {
  it('counts what a map counts, whatever comes and goes', () => {
    // Few different pairs, so that they come back; some large, so that homes wrap around.
    const pair = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 2 ** 31 - 3 }));
    const step = fc.record({ pair, isAdded: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2000, size: 'max' }), (steps) => {
        const counts = new UnderWay();
        const plain = new Map<number, number>();
        for (const { pair, isAdded } of steps) {
          const before = plain.get(pair) ?? 0;
          if (isAdded) {
            counts.add(pair);
            plain.set(pair, before + 1);
          } else if (before > 0) {
            counts.remove(pair);
            if (before === 1) plain.delete(pair);
            else plain.set(pair, before - 1);
          }
          expect(counts.of(pair)).toBe(plain.get(pair) ?? 0);
        }
        for (const [pair, count] of plain) expect(counts.of(pair)).toBe(count);
        expect(counts.taken).toBe(plain.size);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps every pair when it has to grow, and forgets all that went', () => {
    const counts = new UnderWay();
    for (let pair = 0; pair < 5000; pair++) counts.add(pair * 7919);
    for (let pair = 0; pair < 5000; pair += 2) counts.remove(pair * 7919);
    const found = Array.from({ length: 5000 }, (_, pair) => counts.of(pair * 7919));
    expect(found).toEqual(found.map((_, pair) => pair % 2));
    expect(counts.taken).toBe(2500);
  });
});
