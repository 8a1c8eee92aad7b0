import { describe, expect, test } from 'vitest';
import { type DatmSettings, datm } from '../../src/scope/datm.ts';
import { compare, hubServices, serviceDependencies } from '../../src/scope/datm-extraction.ts';
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

const relay = 'datm-system/global-sidecar';

/** Scrapes at 0, 15, 30 …; the rule is evaluated at 30, 90, 150 … */
function started(over: Partial<DatmSettings> = {}, site = bookinfo): Driven {
  return drive(datm({ ...strategies.datm.defaults, ...over }), site, [0.5, 0]);
}

const calls = [
  { source: PRODUCTPAGE, destination: DETAILS },
  { source: PRODUCTPAGE, destination: REVIEWS },
  { source: REVIEWS, destination: RATINGS },
];

describe('the control extractor', () => {
  test('finds the business services that run', () => {
    expect(hubServices(calls, bookinfo)).toEqual([PRODUCTPAGE, DETAILS, REVIEWS, RATINGS]);
    expect(hubServices(calls.slice(2), bookinfo)).toEqual([REVIEWS, RATINGS]);
    expect(hubServices([{ source: LOAD, destination: LOAD_TCP }], bookinfo)).toEqual([]);
  });

  test('gives dependencies only to those that have any', () => {
    const hub = hubServices(calls, bookinfo);
    const tcp = { source: DETAILS, destination: LOAD_TCP };
    const demands = serviceDependencies(hub, [...calls, tcp], bookinfo);
    expect(demands).toEqual(
      new Map([
        [PRODUCTPAGE, new Set([DETAILS, REVIEWS])],
        [REVIEWS, new Set([RATINGS])],
      ]),
    );
  });

  test('compares with the local store', () => {
    const of = (...pairs: [number, number[]][]) => new Map(pairs.map(([s, d]) => [s, new Set(d)]));
    const local = of([0, [1]], [1, [2]], [2, [3]]);
    expect(compare(local, of([3, [1]], [1, [2, 0]], [2, [3]]))).toEqual({
      add: [3],
      update: [1],
      delete: [0],
    });
    expect(compare(local, of([0, [2]], [1, [2]], [2, [3]])).update).toEqual([0]);
  });
});

describe('datm', () => {
  test('sends everything through the relay as long as it knows nothing', () => {
    const driven = started();
    expect(driven.hostsOf('bookinfo')).toEqual([relay]);
    expect(driven.done.length).toBe(1);
  });

  test('learns Bookinfo: details and ratings get only the Sidecar of the namespace', () => {
    const driven = started();
    browse(driven, 3 * S);
    driven.run(29 * S);
    expect(driven.done.length).toBe(1);
    driven.run(31 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toEqual([relay, 'bookinfo/details', 'bookinfo/reviews']);
    expect(driven.hostsOf(REVIEWS)).toEqual([relay, 'bookinfo/ratings']);
    expect(driven.hostsOf(DETAILS)).toBeNull();
    expect(driven.hostsOf(RATINGS)).toBeNull();
    expect(driven.hostsOf('bookinfo')).toEqual(['./*']);
  });

  test('writes nothing while nothing changes, whatever the traffic', () => {
    const driven = started();
    for (let at = 3; at < 900; at += 3) browse(driven, at * S);
    driven.run(31 * S);
    const { length } = driven.done;
    driven.run(900 * S);
    expect(driven.done.length).toBe(length);
  });

  test('lets see the control plane if it is to', () => {
    const driven = started({ importControlPlane: true });
    expect(driven.hostsOf('bookinfo')).toEqual([relay, 'istio-system/*']);
    browse(driven, 3 * S);
    driven.run(31 * S);
    expect(driven.hostsOf('bookinfo')).toEqual(['./*', 'istio-system/*']);
    expect(driven.hostsOf(REVIEWS)).toEqual([relay, 'istio-system/*', 'bookinfo/ratings']);
  });

  test('leaves those who call nobody their full configuration without a Sidecar of the namespace', () => {
    const driven = started({ namespaceSidecar: false });
    browse(driven, 3 * S);
    driven.run(31 * S);
    expect(driven.hostsOf('bookinfo')).toBeNull();
    expect(driven.hostsOf(RATINGS)).toBeNull();
    expect(driven.hostsOf(PRODUCTPAGE)).not.toBeNull();
  });

  test('updates, and deletes, when calls were absent for the window', () => {
    const driven = started({ window: 120 * S });
    browse(driven, 3 * S);
    for (let at = 4; at < 200; at += 4) driven.call(at * S, PRODUCTPAGE, REVIEWS);
    driven.run(91 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toContain('bookinfo/details');
    expect(driven.hostsOf(REVIEWS)).not.toBeNull();
    // Both were last counted at 15 s: not within the window at 150 s.
    driven.run(151 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toEqual([relay, 'bookinfo/reviews']);
    expect(driven.hostsOf(REVIEWS)).toBeNull();
  });

  test('keeps over a rollout what Prometheus has seen within the window', () => {
    const driven = started({ window: 120 * S });
    browse(driven, 3 * S);
    driven.restartPods(40 * S, DETAILS);
    driven.run(91 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toContain('bookinfo/details');
    driven.run(151 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toBeNull();
  });

  test('takes a rise after a fall for traffic, and a fall for none', () => {
    const driven = started({ window: 120 * S });
    for (let at = 1; at < 12; at++) driven.call(at * S, PRODUCTPAGE, DETAILS);
    driven.restartPods(20 * S, DETAILS);
    driven.call(100 * S, PRODUCTPAGE, DETAILS);
    driven.run(151 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toContain('bookinfo/details');
    // Last grown at the scrape of 105 s.
    driven.run(271 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toBeNull();
  });

  test('does again after a restart what Alertmanager had not passed on', () => {
    const driven = started({ detect: 'alertmanager' });
    browse(driven, 3 * S);
    driven.tell(45 * S, { kind: 'restart' });
    driven.run(104 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).toBeNull();
    // Evaluated 60 s after the restart, passed on 30 s later.
    driven.run(136 * S);
    expect(driven.hostsOf(PRODUCTPAGE)).not.toBeNull();
  });

  test('keeps what it has learned over a restart', () => {
    const driven = started();
    browse(driven, 3 * S);
    driven.tell(40 * S, { kind: 'restart' });
    driven.run(120 * S);
    expect(driven.done.filter(({ at }) => at > 31 * S)).toEqual([]);
    expect(driven.hostsOf(REVIEWS)).toContain('bookinfo/ratings');
  });

  test('puts a Sidecar into a namespace that joins', () => {
    const services = bookinfo.services.map((service) => ({ ...service, exists: false }));
    const driven = started({}, { ...bookinfo, services });
    expect(driven.hostsOf('bookinfo')).toBeNull();
    for (const service of bookinfo.own) {
      driven.tell(S, { kind: 'service', service, exists: true });
    }
    driven.run(2 * S);
    expect(driven.hostsOf('bookinfo')).toEqual([relay]);
    expect(driven.done.length).toBe(1);
  });
});
