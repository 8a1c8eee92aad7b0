import { describe, expect, test } from 'vitest';
import { isOnlyFor, merge, type PushKind, requestOf } from '../../src/controlplane/changes.ts';
import { typesFor } from '../../src/controlplane/events.ts';
import { releaseNames } from '../../src/controlplane/releases.ts';
import { service } from './fleets.ts';
import { batchFor, batchOf, forced, pushed, rescoped, type Table, tableOf } from './tables.ts';

/** `istio-system` has nothing, `shop` has a and b, `pay` has c. */
const namespaces = ['istio-system', 'shop', 'pay', 'else'];
const [ROOT, SHOP, PAY, ELSE] = [0, 1, 2, 3];
const services = [
  service('a', { namespace: SHOP, id: 'shop/a' }),
  service('b', { namespace: SHOP, id: 'shop/b' }),
  service('c', { namespace: PAY, id: 'pay/c' }),
];
const [A, B, C] = [0, 1, 2];
const NONE = -1;
const at = (release: string) => tableOf(release, services, namespaces);

/** What a sidecar of `pay` that sees everything is pushed, by release: CDS EDS LDS RDS. */
const rows: readonly (readonly [string, ReturnType<typeof batchOf>, Record<string, string>])[] = [
  [
    'push_types/T1: an endpoint of a',
    batchOf(['Endpoints', SHOP, A]),
    { '1.8': '- [a] - -', '1.26': '- [a] - -', '1.30': '- [a] - -', '1.31': '- [a] - -' },
  ],
  [
    'push_types/T3: a VirtualService',
    batchOf(['VirtualService', SHOP, A]),
    {
      '1.8': 'all - all all',
      '1.26': 'all - all all',
      '1.30': '[] - all all',
      '1.31': '[] - all all',
    },
  ],
  [
    'push_types/T4: an endpoint of a and a VirtualService',
    batchOf(['Endpoints', SHOP, A], ['VirtualService', SHOP, NONE]),
    {
      '1.8': 'all all all all',
      '1.16': 'all all all all',
      '1.17': 'all [a] all all',
      '1.26': 'all [a] all all',
      '1.30': '[a] all all all',
      '1.31': '[] all all all',
    },
  ],
  [
    'push_types/T5: a DestinationRule for a',
    batchOf(['DestinationRule', SHOP, A]),
    {
      '1.8': 'all all all all',
      '1.26': '[a] all all all',
      '1.30': '[a] [a] all all',
      '1.31': '[a] [a] all all',
    },
  ],
  [
    'push_types/T6: service a is created, or its ports change',
    batchFor('service', ['ServiceEntry', SHOP, A]),
    {
      '1.12': 'all [a] all all',
      '1.26': '[a] [a] all all',
      '1.30': '[a] [a] all all',
      '1.31': '[a] [a] all all',
    },
  ],
  [
    'an EnvoyFilter of its namespace',
    batchOf(['EnvoyFilter', PAY, NONE]),
    { '1.8': 'all all all all', '1.26': 'all all all all', '1.31': 'all all all all' },
  ],
  [
    'a PeerAuthentication of the root namespace',
    batchOf(['PeerAuthentication', ROOT, NONE]),
    { '1.8': 'all all all -', '1.26': 'all all all -', '1.30': 'all all all -' },
  ],
  [
    'a WorkloadEntry that nobody selects',
    batchOf(['WorkloadEntry', SHOP, NONE]),
    { '1.8': '- all - -', '1.26': '- all - -', '1.30': '- all - -' },
  ],
  ['a DNS name', batchOf(['DNSName', SHOP, A]), { '1.26': '- - - -', '1.31': '- - - -' }],
  ['an address', batchOf(['Address', SHOP, A]), { '1.26': '- - - -', '1.31': '- - - -' }],
  ['a Secret', batchOf(['Secret', PAY, NONE]), { '1.26': '- - - -', '1.31': '- - - -' }],
  ['a Gateway', batchOf(['Gateway', PAY, NONE]), { '1.8': 'no push', '1.31': 'no push' }],
  [
    'an endpoint of a and a DestinationRule for c',
    batchOf(['Endpoints', SHOP, A], ['DestinationRule', PAY, C]),
    {
      '1.26': '[a,c] all all all',
      '1.30': '[a,c] [a,c] all all',
      '1.31': '[c] [a,c] all all',
    },
  ],
  [
    'a VirtualService and a policy of its namespace',
    batchOf(['VirtualService', PAY, C], ['AuthorizationPolicy', PAY, NONE]),
    { '1.26': 'all - all all', '1.30': '[] - all all' },
  ],
];

