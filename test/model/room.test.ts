import { expect, test } from 'vitest';
import { roomFor } from '../../src/model/room.ts';
import type { Churn } from '../../src/topology/churn.ts';

const once = { at: 0, every: null, jitter: 0, until: null };
const ids = ['shop/cart', 'shop/stock', 'bank/cart'];
const version = { name: 'v1', replicas: 2, operations: [] };

function slots(...churn: readonly Churn[]): readonly number[] {
  const room = roomFor(churn, ids, 30e9);
  return ids.map((id) => room.slotCount(id, version));
}

test('without churn there are as many places as pods', () => {
  expect(slots()).toEqual([2, 2, 2]);
  const write = { kind: 'config', resource: 'Sidecar', namespace: 'shop', service: null } as const;
  expect(slots({ ...write, ...once })).toEqual([2, 2, 2]);
});

test('churn of pods needs places for all of them twice and those that surge', () => {
  const crash: Churn = { kind: 'crash', service: 'shop/*', pods: 1, podStart: 0, ...once };
  const roll: Churn = {
    kind: 'rollingUpdate',
    service: 'shop/cart',
    surge: 3,
    unavailable: 0,
    podStart: 0,
    ...once,
  };
  expect(slots(crash)).toEqual([5, 5, 2]);
  expect(slots(crash, roll)).toEqual([7, 5, 2]);
  expect(slots({ kind: 'hostLoss', hosts: 1, eviction: 0, podStart: 0, ...once })).toEqual([
    5, 5, 5,
  ]);
});

test('what scales needs them for the most that it may have', () => {
  const scale: Churn = {
    kind: 'scale',
    service: 'bank/cart',
    replicas: [4, 6],
    podStart: 0,
    ...once,
  };
  const random: Churn = {
    kind: 'deploymentScaler',
    service: '*/cart',
    min: 1,
    max: 3,
    sleep: 1,
    podStart: 0,
    ...once,
  };
  expect(slots(scale)).toEqual([2, 2, 13]);
  expect(slots(scale, random)).toEqual([7, 2, 13]);
});

test('where single pods come and go, as many as are under way at once', () => {
  const tick = (interval: number, services = ['shop/*']): Churn => {
    return { kind: 'podChurn', services, interval, podStart: 5e9, ...once };
  };
  // In the mean 35 s / 1 s / 2 services: 17.5, and 6 deviations of 4.2 each above it.
  expect(slots(tick(1e9))).toEqual([2 + 43 + 2, 2 + 43 + 2, 2]);
  expect(slots(tick(3500e9))).toEqual([2 + 1 + 2, 2 + 1 + 2, 2]);
  // Pods that all move at once need room beside them.
  const crash: Churn = { kind: 'crash', service: '*/cart', pods: 1, podStart: 0, ...once };
  expect(slots(tick(3500e9, ['shop/cart']), crash)).toEqual([5 + 1 + 2, 2, 5]);
});

test('a service is created later if nothing deletes it before', () => {
  const create: Churn = {
    kind: 'serviceCreate',
    service: 'shop/cart',
    podStart: 0,
    ...once,
    at: 5,
  };
  const remove: Churn = { kind: 'serviceDelete', service: 'shop/*', ...once, at: 3 };
  const isLater = (...churn: readonly Churn[]) =>
    ids.map((id) => roomFor(churn, ids, 30e9).isCreatedLater(id));
  expect(isLater(create)).toEqual([true, false, false]);
  expect(isLater(create, remove)).toEqual([false, false, false]);
  expect(isLater({ ...remove, at: 7 }, create)).toEqual([true, false, false]);
});
