/** `meshsim validate`: every problem of every file, nothing simulated. */
import type { Command } from 'commander';
import { exitCodes, InputError } from '../exit.ts';

export function addValidate(program: Command): void {
  program
    .command('validate')
    .summary('check scenario files and the profiles they name')
    .description(
      'Check scenario files and the profiles they name. Every problem is shown with its place.',
    )
    .argument('<files...>', 'scenario files; - is standard input')
    .addHelpText(
      'after',
      '\nExamples:\n  meshsim validate scenarios/*.yml\n  generate-scenario | meshsim validate -',
    )
    .action(async (files: readonly string[]) => {
      process.exitCode = await validate(files);
    });
}

async function validate(files: readonly string[]): Promise<number> {
  const { loadInputs } = await import('../inputs.ts');
  const { renderNotes } = await import('../foreign.ts');
  let code: number = exitCodes.ok;
  for (const file of files) {
    try {
      const { notes } = await loadInputs(file);
      process.stderr.write(renderNotes(notes));
      process.stdout.write(`${file}: ok\n`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      process.stderr.write(error.message);
      code = exitCodes.usage;
    }
  }
  return code;
}
