/** Everything that arrives is counted, whatever becomes of it, and averages are over the pods that there were. */
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../src/measure/replication.ts';
import { runScenario } from '../../src/run.ts';
import { istioProfile, replicate, scenarioOf } from '../support/scenarios.ts';

const identity = { meshsim: 'test', digest: '', profileDigest: '' };

describe('requests that never leave', () => {
  // The only thread of the pod is held by a call that waits for it.
  const deadlock = scenarioOf(`
topology:
  namespaces:
    - name: shop
      services:
        - name: web
          threads: 1
          operations:
            - { name: page, script: [{ call: { service: web, operation: part } }] }
            - { name: part, script: [{ work: 1ms }] }
load: [{ to: shop/web, rate: 100/s }]
measure: { warmup: 0s, window: 5s, reps: 2 }
thresholds: [errors < 1%, latency.p99 < 1s]
`);

  it('are unfinished, and the window’s arrivals are all there', () => {
    const [load] = replicate(deadlock).loads;
    expect(load.arrivals).toBeGreaterThan(400);
    expect(load.byOutcome[outcomes.indexOf('unfinished')]).toBe(load.arrivals);
  });

  it('keep no threshold, and are warned of', async () => {
    const result = await runScenario(deadlock, istioProfile, { baseline: false, identity });
    expect(result.slos.map(({ pass }) => pass)).toEqual([false, false]);
    expect(result.cases[0].loads[0].errors_share.value).toBe(1);
    expect(result.warnings.join('\n')).toContain('had not left when the run ended');
  });

  it('make a quantile unknown that they would be beyond', async () => {
    // A fifth of the requests sleep for longer than the run is followed.
    const slow = scenarioOf(`
topology:
  namespaces:
    - name: shop
      services:
        - name: web
          script: [{ sleep: { empirical: { points: [[0, 1ms], [0.8, 1ms], [0.8, 2h], [1, 2h]] } } }]
load: [{ to: shop/web, rate: 100/s }]
measure: { warmup: 0s, window: 5s, reps: 2 }
thresholds: [latency.p50 < 1s, latency.p90 < 1s, latency.max < 1s]
`);
    const result = await runScenario(slow, istioProfile, { baseline: false, identity });
    expect(result.slos.map(({ pass }) => pass)).toEqual([true, false, false]);
  });
});

describe('averages over pods that come and go', () => {
  const scaled = (from: number, to: number) =>
    replicate(
      scenarioOf(`
topology:
  namespaces:
    - name: shop
      services:
        - { name: web, replicas: ${from}, cores: 1, script: [{ work: 5ms }] }
load: [{ to: shop/web, rate: 100/s, connections: 256, mesh: sidecar }]
churn: [{ kind: scale, service: shop/web, at: 1s, replicas: ${to}, podStart: 1s }]
measure: { warmup: 0s, window: 101s }
`),
    );

  it.each([
    [1, 10],
    [10, 1],
  ])('from %d to %d pods utilisation is work over the time of pods', (from, to) => {
    const { stations } = scaled(from, to);
    const app = stations.find(({ kind }) => kind === 'app')!;
    // About a second of the old number (a draining pod for five more), then the new one.
    expect(app.pods).toBeGreaterThan(to === 10 ? 9.5 : 1);
    expect(app.pods).toBeLessThan(to === 10 ? 10 : 1.7);
    // 100 requests a second of 5 ms and 77 us of handling.
    expect(app.utilisation * app.pods).toBeCloseTo(0.5077, 1);
    expect(app.utilisation).toBeLessThanOrEqual(app.utilisationMax);
  });
});

describe('connections without a proxy', () => {
  const split = (seed: number) =>
    replicate(
      scenarioOf(`
seed: ${seed}
topology:
  namespaces:
    - name: shop
      services:
        - name: web
          versions: [{ name: v1, script: [{ work: 1ms }] }, { name: v2, script: [{ work: 5ms }] }]
mesh: { mode: none }
load: [{ to: shop/web, rate: 200/s, connections: 8 }]
measure: { warmup: 0s, window: 20s }
`),
    ).loads[0].latencyMean;

  it('fall on pods by chance, another one with every seed, evenly in the mean', () => {
    const means = Array.from({ length: 40 }, (_, seed) => split(seed) / 1e6);
    const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
    expect(new Set(means.map((one) => one.toFixed(1))).size).toBeGreaterThan(4);
    // 3 ms of work, 0.3 of the network and handling; ± three standard errors of 40 binomial splits.
    expect(mean).toBeGreaterThan(3.3 - 0.35);
    expect(mean).toBeLessThan(3.3 + 0.35);
  });
});
