/** `meshsim explain`: a field of a scenario, in words. */
import type { Command } from 'commander';
import { readSchema } from '../package.ts';
import type { Schema } from '../schema-words.ts';
import { widthOf } from '../terminal.ts';

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('say what a field of a scenario is')
    .description(
      'Say what a field of a scenario is: what may be written there, in which unit, what it is without, and which fields it has.',
    )
    .argument(
      '[path]',
      'path of a field as of --set, such as load[0].rate; without: the whole scenario',
    )
    .addHelpText(
      'after',
      `
Examples:
  meshsim explain
  meshsim explain load[0].rate
  meshsim explain churn
  meshsim explain istio.debounce`,
    )
    .action(async (path: string | undefined) => {
      const { explain } = await import('../explain.ts');
      const schema = JSON.parse(readSchema('scenario')) as Schema;
      process.stdout.write(explain(path ?? null, schema, widthOf(process.stdout)));
    });
}
