/** `meshsim report`, carried out: finds what was saved, and writes a page beside it. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SweepResult } from '../measure/points.ts';
import type { Result } from '../measure/result.ts';
import { deserialise } from '../measure/serialise.ts';
import { quote } from '../problems.ts';
import { runHtml } from '../report/html/run.ts';
import { sweepHtml } from '../report/html/sweep.ts';
import type { ReportArguments } from './commands/report.ts';
import { type ExitCode, exitCodes, UsageError } from './exit.ts';
import { readText } from './files.ts';
import { showing } from './inputs.ts';
import { checkFile, writeFile } from './places.ts';

const names = ['sweep.json', 'result.json'] as const;

export async function reportCommand(saved: string, { output }: ReportArguments): Promise<ExitCode> {
  const file = savedFile(saved);
  const target = output ?? join(dirname(file), 'report.html');
  checkFile('-o', target);
  const document = await readSaved(file);
  const text =
    document.schema === 'meshsim/sweep/v1' ? await sweepHtml(document) : await runHtml(document);
  writeFile(target, text);
  process.stdout.write(`${target}\n`);
  return exitCodes.ok;
}

/** @throws UsageError if there is none */
export function savedFile(saved: string): string {
  const there = statSync(saved, { throwIfNoEntry: false });
  if (there?.isDirectory() !== true) return saved;
  const found = names.find((name) => statSync(join(saved, name), { throwIfNoEntry: false }));
  if (found !== undefined) return join(saved, found);
  throw new UsageError(`${quote(saved)} holds no result; expected ${names.join(' or ')} in it`);
}

/** @throws InputError if the file cannot be read; UsageError if it is something else */
export async function readSaved(file: string): Promise<Result | SweepResult> {
  const { text } = await showing(null, () => readText(file));
  const document = (parsed(text) ?? {}) as { readonly schema?: unknown };
  const schemas = ['meshsim/result/v1', 'meshsim/sweep/v1'];
  if (schemas.includes(String(document.schema))) {
    return document.schema === schemas[0] ? deserialise(text) : (document as SweepResult);
  }
  throw new UsageError(
    `${quote(file)} is no result of meshsim; expected "schema": ${schemas.map(quote).join(' or ')}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
