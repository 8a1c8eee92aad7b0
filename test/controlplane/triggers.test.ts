import { describe, expect, test } from 'vitest';
import { requestOf } from '../../src/controlplane/changes.ts';
import { needsContext } from '../../src/controlplane/context.ts';
import { releaseNames, releaseOf } from '../../src/controlplane/releases.ts';
import { type Happening, triggerOf } from '../../src/controlplane/triggers.ts';
import { service } from './fleets.ts';

const tcp = { number: 5432, protocol: 'tcp', target: 5432 } as const;
const services = [
  service('web'),
  service('db', { headless: true, ports: [tcp] }),
  service('peers', { headless: true }),
];
const [WEB, DB, PEERS] = [0, 1, 2];

const config = (resource: string, over: Partial<Happening> = {}) =>
  ({ kind: 'config', resource, namespace: 0, service: WEB, isSame: false, ...over }) as Happening;

/** Kind and reason, and whether the push is full; by release where that matters. */
function shown(happening: Happening, name: string): string {
  const release = releaseOf(name);
  const trigger = triggerOf(happening, services, release);
  if (trigger === null) return 'nothing';
  const request = requestOf({ at: 0, version: 0, isNew: false, ...trigger });
  const what = trigger.key?.kind ?? 'everything';
  return `${what} (${trigger.reason})${needsContext(request, release) ? '' : ', no context'}`;
}

/** Rows of the specification's event table; those with two columns differ up to 1.30 and from 1.31. */
const rows: readonly (readonly [string, Happening, string, string])[] = [
  [
    '#1 a pod became ready',
    { kind: 'endpoints', service: WEB },
    'Endpoints (endpoint), no context',
    'Endpoints (endpoint)',
  ],
  [
    '#2 its first endpoints',
    { kind: 'firstEndpoints', service: WEB },
    'ServiceEntry (endpoint)',
    'ServiceEntry (endpoint)',
  ],
  [
    '#5 a pod that is not ready',
    { kind: 'unreadyEndpoint', service: WEB },
    'nothing',
    'Endpoints (endpoint)',
  ],
  [
    '#7 a service',
    { kind: 'service', service: WEB },
    'ServiceEntry (service)',
    'ServiceEntry (service)',
  ],
  [
    '#8 headless',
    { kind: 'endpoints', service: DB },
    'ServiceEntry (headlessendpoint)',
    'ServiceEntry (headlessendpoint)',
  ],
  [
    '#9 headless, HTTP',
    { kind: 'endpoints', service: PEERS },
    'DNSName (headlessendpoint)',
    'DNSName (headlessendpoint)',
  ],
  ['#10', config('VirtualService'), 'VirtualService (config)', 'VirtualService (config)'],
  ['#12', config('Sidecar'), 'Sidecar (config)', 'Sidecar (config)'],
  ['#14', config('ServiceEntry'), 'ServiceEntry (service)', 'ServiceEntry (service)'],
  [
    '#15 of a service',
    config('WorkloadEntry'),
    'Endpoints (endpoint), no context',
    'Endpoints (endpoint)',
  ],
  [
    '#15 of none',
    config('WorkloadEntry', { service: -1 }),
    'WorkloadEntry (endpoint)',
    'WorkloadEntry (endpoint)',
  ],
  ['#18', config('MeshConfig'), 'everything (global)', 'everything (global)'],
  [
    '#18, #20',
    { kind: 'everything', reason: 'networks' },
    'everything (networks)',
    'everything (networks)',
  ],
  ['#19', config('Secret'), 'Secret (secret), no context', 'Secret (secret)'],
  ['#21 a status', config('VirtualService', { isSame: true }), 'nothing', 'nothing'],
  ['#22', { kind: 'address', service: WEB }, 'Address (ambient), no context', 'Address (ambient)'],
];

describe('what istiod makes of what happens', () => {
  test.each(rows)('%s', (_, happening, before, after) => {
    expect(shown(happening, '1.30')).toBe(before);
    expect(shown(happening, '1.31')).toBe(after);
  });

  test('endpoints that are not ready push in 1.14 and from 1.31 on', () => {
    const pushing = releaseNames.filter(
      (name) => shown({ kind: 'unreadyEndpoint', service: WEB }, name) !== 'nothing',
    );
    expect(pushing).toEqual(['1.14', '1.31']);
  });
});
