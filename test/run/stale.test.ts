/** What stale endpoints cost, in numbers that follow from the scenario: nothing here is drawn but who is connected where. */
import { describe, expect, it } from 'vitest';
import { outcomes, type Replication } from '../../src/measure/replication.ts';
import { plainPaint } from '../../src/report/layout.ts';
import { render } from '../../src/report/table.ts';
import { runScenario } from '../../src/run.ts';
import { istioProfile, replicate, scenarioOf } from '../support/scenarios.ts';

const MS = 1e6;

/** A request every 10 ms, in turn to each of two pods; one of them is gone at 2.005 s, while no request is under way. */
const shop = `
topology:
  namespaces:
    - name: shop
      services:
        - { name: web, replicas: 2, script: [{ sleep: 1ms }] }
mesh: { balancing: roundRobin, resilience: { retries: 0 } }
load: [{ to: shop/web, rate: 100/s, arrivals: constant, mesh: sidecar }]
churn: [{ kind: crash, service: shop/web, pods: 1, at: 2005ms, podStart: 30s }]
measure: { warmup: 0s, window: 10s }
`;

function endedAs({ loads }: Replication, outcome: (typeof outcomes)[number]): number {
  return loads[0].byOutcome[outcomes.indexOf(outcome)];
}

describe('calls to a pod that was gone', () => {
  const run = replicate(scenarioOf(shop));
  const { failed, windowMax, windowSum, removals } = run.services[0].stale;

  it('come to it in turn until the caller’s proxy was told, and fail', () => {
    expect(removals).toBe(1);
    expect(windowSum).toBe(windowMax);
    expect(failed).toBe(endedAs(run, 'refused'));
    // Every 20 ms one, the first within 20 ms.
    expect(failed).toBeGreaterThan(5);
    expect(Math.floor(windowMax / (20 * MS)) + 1).toBe(failed);
  });

  it('go on for as long as it takes to be told, but a turn', () => {
    // The change as the load's sidecar applies it, whose view is asked a crossing and a wire before a try comes to a pod.
    const slower = replicate(scenarioOf(shop, ['istio.debounce.after=1s']));
    const { stale } = slower.services[0];
    expect((stale.windowMax - windowMax) / MS).toBeGreaterThan(900 - 20);
    expect((stale.windowMax - windowMax) / MS).toBeLessThan(900 + 20);
    expect(stale.failed - failed).toBe(45);
  });

  it('are tried again elsewhere where there are retries', () => {
    const retried = replicate(
      scenarioOf(shop, ['mesh.resilience.retries=1', 'mesh.resilience.backoff=0s']),
    );
    const { stale, retries } = retried.services[0];
    expect(stale.failed).toBe(0);
    expect(stale.retried).toBe(retries);
    expect(endedAs(retried, 'ok')).toBe(retried.loads[0].arrivals);
    expect(retries).toBeGreaterThan(5);
  });

  it('are none where it drains for longer than that takes, and there the window is 0', () => {
    const scaled = shop.replace(
      /churn: .*/,
      'churn: [{ kind: scale, service: shop/web, at: 2s, replicas: 1 }]',
    );
    const { stale } = replicate(scenarioOf(scaled)).services[0];
    expect(stale).toEqual({ failed: 0, retried: 0, removals: 1, windowSum: 0, windowMax: 0 });
  });

  it('are not those that it was at work on', () => {
    // At 2.005 s it still sleeps on the requests of the last 50 ms, of which it had every second.
    const long = replicate(scenarioOf(shop.replace('sleep: 1ms', 'sleep: 50ms')));
    const atWork = endedAs(long, 'refused') - long.services[0].stale.failed;
    expect(atWork).toBeGreaterThanOrEqual(2);
    expect(atWork).toBeLessThanOrEqual(3);
  });

  it('are counted without a mesh too, until kube-proxy was told', () => {
    const bare = replicate(scenarioOf(shop, ['istio.kubeProxyLag=1s']), 'baseline');
    const { stale } = bare.services[0];
    expect(stale.failed).toBe(endedAs(bare, 'refused'));
    expect(stale.removals).toBe(1);
    expect(stale.windowMax).toBeLessThan(1000 * MS);
  });
});

describe('a service whose only pod is gone', () => {
  it('has an outage from then until another is ready', () => {
    const alone = shop
      .replace('replicas: 2', 'replicas: 1')
      .replace('podStart: 30s', 'podStart: 3s');
    expect(replicate(scenarioOf(alone)).controlPlane.outages).toEqual([
      { service: 'shop/web', seconds: 3 },
    ]);
    expect(replicate(scenarioOf(shop)).controlPlane.outages).toEqual([]);
  });
});

describe('a relay that crashes and an istiod that fails', () => {
  const scenario = scenarioOf(`
topology:
  hosts: { count: 3, cores: 16 }
  namespaces:
    - name: shop
      services:
        - { name: web, replicas: 2, script: [{ sleep: 1ms }, { call: stock }] }
        - { name: stock, replicas: 2, script: [{ sleep: 1ms }] }
mesh: { mode: sidecar, resilience: { retries: 0 } }
load: [{ to: shop/web, rate: 50/s, arrivals: constant }]
config: { mode: datm }
churn:
  - { kind: crash, service: datm-system/global-sidecar, at: 5005ms, pods: 1, podStart: 4s }
  - { kind: istiodFailure, at: 11s, replicas: 1, downFor: 1s }
measure: { warmup: 0s, window: 14s, reps: 1 }
`);

  it('cost the calls that went by the relay, until the callers were told', () => {
    const run = replicate(scenario);
    const stock = run.services.find(({ service }) => service === 'shop/stock');
    // One every 20 ms from 5.02 s on, for a debounce of 100 ms and 5 more to hear of it.
    expect(stock?.stale).toMatchObject({ failed: 5, retried: 0, removals: 0 });
    expect(run.controlPlane.outages).toEqual([
      { service: 'datm-system/global-sidecar', seconds: 4 },
    ]);
  });

  it('are told in the summary, and nothing is where nothing was lost', async () => {
    const identity = { meshsim: 'test', digest: '', profileDigest: '' };
    const summaryOf = async (of: typeof scenario) => {
      const result = await runScenario(of, istioProfile, { baseline: false, identity });
      return render(result, { paint: plainPaint, width: 100 });
    };
    const told = await summaryOf(scenario);
    expect(told).toContain('5 tries, 5 calls failed, 0 tried again\n');
    // Two sidecars each of web and stock, and the relay's gateway.
    expect(told).toMatch(/lost: 5 istiod connections; without a stream for \d\.\d+ s each/);
    expect(told).toContain('no ready pod: datm-system/global-sidecar for 4.00 s');
    const quiet = await summaryOf({ ...scenario, churn: [] });
    expect(quiet).not.toMatch(/STALE|FAULTS/);
  });
});
