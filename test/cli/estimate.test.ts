/** What `--dry-run` says about a replication, against what the simulation then does. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planOf } from '../../src/cli/plan.ts';
import { simulate } from '../../src/run.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { profile } from '../calibration/default-profile.ts';
import { tiny } from './meshsim.ts';

/** Within so much of each other: requests are random, and so is what each of them does. */
const TOLERANCE = 0.05;

const cases = [
  ['bookinfo', []],
  ['bookinfo', ['mesh.mode=ambient-waypoint']],
  ['bookinfo', ['mesh.mode=none']],
  ['chain', ['mesh.mode=serveronly']],
  ['chain', ['load[0]={to: chain/first, think: 50ms, connections: 20}']],
  ['fan-out', []],
  // More visits by pushes than by requests.
  [
    'fan-out',
    [
      'load[0].rate=20/s',
      'churn=[{kind: config, resource: DestinationRule, namespace: shop, at: 500ms, every: 150ms}]',
    ],
  ],
  [
    'fan-out',
    [
      'load[0].rate=20/s',
      'istio.drain=0s',
      'churn=[{kind: podChurn, services: "*/*", interval: 1s, podStart: 0s}]',
    ],
  ],
  ['online-boutique', []],
] as const;

describe('the plan of a replication', () => {
  test.each(cases)('of %s with %j is what is simulated', (name, set) => {
    const file = `scenarios/${name}.yml`;
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const overrides = { set: [...set, 'measure.warmup=0s', 'measure.window=20s'] };
    const scenario = loadScenario({ file, text, overrides });
    const { cases } = planOf({ scenario, profile }, { baseline: false, jobs: 1 });
    const [planned] = cases;
    const window = { from: 0, to: scenario.measure.window };
    const task = { scenario, profile, name: 'mesh', rep: 0, window, isPilot: false } as const;
    const done = simulate(task);
    const requests = done.loads.reduce((sum, load) => sum + load.arrivals, 0);
    expect(planned.requests / requests).toBeGreaterThan(1 - TOLERANCE);
    expect(planned.requests / requests).toBeLessThan(1 + TOLERANCE);
    expect(planned.visits / done.visits).toBeGreaterThan(1 - TOLERANCE);
    expect(planned.visits / done.visits).toBeLessThan(1 + TOLERANCE);
    const proxies = done.proxies.reduce((sum, { count }) => sum + count, 0);
    expect(planned.proxies).toBe(proxies);
  });

  test('holds no more requests in flight than arrive, however long each takes', () => {
    const memoryOf = (window: string) => {
      const text = tiny.replace('work: { exponential: { mean: 1ms } }', 'sleep: 100h');
      const overrides = { set: [`measure.window=${window}`] };
      const scenario = loadScenario({ file: 'tiny.yml', text, overrides });
      return planOf({ scenario, profile }, { baseline: false, jobs: 1 }).cases[0];
    };
    const [short, long] = [memoryOf('1s'), memoryOf('2s')];
    const perRequest = (long.memory - short.memory) / (long.requests - short.requests);
    expect(perRequest).toBeGreaterThan(100);
    expect(perRequest).toBeLessThan(1000);
  });
});
