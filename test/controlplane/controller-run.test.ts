import { describe, expect, test } from 'vitest';
import { ControllerRun } from '../../src/controlplane/controller-run.ts';
import type { Controller, Effect, ScopeEvent } from '../../src/scope/strategy.ts';
import { fakeWorld } from './fake-world.ts';
import { MS, S } from './fleets.ts';

/** Ticks every 10 s, and writes what it is asked for with a service; keeps what it was told of. */
function run() {
  const world = fakeWorld();
  const told: (readonly [at: number, what: string])[] = [];
  const written: (readonly [at: number, count: number])[] = [];
  const tick = (at: number): Effect => ({ kind: 'timer', timer: 'tick', at });
  const reduce = (_: null, event: ScopeEvent, now: number): { state: null; effects: Effect[] } => {
    told.push([now / S, event.kind]);
    if (event.kind === 'timer' || event.kind === 'restart') {
      return { state: null, effects: [tick(now + 10 * S)] };
    }
    const count = event.kind === 'service' ? event.service : 0;
    return { state: null, effects: count > 0 ? [{ kind: 'write', count }] : [] };
  };
  const controller: Controller<null> = {
    unknown: 'passthrough',
    relay: null,
    pauseMax: null,
    observes: [{ of: 'accessLog', every: 4 * S }],
    start: (_, phase) => ({ state: null, effects: [tick(Math.round(phase * 10 * S))] }),
    reduce,
  };
  const logged: number[] = [];
  const one = new ControllerRun(world, controller as Controller<unknown>, noSite, 0.5, {
    written: () => written.push([world.now, one.writes]),
    subscribe: () => {},
    flush() {
      logged.push(world.now / S);
      return [{ source: 0, destination: 1 }];
    },
    scrape: () => [],
  });
  one.start(() => 0.25);
  const service = (at: number, count: number) => {
    world.at(at, () => one.tell({ kind: 'service', service: count, exists: true }));
  };
  return { world, one, told, written, logged, service };
}

const noSite = { services: [], own: [] };

describe('a controller', () => {
  test('has timers and observations from phases of their own on', () => {
    const { world, told } = run();
    world.run(16 * S);
    expect(told).toEqual([
      [1, 'accessLog'],
      [5, 'timer'],
      [5, 'accessLog'],
      [9, 'accessLog'],
      [13, 'accessLog'],
      [15, 'timer'],
    ]);
  });

  test('writes one after the other, whoever asked for it', () => {
    const { world, written, service } = run();
    service(S, 2);
    service(S + 6 * MS, 1);
    service(2 * S, 1);
    world.run(3 * S);
    expect(written).toEqual([
      [S + 10 * MS, 2],
      [S + 15 * MS, 3],
      [2 * S + 5 * MS, 4],
    ]);
  });

  test('is told after a restart of what it has missed, but not of what was logged', () => {
    const { world, one, told, logged, service } = run();
    world.at(2 * S, () => one.restart(5 * S));
    service(3 * S, 0);
    world.run(20 * S);
    expect(told).toEqual([
      [1, 'accessLog'],
      [7, 'restart'],
      [7, 'service'],
      [9, 'accessLog'],
      [13, 'accessLog'],
      [17, 'timer'],
      [17, 'accessLog'],
    ]);
    expect(logged).toEqual([1, 5, 9, 13, 17]);
  });

  test('comes back once, after the last of its restarts', () => {
    const { world, one, told } = run();
    world.at(2 * S, () => one.restart(5 * S));
    world.at(4 * S, () => one.restart(5 * S));
    world.run(12 * S);
    expect(told.filter(([, what]) => what === 'restart')).toEqual([[9, 'restart']]);
  });

  test('has written what it had decided to write before a restart', () => {
    const { world, one, written, service } = run();
    service(S, 3);
    world.at(S + MS, () => one.restart(S));
    world.run(3 * S);
    expect(written).toEqual([[S + 15 * MS, 3]]);
  });
});
