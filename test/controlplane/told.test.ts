import { beforeEach, describe, expect, test } from 'vitest';
import { merge, type Request, requestOf } from '../../src/controlplane/changes.ts';
import { PushContexts } from '../../src/controlplane/context.ts';
import type { FleetProxy } from '../../src/controlplane/fleet.ts';
import type { Plan, Surroundings } from '../../src/controlplane/generate.ts';
import { NO_PUSH } from '../../src/controlplane/push-queue.ts';
import { PushLog } from '../../src/controlplane/told.ts';
import { Workloads } from '../../src/controlplane/workloads.ts';
import { costs, service } from './fleets.ts';
import { batchOf, tableOf } from './tables.ts';

const namespaces = ['istio-system', 'shop', 'pay'];
const [SHOP, PAY] = [1, 2];
const tcp = { number: 5432, protocol: 'tcp', target: 5432 } as const;
const services = [
  service('a', { namespace: SHOP, id: 'shop/a' }),
  service('b', { namespace: SHOP, id: 'shop/b' }),
  service('c', { namespace: PAY, id: 'pay/c' }),
  service('db', { namespace: PAY, id: 'pay/db', headless: true, ports: [tcp] }),
];
const [A, B, C, DB] = [0, 1, 2, 3];
const proxies = [
  { kind: 'sidecar', namespace: SHOP, service: A },
  { kind: 'sidecar', namespace: SHOP, service: B },
  { kind: 'sidecar', namespace: PAY, service: C },
  { kind: 'gateway', namespace: PAY, service: C },
  { kind: 'waypoint', namespace: SHOP, service: -1 },
  { kind: 'ztunnel', namespace: -1, service: -1 },
] as const satisfies readonly { kind: FleetProxy['kind']; namespace: number; service: number }[];
const [OF_A, OF_B, OF_C, GATEWAY, WAYPOINT, ZTUNNEL] = proxies.keys();

/** An istiod's pushes, with its workloads as its contexts have them. */
function deskOf(release: string, dnsCapture = false) {
  const table = tableOf(release, services, namespaces);
  const { catalogue, rules, scopes } = table;
  const around: Surroundings = {
    costs,
    catalogue,
    services,
    dnsCapture,
    hbone: false,
    virtualServices: 0,
  };
  const log = new PushLog(rules, around);
  const workloadOf = Int32Array.from(proxies.keys());
  const workloads = new Workloads({ workloads: proxies, workloadOf }, scopes, 0);
  const start = (request: Request) => {
    if (workloads.adopt(request, log.pushes.length)) log.forget();
    return log.add(request, 0);
  };
  return {
    table,
    log,
    around,
    workloads,
    start,
    write(namespace: number, about: number, hosts: readonly string[]) {
      scopes.write(namespace, about, hosts);
      return start(batchOf(['Sidecar', namespace, about]));
    },
    plan(proxy: number, first: number, last = first): Plan | null {
      return log.planFor({ first, last, forced: false, start: 0 }, workloads.of(proxy));
    },
  };
}

/** Types that are sent, with how many resources. */
const sent = (plan: Plan | null) =>
  plan === null ? null : plan.parts.map(({ type, resources }) => `${type} ${resources}`).join(', ');

