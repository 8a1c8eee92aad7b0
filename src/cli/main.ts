/** The command line: arguments to commands, outcomes to exit codes. The rest of `cli/` does what they say. */
import { Command, CommanderError } from 'commander';
import { nearest } from '../yaml/suggest.ts';
import { addCalibrate } from './commands/calibrate.ts';
import { addDiff } from './commands/diff.ts';
import { addExplain } from './commands/explain.ts';
import { addImport } from './commands/import.ts';
import { addInit } from './commands/init.ts';
import { addQuery } from './commands/query.ts';
import { addRender } from './commands/render.ts';
import { addReport } from './commands/report.ts';
import { addRun } from './commands/run.ts';
import { addSchema } from './commands/schema.ts';
import { addMerge, addSweep } from './commands/sweep.ts';
import { addValidate } from './commands/validate.ts';
import { addWorker } from './commands/worker.ts';
import { type ExitCode, exitCodes, explain, systemReason, UsageError } from './exit.ts';
import { packageVersion } from './package.ts';
import { widthOf } from './terminal.ts';
import { noCommand, restyle } from './usage.ts';

const EXIT_CODES = `
Exit status:
  0 ok   1 the result is not in the directory asked for, which holds something else;
           calibrate --check: the profile has other costs than were fitted
  2 bad usage or invalid input   3 some points of a sweep failed   70 internal error (please report)
  74 the result could not be written   99 a threshold failed
  130 interrupted   143 terminated`;

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
    outputError: (text, write) => write(`meshsim: ${restyle(text)}\n`),
  });
  addRun(program.commandsGroup('Simulate:'));
  addSweep(program);
  addWorker(program);
  addMerge(program);
  addDiff(program.commandsGroup('Results:'));
  addQuery(program);
  addInit(program.commandsGroup('Author:'));
  addValidate(program);
  addRender(program);
  addExplain(program);
  addImport(program);
  addSchema(program);
  addCalibrate(program);
  addReport(program.commandsGroup('Results:'));
  return program;
}

function helpCommand(): Command {
  return new Command('help')
    .argument('[command]')
    .helpOption(false)
    .description('print help for a command')
    .helpGroup('Help:');
}

/** Commander would print its help, and not say why. @throws UsageError */
function checkHelp({ commands }: Command, [first, second]: readonly string[]): void {
  if (first !== 'help' || second === undefined || second.startsWith('-')) return;
  const names = [...commands.map((command) => command.name()), 'help'];
  if (!names.includes(second)) throw new UsageError(noCommand(second, nearest(second, names)));
}

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<ExitCode | undefined> {
  const program = makeProgram();
  if (argv.length === 0) {
    program.outputHelp();
    return exitCodes.ok;
  }
  try {
    checkHelp(program, argv);
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

/** Whoever reads our output may stop reading, as `head` does. Files are written by then, and kept. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(
    `meshsim: stdout cannot be written: ${systemReason(error) ?? error.message}\n`,
  );
  process.exit(exitCodes.output);
});
/** What is said on stderr is not worth losing a result. */
process.stderr.on('error', () => {});

const code = await main(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
