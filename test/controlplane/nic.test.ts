import { expect, test } from 'vitest';
import { Nic } from '../../src/controlplane/nic.ts';
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
