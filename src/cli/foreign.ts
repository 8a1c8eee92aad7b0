/** Files of other tools: read as scenarios by every command that reads one, and written as scenarios by `import`. */
import { type Note, renderNote } from '../import/foreign.ts';
import { type ImporterName, importers, importScenario, isForeign } from '../import/importers.ts';
import { renderDraft } from '../import/render.ts';
import { type Problem, ProblemsError, renderProblems } from '../problems.ts';
import { nameOf } from '../scenario/load.ts';
import { InputError } from './exit.ts';
import type { Text } from './files.ts';

/** A scenario as text, and what it does not say of the file that it was made of. */
export interface ScenarioText extends Text {
  readonly notes: readonly Note[];
}

/** A text itself, or the scenario that an importer makes of it. @throws InputError with all that is wrong */
export function asScenario(text: Text): ScenarioText {
  if (!isForeign(text)) return { ...text, notes: [] };
  return imported([text], { name: nameOf(text.file), from: null });
}

/** @throws InputError with all that is wrong */
export function imported(
  texts: readonly Text[],
  options: { readonly name: string; readonly from: ImporterName | null },
): ScenarioText {
  const files = texts.map(({ file }) => file);
  try {
    const { draft, notes, importer } = importScenario(texts, options);
    const { title } = importers[importer];
    const text = renderDraft(draft, { title, files, notes });
    return { file: `${files.join(', ')} (as imported)`, text, notes };
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    throw new InputError(error.problems.map((problem) => shown(problem, texts)).join(''));
  }
}

/** For stderr. */
export function renderNotes(notes: readonly Note[]): string {
  return notes.map((note) => `${renderNote(note)}\n`).join('');
}

function shown(problem: Problem, texts: readonly Text[]): string {
  const text = texts.find(({ file }) => file === problem.file);
  return text === undefined ? renderProblems([problem]) : renderProblems([problem], text.text);
}
