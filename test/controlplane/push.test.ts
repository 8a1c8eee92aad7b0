import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestOf } from '../../src/controlplane/changes.ts';
import { Connections } from '../../src/controlplane/connections.ts';
import { Debouncer } from '../../src/controlplane/debounce.ts';
import { NO_PUSH, PushQueue, type Range } from '../../src/controlplane/push-queue.ts';
import { MS } from './fleets.ts';
import { dispatching } from './pipeline.ts';

describe('the push queue and its throttle', () => {
  test.each([
    ['Q1', 25, 1600, 800, 820, 1560],
    ['Q1b', 100, 400, 200, 220, 360],
  ])('serve a thousand proxies in waves (queue/%s)', (_, throttle, last, p50, mean, waitMax) => {
    const { enqueue, world, log, cons } = dispatching(1000, throttle, 40);
    enqueue(0, cons, 0);
    world.run();
    const times = log.map(({ convergence }) => convergence).sort((a, b) => a - b);
    expect(Math.max(...log.map(({ done }) => done))).toBe(last);
    expect(times[499]).toBe(p50);
    expect(times.reduce((sum, time) => sum + time, 0) / 1000).toBe(mean);
    expect(Math.max(...log.map(({ queueTime }) => queueTime))).toBe(waitMax);
  });

  test('merge a second push into the first where it still waits (queue/Q2)', () => {
    const { enqueue, world, log } = dispatching(3, 1, 1000);
    enqueue(0, [0, 1, 2], 1);
    enqueue(500, [0, 1, 2], 2);
    world.run();
    const seen = log.map(({ con, first, last, queueTime, done, convergence }) => [
      con,
      first,
      last,
      queueTime,
      done,
      convergence,
    ]);
    expect(seen).toEqual([
      [0, 1, 1, 0, 1000, 1000],
      [1, 1, 2, 1000, 2000, 2000],
      [2, 1, 2, 2000, 3000, 3000],
      [0, 2, 2, 2500, 4000, 3500],
    ]);
  });

  test('hold a slot while the event waits for a busy connection (queue/Q4)', () => {
    const { enqueue, busy, world, log } = dispatching(2, 1, 100);
    busy(0, 0, 2000);
    enqueue(0, [0, 1], 1);
    world.run();
    expect(log.map(({ con, queueTime, done }) => [con, queueTime, done])).toEqual([
      [0, 0, 2100],
      [1, 2100, 2200],
    ]);
  });

  test('get a slot back at once when a connection closes that a push waits for', () => {
    const { enqueue, busy, close, world, log, dropped, connections, tasks } = dispatching(
      2,
      1,
      100,
    );
    busy(0, 0, 2000);
    enqueue(10, [0, 1], 1);
    close(50, 0);
    world.run();
    expect(log.map(({ con, done }) => [con, done])).toEqual([[1, 150]]);
    expect(dropped).toEqual([{ con: 0, first: 1, last: 1 }]);
    // Its row is free again once the answer that it was busy with is done.
    expect([connections.count, tasks.count]).toEqual([1, 0]);
  });

  test('answer requests before they take a push', () => {
    const { enqueue, busy, world, log } = dispatching(1, 1, 100);
    busy(0, 0, 50);
    enqueue(10, [0], 1);
    busy(20, 0, 50);
    world.run();
    expect(log.map(({ done }) => done)).toEqual([200]);
  });

  test('take acknowledgements before a push, those that came during one after it', () => {
    const { enqueue, acknowledge, world, log } = dispatching(1, 1, 100, 30);
    acknowledge(0, 0);
    enqueue(10, [0], 1);
    acknowledge(20, 0);
    // Taken from 0 to 60, so the push is done at 160; of these the second comes while the first is taken.
    enqueue(61, [0], 2);
    acknowledge(70, 0);
    acknowledge(80, 0);
    world.run();
    expect(log.map(({ done, queueTime }) => [done, queueTime])).toEqual([
      [160, 0],
      [320, 99],
    ]);
  });

  test('follow the debouncer and the push context (end_to_end/E1)', () => {
    const { world, queue, dispatcher, log, cons } = dispatching(10, 5, 30);
    const debounceTimes: number[] = [];
    const fires: number[] = [];
    const started = world.register((now) => {
      for (const con of cons) queue.enqueue(con, 0, now);
      dispatcher.dispatch();
      debounceTimes.push(now / MS);
      debouncer.returned();
    });
    const settings = { after: 100 * MS, max: 10_000 * MS, passes: () => false };
    const debouncer = new Debouncer(world, settings, () => {
      fires.push(world.now / MS);
      world.schedule(world.now + 20 * MS, started, 0);
    });
    for (const t of [0, 40, 80]) {
      const key = { kind: 'VirtualService', namespace: 0, service: -1 } as const;
      world.at(t * MS, () =>
        debouncer.event(
          requestOf({ at: t * MS, key, version: 0, reason: 'config', isNew: false }),
          t,
        ),
      );
    }
    world.run();
    expect(fires).toEqual([180]);
    expect(debounceTimes).toEqual([200]);
    const wave = (from: number) =>
      log
        .slice(from, from + 5)
        .map((push) => [push.start, push.queueTime, push.convergence, push.done]);
    expect(wave(0)).toEqual(Array(5).fill([200, 0, 30, 230]));
    expect(wave(5)).toEqual(Array(5).fill([200, 30, 60, 260]));
  });

  test('push each of five proxies once, or merged between once and a hundred times (U8)', () => {
    const once = dispatching(5, 2, 10);
    once.enqueue(0, once.cons, 0);
    once.world.run();
    expect(once.log.map(({ con }) => con).sort()).toEqual([0, 1, 2, 3, 4]);
    const often = dispatching(5, 2, 10);
    for (let n = 0; n < 100; n++) often.enqueue(n, often.cons, n);
    often.world.run();
    for (const con of often.cons) {
      const pushes = often.log.filter((push) => push.con === con).length;
      expect(pushes).toBeGreaterThanOrEqual(1);
      expect(pushes).toBeLessThan(100);
    }
  });

  test('never push to a proxy twice at once or beyond the throttle, and cover every request exactly once', () => {
    const enqueues = fc.array(
      fc.record({
        t: fc.integer({ min: 0, max: 500 }),
        cons: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(
        enqueues,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 90 }),
        (list, throttle, takes) => {
          const { enqueue, world, log, peak, twice, dispatcher } = dispatching(10, throttle, takes);
          const ordered = [...list].sort((a, b) => a.t - b.t);
          for (const [push, { t, cons }] of ordered.entries()) enqueue(t, cons, push);
          world.run();
          expect(twice).toEqual([]);
          expect(peak.most).toBeLessThanOrEqual(throttle);
          expect(dispatcher.slots).toBe(0);
          expect(log.length).toBeLessThanOrEqual(
            ordered.reduce((sum, { cons }) => sum + cons.length, 0),
          );
          for (const [push, { t, cons }] of ordered.entries()) {
            for (const con of cons) {
              const by = log.filter(
                (done) => done.con === con && done.first <= push && push <= done.last,
              );
              expect(by).toHaveLength(1);
              expect(by[0].start).toBeLessThanOrEqual(t);
              expect(by[0].done).toBeGreaterThanOrEqual(t + takes);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the push queue alone (U7)', () => {
  const queueOf = (count: number) => {
    const connections = new Connections();
    for (let con = 0; con < count; con++) connections.add(con);
    return new PushQueue(connections);
  };
  const taken = (queue: PushQueue, con: number): Range => {
    const range = { first: 0, last: 0, forced: false, start: 0 };
    queue.take(con, range);
    return range;
  };

  test('is first in, first out, and knows each connection once', () => {
    const queue = queueOf(2);
    for (const con of [0, 1, 0]) queue.enqueue(con, 0, 0);
    expect([queue.dequeue(), queue.dequeue(), queue.dequeue()]).toEqual([0, 1, -1]);
  });

  test('keeps what comes for a connection in process until that is done, merged', () => {
    const queue = queueOf(2);
    queue.enqueue(0, 0, 0);
    expect(queue.dequeue()).toBe(0);
    taken(queue, 0);
    queue.enqueue(0, 1, 5);
    queue.enqueue(0, 2, 7);
    expect(queue.dequeue()).toBe(-1);
    queue.markDone(0);
    expect(queue.dequeue()).toBe(0);
    expect(taken(queue, 0)).toEqual({ first: 1, last: 2, forced: false, start: 5 });
    expect(queue.dequeue()).toBe(-1);
  });

  test('merges what waits: the older start, all pushes, and "everything" if any says so', () => {
    const queue = queueOf(2);
    queue.enqueue(0, 3, 0);
    queue.enqueue(0, NO_PUSH, 4);
    queue.enqueue(0, 4, 5);
    queue.dequeue();
    expect(taken(queue, 0)).toEqual({ first: 3, last: 4, forced: true, start: 0 });
  });

  test('lets other connections go while one is in process, and counts those that wait', () => {
    const queue = queueOf(2);
    queue.enqueue(0, 0, 0);
    queue.enqueue(1, 0, 0);
    expect(queue.dequeue()).toBe(0);
    expect(queue.pending).toBe(1);
    expect(queue.dequeue()).toBe(1);
  });

  test('forgets nothing when it drops its used part', () => {
    const queue = queueOf(20_000);
    const out: number[] = [];
    for (let con = 0; con < 20_000; con++) queue.enqueue(con, 0, 0);
    for (let con = queue.dequeue(); con >= 0; con = queue.dequeue()) out.push(con);
    expect(out).toEqual(Array.from({ length: 20_000 }, (_, con) => con));
  });
});
