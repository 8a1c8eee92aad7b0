/** Documents that another tool's files are made of, the places in them, and notes about what becomes of them. */
import { type Problem, ProblemsError } from '../problems.ts';
import type { Finding, Path } from '../yaml/finding.ts';
import type { YamlSource } from '../yaml/source.ts';
import { nowhere, plainValue, problemAt, readYamlStream, type Written } from '../yaml/source.ts';

/** One document of a text. */
export interface Foreign {
  readonly source: YamlSource;
  readonly value: unknown;
}

/** Something in a document. */
export interface Place {
  readonly source: YamlSource;
  readonly path: Path;
}

/** What was not taken over or had to be assumed, and why. */
export interface Note {
  /** Where; with line 0 it is about the file as a whole. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** As messages are: lower case, no full stop. */
  readonly message: string;
}

/** @throws ProblemsError with all faults of the texts as such */
export function readForeign(texts: readonly Written[]): readonly Foreign[] {
  const problems: Problem[] = [];
  const documents = texts.flatMap((text) => {
    try {
      return readYamlStream(text, 'manifests').map((source) => {
        return { source, value: plainValue(source) };
      });
    } catch (error) {
      if (!(error instanceof ProblemsError)) throw error;
      problems.push(...(helmProblem(text) ?? error.problems));
      return [];
    }
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  return documents;
}

/** A chart is a template of YAML, and seldom YAML itself. */
function helmProblem({ file, text }: Written): readonly Problem[] | null {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => /\{\{-?\s*[\w.($/"]/.test(one));
  if (line < 0) return null;
  const column = lines[line].indexOf('{{') + 1;
  const message = 'this is a template of Helm, not YAML';
  const help = 'render it first: "helm template … | meshsim import -"';
  return [{ ...nowhere(file, message), line: line + 1, column, help, length: 2 }];
}

export function problemOf(
  { source, path }: Place,
  message: string,
  { help = '', at = 'value' }: Partial<Pick<Finding, 'help' | 'at'>> = {},
): Problem {
  return problemAt(source, { path, at, message, help });
}

/** Collects notes. */
export interface Notebook {
  say(place: Place, message: string): void;
  /** What is true of many things is said once, at the first of them. @param message - of how many there are */
  count(place: Place, topic: string, message: (count: number) => string): void;
  /** As in the files, from top to bottom. */
  list(): readonly Note[];
}

export function notebook(): Notebook {
  const notes: Note[] = [];
  const counts = new Map<string, { place: Place; count: number; message: (n: number) => string }>();
  return {
    say(place, message) {
      notes.push(noteOf(place, message));
    },
    count(place, topic, message) {
      const known = counts.get(topic);
      if (known === undefined) counts.set(topic, { place, count: 1, message });
      else known.count++;
    },
    list() {
      const counted = [...counts.values()].map(({ place, count, message }) =>
        noteOf(place, message(count)),
      );
      const files = [...new Set([...notes, ...counted].map(({ file }) => file))];
      return [...notes, ...counted].sort(
        (a, b) =>
          files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
      );
    },
  };
}

function noteOf({ source, path }: Place, message: string): Note {
  const { file, line, column } = problemAt(source, { path, at: 'key', message, help: '' });
  return { file, line, column, message };
}

/** `basic.yaml:9:3: note: …` */
export function renderNote({ file, line, column, message }: Note): string {
  return `${line === 0 ? file : `${file}:${line}:${column}`}: note: ${message}`;
}
