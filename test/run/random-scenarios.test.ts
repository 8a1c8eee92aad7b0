/**
 * Random scenarios never crash: whatever topology, mesh, load and churn, a run ends with a result in which every
 * request is accounted for and no number is absurd.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Replication } from '../../src/measure/replication.ts';
import { deserialise, serialise } from '../../src/measure/serialise.ts';
import { summarise } from '../../src/measure/summarise.ts';
import { meshModes } from '../../src/mesh/modes.ts';
import { ProblemsError } from '../../src/problems.ts';
import { simulate } from '../../src/run/replicate.ts';
import { configModeNames } from '../../src/scope/strategies.ts';
import { facts } from '../measure/facts.ts';
import { istioProfile, scenarioOf } from '../support/scenarios.ts';

const modes = fc.constantFrom(...Object.keys(meshModes));
const names = ['a', 'b', 'c', 'd'];
const time = (max: number) => fc.integer({ min: 0, max }).map((ms) => `${ms}ms`);

/** Calls go only to later services, so that there is no cycle. */
const service = (i: number) => {
  const call = fc.record({
    // The last service calls nobody: its own name stands for none and is not used.
    service: fc.constantFrom(...names.slice(Math.min(i + 1, names.length - 1))),
    request: fc.constantFrom('0B', '1KiB'),
    probability: fc.constantFrom('100%', '30%'),
    times: fc.integer({ min: 1, max: 3 }),
    timeout: fc.option(fc.constantFrom('1ms', '50ms')),
    retries: fc.option(fc.integer({ min: 0, max: 3 })),
    optional: fc.boolean(),
  });
  const work = time(5).map((work) => ({ work }));
  const leaf = fc.oneof(
    work,
    time(20).map((sleep) => ({ sleep })),
  );
  const step =
    i + 1 < names.length
      ? fc.oneof(
          leaf,
          call.map((call) => ({ call })),
        )
      : leaf;
  const steps = fc.array(
    fc.oneof(
      step,
      fc.array(step, { minLength: 1, maxLength: 3 }).map((parallel) => ({ parallel })),
    ),
    { maxLength: 3 },
  );
  const versions = fc.array(
    fc.record({ replicas: fc.integer({ min: 1, max: 4 }), script: steps }),
    {
      minLength: 1,
      maxLength: 2,
    },
  );
  return fc
    .record({
      name: fc.constant(names[i]),
      protocol: fc.constantFrom('http1', 'grpc', 'tcp'),
      threads: fc.constantFrom(null, 1, 8),
      errorRate: fc.constantFrom('0%', '10%'),
      subsets: fc.integer({ min: 0, max: 3 }),
      versions,
    })
    .map(({ versions, ...rest }) => ({
      ...rest,
      versions: versions.map((version, v) => ({ name: `v${v}`, ...version })),
    }));
};

const anyService = fc.constantFrom('s/a', 's/b', 's/c', 's/d', 's/*');
const start = { at: time(900), podStart: time(500) };
const churn = fc.oneof(
  fc.record({
    kind: fc.constant('rollingUpdate'),
    service: anyService,
    ...start,
    surge: fc.nat({ max: 2 }),
    unavailable: fc.nat({ max: 2 }),
  }),
  fc.record({
    kind: fc.constant('scale'),
    service: anyService,
    ...start,
    every: fc.constant('300ms'),
    replicas: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('crash'),
    service: anyService,
    ...start,
    pods: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    kind: fc.constant('hostLoss'),
    ...start,
    hosts: fc.constant(1),
    eviction: time(500),
  }),
  fc.record({
    kind: fc.constant('flap'),
    service: anyService,
    at: start.at,
    pods: fc.integer({ min: 1, max: 3 }),
    unready: time(300).filter((text) => text !== '0ms'),
  }),
  fc.record({
    kind: fc.constant('config'),
    resource: fc.constantFrom('VirtualService', 'MeshConfig', 'Sidecar'),
    namespace: fc.constant('s'),
    at: start.at,
  }),
);

