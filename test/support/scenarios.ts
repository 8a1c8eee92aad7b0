/** Scenarios and profiles for tests: written as a user would, with the parts that a test is about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfile } from '../../src/calibration/load-profile.ts';
import type { Profile, ProxyCosts } from '../../src/calibration/profile.ts';
import type { Replication } from '../../src/measure/replication.ts';
import type { CaseName } from '../../src/run/cases.ts';
import { simulate } from '../../src/run/replicate.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const root = join(import.meta.dirname, '..', '..');

export function scenarioOf(text: string, set: readonly string[] = []): Scenario {
  return loadScenario({ file: 'test.yml', text, overrides: { set } });
}

/** @param until - total simulated time, such as `10s`; what is planned for later does not happen */
export function scenarioFile(name: string, set: readonly string[] = [], until?: string): Scenario {
  const file = `scenarios/${name}.yml`;
  const overrides = until === undefined ? { set } : { set, until };
  return loadScenario({ file, text: readFileSync(join(root, file), 'utf8'), overrides });
}

const file = 'calibration/istio.yml';
export const istioProfile: Profile = loadProfile({
  file,
  text: readFileSync(join(root, file), 'utf8'),
});

/** The default profile with proxies that cost nothing: neither CPU nor a pass of loopback. */
export const freeProfile: Profile = {
  ...istioProfile,
  network: { ...istioProfile.network, loopback: 0 },
  proxies: {
    sidecar: free(istioProfile.proxies.sidecar),
    ztunnel: free(istioProfile.proxies.ztunnel),
    waypoint: free(istioProfile.proxies.waypoint),
  },
};

function free(costs: ProxyCosts): ProxyCosts {
  const nothing = { base: 0, perByte: 0 };
  const protocols = { http1: nothing, http2: nothing, grpc: nothing, tcp: nothing };
  const roles = { inbound: 0, outbound: 0 };
  return {
    ...costs,
    wake: null,
    crossing: { inbound: protocols, outbound: protocols },
    mtls: nothing,
    telemetry: { none: roles, stats: roles, stackdriver: roles, 'stats-wasm': roles },
  };
}

/** One replication of a scenario over its window, from the very start. */
export function replicate(scenario: Scenario, name: CaseName = 'mesh'): Replication {
  const window = { from: 0, to: scenario.measure.window };
  return simulate({ scenario, profile: istioProfile, name, rep: 0, window, isPilot: false });
}
