/** What is remembered of plans is what would be found anew, whatever was pushed and whoever asks. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestOf } from '../../src/controlplane/changes.ts';
import type { FleetProxy } from '../../src/controlplane/fleet.ts';
import type { Plan, Surroundings } from '../../src/controlplane/generate.ts';
import { PlanMemo } from '../../src/controlplane/plan-memo.ts';
import { releaseNames } from '../../src/controlplane/releases.ts';
import { PushLog } from '../../src/controlplane/told.ts';
import { Workloads } from '../../src/controlplane/workloads.ts';
import { costs, service } from './fleets.ts';
import { batchOf, tableOf } from './tables.ts';

const namespaces = ['istio-system', 'shop', 'pay'];
const services = [
  service('a', { namespace: 1, id: 'shop/a' }),
  service('b', { namespace: 1, id: 'shop/b' }),
  service('c', { namespace: 2, id: 'pay/c' }),
];
const proxies = [
  { kind: 'sidecar', namespace: 1, service: 0 },
  { kind: 'sidecar', namespace: 1, service: 1 },
  { kind: 'sidecar', namespace: 2, service: 2 },
  { kind: 'sidecar', namespace: 2, service: -1 },
  { kind: 'gateway', namespace: 2, service: 2 },
  { kind: 'waypoint', namespace: 1, service: -1 },
  { kind: 'ztunnel', namespace: -1, service: -1 },
] as const satisfies readonly { kind: FleetProxy['kind']; namespace: number; service: number }[];

function shown(plan: Plan | null) {
  if (plan === null) return null;
  const { types, scope, parts, counts, clusterUpdates, follow } = plan;
  return { types, scope: scope.number, parts, counts, clusterUpdates, follow };
}

const about = fc.integer({ min: -1, max: 2 });
const namespace = fc.integer({ min: 0, max: 2 });
const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'Endpoints',
      'ServiceEntry',
      'DestinationRule',
      'VirtualService',
      'PeerAuthentication',
      'AuthorizationPolicy',
      'EnvoyFilter',
    ),
    namespace,
    about,
  }),
  fc.record({
    kind: fc.constant('Sidecar'),
    namespace,
    about,
    hosts: fc.constantFrom(['*/*'], ['./*'], ['shop/a'], ['~/*']),
  }),
  fc.record({ kind: fc.constant('everything') }),
  fc.record({ kind: fc.constant('pods'), about: fc.nat(2), pods: fc.nat(3) }),
);

test('a remembered plan is that which the log would give', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...releaseNames),
      fc.array(step, { maxLength: 40 }),
      (release, steps) => {
        const { catalogue, rules, scopes } = tableOf(release, services, namespaces);
        const facts = { dnsCapture: false, hbone: false, virtualServices: 0 };
        const around: Surroundings = { costs, catalogue, services, ...facts };
        const log = new PushLog(rules, around);
        const workloadOf = Int32Array.from(proxies.keys());
        const workloads = new Workloads({ workloads: proxies, workloadOf }, scopes, 0);
        const memo = new PlanMemo(log, workloads, catalogue);
        const start = (request: ReturnType<typeof batchOf>) => {
          if (workloads.adopt(request, log.pushes.length)) {
            log.forget();
            memo.forget();
          }
          log.add(request, 0);
        };
        const ask = (first: number, last: number) => {
          for (const workload of proxies.keys()) {
            const range = { first, last, forced: false, start: 0 };
            const fresh = log.planFor(range, workloads.all[workload]);
            expect(shown(memo.planFor(range, workload))).toEqual(shown(fresh));
          }
        };
        for (const one of steps) {
          if (one.kind === 'pods' && 'pods' in one) catalogue.set(one.about, one.pods);
          else if (one.kind === 'everything') {
            start(requestOf({ at: 0, key: null, reason: 'global', isNew: false, version: 0 }));
          } else if ('namespace' in one) {
            if ('hosts' in one) scopes.write(one.namespace, one.about, one.hosts);
            start(
              batchOf([one.kind as Parameters<typeof batchOf>[0][0], one.namespace, one.about]),
            );
          }
          const newest = log.pushes.length - 1;
          for (let first = Math.max(0, newest - 2); first <= newest; first++) {
            for (let last = first; last <= newest; last++) ask(first, last);
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});