describe('what a change pushes: CDS, EDS, LDS, RDS', () => {
  test.each(rows)('%s', (_, request, expected) => {
    for (const [release, types] of Object.entries(expected)) {
      const table = at(release);
      expect(pushed(request, table.who(PAY, C), table), release).toBe(types);
    }
  });

  test('filters of its namespace, and of the root namespace, change its listeners only', () => {
    const kinds = ['AuthorizationPolicy', 'RequestAuthentication', 'Telemetry', 'WasmPlugin'];
    for (const kind of kinds as PushKind[]) {
      const table = at('1.26');
      const who = table.who(PAY, C);
      const listeners = kind === 'WasmPlugin' ? '- - all - ECDS' : '- - all -';
      expect(pushed(batchOf([kind, PAY, NONE]), who, table)).toBe(listeners);
      expect(pushed(batchOf([kind, ROOT, NONE]), who, table)).toBe(listeners);
      expect(pushed(batchOf([kind, SHOP, NONE]), who, table)).toBe('no push');
    }
  });

  test('push_types/T9: what everything depends on is pushed in full to everybody', () => {
    for (const release of releaseNames) {
      const table = at(release);
      const request = merge(forced, batchOf(['Endpoints', SHOP, A]));
      for (const kind of ['sidecar', 'gateway', 'waypoint'] as const) {
        expect(pushed(request, table.who(PAY, C, kind), table)).toBe('all all all all');
      }
    }
  });

  test('push_types/T13: a PeerAuthentication concerns its namespace, from 1.30 also its callers', () => {
    const request = batchOf(['PeerAuthentication', SHOP, NONE]);
    for (const [release, inside, caller] of [
      ['1.26', 'all all all -', 'no push'],
      ['1.30', '[a,b] [a,b] all -', '[a,b] [a,b] - -'],
      ['1.31', '[a,b] [a,b] all -', '[a,b] [a,b] - -'],
    ] as const) {
      const table = at(release);
      expect(pushed(request, table.who(SHOP, B), table)).toBe(inside);
      expect(pushed(request, table.who(PAY, C), table)).toBe(caller);
      table.scopes.write(PAY, NONE, ['./*']);
      expect(pushed(request, table.who(PAY, C), table)).toBe('no push');
    }
  });

  test('of a headless service alone, clusters and routes are spared from 1.31 on', () => {
    const alone = batchFor('headlessendpoint', ['ServiceEntry', SHOP, A]);
    const mixed = merge(alone, batchFor('endpoint', ['Endpoints', PAY, C]));
    expect(isOnlyFor(alone, 'headlessendpoint')).toBe(true);
    for (const [release, expected, gateway, both] of [
      ['1.30', '[a] [a] all all', '[a] [a] all all', '[a,c] [a,c] all all'],
      ['1.31', '- [a] all -', '- [a] - -', '[a] [a,c] all all'],
    ] as const) {
      const table = at(release);
      expect(pushed(alone, table.who(PAY, C), table)).toBe(expected);
      expect(pushed(alone, table.who(PAY, C, 'gateway'), table)).toBe(gateway);
      expect(pushed(mixed, table.who(PAY, C), table)).toBe(both);
    }
  });
});

