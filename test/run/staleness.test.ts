/**
 * Data plane and control plane in one simulation: a proxy that has not yet been told sends requests to pods that are
 * gone, and a push takes CPU from requests.
 */
import { describe, expect, it } from 'vitest';
import { type Outcome, outcomes, type Replication } from '../../src/measure/replication.ts';
import { replicate, scenarioOf } from '../support/scenarios.ts';

function count({ loads }: Replication, outcome: Outcome): number {
  return loads[0].byOutcome[outcomes.indexOf(outcome)];
}

const crashes = `
topology:
  namespaces:
    - name: shop
      services:
        - { name: web, replicas: 4, script: [{ work: 1ms }] }
load: [{ to: shop/web, rate: 400/s, connections: 64, mesh: sidecar }]
churn: [{ kind: crash, service: shop/web, pods: 1, at: 2s, every: 5s }]
measure: { warmup: 0s, window: 20s }
`;

describe('a pod that crashed', () => {
  it('gets requests until the caller’s proxy has been told', () => {
    const eager = replicate(scenarioOf(crashes, ['mesh.resilience.retries=0']));
    const slow = ['mesh.resilience.retries=0', 'istio.debounce.after=1s'];
    const lazy = replicate(scenarioOf(crashes, slow));
    // Four crashes; a quarter of 400 requests a second goes to each pod, for at least the debounce of 100 ms.
    expect(count(eager, 'refused')).toBeGreaterThan(4 * 5);
    expect(count(eager, 'refused')).toBeLessThan(4 * 100);
    // A tenfold quiet time of the debouncer: about 0.9 s more of a quarter of the requests, four times.
    expect(count(lazy, 'refused')).toBeGreaterThan(count(eager, 'refused') + 4 * 50);
    expect(lazy.controlPlane.events).toBe(eager.controlPlane.events);
  });

  it('costs a retry instead of a failure where the proxy retries', () => {
    const without = replicate(scenarioOf(crashes, ['mesh.resilience.retries=0']));
    const with2 = replicate(scenarioOf(crashes, ['mesh.resilience.retries=2']));
    expect(count(with2, 'refused')).toBeLessThan(count(without, 'refused') / 4);
    expect(with2.services[0].retries).toBeGreaterThan(count(without, 'refused') / 2);
  });

  it('costs failures without a mesh too, until kube-proxy has new rules', () => {
    const fast = replicate(scenarioOf(crashes, ['istio.kubeProxyLag=100ms']), 'baseline');
    const slow = replicate(scenarioOf(crashes, ['istio.kubeProxyLag=3s']), 'baseline');
    expect(count(fast, 'refused')).toBeGreaterThan(0);
    expect(count(slow, 'refused')).toBeGreaterThan(5 * count(fast, 'refused'));
  });
});

describe('a pod that is told to stop', () => {
  const scaling = crashes.replace(
    /churn: .*/,
    'churn: [{ kind: scale, service: shop/web, at: 5s, replicas: 2 }]',
  );

  it('fails nothing while it drains for longer than configuration takes', () => {
    const result = replicate(scenarioOf(scaling, ['mesh.resilience.retries=0']));
    expect(count(result, 'ok')).toBe(result.loads[0].arrivals);
  });

  it('fails requests if it stops before the caller’s proxy has been told', () => {
    const set = ['mesh.resilience.retries=0', 'istio.drain=0s', 'istio.debounce.after=2s'];
    const result = replicate(scenarioOf(scaling, set));
    expect(count(result, 'refused')).toBeGreaterThan(200);
  });
});

describe('a host that is lost', () => {
  const lost = crashes.replace(
    /churn: .*/,
    'churn: [{ kind: hostLoss, hosts: 1, at: 5s, eviction: 60s }]',
  );

  const set = ['mesh.resilience.retries=0', 'mesh.resilience.connectTimeout=1s'];
  const random = replicate(scenarioOf(lost, [...set, 'mesh.balancing=random']));

  it('keeps callers waiting until the connection attempt times out', () => {
    // A quarter of 400 requests a second, for the 15 s that are left: nobody notices for 40 s.
    expect(count(random, 'unreachable')).toBeGreaterThan(1000);
    expect(random.loads[0].latencyMax).toBeGreaterThan(1e9);
  });

  it.each(['sidecar', 'ambient-waypoint'])(
    'is forgotten by callers under %s once its pods are evicted',
    (mode) => {
      const healed = lost
        .replace('eviction: 60s', 'eviction: 1s')
        .replace('mesh: sidecar', `mesh: ${mode}`);
      for (const seed of [1, 2, 3]) {
        const shorter = [
          'mesh.resilience.connectTimeout=100ms',
          `seed=${seed}`,
          `mesh.mode=${mode}`,
        ];
        const result = replicate(scenarioOf(healed, ['mesh.resilience.retries=0', ...shorter]));
        // Lost at 5 s, noticed after 1 s, told within half a second: of 20 s, the last ten are good.
        const late = result.series.rows.filter(([at]) => at > 10);
        const failed = result.series.columns.indexOf('failed_per_s');
        expect(late.every((row) => row[failed] === 0)).toBe(true);
      }
    },
  );

  it('gets few requests by the rule of least requests, as those sent to it stay under way', () => {
    const leastRequest = replicate(scenarioOf(lost, set));
    expect(count(leastRequest, 'unreachable')).toBeGreaterThan(5);
    expect(count(leastRequest, 'unreachable')).toBeLessThan(count(random, 'unreachable') / 10);
  });
});

describe('pushes', () => {
  const busy = `
topology:
  hosts: { count: 1, cores: 2, contention: true }
  namespaces:
    - name: shop
      services:
        - { name: web, replicas: 4, cores: 2, script: [{ work: 1ms }] }
        - { name: other, replicas: 30 }
load: [{ to: shop/web, rate: 200/s, connections: 64 }]
CHURN
measure: { warmup: 0s, window: 10s }
`;
  const config =
    'churn: [{ kind: config, resource: MeshConfig, namespace: shop, at: 1s, every: 1s }]';

  it('slow requests down where proxies share their cores with applications', () => {
    const quiet = replicate(scenarioOf(busy.replace('CHURN', '')));
    const pushed = replicate(scenarioOf(busy.replace('CHURN', config)));
    expect(pushed.controlPlane.pushedProxies).toBeGreaterThan(200);
    expect(pushed.loads[0].latencyMean).toBeGreaterThan(1.02 * quiet.loads[0].latencyMean);
  });

  it('do not where every pod has cores of its own', () => {
    const own = busy.replace('contention: true', 'contention: false');
    const quiet = replicate(scenarioOf(own.replace('CHURN', '')));
    const pushed = replicate(scenarioOf(own.replace('CHURN', config)));
    expect(pushed.loads[0].latencyMean).toBe(quiet.loads[0].latencyMean);
  });
});
