import { describe, expect, test } from 'vitest';
import {
  type Key,
  merge,
  type PushKind,
  type Request,
  requestOf,
} from '../../src/controlplane/changes.ts';
import { type Rules, type Types, typesFor, type Who } from '../../src/controlplane/events.ts';
import { releaseNames, releaseOf, throttleOf } from '../../src/controlplane/releases.ts';
import { Catalogue } from '../../src/controlplane/resources.ts';
import { service } from './fleets.ts';

/** Namespace 0 is the root's, 1 has services a (0) and b (1), 2 has c (2). */
const services = [
  service('a', { namespace: 1 }),
  service('b', { namespace: 1 }),
  service('c', { namespace: 2 }),
];
const rules = (release: string): Rules => ({
  release: releaseOf(release),
  services,
  servicesOf: [[], [0, 1], [2]],
  root: 0,
});
const scope = new Catalogue({ services }).everything;
const inOne: Who = { kind: 'sidecar', namespace: 1, service: 1, scope };
const inTwo: Who = { kind: 'sidecar', namespace: 2, service: 2, scope };

function batch(...keys: readonly (readonly [PushKind, number, number])[]): Request {
  return keys
    .map(([kind, namespace, about]) => {
      const key: Key = { kind, namespace, service: about };
      return requestOf({ at: 0, key, version: 0 });
    })
    .reduce(merge);
}

/** As the specification writes it: `-`, `all`, or the services of a part; LDS and RDS all or none. */
function shown(types: Types | null): string {
  if (types === null) return 'no push';
  const part = (extent: Types['cds'], of: readonly number[]) =>
    extent === 'none' ? '-' : extent === 'full' ? 'all' : `[${of.map((s) => 'abc'[s]).join()}]`;
  const cds = part(types.cds, types.cdsServices);
  const eds = part(types.eds, types.edsServices);
  return `${cds} ${eds} ${types.lds ? 'all' : '-'} ${types.rds ? 'all' : '-'}`;
}
const push = (request: Request, who: Who, release: string) =>
  shown(typesFor(request, who, rules(release)));

describe('what a change pushes: CDS, EDS, LDS, RDS', () => {
  const endpoint = batch(['Endpoints', 1, 0]);
  const virtualService = batch(['VirtualService', 1, 0]);
  const destinationRule = batch(['DestinationRule', 1, 0]);
  const created = batch(['ServiceEntry', 1, 0]);
  const both = batch(['Endpoints', 1, 0], ['VirtualService', 1, -1]);
  test.each([
    [
      'push_types/T1: an endpoint of a',
      endpoint,
      { '1.8': '- [a] - -', '1.26': '- [a] - -', '1.30': '- [a] - -', '1.31': '- [a] - -' },
    ],
    [
      'push_types/T3: a VirtualService',
      virtualService,
      {
        '1.8': 'all - all all',
        '1.26': 'all - all all',
        '1.30': '[] - all all',
        '1.31': '[] - all all',
      },
    ],
    [
      'push_types/T4: an endpoint of a and a VirtualService',
      both,
      { '1.26': 'all [a] all all', '1.30': '[a] all all all', '1.31': '[] all all all' },
    ],
    [
      'push_types/T5: a DestinationRule for a',
      destinationRule,
      {
        '1.8': 'all all all all',
        '1.26': '[a] all all all',
        '1.30': '[a] [a] all all',
        '1.31': '[a] [a] all all',
      },
    ],
    [
      'push_types/T6: service a is created',
      created,
      {
        '1.12': 'all [a] all all',
        '1.26': '[a] [a] all all',
        '1.30': '[a] [a] all all',
        '1.31': '[a] [a] all all',
      },
    ],
  ])('%s', (_, request, expected) => {
    for (const [release, types] of Object.entries(expected))
      expect(push(request, inTwo, release), release).toBe(types);
  });

  test('push_types/T8: a Sidecar concerns its namespace, or from 1.10 only those whom it selects', () => {
    const ofNamespace = batch(['Sidecar', 1, -1]);
    expect(push(ofNamespace, inOne, '1.26')).toBe('all all all all');
    expect(push(ofNamespace, inOne, '1.30')).toBe('[] - all all');
    expect(push(ofNamespace, inTwo, '1.26')).toBe('no push');
    const ofA = batch(['Sidecar', 1, 0]);
    expect(push(ofA, inOne, '1.8')).toBe('all all all all');
    expect(push(ofA, inOne, '1.12')).toBe('no push');
    expect(push(ofA, { ...inOne, service: 0 }, '1.12')).toBe('all all all all');
  });

  test('push_types/T9: what everything depends on is pushed in full to everybody', () => {
    const forced = requestOf({ at: 0, key: null, version: 0 });
    for (const release of releaseNames)
      expect(push(merge(forced, endpoint), inTwo, release)).toBe('all all all all');
  });

  test('push_types/T13: a PeerAuthentication concerns its namespace, from 1.30 also its callers', () => {
    const request = batch(['PeerAuthentication', 1, -1]);
    expect(push(request, inOne, '1.26')).toBe('all all all -');
    expect(push(request, inTwo, '1.26')).toBe('no push');
    expect(push(request, inOne, '1.30')).toBe('[a,b] [a,b] all -');
    expect(push(request, inTwo, '1.30')).toBe('[a,b] [a,b] - -');
  });

  test('filters of a namespace change its listeners, those of the root namespace all listeners', () => {
    for (const kind of ['AuthorizationPolicy', 'RequestAuthentication', 'Telemetry'] as const) {
      expect(push(batch([kind, 1, -1]), inOne, '1.26')).toBe('- - all -');
      expect(push(batch([kind, 1, -1]), inTwo, '1.26')).toBe('no push');
      expect(push(batch([kind, 0, -1]), inTwo, '1.26')).toBe('- - all -');
    }
    expect(push(batch(['EnvoyFilter', 0, -1]), inTwo, '1.26')).toBe('all all all all');
  });

  test('a Gateway does not concern a sidecar', () => {
    expect(push(batch(['Gateway', 1, -1]), inOne, '1.26')).toBe('no push');
  });

  test('keys that do not concern a proxy spoil its push up to 1.25 and are dropped from 1.26', () => {
    const request = batch(['Endpoints', 1, 0], ['EnvoyFilter', 1, -1]);
    expect(push(request, inTwo, '1.22')).toBe('all all all all');
    expect(push(request, inTwo, '1.26')).toBe('[a] [a] all all');
    expect(push(request, inTwo, '1.31')).toBe('- [a] - -');
  });
});

describe('releases', () => {
  test('the throttle is 100 up to 1.20 and follows the cores from 1.21', () => {
    expect(throttleOf(releaseOf('1.8'), 4)).toBe(100);
    expect([1, 2, 4, 8, 16, 17, 64].map((cores) => throttleOf(releaseOf('1.26'), cores))).toEqual([
      20, 25, 35, 55, 95, 100, 100,
    ]);
  });

  test('a name that is none is told so, with those that are', () => {
    expect(() => releaseOf('1.7')).toThrow('"1.7" is no Istio release; expected one of 1.8, 1.12');
    expect(() => releaseOf('toString')).toThrow(RangeError);
  });
});
