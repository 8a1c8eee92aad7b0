/** What an importer is: it knows the files of one tool, and makes a scenario of them. */
import type { ScenarioDraft } from './draft.ts';
import type { Foreign, Note } from './foreign.ts';

export interface Importer {
  /** What its files are, for messages. */
  readonly title: string;
  /** Whether a document is one of its files, by what stands in it. */
  readonly detects: (value: unknown) => boolean;
  /** @throws ProblemsError with all that is wrong, each with its place */
  readonly convert: (documents: readonly Foreign[], options: ImportOptions) => Imported;
}

export interface ImportOptions {
  /** Name of the scenario. */
  readonly name: string;
}

export interface Imported {
  readonly draft: ScenarioDraft;
  readonly notes: readonly Note[];
}
