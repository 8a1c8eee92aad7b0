import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Jobs, NONE } from '../../src/engine/jobs.ts';
import { TimerList } from '../../src/engine/timers.ts';

fc.configureGlobal({ seed: 1 });

describe('TimerList', () => {
  it('has the first deadline that a plain list has, whatever is set and cancelled', () => {
    const action = fc.record({
      wait: fc.nat({ max: 50 }),
      /** Cancels one of those set, by its place in the list, or else sets one. */
      cancel: fc.option(fc.nat({ max: 20 })),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const jobs = new Jobs(1, 4);
        const timers = new TimerList(1000, jobs);
        const plain: { job: number; at: number }[] = [];
        let now = 0;
        for (const { wait, cancel } of actions) {
          now += wait;
          if (cancel === null || plain.length === 0) {
            if (jobs.isFull()) jobs.grow();
            const job = jobs.allocate();
            timers.set(now, job);
            plain.push({ job, at: now + 1000 });
          } else {
            const [{ job }] = plain.splice(cancel % plain.length, 1);
            timers.cancel(job);
            jobs.release(job);
          }
          expect(timers.first()).toBe(plain[0]?.job ?? NONE);
          expect(timers.firstTime()).toBe(plain[0]?.at ?? Number.POSITIVE_INFINITY);
        }
        for (const { job, at } of plain) {
          expect([timers.first(), timers.firstTime()]).toEqual([job, at]);
          timers.cancel(job);
        }
        expect(timers.first()).toBe(NONE);
      }),
    );
  });

  it('lets a job set a new deadline after it cancelled one', () => {
    const jobs = new Jobs(1, 4);
    const timers = new TimerList(10, jobs);
    const [a, b] = [jobs.allocate(), jobs.allocate()];
    timers.set(0, a);
    timers.set(1, b);
    timers.cancel(a);
    timers.set(5, a);
    expect([timers.first(), timers.firstTime()]).toEqual([b, 11]);
    timers.cancel(b);
    expect([timers.first(), timers.firstTime()]).toEqual([a, 15]);
  });
});