describe('a Sidecar', () => {
  test('concerns its namespace up to 1.9, and those who use it from 1.10 on (push_types/T8)', () => {
    const write = batchOf(['Sidecar', SHOP, A]);
    for (const [release, neighbour] of [
      ['1.8', 'all all all all'],
      ['1.9', 'all all all all'],
      ['1.10', 'no push'],
      ['1.26', 'no push'],
    ] as const) {
      const table = at(release);
      const neighbourOf = table.who(SHOP, B);
      const user = rescoped(table, table.who(SHOP, A), A, ['./*']);
      expect(pushed(write, user, table), release).toBe('all all all all');
      expect(pushed(write, neighbourOf, table), release).toBe(neighbour);
      expect(pushed(write, table.who(PAY, C), table), release).toBe('no push');
    }
  });

  test('from 1.30 on sends the clusters that it adds, and no endpoints', () => {
    const table = at('1.30');
    table.scopes.write(SHOP, A, ['./*']);
    const wider = rescoped(table, table.who(SHOP, A), A, ['./*', 'pay/*']);
    const types = typesFor(batchOf(['Sidecar', SHOP, A]), wider, table.rules, wider.before!);
    expect(types).toMatchObject({ cds: 'part', cdsServices: [C], added: [C], changed: [C] });
    expect(pushed(batchOf(['Sidecar', SHOP, A]), wider, table)).toBe('[c] - all all');
    const both = batchOf(['Sidecar', SHOP, A], ['Endpoints', SHOP, B]);
    expect(pushed(both, wider, table)).toBe('[b,c] all all all');
  });

  test('that is deleted concerns those who used it', () => {
    const table = at('1.26');
    table.scopes.write(SHOP, A, ['./*']);
    const freed = rescoped(table, table.who(SHOP, A), A, null);
    expect(freed.sidecar).toBeNull();
    expect(pushed(batchOf(['Sidecar', SHOP, A]), freed, table)).toBe('all all all all');
  });

  test('of a namespace does not concern workloads that have one of their own', () => {
    const table = at('1.26');
    table.scopes.write(SHOP, A, ['./*']);
    table.scopes.write(SHOP, NONE, ['./*']);
    const write = batchOf(['Sidecar', SHOP, NONE]);
    expect(pushed(write, table.who(SHOP, A), table)).toBe('no push');
    expect(pushed(write, table.who(SHOP, B), table)).toBe('all all all all');
  });

  test('of the root namespace concerns all who have no other', () => {
    const table = at('1.26');
    table.scopes.write(SHOP, NONE, ['./*']);
    table.scopes.write(ROOT, NONE, ['./*']);
    const write = batchOf(['Sidecar', ROOT, NONE]);
    expect(pushed(write, table.who(SHOP, A), table)).toBe('no push');
    expect(pushed(write, table.who(PAY, C), table)).toBe('all all all all');
  });
});

describe('who is not concerned', () => {
  const scoped = (release: string): Table => {
    const table = at(release);
    table.scopes.write(PAY, NONE, ['./*']);
    return table;
  };

  test('push_types/T2: a sidecar is not pushed on a service that it does not see', () => {
    for (const release of releaseNames) {
      const table = scoped(release);
      for (const kind of [
        'Endpoints',
        'ServiceEntry',
        'VirtualService',
        'DestinationRule',
      ] as const)
        expect(pushed(batchOf([kind, SHOP, A]), table.who(PAY, C), table)).toBe('no push');
    }
  });

  test('push_types/T12: keys that do not concern a proxy spoil its push up to 1.25', () => {
    const batch = batchOf(['Endpoints', PAY, C], ['DestinationRule', SHOP, A]);
    for (const [release, expected] of [
      ['1.22', '[c] all all all'],
      ['1.26', '[c] [c] all all'],
      ['1.30', '[c] [c] all all'],
      ['1.31', '- [c] - -'],
    ] as const) {
      const table = scoped(release);
      expect(pushed(batch, table.who(PAY, C), table), release).toBe(expected);
    }
  });

  test('a service concerns its own pods, whether they see it or not', () => {
    const table = at('1.26');
    table.scopes.write(SHOP, A, ['~/*']);
    const who = table.who(SHOP, A);
    expect(pushed(batchOf(['ServiceEntry', SHOP, A]), who, table)).toBe('[] [] all all');
    expect(pushed(batchOf(['VirtualService', SHOP, A]), who, table)).toBe('no push');
  });

  test('what is for no service of the mesh concerns who imports something of its namespace', () => {
    const table = scoped('1.26');
    const here = batchOf(['VirtualService', PAY, NONE]);
    const there = batchOf(['VirtualService', SHOP, NONE]);
    expect(pushed(here, table.who(PAY, C), table)).toBe('all - all all');
    expect(pushed(there, table.who(PAY, C), table)).toBe('no push');
    expect(pushed(there, table.who(ELSE, NONE), table)).toBe('all - all all');
  });

  test('a service that leaves a scope still concerns the proxy in the push that takes it away', () => {
    const table = at('1.26');
    const narrowed = rescoped(table, table.who(PAY, C), NONE, ['./*']);
    expect(pushed(batchOf(['Endpoints', SHOP, A]), narrowed, table)).toBe('- [] - -');
    const later = { ...narrowed, before: null };
    expect(pushed(batchOf(['Endpoints', SHOP, A]), later, table)).toBe('no push');
  });
});

