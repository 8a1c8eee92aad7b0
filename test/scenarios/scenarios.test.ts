/**
 * Every scenario runs, and its numbers stay what they were: six significant digits of a short run are kept beside this
 * file. When they move on purpose, `npx vitest run test/scenarios -u` writes them anew, and the changelog says why.
 * With MESHSIM_FULL set each runs as it is written, which takes minutes; those numbers are not kept.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type {
  Estimate,
  LatencyEstimates,
  Result,
  ServiceResult,
} from '../../src/measure/result.ts';
import { roundSignificant } from '../../src/measure/round.ts';
import { runScenario } from '../../src/run.ts';
import { istioProfile, scenarioFile } from '../support/scenarios.ts';

const names = readdirSync(join(import.meta.dirname, '..', '..', 'scenarios'))
  .filter((name) => name.endsWith('.yml'))
  .map((name) => name.replace('.yml', ''));

/** How long a short run is: until something has happened. Two namespaces of load join within the first. */
const until: Record<string, string> = {
  'bookinfo-360pods': '13m',
  'bookinfo-475pods': '7m',
  'connect-storm': '15s',
  'controller-restart': '65s',
  'istiod-25k-sidecars': '12s',
  'lazyxds-5ns': '7m',
  'rolling-update': '30s',
  'sidecar-vs-ambient-push': '20s',
};
const short: Record<string, string[]> = {
  'bookinfo-360pods': ['load[3].rate=2/s'],
  'bookinfo-475pods': ['load[3].rate=1/s'],
  'lazyxds-5ns': ['load[2].rate=1/s'],
};

const identity = { meshsim: 'test', digest: '', profileDigest: '' };

function isCalled({ calls_per_s }: ServiceResult): boolean {
  return calls_per_s.value > 0;
}

function golden(result: Result): string {
  const six = (value: number | null) =>
    value === null ? 'none' : String(roundSignificant(value, 6));
  const of = (estimate: Estimate | null) => six(estimate === null ? null : estimate.value);
  const latency = (all: LatencyEstimates | null) =>
    all === null ? 'no latency' : `${of(all.mean_ms)} p50 ${of(all.p50_ms)} p99 ${of(all.p99_ms)}`;
  const cases = result.cases.map(({ name, mode, loads, services, cost, controlPlane }) => [
    `${name} ${mode}`,
    ...loads.map((load) => `  load ${load.name}: ${load.requests} ${latency(load.latency)}`),
    ...services
      .filter(isCalled)
      .map((one) => `  ${one.service}: ${of(one.calls_per_s)}/s ${latency(one.latency)}`),
    `  cpu: apps ${of(cost.cpu_apps_cores)} proxies ${of(cost.cpu_proxies_cores)} istiod ${of(cost.cpu_istiod_cores)}`,
    `  memory: proxies ${of(cost.memory_proxies_bytes)} istiod ${of(cost.memory_istiod_bytes)}`,
    `  pushes: ${of(controlPlane.pushes_total)} bytes ${of(controlPlane.bytes)} p99 ${of(controlPlane.convergence?.p99_ms ?? null)}`,
  ]);
  const overhead = result.overhead.map((one) => `overhead ${one.load}: ${of(one.mean_ms)} ms`);
  return `${[...cases.flat(), ...overhead].join('\n')}\n`;
}

describe.each(names)('scenarios/%s.yml', (name) => {
  it('runs, and gives the numbers that are kept', async () => {
    const set = [...(short[name] ?? []), 'measure.reps=2'];
    const scenario = scenarioFile(name, set, until[name] ?? '5s');
    const result = await runScenario(scenario, istioProfile, { baseline: true, identity });
    await expect(golden(result)).toMatchFileSnapshot(`golden/${name}.txt`);
    for (const { loads } of result.cases) {
      for (const load of loads) expect(load.requests, load.name).toBeGreaterThan(0);
    }
  });

  it.runIf(process.env['MESHSIM_FULL'] === '1')(
    'runs as it is written, and meets its own thresholds',
    async () => {
      const scenario = scenarioFile(name, ['measure.reps=1']);
      const result = await runScenario(scenario, istioProfile, { baseline: false, identity });
      expect(result.slos.filter(({ pass }) => !pass)).toEqual([]);
      expect(result.cases[0].saturated).toEqual([]);
    },
    600_000,
  );
});
