/** `meshsim import`: the arguments; `../import-files.ts` carries it out. */
import { type Command, Option } from 'commander';

/** Of `import/importers.ts`, whose libraries are not loaded for a help text. */
export const importerChoices = ['pilot-load', 'kubernetes'] as const;

export interface ImportArguments {
  readonly from?: (typeof importerChoices)[number];
  readonly output?: string;
  readonly name?: string;
  readonly quiet: boolean;
}

export function addImport(program: Command): void {
  program
    .command('import')
    .summary('make a scenario of the files of another tool')
    .description(
      'Make a scenario of manifests of Kubernetes and Istio, or of a configuration of pilot-load. What is not taken over is said on stderr, and in comments of the scenario.',
    )
    .argument('<files...>', 'files to import; - is standard input')
    .addOption(
      new Option('--from <tool>', 'whose files they are (default: as their content says)').choices(
        importerChoices,
      ),
    )
    .option('-o, --output <file>', 'where the scenario goes (default: stdout)')
    .option('--name <name>', "name of the scenario (default: the file's)")
    .option('-q, --quiet', 'only errors on stderr')
    .addHelpText(
      'after',
      `
Examples:
  meshsim import bookinfo.yaml -o scenarios/mine.yml
  kubectl get ns,nodes,svc,deploy,sts,ds,po -A -o yaml | meshsim import -
  helm template ./chart | meshsim import - --from kubernetes
  meshsim run pilot-load.yaml    # "run" and "validate" take such files as they are`,
    )
    .action(async (files: readonly string[], options: Partial<ImportArguments>) => {
      const { importCommand } = await import('../import-files.ts');
      process.exitCode = await importCommand(files, { quiet: false, ...options });
    });
}
