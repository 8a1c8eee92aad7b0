/** The first line of every run: what is simulated, and the command that does it again. */
import type { Inputs } from './inputs.ts';
import { packageVersion } from './package.ts';

/** @param argv - as the user gave them, without node and the program */
export function runLine(
  { scenario, digest, profile }: Pick<Inputs, 'scenario' | 'digest' | 'profile'>,
  argv: readonly string[],
): string {
  const { seed, name } = scenario;
  const hasSeed = argv.some((word) => word === '--seed' || word.startsWith('--seed='));
  const command = ['meshsim', ...argv, ...(hasSeed ? [] : ['--seed', seed])].map(quoteWord);
  const facts = `seed=${quoteWord(seed)} scenario=${name} (digest ${digest.slice(0, 12)}) profile=${profile.name}`;
  return `meshsim ${packageVersion()} ${facts}: ${command.join(' ')}`;
}

/** As a POSIX shell reads it back, on one line. */
function quoteWord(word: string): string {
  if (/^[-\w./:=@%+,]+$/.test(word)) return word;
  const hasControls = [...word].some((char) => char < ' ');
  if (hasControls) return `$'${JSON.stringify(word).slice(1, -1).replaceAll("'", "\\'")}'`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
