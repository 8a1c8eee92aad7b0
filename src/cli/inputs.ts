/** A scenario, or what an importer makes one of, and its profile: read and checked, with the digests that name them. */
import { dirname, isAbsolute, join } from 'node:path';
import { loadProfile } from '../calibration/load-profile.ts';
import type { Profile } from '../calibration/profile.ts';
import type { Note } from '../import/foreign.ts';
import { type Problem, ProblemsError, quote, renderProblems } from '../problems.ts';
import { canonical, canonicalScenario } from '../scenario/canonical.ts';
import { withEvents } from '../scenario/events.ts';
import { loadScenario, type Overrides } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { sha256 } from '../sweep/hash.adapter.ts';
import { problemAt, readYaml } from '../yaml/source.ts';
import { didYouMean } from '../yaml/suggest.ts';
import { InputError } from './exit.ts';
import { fileProblem, readText, STDIN, type Text } from './files.ts';
import { asScenario } from './foreign.ts';
import { profileNames, profilePath } from './package.ts';

export interface Inputs {
  readonly scenario: Scenario;
  readonly profile: Profile;
  /** Of the scenario, whatever its seed. */
  readonly digest: string;
  readonly profileDigest: string;
  /** Of a file that was imported. */
  readonly notes: readonly Note[];
}

/** @throws InputError with all that is wrong */
export async function loadInputs(file: string, overrides: Overrides = {}): Promise<Inputs> {
  const source = asScenario(await showing(null, () => readText(file)));
  const loaded = await showing(source, () => loadScenario({ ...source, overrides }));
  const scenario = await replaying(loaded, file);
  const path = await showing(source, () => findProfile(scenario, file, source, overrides));
  const text = await showing(null, () => readText(path));
  const profile = await showing(text, () => loadProfile(text));
  return {
    scenario,
    profile,
    digest: digestOf(scenario),
    profileDigest: sha256(canonical(profile)),
    notes: source.notes,
  };
}

/** Names what is simulated: SHA-256 of the scenario, whatever its seed. */
export function digestOf(scenario: Scenario): string {
  return sha256(canonicalScenario(scenario));
}

/** The scenario with its recorded events, if it names a list of them. */
async function replaying(scenario: Scenario, scenarioFile: string): Promise<Scenario> {
  const { events } = scenario;
  if (events === null) return scenario;
  const list = await showing(null, () => readText(besideScenario(events, scenarioFile)));
  return showing(list, () => withEvents(scenario, list));
}

export function besideScenario(path: string, scenarioFile: string): string {
  return scenarioFile === STDIN || isAbsolute(path) ? path : join(dirname(scenarioFile), path);
}

/** A name stands for a file in `calibration/`; what looks like a path is one, from where the scenario is. */
export function findProfile(
  { profile }: Scenario,
  scenarioFile: string,
  source: Text,
  { set = [] }: Overrides,
): string {
  if (/[\\/]|\.ya?ml$/.test(profile)) {
    return besideScenario(profile, scenarioFile);
  }
  const known = profileNames();
  if (known.includes(profile)) return profilePath(profile);
  const message = `${quote(profile)} is no profile; expected a path, or one of ${known.map(quote).join(', ')}`;
  const help = didYouMean(profile, known);
  if (set.some((setting) => /^\s*profile\s*=/.test(setting))) {
    throw new ProblemsError([{ ...fileProblem('--set', message, help), path: 'profile' }]);
  }
  const yaml = readYaml(source, 'a scenario');
  throw new ProblemsError([problemAt(yaml, { path: ['profile'], at: 'value', message, help })]);
}

/** Does something; problems that it finds are shown with the lines that they are about. */
export async function showing<T>(source: Text | null, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    throw new InputError(renderAll(error.problems, source));
  }
}

function renderAll(problems: readonly Problem[], source: Text | null): string {
  return source === null ? renderProblems(problems) : renderProblems(problems, source.text);
}
