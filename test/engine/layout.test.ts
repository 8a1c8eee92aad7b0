import { describe, expect, it } from 'vitest';
import { Jobs } from '../../src/engine/jobs.ts';
import * as L from '../../src/engine/layout.ts';

/** The words that the fields of a record lie in; a field of doubles has two. */
function wordsOf({ depths, frames, frameWidth }: L.Layout, hasDeadlines: boolean): number[] {
  const { DUE, LINK, PC, REQUEST, PARENT, PENDING, SALT, CONNECTION, SOURCE, HERE } = L;
  const row = [LINK, PC, REQUEST, PARENT, PENDING, SALT, CONNECTION, SOURCE, HERE];
  row.push(L.OUTCOME, L.FLAGS, ...double(DUE), ...double(L.ARRIVAL));
  const places = Array.from({ length: depths }, (_, depth) => L.PLACES + depth);
  const frame = [...double(L.FRAME_BEGIN), L.FRAME_SALT, L.FRAME_COUNTED, L.FRAME_RETRY];
  frame.push(L.FRAME_TIMED);
  if (hasDeadlines) frame.push(L.FRAME_NEXT, L.FRAME_PREVIOUS, ...double(L.FRAME_DUE));
  const inFrames = Array.from({ length: depths - 1 }, (_, f) =>
    frame.map((word) => frames + f * frameWidth + word),
  );
  return [...row, ...places, ...inFrames.flat()];
}

const double = (at: number): number[] => [2 * at, 2 * at + 1];

const cases = [1, 2, 3, 4, 7].flatMap((depths) => [
  { depths, hasDeadlines: true },
  { depths, hasDeadlines: false },
]);

describe('a record of a job', () => {
  it.each(cases)('gives every field words of its own: %o', ({ depths, hasDeadlines }) => {
    const layout = L.layoutOf(depths, hasDeadlines);
    const words = wordsOf(layout, hasDeadlines);
    expect(new Set(words).size).toBe(words.length);
    expect(Math.max(...words)).toBeLessThan(layout.stride);
  });

  it.each(cases)('begins where a double can, as its frames do: %o', ({ depths, hasDeadlines }) => {
    const { stride, frames, frameWidth } = L.layoutOf(depths, hasDeadlines);
    expect([stride % 2, frames % 2, frameWidth % 2]).toEqual([0, 0, 0]);
  });

  it('is found from any of its frames', () => {
    const layout = L.layoutOf(4, true);
    const jobs = new Jobs(layout, 3);
    for (let n = 0; n < 3; n++) {
      const job = jobs.allocate();
      for (let f = 0; f < 3; f++) {
        expect(jobs.ownerOf(job + layout.frames + f * layout.frameWidth)).toBe(job);
      }
    }
  });

  it('keeps what it holds when there is no room left and all records move', () => {
    const jobs = new Jobs(L.layoutOf(1, false), 1);
    const job = jobs.allocate();
    jobs.i32[job + L.PC] = 7;
    jobs.f64[(job >> 1) + L.DUE] = 2 ** 40 + 1;
    expect(jobs.isFull()).toBe(true);
    jobs.grow();
    expect(jobs.isFull()).toBe(false);
    expect([jobs.i32[job + L.PC], jobs.f64[(job >> 1) + L.DUE]]).toEqual([7, 2 ** 40 + 1]);
    expect(jobs.allocate()).toBe(jobs.layout.stride);
  });
});
