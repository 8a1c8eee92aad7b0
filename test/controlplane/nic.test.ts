import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Nic, WRITE_QUOTA } from '../../src/controlplane/nic.ts';
import { Sharing } from '../../src/engine/sharing.ts';
import { fakeWorld } from './fake-world.ts';

test('messages that leave together share the bandwidth, and a lone one has all of it', () => {
  const world = fakeWorld();
  const out: (readonly [number, number])[] = [];
  // 8 Gbit/s are a byte a nanosecond.
  const nic = new Nic(
    world,
    8e9,
    (message) => out.push([message, world.now]),
    () => {},
  );
  const send = (message: number, bytes: number) => {
    nic.send(message, message, bytes, -1);
    nic.await(message);
  };
  world.at(0, () => send(1, 1000));
  world.at(400, () => send(2, 200));
  world.at(5000, () => send(3, 10));
  world.run();
  // From 400 on both at half the rate: the second needs 400 for its 200, the first has 400 left then.
  expect(out).toEqual([
    [2, 800],
    [1, 1200],
    [3, 5010],
  ]);
});

/** A byte a nanosecond; what was out when, in the order that it was noticed. */
function line() {
  const world = fakeWorld();
  const out: (readonly [number, number])[] = [];
  const room: (readonly [number, number])[] = [];
  const nic = new Nic(
    world,
    8e9,
    (message) => out.push([message, world.now]),
    (connection) => room.push([connection, world.now]),
  );
  return { world, nic, out, room };
}

test('messages of one connection leave one after the other, and count once for the others', () => {
  const { world, nic, out } = line();
  world.at(0, () => {
    nic.send(7, 0, 1000, -1);
    nic.send(7, 1, 1000, 0);
    nic.send(8, 2, 1500, -1);
    for (const message of [0, 1, 2]) nic.await(message);
  });
  world.run();
  // Two connections at half the rate each: 1000 bytes by 2000, 1500 by 3000, and then one has it all.
  expect(out).toEqual([
    [0, 2000],
    [2, 3000],
    [1, 3500],
  ]);
});

test('nothing happens for a message that nobody waits for, and it is known later when it was out', () => {
  const { world, nic, out } = line();
  world.at(0, () => nic.send(1, 0, 1000, -1));
  world.at(400, () => {
    nic.send(2, 1, 200, -1);
    expect(nic.timeOut(0)).toBe(Number.POSITIVE_INFINITY);
    expect(nic.soonest(0)).toBe(1000);
  });
  world.at(9000, () => expect([nic.timeOut(0), nic.timeOut(1)]).toEqual([1200, 800]));
  world.run();
  expect(out).toEqual([]);
});

test('a next Send waits until the transport holds no more than its write quota', () => {
  const { world, nic, room } = line();
  world.at(0, () => {
    expect(nic.hasToWait(3, -1)).toBe(false);
    nic.send(3, 0, WRITE_QUOTA + 5000, -1);
    expect(nic.hasToWait(3, 0)).toBe(true);
    nic.send(4, 1, WRITE_QUOTA, -1);
    expect(nic.hasToWait(4, 1)).toBe(false);
  });
  world.run();
  // Both share the line, so 5000 bytes take 10 000 ns.
  expect(room).toEqual([[3, 10_000]]);
});

test('what a connection had under way is gone with it, and the rest is faster for that', () => {
  const { world, nic, out, room } = line();
  world.at(0, () => {
    nic.send(1, 0, 100_000, -1);
    expect(nic.hasToWait(1, 0)).toBe(true);
    nic.send(2, 1, 1000, -1);
    nic.await(1);
    nic.await(0);
  });
  world.at(500, () => nic.forget(1));
  world.run();
  // 250 bytes of the second by 500, 750 more alone.
  expect(out).toEqual([[1, 1250]]);
  expect(room).toEqual([]);
});

/** Takes out all that is done by a time. */
function drain(sharing: Sharing, out: (readonly [number, number])[], until: number): void {
  let now = out.at(-1)?.[1] ?? 0;
  for (;;) {
    now = Math.max(now, sharing.nextDeparture(now));
    if (now > until || sharing.present === 0) return;
    out.push([sharing.depart(now), now]);
  }
}

test('connections are served as by processor sharing, whatever they send', () => {
  const flow = fc.record({
    at: fc.integer({ min: 0, max: 2000 }),
    bytes: fc.integer({ min: 1, max: 3000 }),
  });
  fc.assert(
    fc.property(fc.array(flow, { minLength: 1, maxLength: 12 }), (flows) => {
      const { world, nic, out } = line();
      const sharing = new Sharing(1);
      const expected: (readonly [number, number])[] = [];
      const ordered = [...flows].sort((a, b) => a.at - b.at);
      ordered.forEach(({ at, bytes }, n) => {
        world.at(at, () => {
          nic.send(n, n, bytes, -1);
          nic.await(n);
        });
      });
      world.run();
      ordered.forEach(({ at, bytes }, n) => {
        drain(sharing, expected, at);
        sharing.arrive(at, n, bytes);
      });
      drain(sharing, expected, Number.MAX_SAFE_INTEGER);
      const byMessage = (list: typeof out) => [...list].sort((a, b) => a[0] - b[0]);
      const [own, theirs] = [byMessage(out), byMessage(expected)];
      expect(own.map(([message]) => message)).toEqual(theirs.map(([message]) => message));
      own.forEach(([, at], i) => {
        expect(Math.abs(at - theirs[i][1])).toBeLessThanOrEqual(flows.length);
      });
    }),
  );
});
