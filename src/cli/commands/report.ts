/** `meshsim report`: a saved result as a page to look at. */
import type { Command } from 'commander';

export interface ReportArguments {
  readonly output?: string;
}

export function addReport(program: Command): void {
  program
    .command('report')
    .summary('write a report of saved results')
    .description(
      'Write a report of a run or a sweep as one HTML file, which needs neither network nor scripts: charts, tables, and the data behind them.',
    )
    .argument('<result>', 'directory of a run or a sweep, or its result.json or sweep.json')
    .option('-o, --output <file>', 'where it goes (default: report.html in the directory)')
    .addHelpText(
      'after',
      `
Examples:
  meshsim report out/bookinfo/sweep
  meshsim run scenarios/bookinfo.yml --report bookinfo.html`,
    )
    .action(async (result: string, options: ReportArguments) => {
      const { reportCommand } = await import('../report.ts');
      process.exitCode = await reportCommand(result, options);
    });
}
