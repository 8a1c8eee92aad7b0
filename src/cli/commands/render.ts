/** `meshsim render`: a scenario with its defaults and what the command line sets in it; nothing simulated. */
import { type Command, Option } from 'commander';
import type { RenderFormat } from '../render.ts';

interface RenderArguments {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly reps?: string;
  readonly output: RenderFormat;
}

export function addRender(program: Command): void {
  program
    .command('render')
    .summary('print a scenario with its defaults filled in')
    .description(
      'Print a scenario with its defaults filled in, and with what --set changes. It can be run again, and gives the same result.',
    )
    .argument('<scenario>', 'scenario file; - is standard input')
    .option(
      '--set <path=value>',
      'set one value of the scenario; may be repeated',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option('--seed <seed>', 'seed of all randomness')
    .option('--reps <n>', 'replications')
    .addOption(
      new Option('-o, --output <format>', 'what to print')
        .choices(['yaml', 'json'])
        .default('yaml'),
    )
    .addHelpText(
      'after',
      `
Examples:
  meshsim render scenarios/bookinfo.yml
  meshsim render scenarios/bookinfo.yml --set mesh.mode=ambient > ambient.yml`,
    )
    .action(async (file: string, options: RenderArguments) => {
      const { render } = await import('../render.ts');
      process.stdout.write(await render(file, options));
    });
}
