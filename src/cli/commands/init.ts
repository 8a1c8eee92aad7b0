/** `meshsim init`: a scenario to begin with. */
import type { Command } from 'commander';

export function addInit(program: Command): void {
  program
    .command('init')
    .summary('write a first scenario that runs')
    .description(
      'Write a first scenario that runs, with the schema that editors complete it by. Files that are there stay as they are.',
    )
    .argument('[dir]', 'directory to write to; made if it is not there', '.')
    .addHelpText('after', '\nExamples:\n  meshsim init demo && meshsim run demo/scenario.yml')
    .action(async (dir: string) => {
      const { init } = await import('../init.ts');
      process.stdout.write(init(dir));
    });
}
