/**
 * A mesh whose proxies cost nothing must equal no mesh, request by request: random numbers are addressed by what they
 * are for, so nothing that a proxy does can move what applications draw. Both balance alike here: one pod a service,
 * or plain TCP, which kube-proxy and proxies both balance by connection.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/engine/simulate.ts';
import { meshModes } from '../../src/mesh/modes.ts';
import { compile } from '../../src/model/compile.ts';
import { makeKeys } from '../../src/model/keys.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { freeProfile, istioProfile, scenarioOf } from '../support/scenarios.ts';

/** [request, latency] pairs of every load, in the order in which requests left. */
function latencies(scenario: Scenario, profile = freeProfile): string {
  const { network } = compile(scenario, profile);
  const keys = makeKeys(scenario.seed, 0, network.purposes);
  const left: string[] = [];
  const simulation = new Simulation(
    { ...network, keys },
    {
      from: 0,
      to: 2e9,
      observer: {
        leave: (source, request, arrival, now, outcome) => {
          left.push(`${source} ${request} ${now - arrival} ${outcome}`);
        },
      },
    },
  );
  simulation.runUntil(2e9);
  return left.toSorted().join('\n');
}

const base = `
topology:
  hosts: { count: 3, cores: 4, contention: CONTENTION }
  networkLatency: LATENCY
  namespaces:
    - name: shop
      services:
        - name: web
          script:
            - work: { exponential: { mean: 2ms } }
            - call: { service: stock, request: 300B }
            - parallel: [{ call: prices }, { call: { service: stock, probability: 50% } }]
        - { name: stock, errorRate: 2%, threads: 8, script: [{ work: { gamma: { mean: 1ms, cv: 0.5 } } }, { call: store }] }
        - { name: prices, protocol: grpc, script: [{ sleep: { lognormal: { mean: 3ms, cv: 1 } } }] }
        - { name: store, protocol: tcp, replicas: 3, script: [{ work: 300us }] }
mesh: { mode: none, resilience: { retries: 0 } }
load:
  - { to: shop/web, rate: 300/s, connections: 16 }
  - { name: closed, to: shop/prices, connections: 4, think: 10ms }
measure: { warmup: 0s, window: 2s }
`;

const shortWay = (mode: string) => (mode === 'ambient-waypoint' ? '0s' : '200us');
const modes = Object.keys(meshModes).filter((mode) => mode !== 'none');

describe.each([false, true])('with contention for cores: %s', (contention) => {
  const text = (mode: string) =>
    base.replace('CONTENTION', String(contention)).replace('LATENCY', shortWay(mode));
  const none = (mode: string) => latencies(scenarioOf(text(mode)));

  it.each(modes)('%s whose proxies cost nothing equals none, request by request', (mode) => {
    expect(latencies(scenarioOf(text(mode), [`mesh.mode=${mode}`]))).toBe(none(mode));
  });

  it.each(modes)('%s with its real costs does not', (mode) => {
    const meshed = scenarioOf(text(mode), [`mesh.mode=${mode}`]);
    expect(latencies(meshed, istioProfile)).not.toBe(none(mode));
  });

  it('serves a few hundred requests', () => {
    expect(none('sidecar').split('\n').length).toBeGreaterThan(500);
  });
});

/** Random call trees of up to four levels, as YAML. */
const tree = fc.letrec((tie) => ({
  script: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.integer({ min: 1, max: 3000 }).map((us) => ({ work: `${us}us` })),
      fc
        .integer({ min: 1, max: 5000 })
        .map((us) => ({ sleep: { exponential: { mean: `${us}us` } } })),
      fc.array(tie('script'), { minLength: 1, maxLength: 3 }).map((parallel) => ({ parallel })),
      tie('script').map((script) => ({ callOf: script })),
    ),
    { maxLength: 3 },
  ),
}));

describe('on random call trees', () => {
  it.each(modes)('%s whose proxies cost nothing equals none', (mode) => {
    fc.assert(
      fc.property(tree.script, fc.integer({ min: 1, max: 400 }), (script, rate) => {
        const services: object[] = [];
        const written = (steps: unknown): object[] =>
          (steps as Record<string, unknown>[]).map((step) => {
            if ('callOf' in step) {
              const name = `s${services.length}`;
              const service = {
                name,
                protocol: services.length % 2 ? 'tcp' : 'http1',
                script: [] as object[],
              };
              services.push(service);
              service.script = written(step['callOf']);
              return { call: name };
            }
            if ('parallel' in step)
              return { parallel: (step['parallel'] as unknown[]).map(written) };
            return step;
          });
        services.unshift({ name: 'entry', script: written(script) });
        const scenario = (to: string) =>
          scenarioOf(
            JSON.stringify({
              topology: { networkLatency: shortWay(mode), namespaces: [{ name: 'n', services }] },
              mesh: { mode: to, resilience: { retries: 0 } },
              load: [{ to: 'n/entry', rate: `${rate}/s` }],
              measure: { warmup: '0s', window: '2s' },
            }),
          );
        expect(latencies(scenario(mode))).toBe(latencies(scenario('none')));
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});
