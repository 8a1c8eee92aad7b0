/** A profile from the text of its file. */
import { checkYaml, readYaml, type Written } from '../yaml/source.ts';
import type { Profile } from './profile.ts';
import { profileSchema } from './profile-schema.ts';

/** @throws ProblemsError with everything that is wrong with the text, each with its place */
export function loadProfile({ file, text }: Written): Profile {
  return checkYaml(readYaml({ file, text }, 'a profile'), profileSchema);
}
