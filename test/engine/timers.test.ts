import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Jobs } from '../../src/engine/jobs.ts';
import { FRAME_TIMED, layoutOf, NONE } from '../../src/engine/layout.ts';
import { NOW, REGISTERS } from '../../src/engine/registers.ts';
import { TimerList } from '../../src/engine/timers.ts';

fc.configureGlobal({ seed: 1 });

/** Jobs of one call each. */
const layout = layoutOf(2, true);
const frameOf = (job: number): number => job + layout.frames;

describe('TimerList', () => {
  it('has the first deadline that a plain list has, whatever is set, cancelled and moved', () => {
    const action = fc.record({
      wait: fc.nat({ max: 50 }),
      /** Cancels one of those set, by its place in the list, or else sets one. */
      cancel: fc.option(fc.nat({ max: 20 })),
      /** Moves one of those set to another frame. */
      move: fc.option(fc.nat({ max: 20 }), { freq: 1 }),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const jobs = new Jobs(layout, 4);
        const registers = new Float64Array(REGISTERS);
        const timers = new TimerList(1000, jobs, registers);
        const plain: { job: number; at: number }[] = [];
        let now = 0;
        for (const { wait, cancel, move } of actions) {
          now += wait;
          registers[NOW] = now;
          if (cancel === null || plain.length === 0) {
            if (jobs.isFull()) jobs.grow();
            const job = jobs.allocate();
            timers.set(frameOf(job), 17);
            plain.push({ job, at: now + 1000 });
          } else {
            const [{ job }] = plain.splice(cancel % plain.length, 1);
            timers.cancel(frameOf(job));
            jobs.release(job);
          }
          if (move !== null && plain.length > 0) {
            if (jobs.isFull()) jobs.grow();
            const moved = plain[move % plain.length];
            const to = jobs.allocate();
            timers.move(frameOf(moved.job), frameOf(to));
            expect(jobs.i32[frameOf(to) + FRAME_TIMED]).toBe(18);
            expect(jobs.i32[frameOf(moved.job) + FRAME_TIMED]).toBe(0);
            jobs.release(moved.job);
            moved.job = to;
          }
          expect(timers.first()).toBe(plain[0] === undefined ? NONE : frameOf(plain[0].job));
          expect(timers.firstTime()).toBe(plain[0]?.at ?? Number.POSITIVE_INFINITY);
        }
        for (const { job, at } of plain) {
          expect([timers.first(), timers.firstTime()]).toEqual([frameOf(job), at]);
          timers.cancel(frameOf(job));
        }
        expect(timers.first()).toBe(NONE);
      }),
    );
  });

  it('lets a job set a new deadline after it cancelled one', () => {
    const jobs = new Jobs(layout, 4);
    const registers = new Float64Array(REGISTERS);
    const timers = new TimerList(10, jobs, registers);
    const [a, b] = [frameOf(jobs.allocate()), frameOf(jobs.allocate())];
    timers.set(a, 0);
    registers[NOW] = 1;
    timers.set(b, 0);
    timers.cancel(a);
    registers[NOW] = 5;
    timers.set(a, 0);
    expect([timers.first(), timers.firstTime()]).toEqual([b, 11]);
    timers.cancel(b);
    expect([timers.first(), timers.firstTime()]).toEqual([a, 15]);
  });
});
