/** Imports texts and fixtures as the command line does, and says what came of it. */
import { readFileSync } from 'node:fs';
import type { ScenarioDraft } from '../../src/import/draft.ts';
import { renderNote } from '../../src/import/foreign.ts';
import { type ImporterName, importers, importScenario } from '../../src/import/importers.ts';
import { renderDraft } from '../../src/import/render.ts';
import { ProblemsError } from '../../src/problems.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export interface Outcome {
  readonly importer: ImporterName;
  readonly draft: ScenarioDraft;
  /** `file:line:column: note: …` */
  readonly notes: readonly string[];
  readonly yaml: string;
  /** What the language makes of that text. */
  readonly scenario: Scenario;
}

export function importing(
  text: string,
  file = 'x.yaml',
  from: ImporterName | null = null,
): Outcome {
  const { draft, notes, importer } = importScenario([{ file, text }], { name: 'x', from });
  const yaml = renderDraft(draft, { title: importers[importer].title, files: [file], notes });
  const scenario = loadScenario({ file: 'imported.yml', text: yaml });
  return { importer, draft, notes: notes.map(renderNote), yaml, scenario };
}

export function importingFixture(name: string): Outcome {
  return importing(fixture(name), name);
}

export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

/** One line each: place and message. */
export function problemsOf(
  text: string,
  file = 'x.yaml',
  from: ImporterName | null = null,
): string[] {
  try {
    importing(text, file, from);
  } catch (error) {
    if (error instanceof ProblemsError) return error.message.split('\n');
    throw error;
  }
  throw new Error('there are no problems');
}