describe('what proxies are told', () => {
  let desk: ReturnType<typeof deskOf>;
  beforeEach(() => {
    desk = deskOf('1.26');
  });

  test('is one plan for all that see the same', () => {
    const push = desk.start(batchOf(['Endpoints', SHOP, A]));
    expect(desk.plan(OF_A, push)).toBe(desk.plan(OF_C, push));
    expect(sent(desk.plan(OF_A, push))).toBe('EDS 1');
    desk.table.catalogue.set(A, 5);
    // There are other endpoints by now, which it is told.
    expect(desk.plan(OF_C, push)?.parts[0].bytes).toBe(60 + 5 * 150);
  });

  test('differs by namespace where a key is about that', () => {
    const push = desk.start(batchOf(['AuthorizationPolicy', SHOP, -1]));
    expect(desk.plan(OF_A, push)).toBe(desk.plan(OF_B, push));
    expect(sent(desk.plan(OF_A, push))).toBe('LDS 5');
    expect(desk.plan(OF_C, push)).toBeNull();
  });

  test('follows the Sidecar that a workload uses, also where another one lets see the same', () => {
    desk.write(SHOP, A, ['./*']);
    desk.write(SHOP, B, ['./*']);
    const [a, b] = [OF_A, OF_B].map((proxy) => desk.workloads.of(proxy));
    expect(a.scope).toBe(b.scope);
    const push = desk.write(SHOP, A, ['./*']);
    expect(sent(desk.plan(OF_A, push))).toBe('CDS 5, EDS 2, LDS 3, RDS 1');
    expect(desk.plan(OF_B, push)).toBeNull();
  });

  test('goes by the scope as it was when the push began, and by the one before that', () => {
    const before = desk.start(batchOf(['ServiceEntry', PAY, C]));
    const write = desk.write(SHOP, A, ['./*']);
    const after = desk.start(batchOf(['ServiceEntry', PAY, C]));
    // The new context exists, but is not that of the first push.
    expect(sent(desk.plan(OF_A, before))).toBe('CDS 4, EDS 1, LDS 5, RDS 1');
    expect(sent(desk.plan(OF_A, write))).toBe('CDS 5, EDS 2, LDS 3, RDS 1');
    expect(desk.plan(OF_A, after)).toBeNull();
    // Who merges the last two is told that c is gone.
    expect(sent(desk.plan(OF_A, write, after))).toBe('CDS 5, EDS 2, LDS 3, RDS 1');
    expect(sent(desk.plan(OF_C, after))).toBe('CDS 4, EDS 1, LDS 5, RDS 1');
  });

  test('is followed by endpoints of clusters that are new', () => {
    const newer = deskOf('1.30');
    newer.write(SHOP, A, ['./*']);
    const push = newer.write(SHOP, A, ['./*', 'pay/*']);
    const plan = newer.plan(OF_A, push);
    // Three static ones, and those of c and the database, which is headless.
    expect(sent(plan)).toBe('CDS 5, LDS 5, RDS 1');
    expect(plan?.follow).toEqual([C]);
    const answer = newer.log.followPlan(plan?.follow ?? [], newer.workloads.of(OF_A));
    expect(sent(answer)).toBe('EDS 1');
    expect(newer.plan(OF_B, push)).toBeNull();
  });

  test('of a new service is followed by its endpoints, of one that has changed by nothing', () => {
    const key = { kind: 'ServiceEntry', namespace: SHOP, service: A } as const;
    const make = (isNew: boolean) =>
      requestOf({ at: 0, key, reason: 'service', isNew, version: 0 });
    expect(desk.plan(OF_C, desk.start(make(true)))?.follow).toEqual([A]);
    expect(desk.plan(OF_C, desk.start(make(false)))?.follow).toEqual([]);
  });

  test('is everything after a forced push, and to a proxy alone', () => {
    const everything = requestOf({ at: 0, key: null, reason: 'global', isNew: false, version: 0 });
    const push = desk.start(merge(everything, batchOf(['Endpoints', SHOP, A])));
    expect(sent(desk.plan(OF_A, push))).toBe('CDS 7, EDS 3, LDS 5, RDS 1');
    const alone = { first: NO_PUSH, last: NO_PUSH, forced: true, start: 0 };
    const plan = desk.log.planFor(alone, desk.workloads.of(OF_A));
    expect(sent(plan)).toBe('CDS 7, EDS 3, LDS 5, RDS 1');
  });

  test('is nothing where a proxy is concerned and has nothing of it', () => {
    const push = desk.start(batchOf(['Secret', SHOP, -1]));
    expect(desk.plan(OF_A, push)?.parts).toEqual([]);
    // A database has no endpoint sets in sidecars.
    const headless = desk.start(batchOf(['Endpoints', PAY, DB]));
    expect(sent(desk.plan(OF_A, headless))).toBe('');
    expect(sent(desk.plan(GATEWAY, headless))).toBe('EDS 1');
  });

  test('has routes within listeners for a waypoint, and addresses for a ztunnel', () => {
    const push = desk.start(batchOf(['ServiceEntry', SHOP, A]));
    expect(sent(desk.plan(WAYPOINT, push))).toBe('CDS 4, EDS 1, LDS 3');
    expect(sent(desk.plan(ZTUNNEL, push))).toBe('WDS 1');
    const inlined = desk.plan(WAYPOINT, push)?.parts.find(({ type }) => type === 'LDS');
    expect(inlined?.bytes).toBe(15_000 + 3 * 450);
  });

  test('has a table of names where agents capture DNS', () => {
    const capturing = deskOf('1.26', true);
    const push = capturing.start(batchOf(['DNSName', PAY, DB]));
    expect(sent(capturing.plan(OF_A, push))).toBe('NDS 4');
    expect(sent(capturing.plan(GATEWAY, push))).toBe('');
    expect(sent(desk.plan(OF_A, desk.start(batchOf(['DNSName', PAY, DB]))))).toBe('');
  });

  test('has the virtual hosts that an EnvoyFilter adds to the routes of its workloads', () => {
    desk.table.scopes.setExtraVhosts(SHOP, A, 15);
    const push = desk.start(batchOf(['EnvoyFilter', SHOP, A]));
    const routes = (proxy: number) =>
      desk.plan(proxy, push)?.parts.find(({ type }) => type === 'RDS')?.bytes;
    expect(routes(OF_A)).toBe((4 + 15) * 450);
    expect(routes(OF_B)).toBe(4 * 450);
    expect(desk.plan(OF_A, push)?.counts.vhosts).toBe(4 + 15);
  });
});

