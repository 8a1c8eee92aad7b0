import { describe, expect, it } from 'vitest';
import { meshModes } from '../../src/mesh/modes.ts';
import { compile } from '../../src/model/compile.ts';
import { istioProfile, replicate, scenarioOf } from '../support/scenarios.ts';

const call = (mode: string, extra = '') =>
  scenarioOf(`
topology:
  hosts: { count: 2, cores: 4 }
  namespaces:
    - name: shop
      services:
        - { name: web, replicas: 2, script: [{ work: 1ms }, { call: { service: stock, request: 1KiB } }] }
        - { name: stock, replicas: 2, response: 1KiB, script: [{ work: 1ms }] }
mesh: { mode: ${mode} ${extra} }
load: [{ to: shop/web, rate: 50/s, mesh: none }]
measure: { warmup: 0s, window: 10s }
`);

/** Roles of the stations that a request visits, in the order in which its program writes them. */
function visits(mode: string): string {
  const { network } = compile(call(mode), istioProfile);
  const names = ['app', 'sidecar', 'ztunnel', 'waypoint'];
  return network.steps
    .flatMap((step) => (step.verb === 'visit' ? [`${names[step.role]}@${step.depth}`] : []))
    .join(' ');
}

describe('a call under each mode', () => {
  // Frame 0 is the load's client, which has no proxy; 1 is web, 2 is stock. The application handles, then works.
  it.each([
    ['none', 'app@1 app@1 app@2 app@2'],
    ['serveronly', 'sidecar@1 app@1 app@1 sidecar@2 app@2 app@2 sidecar@2 sidecar@1'],
    ['clientonly', 'app@1 app@1 sidecar@1 app@2 app@2 sidecar@1'],
    [
      'sidecar',
      'sidecar@1 app@1 app@1 sidecar@1 sidecar@2 app@2 app@2 sidecar@2 sidecar@1 sidecar@1',
    ],
    [
      'ambient',
      'ztunnel@1 app@1 app@1 ztunnel@1 ztunnel@2 app@2 app@2 ztunnel@2 ztunnel@1 ztunnel@1',
    ],
    [
      'ambient-waypoint',
      'waypoint@1 ztunnel@1 app@1 app@1 ztunnel@1 waypoint@2 ztunnel@2 app@2 app@2 ztunnel@2 waypoint@2 ztunnel@1 ztunnel@1 waypoint@1',
    ],
  ])('%s crosses %s', (mode, expected) => {
    expect(visits(mode)).toBe(expected);
  });

  it('covers every mode there is', () => {
    expect(Object.keys(meshModes).toSorted()).toEqual([
      'ambient',
      'ambient-waypoint',
      'clientonly',
      'none',
      'serveronly',
      'sidecar',
    ]);
  });
});

describe('who balances', () => {
  const rules = (mode: string) =>
    compile(call(mode), istioProfile).network.steps.flatMap((step) =>
      step.verb === 'pick' ? [`${step.rule} ${step.viewer < 0 ? 'caller' : 'waypoint'}`] : [],
    );

  it.each([
    ['none', ['connection caller', 'connection caller']],
    ['serveronly', ['connection caller', 'connection caller']],
    ['sidecar', ['connection caller', 'leastRequest caller']],
    ['ambient', ['connection caller', 'connection caller']],
    ['ambient-waypoint', ['leastRequest waypoint', 'leastRequest waypoint']],
  ])('under %s: %s', (mode, expected) => {
    expect(rules(mode)).toEqual(expected);
  });
});

describe('who retries', () => {
  const retries = (mode: string) => {
    const { steps, policies } = compile(call(mode), istioProfile).network;
    return steps.flatMap((step) =>
      step.verb === 'attempt' ? [policies[step.policy].retries] : [],
    );
  };

  it.each([
    ['none', [0, 0]],
    ['serveronly', [0, 0]],
    ['clientonly', [0, 2]],
    ['sidecar', [0, 2]],
    ['ambient', [0, 0]],
    ['ambient-waypoint', [2, 2]],
  ])('under %s the proxy before the callee’s pod: %s', (mode, expected) => {
    expect(retries(mode)).toEqual(expected);
  });
});

describe('encryption', () => {
  const cpu = (mode: string, extra = '') => {
    const { stations } = replicate(call(mode, extra));
    return stations
      .filter(({ kind, name }) => kind === 'sidecar' && !name.endsWith('main'))
      .reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  };

  it('costs CPU where both ends can, and only then', () => {
    expect(cpu('sidecar')).toBeGreaterThan(1.1 * cpu('sidecar', ', mtls: false'));
    expect(cpu('serveronly')).toBe(cpu('serveronly', ', mtls: false'));
  });

  it('and filters cost more than none', () => {
    expect(cpu('sidecar')).toBeGreaterThan(1.1 * cpu('sidecar', ', telemetry: none'));
  });
});

describe('scale', () => {
  it('compiles ten thousand pods of a thousand services', () => {
    const services = Array.from({ length: 1000 }, (_, i) => ({
      name: `s${i}`,
      replicas: 10,
      script: i < 999 && i % 25 !== 24 ? [{ call: `s${i + 1}` }] : [],
    }));
    const scenario = scenarioOf(
      JSON.stringify({
        topology: { hosts: { count: 100, cores: 16 }, namespaces: [{ name: 'big', services }] },
        load: [{ to: 'big/s0', rate: '10/s' }],
      }),
    );
    const { network, fleet } = compile(scenario, istioProfile);
    expect(fleet.slots.length).toBe(10_000);
    expect(network.placeCount).toBe(10_001);
    expect(fleet.proxies.filter(({ kind }) => kind === 'sidecar').length).toBe(10_000);
  });
});
