import { describe, expect, test } from 'vitest';
import { asmAdaptive } from '../../src/scope/asm-adaptive.ts';
import { lazyxds } from '../../src/scope/lazyxds.ts';
import { strategies } from '../../src/scope/strategies.ts';
import {
  bookinfo,
  browse,
  DETAILS,
  type Driven,
  drive,
  httpService,
  LOAD,
  LOAD_TCP,
  PRODUCTPAGE,
  RATINGS,
  REVIEWS,
  S,
} from './drive.ts';

const always = ['istio-system/*', 'load/svc-0-5-0'];
const started = (site = bookinfo) => drive(lazyxds(strategies.lazyxds.defaults), site);
const kinds = ({ done }: Driven, from: number) =>
  done.filter(({ at }) => at >= from).map(({ effect }) => effect.kind);

/** Virtual hosts that the EnvoyFilter of a service adds. */
function vhostsOf({ done }: Driven, service: number): number | undefined {
  const last = done.findLast(({ effect: e }) => e.kind === 'envoyFilter' && e.service === service);
  return last?.effect.kind === 'envoyFilter' ? last.effect.vhosts : undefined;
}

describe('lazyxds', () => {
  test('begins with all TCP services visible, and a virtual host for every HTTP service', () => {
    const driven = started();
    for (const service of bookinfo.own) {
      expect(driven.hostsOf(service)).toEqual(always);
      expect(vhostsOf(driven, service)).toBe(5);
    }
    expect(driven.done.at(-1)?.effect).toEqual({ kind: 'virtualService', routes: 5 });
  });

  test('writes at once, the EnvoyFilter before the Sidecar, and each call once', () => {
    const driven = started();
    browse(driven, 2.5 * S);
    browse(driven, 9 * S);
    driven.run(20 * S);
    expect(driven.done.filter(({ at }) => at > 0).map(({ at }) => at)).toEqual(
      Array(4).fill(3 * S),
    );
    expect(kinds(driven, 1)).toEqual(['envoyFilter', 'sidecar', 'envoyFilter', 'sidecar']);
    expect(driven.hostsOf(PRODUCTPAGE)).toEqual([
      'istio-system/*',
      'bookinfo/details',
      'bookinfo/reviews',
      'load/svc-0-5-0',
    ]);
    expect(vhostsOf(driven, PRODUCTPAGE)).toBe(3);
    expect(vhostsOf(driven, RATINGS)).toBe(5);
  });

  test('does not learn TCP, which is known already', () => {
    const driven = started();
    driven.call(2 * S, PRODUCTPAGE, LOAD_TCP);
    driven.run(10 * S);
    expect(kinds(driven, 1)).toEqual([]);
  });

  test('writes every lazy service anew, and the VirtualService, when an HTTP service appears', () => {
    const services = [...bookinfo.services, { ...httpService('new', 'load'), exists: false }];
    const driven = started({ ...bookinfo, services });
    driven.tell(S, { kind: 'service', service: 6, exists: true });
    driven.run(2 * S);
    const each = Array(4).fill(['envoyFilter', 'sidecar']).flat();
    expect(kinds(driven, 1)).toEqual([...each, 'virtualService']);
    for (const service of bookinfo.own) {
      expect(driven.hostsOf(service)).toEqual(always);
      expect(vhostsOf(driven, service)).toBe(6);
    }
  });

  test('lets every lazy service see a TCP service that appears', () => {
    const tcp = { ...httpService('db', 'load'), isTcp: true, exists: false };
    const driven = started({ ...bookinfo, services: [...bookinfo.services, tcp] });
    driven.tell(S, { kind: 'service', service: 6, exists: true });
    driven.run(2 * S);
    for (const service of bookinfo.own) {
      expect(driven.hostsOf(service)).toEqual([...always, 'load/db']);
      expect(vhostsOf(driven, service)).toBe(5);
    }
  });

  test('loses all when the controller restarts, and learns it again from the calls that follow', () => {
    const driven = started();
    browse(driven, 2 * S);
    driven.run(5 * S);
    driven.tell(10 * S, { kind: 'restart' });
    driven.run(11 * S);
    for (const service of bookinfo.own) expect(driven.hostsOf(service)).toEqual(always);
    expect(kinds(driven, 10 * S).filter((kind) => kind === 'sidecar').length).toBe(4);
    browse(driven, 12 * S);
    driven.run(20 * S);
    expect(driven.hostsOf(REVIEWS)).toContain('bookinfo/ratings');
  });

  test('forgets a service that was deleted, on both ends', () => {
    const driven = started();
    browse(driven, 2 * S);
    driven.call(2 * S, DETAILS, LOAD);
    driven.tell(5 * S, { kind: 'service', service: DETAILS, exists: false });
    driven.run(6 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).not.toContain('bookinfo/details');
    expect(driven.hostsOf(DETAILS)).toBeNull();
    driven.tell(7 * S, { kind: 'service', service: DETAILS, exists: true });
    driven.run(8 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).not.toContain('bookinfo/details');
    expect(driven.hostsOf(DETAILS)).toEqual(always);
  });
});

test('asm-adaptive learns as lazyxds does, without EnvoyFilters', () => {
  const driven = drive(asmAdaptive(strategies['asm-adaptive'].defaults), bookinfo);
  browse(driven, 2 * S);
  driven.run(5 * S);
  expect(driven.done.some(({ effect }) => effect.kind === 'envoyFilter')).toBe(false);
  expect(driven.hostsOf(REVIEWS)).toContain('bookinfo/ratings');
});
