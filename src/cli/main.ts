/** The command line: arguments to commands, outcomes to exit codes. The rest of `cli/` does what they say. */
import { Command, CommanderError } from 'commander';
import { addRun } from './commands/run.ts';
import { addSchema } from './commands/schema.ts';
import { addValidate } from './commands/validate.ts';
import { type ExitCode, exitCodes, explain } from './exit.ts';
import { packageVersion } from './package.ts';
import { widthOf } from './terminal.ts';

const EXIT_CODES = `
Exit status:
  0 ok   2 bad usage or invalid scenario   70 internal error (please report)
  99 a threshold failed   130 interrupted`;

const FIRST = `
Start here:
  meshsim run scenarios/bookinfo.yml`;

const EXAMPLES = `
Examples:
  meshsim run scenarios/bookinfo.yml
  meshsim run scenarios/bookinfo.yml --set mesh.mode=ambient --threshold 'latency.p99 < 25ms'
  meshsim validate scenarios/*.yml
  meshsim help run`;

function makeProgram(): Command {
  const program = new Command('meshsim')
    .description(
      'Predicts what a service mesh costs before you deploy it: latency, CPU, memory, and how fast its configuration reaches every proxy.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpCommand(helpCommand())
    .configureHelp({ helpWidth: widthOf(process.stdout) })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES}\n${FIRST}`);
  program.configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'meshsim: ')),
  });
  addRun(program.commandsGroup('Simulate:'));
  addValidate(program.commandsGroup('Author:'));
  addSchema(program);
  return program;
}

function helpCommand(): Command {
  return new Command('help')
    .argument('[command]')
    .helpOption(false)
    .description('print help for a command')
    .helpGroup('Help:');
}

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<ExitCode | undefined> {
  const program = makeProgram();
  if (argv.length === 0) {
    program.outputHelp();
    return exitCodes.ok;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return undefined;
  } catch (error) {
    // Commander has said what is wrong by now, or has printed the help that was asked for.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    const { code, text } = explain(error, process.env['MESHSIM_DEBUG'] !== undefined);
    process.stderr.write(text);
    return code;
  }
}

/** Whoever reads our output may stop reading, as `head` does. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const code = await main(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
