import { describe, expect, test } from 'vitest';
import { type SlimeSettings, slime } from '../../src/scope/slime.ts';
import { strategies } from '../../src/scope/strategies.ts';
import {
  bookinfo,
  browse,
  DETAILS,
  type Driven,
  drive,
  LOAD,
  LOAD_TCP,
  PRODUCTPAGE,
  RATINGS,
  REVIEWS,
  S,
} from './drive.ts';

const always = ['istio-system/*', 'mesh-operator/*'];

/** Ticks at 5, 15, 25 …; flushes and scrapes at 0, 1, 2 … and 0, 15, 30 … */
function started(over: Partial<SlimeSettings> = {}): Driven {
  return drive(slime({ ...strategies.slime.defaults, ...over }), bookinfo, [0.5, 0]);
}

const writes = ({ done }: Driven, from: number) =>
  done.filter(({ at }) => at >= from * S).map(({ at, effect }) => [at / S, effect.kind]);

describe('slime', () => {
  test('begins with a Sidecar a service that lets see two namespaces and the stable hosts', () => {
    const driven = started({ stableHosts: ['shared/*', 'shop/cart'] });
    for (const service of bookinfo.own) {
      expect(driven.hostsOf(service)).toEqual([...always, 'shared/*', 'shop/cart']);
    }
    expect(driven.hostsOf(LOAD)).toBeNull();
    expect(driven.hostsOf('bookinfo')).toBeNull();
  });

  describe('with the access log', () => {
    test('writes a status and a Sidecar at the tick after the flush, and then rests', () => {
      const driven = started();
      driven.call(2.5 * S, PRODUCTPAGE, DETAILS);
      driven.call(2.7 * S, PRODUCTPAGE, REVIEWS);
      driven.call(60 * S, PRODUCTPAGE, DETAILS);
      driven.run(100 * S);
      expect(writes(driven, 1)).toEqual([
        [5, 'write'],
        [5, 'sidecar'],
      ]);
      const learned = ['bookinfo/details', 'bookinfo/reviews'];
      expect(driven.hostsOf(PRODUCTPAGE)).toEqual([...always, ...learned]);
    });

    test('misses a tick if the log is flushed after it', () => {
      const driven = started();
      driven.call(4.5 * S, PRODUCTPAGE, DETAILS);
      driven.run(14 * S);
      // Flush and tick are both at 5 s, the tick came first into the calendar.
      expect(driven.hostsOf(PRODUCTPAGE)).toEqual(always);
      driven.run(16 * S);
      expect(driven.hostsOf(PRODUCTPAGE)).toContain('bookinfo/details');
    });

    test('does not learn TCP', () => {
      const driven = started();
      driven.call(2 * S, PRODUCTPAGE, LOAD_TCP);
      driven.run(100 * S);
      expect(writes(driven, 1)).toEqual([]);
    });

    test('never forgets, whatever becomes of the pods of a destination', () => {
      const driven = started();
      driven.call(2 * S, PRODUCTPAGE, DETAILS);
      driven.restartPods(30 * S, DETAILS);
      driven.run(1000 * S);
      expect(driven.hostsOf(PRODUCTPAGE)).toContain('bookinfo/details');
    });

    test('keeps over a restart what is in a status, and loses what was only logged', () => {
      const driven = started();
      driven.call(2 * S, PRODUCTPAGE, DETAILS);
      driven.call(12.5 * S, PRODUCTPAGE, REVIEWS);
      driven.tell(14 * S, { kind: 'restart' });
      driven.run(100 * S);
      expect(driven.hostsOf(PRODUCTPAGE)).toEqual([...always, 'bookinfo/details']);
      expect(writes(driven, 6)).toEqual([]);
      driven.call(101 * S, PRODUCTPAGE, REVIEWS);
      driven.run(120 * S);
      // The ticker began anew with the controller: 24, 34 … 104.
      expect(writes(driven, 100)).toEqual([
        [104, 'write'],
        [104, 'sidecar'],
      ]);
    });
  });

  describe('with Prometheus', () => {
    const source = 'prometheus';

    test('writes a status at every tick after traffic, and a Sidecar only if it differs', () => {
      const driven = started({ source });
      for (let at = 1; at < 100; at++) browse(driven, at * S);
      driven.run(100 * S);
      const kinds = writes(driven, 1).filter(([at]) => Number(at) > 16);
      // Scrapes at 30, 45, 60, 75, 90 are seen at 35, 45 (old), 55 …; both callers have a fence of their own.
      expect(kinds.every(([, kind]) => kind === 'write')).toBe(true);
      expect(kinds.length).toBe(2 * 5);
      expect(driven.hostsOf(PRODUCTPAGE)).toEqual([
        ...always,
        'bookinfo/details',
        'bookinfo/reviews',
      ]);
      expect(driven.hostsOf(REVIEWS)).toEqual([...always, 'bookinfo/ratings']);
      expect(driven.hostsOf(RATINGS)).toEqual(always);
    });

    /** reviews is called all the time, details only before its pods restart. */
    function rollout(calledAgain: number | null): Driven {
      const driven = started({ source });
      for (let at = 1; at < 200; at += 2) driven.call(at * S, PRODUCTPAGE, REVIEWS);
      driven.call(2 * S, PRODUCTPAGE, DETAILS);
      driven.restartPods(50 * S, DETAILS);
      if (calledAgain !== null) driven.call(calledAgain * S, PRODUCTPAGE, DETAILS);
      return driven;
    }
    const sees = (driven: Driven, until: number) => {
      driven.run(until * S);
      return driven.hostsOf(PRODUCTPAGE)?.includes('bookinfo/details');
    };

    test('drops a destination a scrape and two changed ticks after its pods have restarted', () => {
      const driven = rollout(null);
      // The scrape at 60 no longer has it; at 65 it expires; 75 sees the scrape of 75 or of 60.
      expect(sees(driven, 64)).toBe(true);
      expect(sees(driven, 74)).toBe(true);
      expect(sees(driven, 86)).toBe(false);
    });

    test('keeps it if it is called again in the meantime', () => {
      const driven = rollout(58);
      expect(sees(driven, 190)).toBe(true);
    });

    test('learns it anew if it is called again later', () => {
      const driven = rollout(120);
      expect(sees(driven, 100)).toBe(false);
      expect(sees(driven, 190)).toBe(true);
      expect(driven.done.filter(({ effect }) => effect.kind === 'sidecar').length).toBe(4 + 3);
    });

    test('keeps what expires for as long as nothing else of the caller changes', () => {
      const driven = started({ source });
      driven.call(2 * S, REVIEWS, RATINGS);
      driven.restartPods(50 * S, RATINGS);
      driven.run(1000 * S);
      expect(driven.hostsOf(REVIEWS)).toContain('bookinfo/ratings');
      driven.call(1001 * S, REVIEWS, DETAILS);
      driven.run(1030 * S);
      expect(driven.hostsOf(REVIEWS)).toEqual([...always, 'bookinfo/details']);
    });

    test('loses nothing when the controller restarts', () => {
      const driven = started({ source });
      browse(driven, 2 * S);
      driven.tell(50 * S, { kind: 'restart' });
      driven.run(300 * S);
      expect(writes(driven, 50)).toEqual([]);
      expect(driven.hostsOf(REVIEWS)).toContain('bookinfo/ratings');
    });
  });

  test('fences a service when it appears, and lets its Sidecar go with it', () => {
    const [first, ...others] = bookinfo.services;
    const site = { ...bookinfo, services: [{ ...first, exists: false }, ...others] };
    const driven = drive(slime(strategies.slime.defaults), site);
    expect(driven.hostsOf(PRODUCTPAGE)).toBeNull();
    driven.tell(S, { kind: 'service', service: PRODUCTPAGE, exists: true });
    driven.tell(2 * S, { kind: 'service', service: PRODUCTPAGE, exists: true });
    driven.run(3 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toEqual(always);
    expect(writes(driven, 1)).toEqual([
      [1, 'write'],
      [1, 'sidecar'],
    ]);
    driven.tell(4 * S, { kind: 'service', service: PRODUCTPAGE, exists: false });
    driven.run(5 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toBeNull();
  });
});
