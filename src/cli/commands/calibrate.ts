/** `meshsim calibrate`: the arguments of fits; `../calibrate.ts` carries them out. */
import { type Command, Option } from 'commander';

export const calibrateOutputs = ['table', 'json'] as const;

export interface CalibrateArguments {
  readonly output: (typeof calibrateOutputs)[number];
  readonly check?: string;
  readonly write?: string;
  readonly outFile?: string;
  readonly color: boolean;
}

export function addCalibrate(program: Command): void {
  program
    .command('calibrate')
    .summary('fit the costs of a profile to measured points')
    .description(
      'Fit the costs of a profile to measured points by least squares, as a recipe says. Prints every cost with its 95 % interval, how far the points are off, and what they cannot tell apart.',
    )
    .argument('<recipes...>', 'recipe files; the points stand beside them')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout')
        .choices(calibrateOutputs)
        .default('table'),
    )
    .option('--check <profile>', 'exit with 1 if a cost of this profile is not the fitted one')
    .option('--write <profile>', 'put the fitted costs into this profile; all else stays as it is')
    .option('-O, --out-file <file>', 'with --write: put the new profile here, and leave the old')
    .option('--no-color', 'plain text; so does NO_COLOR, or a stdout that is no terminal')
    .addHelpText('after', HELP)
    .action(async (files: readonly string[], options: CalibrateArguments) => {
      const { calibrateCommand } = await import('../calibrate.ts');
      process.exitCode = await calibrateCommand(files, options);
    });
}

const HELP = `
Examples:
  meshsim calibrate calibration/fits/istio.yml
  meshsim calibrate calibration/fits/istio.yml -o json | jq '.fits[0].costs'
  meshsim calibrate calibration/fits/istio.yml --check calibration/istio.yml
  meshsim calibrate mine/fits.yml --write calibration/istio.yml -O mine/profile.yml`;