describe('a push context', () => {
  const cpu = { ...costs.cpu, gcFactor: 1 };
  const contextsOf = (release: string) => {
    const desk = deskOf(release);
    const around = { ...desk.around, virtualServices: 7, costs: { ...costs, cpu } };
    const { rules, scopes } = desk.table;
    return { desk, contexts: new PushContexts(around, rules.release, scopes, namespaces.length) };
  };
  const { contextPerService, contextPerVirtualService, scopePerService } = cpu;

  test.each([
    ['ServiceEntry', 4 * contextPerService + 4 * 3 * scopePerService],
    ['VirtualService', 7 * contextPerVirtualService + 4 * 3 * scopePerService],
    ['DestinationRule', 4 * 3 * scopePerService],
    ['Gateway', 7 * contextPerVirtualService],
    ['AuthorizationPolicy', 0],
    ['Endpoints', 0],
  ] as const)('goes over what depends on %s', (kind, expected) => {
    expect(contextsOf('1.26').contexts.work(batchOf([kind, SHOP, A]))).toBe(expected);
  });

  test('computes a scope for each Sidecar, and one for each namespace', () => {
    const { desk, contexts } = contextsOf('1.26');
    desk.write(SHOP, A, ['./*']);
    desk.write(SHOP, -1, ['./*']);
    const work = contexts.work(batchOf(['Sidecar', SHOP, A]));
    expect(work).toBe(4 * (3 + 2) * scopePerService);
    expect(contexts.scopeWork(desk.workloads.of(OF_A))).toBe(0);
  });

  test('from 1.27 on leaves scopes to the first proxy that needs one', () => {
    const { desk, contexts } = contextsOf('1.27');
    desk.write(SHOP, A, ['./*']);
    expect(contexts.work(batchOf(['Sidecar', SHOP, A]))).toBe(0);
    const needed = (proxy: number) => contexts.scopeWork(desk.workloads.of(proxy));
    expect([OF_A, OF_B, OF_C, OF_A, OF_B, GATEWAY].map(needed)).toEqual(
      [4, 4, 4, 0, 0, 0].map((considered) => considered * scopePerService),
    );
    // A policy leaves scopes as they are, a service does not.
    contexts.work(batchOf(['AuthorizationPolicy', SHOP, -1]));
    expect(needed(OF_A)).toBe(0);
    contexts.work(batchOf(['ServiceEntry', SHOP, A]));
    expect(needed(OF_A)).toBe(4 * scopePerService);
  });
});
