/** Foreign inputs: which tool a text is of, and the scenario that it becomes. Importing runs nothing. */
import { type Problem, ProblemsError } from '../problems.ts';
import { nowhere, type Written } from '../yaml/source.ts';
import { listed } from '../yaml/suggest.ts';
import { type Foreign, problemOf, readForeign } from './foreign.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { kubernetes } from './kubernetes.ts';
import { pilotLoad } from './pilot-load.ts';

/** Every importer, by the name that `--from` calls it; a document belongs to the first that detects it. */
export const importers = { 'pilot-load': pilotLoad, kubernetes } satisfies Record<string, Importer>;
export type ImporterName = keyof typeof importers;
export const importerNames = Object.keys(importers) as readonly ImporterName[];

/** Which tool a value is of, or null. */
export function detect(value: unknown): ImporterName | null {
  return importerNames.find((name) => importers[name].detects(value)) ?? null;
}

/** Whether a text is for an importer: its first document decides or, where it has faults, what it looks like. */
export function isForeign(text: Written): boolean {
  try {
    const [first] = readForeign([text]);
    return detect(first.value) !== null;
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return /^apiVersion: /m.test(text.text) && /^kind: /m.test(text.text);
  }
}

/**
 * @param from - null: the documents decide
 * @throws ProblemsError with all that is wrong, each with its place
 */
export function importScenario(
  texts: readonly Written[],
  { name, from }: ImportOptions & { readonly from: ImporterName | null },
): Imported & { readonly importer: ImporterName } {
  const documents = readForeign(texts);
  const importer = from ?? importerOf(documents);
  return { ...importers[importer].convert(documents, { name }), importer };
}

/** The one that all documents are for. @throws ProblemsError */
function importerOf(documents: readonly Foreign[]): ImporterName {
  const names = documents.map(({ value }) => detect(value));
  const first = names.find((name) => name !== null);
  if (first === undefined) throw new ProblemsError([unknownTool(documents[0])]);
  const problems = documents.flatMap(({ source, value }, i): readonly Problem[] => {
    if (names[i] === first) return [];
    const what = names[i] === null ? describe(value) : `this is ${importers[names[i]].title}`;
    const message = `${what}, but what stands before it is ${importers[first].title}; expected files of one tool`;
    return [problemOf({ source, path: [] }, message)];
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  return first;
}

function unknownTool({ source, value }: Foreign): Problem {
  const titles = importerNames.map((name) => importers[name].title).join(', or ');
  if (typeof value === 'object' && value !== null && 'topology' in value) {
    const message = 'this is a scenario already; expected a file of another tool';
    return { ...nowhere(source.file, message), help: `"meshsim run ${source.file}" takes it` };
  }
  const help = `--from ${listed(importerNames).replaceAll('"', '')} says what is wrong with it`;
  return { ...nowhere(source.file, `${describe(value)}; expected ${titles}`), help };
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? 'this is of no tool that can be imported'
    : 'this is no map';
}
