/** `meshsim schema`: the JSON Schema of what meshsim reads, or of what it writes. */
import { Argument, type Command } from 'commander';
import { readSchema, type SchemaName, schemaNames } from '../package.ts';

export function addSchema(program: Command): void {
  program
    .command('schema')
    .summary('print the JSON Schema of scenarios or results')
    .description('Print a JSON Schema: of scenarios, for completion in editors, or of result.json.')
    .addArgument(
      new Argument('[which]', 'what the schema describes').choices(schemaNames).default('scenario'),
    )
    .addHelpText(
      'after',
      `
Examples:
  meshsim schema > scenario.schema.json
  # first line of a scenario, for editors with a YAML language server:
  #   # yaml-language-server: $schema=./scenario.schema.json
  meshsim schema result | jq '.properties | keys'`,
    )
    .action((which: SchemaName) => {
      process.stdout.write(readSchema(which));
    });
}
