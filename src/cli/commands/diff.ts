/** `meshsim diff`: the arguments of a comparison; `../diff/diff.ts` carries it out. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseShare } from '../../units.ts';

export const diffOutputs = ['table', 'json', 'md'] as const;

export interface DiffArguments {
  readonly output: (typeof diffOutputs)[number];
  /** Share of a. */
  readonly noise: number;
  readonly color: boolean;
}

export function addDiff(program: Command): void {
  program
    .command('diff')
    .summary('compare two results, sweeps or profiles')
    .description(
      'Compare two results, two sweeps, or two profiles: what differs, by how much, and whether that is more than chance. Over all quantities together the chance of a false difference is below 5 %.',
    )
    .argument('<a>', 'directory of a result or a sweep, its JSON file, or a profile')
    .argument('<b>', 'another of the same kind')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout')
        .choices(diffOutputs)
        .default('table'),
    )
    .option('--noise <share>', 'a difference of less, such as 1%, is none', share, 0)
    .option('--no-color', 'plain text; so does NO_COLOR, or a stdout that is no terminal')
    .addHelpText('after', HELP)
    .action(async (a: string, b: string, options: DiffArguments) => {
      const { diffCommand } = await import('../diff/diff.ts');
      process.exitCode = await diffCommand(a, b, options);
    });
}

function share(text: string): number {
  try {
    return parseShare(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

const HELP = `
Exit status:
  0 no difference detected   1 different
  2 bad usage, input that is wrong, or nothing in it that can be compared

Examples:
  meshsim diff out/before out/after
  meshsim diff out/before out/after --noise 2% -o md >> comment.md
  meshsim diff out/sweep-1.26 out/sweep-1.27 -o json | jq '.points[].metrics[] | select(.verdict == "higher")'
  meshsim diff calibration/istio.yml mine/profile.yml`;
