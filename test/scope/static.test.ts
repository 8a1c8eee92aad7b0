import { describe, expect, test } from 'vitest';
import { isSame, lets } from '../../src/scope/hosts.ts';
import { odcds } from '../../src/scope/odcds.ts';
import { sidecarStatic } from '../../src/scope/sidecar-static.ts';
import { type ConfigModeName, controllerOf, strategies } from '../../src/scope/strategies.ts';
import { exportedTo, isDiscovered } from '../../src/scope/visibility.ts';
import {
  bookinfo,
  browse,
  DETAILS,
  drive,
  httpService,
  PRODUCTPAGE,
  RATINGS,
  REVIEWS,
  S,
} from './drive.ts';

describe('hosts of a Sidecar', () => {
  const sees = (...hosts: string[]) => {
    const isSeen = lets(hosts, 'shop');
    const all = ['shop/cart', 'shop/stock', 'bank/cart'];
    return all.filter((id) => isSeen(id.split('/')[0], id.split('/')[1]));
  };

  test('let see a service, a namespace, the own namespace, all, or nothing', () => {
    expect(sees('shop/cart')).toEqual(['shop/cart']);
    expect(sees('bank/*')).toEqual(['bank/cart']);
    expect(sees('./*')).toEqual(['shop/cart', 'shop/stock']);
    expect(sees('*/cart')).toEqual(['shop/cart', 'bank/cart']);
    expect(sees('*/*')).toEqual(['shop/cart', 'shop/stock', 'bank/cart']);
    expect(sees('~/*')).toEqual([]);
    expect(sees('./stock', 'bank/*')).toEqual(['shop/stock', 'bank/cart']);
  });

  test('are the same if they are written the same', () => {
    expect(isSame(['a/b'], ['a/b'])).toBe(true);
    expect(isSame(['a/b'], ['a/c'])).toBe(false);
    expect(isSame([], null)).toBe(false);
    expect(isSame(null, null)).toBe(true);
  });
});

test('sidecar-static writes a Sidecar a namespace, and those that single services have, once', () => {
  const settings = { hosts: ['./*', 'istio-system/*'], services: { reviews: ['./ratings'] } };
  const driven = drive(sidecarStatic(settings), bookinfo);
  browse(driven, S);
  driven.tell(2 * S, { kind: 'restart' });
  driven.run(100 * S);
  expect(driven.done.length).toBe(2);
  expect(driven.hostsOf('bookinfo')).toEqual(settings.hosts);
  expect(driven.hostsOf(REVIEWS)).toEqual(['./ratings']);
  expect(driven.hostsOf(RATINGS)).toBeNull();
});

test.each(['full', 'exportTo', 'ambient'] satisfies ConfigModeName[])(
  '%s writes nothing, whatever happens',
  (mode) => {
    const driven = drive(controllerOf({ mode, ...strategies[mode].defaults } as never), bookinfo);
    browse(driven, S);
    driven.tell(2 * S, { kind: 'restart' });
    driven.run(100 * S);
    expect(driven.done).toEqual([]);
  },
);

describe('odcds', () => {
  test('begins with nothing, and tells each proxy of what it asks for', () => {
    const driven = drive(odcds({ timeout: 5 * S }), bookinfo);
    expect(driven.hostsOf('bookinfo')).toEqual(['~/*']);
    driven.tell(S, { kind: 'asked', proxy: 7, service: DETAILS });
    driven.tell(2 * S, { kind: 'asked', proxy: 8, service: DETAILS });
    driven.run(3 * S);
    expect(driven.done.slice(1)).toEqual([
      { at: S, effect: { kind: 'subscribe', proxy: 7, service: DETAILS } },
      { at: 2 * S, effect: { kind: 'subscribe', proxy: 8, service: DETAILS } },
    ]);
  });

  test('empties a namespace that joins, once', () => {
    const late = { ...httpService('late', 'later'), exists: false };
    const services = [...bookinfo.services, late, { ...late, name: 'later' }];
    const driven = drive(odcds({ timeout: 5 * S }), { services, own: [PRODUCTPAGE, 6, 7] });
    expect(driven.hostsOf('later')).toBeNull();
    driven.tell(S, { kind: 'service', service: 6, exists: true });
    driven.tell(S, { kind: 'service', service: 7, exists: true });
    driven.run(2 * S);
    expect(driven.hostsOf('later')).toEqual(['~/*']);
    expect(driven.done.length).toBe(2);
  });
});

test('the settings of a mode are what a scenario says, with all defaults known', () => {
  for (const [name, { defaults }] of Object.entries(strategies)) {
    const controller = controllerOf({ mode: name, ...defaults } as never);
    expect(controller.unknown === 'relay', name).toBe(controller.relay !== null);
    expect(controller.unknown === 'pause', name).toBe(controller.pauseMax !== null);
  }
});

describe('visibility', () => {
  test('is that of the mode unless a service says otherwise', () => {
    expect(exportedTo(['*'], { mode: 'exportTo', to: ['.', 'shop'] })).toEqual(['.', 'shop']);
    expect(exportedTo(['bank'], { mode: 'exportTo', to: ['.'] })).toEqual(['bank']);
    expect(exportedTo(['*'], { mode: 'full' })).toEqual(['*']);
  });

  test('of whole namespaces is a matter of selectors', () => {
    expect(isDiscovered('load-1', [])).toBe(true);
    expect(isDiscovered('load-1', ['shop', 'load-*'])).toBe(true);
    expect(isDiscovered('load-1', ['shop'])).toBe(false);
  });
});
