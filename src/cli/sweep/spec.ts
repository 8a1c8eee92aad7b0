/** What a sweep is about, read from files: the scenario, its events, the profiles of its points. */
import { loadProfile } from '../../calibration/load-profile.ts';
import { canonical } from '../../scenario/canonical.ts';
import { loadScenario, type Overrides } from '../../scenario/load.ts';
import type { Design } from '../../sweep/design.ts';
import { sha256 } from '../../sweep/hash.adapter.ts';
import type { SweepSpec } from '../../sweep/spec.ts';
import { readText } from '../files.ts';
import { asScenario } from '../foreign.ts';
import {
  besideScenario,
  digestOf,
  findProfile,
  type Inputs,
  loadInputs,
  showing,
} from '../inputs.ts';
import { packageVersion } from '../package.ts';

export interface SweepInputs {
  readonly spec: SweepSpec;
  /** Of the scenario as it is without any axis. */
  readonly base: Inputs;
}

/** @throws InputError with all that is wrong */
export async function loadSpec(
  file: string,
  overrides: Overrides,
  design: Design,
  baseline: boolean,
): Promise<SweepInputs> {
  const base = await loadInputs(file, overrides);
  const source = asScenario(await showing(null, () => readText(file)));
  const { events } = base.scenario;
  const profileAxis = design.axes.find(({ path }) => path === 'profile');
  const names = [base.scenario.profile, ...(profileAxis?.values ?? []).map(String)];
  const profiles: Record<string, SweepSpec['profiles'][string]> = {};
  for (const name of new Set(names)) {
    const set = [...(overrides.set ?? []), `profile=${JSON.stringify(name)}`];
    const scenario = await showing(source, () =>
      loadScenario({ ...source, overrides: { ...overrides, set } }),
    );
    const path = await showing(source, () => findProfile(scenario, file, source, { set }));
    const text = await showing(null, () => readText(path));
    const profile = await showing(text, () => loadProfile(text));
    profiles[name] = { profile, digest: sha256(canonical(profile)) };
  }
  const shared = {
    meshsim: packageVersion(),
    seed: overrides.seed ?? null,
    reps: overrides.reps ?? null,
    until: overrides.until ?? null,
    thresholds: overrides.thresholds ?? [],
    baseline,
  };
  // A setting changes the text: what the text says now does not yet say what it says then, as with an alias in it. The
  // scenario's own seed is not in its digest, and every point has it.
  const named = {
    ...shared,
    text: source.text,
    set: overrides.set ?? [],
    scenario: digestOf(base.scenario),
    scenarioSeed: base.scenario.seed,
    profiles: Object.values(profiles).map(({ digest }) => digest),
  };
  return {
    base,
    spec: {
      ...shared,
      file,
      text: source.text,
      set: overrides.set ?? [],
      events:
        events === null ? null : await showing(null, () => readText(besideScenario(events, file))),
      profiles,
      digest: sha256(canonical(named)),
    },
  };
}
