/** A YAML text that a user wrote: read, checked against a schema, and what is wrong with it put in its place. */
import type { Document, LineCounter } from 'yaml';
import type { z } from 'zod';
import { type Problem, ProblemsError } from '../problems.ts';
import { type Finding, renderPath } from './finding.ts';
import { findingsOf } from './issues.ts';
import { locate } from './place.ts';
import { ALIASES_MAX, type Fault, parseYaml, parseYamlStream } from './text.ts';

export interface Written {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
}

/** A text without syntax errors, and the means to find places in it. */
export interface YamlSource extends Written {
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * @param wanted - what the text should hold, for the message that it is empty
 * @throws ProblemsError with all faults of the text as such
 */
export function readYaml({ file, text }: Written, wanted: string): YamlSource {
  const { document, lines, faults } = parseYaml(text);
  refuse(file, faults, lines);
  if (document.contents === null) throw emptyFile(file, wanted);
  return { file, text, document, lines };
}

/** The documents of a text that may hold several. @throws ProblemsError as `readYaml` does */
export function readYamlStream({ file, text }: Written, wanted: string): readonly YamlSource[] {
  const { documents, lines, faults } = parseYamlStream(text);
  refuse(file, faults, lines);
  if (documents.length === 0) throw emptyFile(file, wanted);
  return documents.map((document) => ({ file, text, document, lines }));
}

/** @throws ProblemsError if there are faults */
function refuse(file: string, faults: readonly Fault[], lines: LineCounter): void {
  if (faults.length === 0) return;
  throw new ProblemsError(
    faults.map(({ offset, length, message }) => {
      const { line, col } = lines.linePos(offset);
      return { file, line, column: col, path: '', message, help: '', length };
    }),
  );
}

function emptyFile(file: string, wanted: string): ProblemsError {
  return new ProblemsError([nowhere(file, `the file is empty; expected ${wanted}`)]);
}

/** What the text stands for, as plain data. */
export function plainValue({ document }: YamlSource): unknown {
  return document.toJS({ maxAliasCount: ALIASES_MAX });
}

/** @throws ProblemsError with all that the schema finds */
export function checkYaml<Schema extends z.ZodType>(
  source: YamlSource,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(plainValue(source), { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = findingsOf(parsed.error.issues).map((finding) => problemAt(source, finding));
  throw new ProblemsError(inOrder(problems));
}

/** A finding with its place in the text: that of what its path leads to, or of the nearest thing around it. */
export function problemAt(source: YamlSource, { path, at, message, help }: Finding): Problem {
  const { file, text, document, lines } = source;
  const place = locate(document, path, at, text);
  const { line, col } = lines.linePos(place.offset);
  const { length } = place;
  return { file, line, column: col, path: renderPath(place.path), message, help, length };
}

/** A problem without a place in a text. */
export function nowhere(file: string, message: string): Problem {
  return { file, line: 0, column: 0, path: '', message, help: '', length: 0 };
}

/** As in the text, from top to bottom. Under an alias the same text is met once for each of its uses, and told once. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(isFirst).sort((a, b) => a.line - b.line || a.column - b.column);
}

function isFirst(
  { line, column, message }: Problem,
  index: number,
  all: readonly Problem[],
): boolean {
  const same = (other: Problem) =>
    other.line === line && other.column === column && other.message === message;
  return line === 0 || all.findIndex(same) === index;
}
