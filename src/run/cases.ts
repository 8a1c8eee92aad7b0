/** The cases of a run: the mesh that the scenario asks for, and the same without one, to compare with. */
import type { Scenario } from '../scenario/scenario.ts';

export type CaseName = 'mesh' | 'baseline';

/** The scenario as it is, or with all proxies taken out; everything else, random numbers included, stays. */
export function scenarioOf(name: CaseName, scenario: Scenario): Scenario {
  return name === 'mesh' ? scenario : withoutMesh(scenario);
}

function withoutMesh(scenario: Scenario): Scenario {
  const { mesh, load, config } = scenario;
  const modes = Object.keys(config.modeOf).map((name) => [name, { mode: 'full' as const }]);
  const modeOf = Object.fromEntries(Object.keys(mesh.modeOf).map((id) => [id, 'none' as const]));
  return {
    ...scenario,
    mesh: { ...mesh, mode: 'none', modeOf },
    config: { ...config, modeOf: Object.fromEntries(modes) },
    load: load.map((one) => ({ ...one, mesh: 'none' })),
  };
}
