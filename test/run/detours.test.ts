/** Config modes from end to end: what proxies are told and learn decides which way calls go. */
import { describe, expect, it } from 'vitest';
import type { Replication } from '../../src/measure/replication.ts';
import { outcomes } from '../../src/measure/replication.ts';
import { plainPaint } from '../../src/report/layout.ts';
import { render } from '../../src/report/table.ts';
import { traceRequest } from '../../src/run/trace.ts';
import { runScenario } from '../../src/run.ts';
import { istioProfile, replicate, scenarioOf } from '../support/scenarios.ts';

const shop = (mode: string, churn = '', window = '40s') =>
  scenarioOf(`
topology:
  hosts: { count: 3, cores: 16 }
  namespaces:
    - name: shop
      services:
        - name: web
          replicas: 2
          script: [{ work: 1ms }, { call: { service: stock, optional: true } }, { call: prices }]
        - { name: stock, replicas: 2, script: [{ work: 500us }] }
        - { name: prices, script: [{ work: 500us }] }
mesh: { mode: sidecar, resilience: { retries: 0 } }
load: [{ to: shop/web, rate: 50/s }]
config: { mode: ${mode} }
churn: [${churn}]
measure: { warmup: 0s, window: ${window}, reps: 1 }
`);

const detour = ({ services }: Replication, way: string, id = 'shop/stock') =>
  services.find(({ service }) => service === id)?.detours.find((one) => one.way === way)?.calls ??
  0;

describe('a learning mode', () => {
  it('relays first calls until the controller has written and the proxies have been told', () => {
    const measured = replicate(shop('lazyxds'));
    const relayed = detour(measured, 'relayed');
    // A flush of the access log within a second, a debounce of 0.1 s, and the push.
    expect(relayed).toBeGreaterThan(5);
    expect(relayed).toBeLessThan(100);
    const [controller] = measured.controlPlane.scoping.controllers;
    expect(controller.relayedCalls).toBe(relayed + detour(measured, 'relayed', 'shop/prices'));
    const row = measured.stations.find(
      ({ name }) => name.startsWith('relay ') && !name.endsWith('main'),
    );
    expect(row?.visits).toBe(2 * controller.relayedCalls);
  });

  it('loses what was relayed when its relay crashes, and nothing when all is known', () => {
    const crash = (at: string) =>
      `{ kind: crash, service: datm-system/global-sidecar, at: ${at}, pods: 1, podStart: 4s }`;
    const failed = (mode: string, churn: string, id = 'shop/stock') =>
      replicate(shop(mode, churn, '100s')).services.find(({ service }) => service === id)?.failed;
    // By the alert rule nothing is learned within fifteen seconds; after 90 everything is.
    expect(failed('datm', crash('5s'))).toBeGreaterThan(100);
    expect(failed('datm', crash('5s'))).toBeLessThan(300);
    expect(failed('datm', crash('90s'))).toBe(0);
    expect(failed('datm', '')).toBe(0);
  });

  it('holds calls back under odcds for as long as istiod takes', () => {
    const measured = replicate(shop('odcds'));
    const waited = measured.services[1].detours.find(({ way }) => way === 'waited');
    // The first of each pod of web, and who comes while they wait.
    expect(waited?.calls).toBeGreaterThanOrEqual(2);
    expect(waited?.calls).toBeLessThan(6);
    expect(detour(measured, 'blocked')).toBe(0);
    expect(measured.loads[0].byOutcome[outcomes.indexOf('ok')]).toBe(measured.loads[0].arrivals);
  });

  it('changes no request of a baseline, which has no proxies', () => {
    const [lazy, full] = ['slime', 'full'].map((mode) => replicate(shop(mode), 'baseline'));
    expect(lazy.loads).toEqual(full.loads);
    expect(lazy.stations.map(({ name }) => name)).toEqual(full.stations.map(({ name }) => name));
  });
});

describe('a Sidecar that leaves out what is called', () => {
  const scenario = (outbound: string) =>
    scenarioOf(`
topology:
  namespaces:
    - name: shop
      services:
        - { name: web, script: [{ call: { service: stock, optional: true } }] }
        - { name: stock, script: [{ work: 500us }] }
mesh: { mode: sidecar }
load: [{ to: shop/web, rate: 50/s }]
config: { mode: { mode: sidecar-static, hosts: ["./web"] }, outboundTraffic: ${outbound} }
measure: { warmup: 0s, window: 10s, reps: 1 }
`);

  it('sends all calls past the mesh, or fails them, for good', () => {
    const open = replicate(scenario('ALLOW_ANY'));
    expect(detour(open, 'passed')).toBe(open.services[1].calls);
    const closed = replicate(scenario('REGISTRY_ONLY'));
    expect(detour(closed, 'blocked')).toBe(closed.services[1].calls);
    expect(closed.services[1].failed).toBe(closed.services[1].calls);
    expect(closed.loads[0].byOutcome[outcomes.indexOf('ok')]).toBe(closed.loads[0].arrivals);
  });

  it('is told in the summary, with what the calls took', async () => {
    const result = await runScenario(scenario('ALLOW_ANY'), istioProfile, {
      baseline: false,
      identity: { meshsim: 'test', digest: '', profileDigest: '' },
    });
    const text = render(result, { width: 100, paint: plainPaint });
    expect(text).toMatch(/UNKNOWN {2}calls whose caller’s proxy did not know the service/);
    expect(text).toMatch(/shop\/stock +passed +\d+ +\d/);
  });
});

describe('the life of a relayed request', () => {
  it('names the relay, and has its work within the detour of the call', () => {
    const scenario = shop('slime');
    const window = { from: 0, to: scenario.measure.window };
    const task = { scenario, profile: istioProfile, name: 'mesh', rep: 0, window, isPilot: false };
    const life = traceRequest({ ...task, name: 'mesh' }, 3);
    const spans = life?.spans ?? [];
    const relayed = spans.findIndex(({ kind }) => kind === 'detour');
    expect(spans[relayed]).toMatchObject({ what: 'relayed', service: 'shop/web' });
    expect(spans[spans[relayed].parent]).toMatchObject({ kind: 'call', what: 'shop/stock' });
    const relay = spans.findIndex(
      ({ kind, service }) => kind === 'serve' && service.includes('/global'),
    );
    expect(spans[relay].parent).toBe(relayed);
    const within = spans.filter(({ parent }) => parent === relay).map(({ what }) => what);
    expect(within).toEqual([
      'crossing request',
      'work',
      'crossing request',
      'dial',
      'dial',
      'wire request',
      'serve',
      'crossing answer',
      'wire answer',
    ]);
    // Nothing stays open: every span ends within the request.
    for (const { start, end } of spans) expect(end).toBeGreaterThanOrEqual(start);
    expect(Math.max(...spans.map(({ end }) => end))).toBe(life?.end);
  });
});
