/** `meshsim import`, carried out: read, converted, checked as a scenario, written. */
import { loadScenario, nameOf } from '../scenario/load.ts';
import { draft } from '../scenario/schema.ts';
import type { ImportArguments } from './commands/import.ts';
import { type ExitCode, exitCodes, UsageError } from './exit.ts';
import { readText, STDIN } from './files.ts';
import { imported, renderNotes } from './foreign.ts';
import { showing } from './inputs.ts';
import { checkFile, writeFile } from './places.ts';

export async function importCommand(
  files: readonly string[],
  { from, output, name, quiet }: ImportArguments,
): Promise<ExitCode> {
  if (output !== undefined) checkFile('--output', output);
  if (files.filter((file) => file === STDIN).length > 1) {
    throw new UsageError('standard input can be read once; "-" is given twice');
  }
  if (name !== undefined) checkName(name);
  const texts = [];
  for (const file of files) texts.push(await showing(null, () => readText(file)));
  const scenario = imported(texts, { name: name ?? nameFor(files), from: from ?? null });
  await showing(scenario, () => loadScenario(scenario));
  if (!quiet) process.stderr.write(renderNotes(scenario.notes));
  if (output === undefined) process.stdout.write(scenario.text);
  else writeFile(output, scenario.text);
  return exitCodes.ok;
}

/** @throws UsageError */
function checkName(name: string): void {
  const parsed = draft.shape.name.safeParse(name, { reportInput: true });
  if (!parsed.success) throw new UsageError(`--name: ${parsed.error.issues[0].message}`);
}

/** Of several files, no single one's. */
function nameFor(files: readonly string[]): string {
  const [first, ...others] = files;
  return first === STDIN || others.length > 0 ? 'imported' : nameOf(first);
}