const scenario = fc.record({
  seed: fc.nat(),
  topology: fc.record({
    hosts: fc.record({
      count: fc.integer({ min: 2, max: 4 }),
      cores: fc.constant(4),
      contention: fc.boolean(),
    }),
    namespaces: fc
      .record({
        services: fc.tuple(...names.map((_, i) => service(i))),
        joins: fc.constantFrom('0s', '200ms'),
        readySpread: fc.constantFrom('0s', '300ms'),
      })
      .map((rest) => [{ name: 's', ...rest }]),
  }),
  config: fc.record({
    mode: fc.constantFrom('full', ...configModeNames.filter((name) => name !== 'ambient')),
    outboundTraffic: fc.constantFrom('ALLOW_ANY', 'REGISTRY_ONLY'),
  }),
  mesh: fc.record({
    mode: modes,
    services: fc.dictionary(fc.constantFrom('s/a', 's/b'), modes),
    waypoint: fc.constantFrom('namespace', 'service'),
    balancing: fc.constantFrom('leastRequest', 'roundRobin', 'random'),
    resilience: fc.record({
      timeout: fc.constantFrom(null, '10ms'),
      retries: fc.nat({ max: 3 }),
      deadlinesPropagate: fc.boolean(),
      connectTimeout: fc.constant('200ms'),
    }),
  }),
  load: fc
    .array(
      fc.oneof(
        fc.record({
          rate: fc.integer({ min: 1, max: 500 }).map((rate) => `${rate}/s`),
          mesh: modes,
        }),
        fc.record({ connections: fc.integer({ min: 1, max: 8 }), think: time(20), mesh: modes }),
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((loads) => loads.map((load, i) => ({ name: `load-${i}`, to: 's/a', ...load }))),
  churn: fc.array(churn, { maxLength: 3 }),
  istio: fc.record({
    release: fc.constantFrom('1.8', '1.26', '1.31'),
    replicas: fc.integer({ min: 1, max: 2 }),
    drain: time(500),
  }),
  measure: fc.constant({ warmup: '0s', window: '1s' }),
});

function check(result: Replication): void {
  const text = JSON.stringify(result, (_, value) =>
    typeof value === 'number' && !(value >= 0 && value < Number.POSITIVE_INFINITY)
      ? `absurd ${value}`
      : value,
  );
  expect(text).not.toContain('absurd');
  for (const { arrivals, byOutcome } of result.loads) {
    expect(byOutcome.reduce((sum, count) => sum + count, 0)).toBe(arrivals);
  }
  for (const { stale, failed, retries } of result.services) {
    expect(stale.failed).toBeLessThanOrEqual(failed);
    expect(stale.retried).toBeLessThanOrEqual(retries);
    expect(stale.windowSum).toBeLessThanOrEqual(stale.removals * stale.windowMax);
  }
}

it('any of them gives a result in which every request is accounted for', () => {
  fc.assert(
    fc.property(scenario, (written) => {
      let loaded: ReturnType<typeof scenarioOf>;
      try {
        loaded = scenarioOf(JSON.stringify(written));
      } catch (error) {
        // Such as a service that nobody may call any more.
        if (error instanceof ProblemsError) return;
        throw error;
      }
      const window = { from: 0, to: loaded.measure.window };
      const profile = istioProfile;
      const task = { scenario: loaded, profile, rep: 0, window, isPilot: false };
      const mesh = [simulate({ ...task, name: 'mesh' })];
      const baseline = [simulate({ ...task, name: 'baseline' })];
      check(mesh[0]);
      check(baseline[0]);
      // The document holds to its schema, too.
      expect(deserialise(serialise(summarise(facts, { mesh, baseline }))).reps).toBe(1);
    }),
    { numRuns: 60, seed: 11 },
  );
});