describe('a gateway', () => {
  test('ignores Sidecars, and needs all else', () => {
    for (const release of releaseNames) {
      const table = at(release);
      const who = table.who(PAY, C, 'gateway');
      expect(pushed(batchOf(['Sidecar', PAY, NONE]), who, table)).toBe('no push');
      expect(pushed(batchOf(['Gateway', SHOP, NONE]), who, table)).toBe('- - all all');
      expect(pushed(batchOf(['AuthorizationPolicy', SHOP, NONE]), who, table)).toBe('- - all -');
    }
  });

  test('is sent the certificates of its namespace', () => {
    const table = at('1.26');
    const who = table.who(PAY, C, 'gateway');
    expect(pushed(batchOf(['Secret', PAY, NONE]), who, table)).toBe('- - - - SDS');
    expect(pushed(batchOf(['Secret', SHOP, NONE]), who, table)).toBe('- - - -');
  });

  test('is pushed on services that it does not see up to 1.9, and on their endpoints from 1.31', () => {
    const hidden = [...services, service('d', { namespace: SHOP, id: 'shop/d', exportTo: ['.'] })];
    for (const [release, endpoint, created] of [
      ['1.9', '- [] - -', 'all [] all all'],
      ['1.10', 'no push', 'no push'],
      ['1.30', 'no push', 'no push'],
      ['1.31', '- [] - -', 'no push'],
    ] as const) {
      const table = tableOf(release, hidden, namespaces);
      const who = table.who(PAY, C, 'gateway');
      expect(pushed(batchOf(['Endpoints', SHOP, 3]), who, table), release).toBe(endpoint);
      expect(pushed(batchOf(['ServiceEntry', SHOP, 3]), who, table), release).toBe(created);
    }
  });
});

describe('ambient', () => {
  test('an address makes a waypoint of its service anew, and concerns ztunnels', () => {
    const table = at('1.26');
    const address = batchOf(['Address', SHOP, A]);
    expect(pushed(address, table.who(SHOP, NONE, 'waypoint'), table)).toBe('all [a] all -');
    expect(pushed(address, table.who(PAY, NONE, 'waypoint'), table)).toBe('- - - -');
    expect(pushed(address, table.who(-1, NONE, 'ztunnel'), table)).toMatch(/\[a\] /);
  });
});

test('a batch keeps how often each reason is in it, and which services are new', () => {
  const key = { kind: 'ServiceEntry', namespace: SHOP, service: A } as const;
  const created = requestOf({ at: 3, key, reason: 'service', isNew: true, version: 1 });
  const batch = [created, batchFor('endpoint', ['Endpoints', SHOP, B]), created].reduce(merge);
  expect(Object.fromEntries(batch.reasons)).toEqual({ service: 2, endpoint: 1 });
  expect(batch.created).toEqual([A]);
  const table = at('1.26');
  expect(typesFor(batch, table.who(PAY, C), table.rules)).toMatchObject({
    added: [A],
    changed: [A],
  });
});
