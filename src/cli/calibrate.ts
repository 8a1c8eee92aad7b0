/** `meshsim calibrate`, carried out: recipes and points read, fits printed, a profile checked or written. */
import { dirname, join } from 'node:path';
import { calibrate, type FittedModel } from '../calibration/fit/calibrate.ts';
import {
  type Comparison,
  compareWith,
  differences,
  writeInto,
} from '../calibration/fit/into-profile.ts';
import { loadRecipe } from '../calibration/fit/load-recipe.ts';
import { readPoints } from '../calibration/fit/points.ts';
import { loadProfile } from '../calibration/load-profile.ts';
import { type Problem, ProblemsError, quote, renderProblems } from '../problems.ts';
import { readYaml, type YamlSource } from '../yaml/source.ts';
import { calibrationJson } from './calibration-json.ts';
import { renderFits } from './calibration-table.ts';
import type { CalibrateArguments } from './commands/calibrate.ts';
import { type ExitCode, exitCodes, InputError, UsageError } from './exit.ts';
import { readText, STDIN, type Text } from './files.ts';
import { checkFile, writeFile } from './places.ts';
import { hasColour, painter, widthOf } from './terminal.ts';

export async function calibrateCommand(
  files: readonly string[],
  options: CalibrateArguments,
): Promise<ExitCode> {
  const { check, write, outFile, output } = options;
  checkArguments(options);
  const texts = new Map<string, string>();
  try {
    const models = await modelsOf(files, texts);
    const path = check ?? write;
    const profile = path === undefined ? null : await readProfile(path, texts);
    const comparisons = profile === null ? null : compareWith(profile, models);
    if (profile !== null && comparisons !== null && write !== undefined) {
      writeFile(outFile ?? write, checked(profile, comparisons));
    }
    process.stdout.write(
      output === 'json'
        ? calibrationJson(models, comparisons)
        : renderFits(models, {
            paint: painter(hasColour(process.stdout, options.color)),
            width: widthOf(process.stdout),
          }),
    );
    if (profile === null || comparisons === null) return exitCodes.ok;
    if (write !== undefined) {
      process.stderr.write(`${written(comparisons)} in ${outFile ?? write}\n`);
      return exitCodes.ok;
    }
    return report(profile, comparisons, texts);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    throw new InputError(shown(error.problems, texts));
  }
}

/** What can be wrong before anything is read. @throws UsageError */
function checkArguments({ check, write, outFile }: CalibrateArguments): void {
  if (check !== undefined && write !== undefined) {
    throw new UsageError('"--check" and "--write" cannot go together; first write, then check');
  }
  if (outFile !== undefined && write === undefined) {
    throw new UsageError('"--out-file" needs "--write <profile>"');
  }
  if (write === STDIN || check === STDIN) throw new UsageError('a profile has to be a file');
  if (outFile !== undefined) checkFile('--out-file', outFile);
  else if (write !== undefined) checkFile('--write', write);
}

/** @param texts - gets every text that was read, by the name that problems call it by */
async function modelsOf(
  files: readonly string[],
  texts: Map<string, string>,
): Promise<readonly FittedModel[]> {
  const models: FittedModel[] = [];
  for (const file of files) {
    const loaded = loadRecipe(await read(file, texts));
    const names = new Set(loaded.recipe.fits.map(({ points }) => points));
    const tables = new Map<string, ReturnType<typeof readPoints>>();
    for (const name of names) {
      tables.set(name, readPoints(await read(join(dirname(file), name), texts)));
    }
    models.push(...calibrate(loaded, tables));
  }
  const costs = models.flatMap((model) => model.costs.map(({ to }) => to));
  const twice = costs.find((to, i) => costs.indexOf(to) < i);
  if (twice !== undefined) throw new UsageError(`${quote(twice)} is fitted by two of the recipes`);
  return models;
}

async function readProfile(file: string, texts: Map<string, string>): Promise<YamlSource> {
  const text = await read(file, texts);
  loadProfile(text);
  return readYaml(text, 'a profile');
}

/** The new text, which has to be a profile as well. */
function checked(profile: YamlSource, comparisons: readonly Comparison[]): string {
  const text = writeInto(profile, comparisons);
  loadProfile({ file: profile.file, text });
  return text;
}

async function read(file: string, texts: Map<string, string>): Promise<Text> {
  const text = await readText(file);
  texts.set(text.file, text.text);
  return text;
}

function report(
  profile: YamlSource,
  comparisons: readonly Comparison[],
  texts: ReadonlyMap<string, string>,
): ExitCode {
  const problems = differences(profile, comparisons);
  if (problems.length === 0) {
    process.stderr.write(`${profile.file}: all ${comparisons.length} fitted costs are these\n`);
    return exitCodes.ok;
  }
  process.stderr.write(shown(problems, texts));
  return exitCodes.differs;
}

function written(comparisons: readonly Comparison[]): string {
  const changed = comparisons.filter(({ agrees }) => !agrees).length;
  return `${changed} of ${comparisons.length} fitted costs are new`;
}

/** Each problem with the line of its own file. */
function shown(problems: readonly Problem[], texts: ReadonlyMap<string, string>): string {
  return problems.map((problem) => renderProblems([problem], texts.get(problem.file))).join('');
}
