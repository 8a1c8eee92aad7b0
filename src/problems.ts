/** What is wrong with something the user wrote, and where. All problems of a file are collected and shown at once. */
export interface Problem {
  /** As the user named it, or `--set`, `--threshold`. */
  readonly file: string;
  /** From 1; 0 where there is no place to point at. */
  readonly line: number;
  readonly column: number;
  /** `topology.namespaces[0].services[1].name`, or ''. */
  readonly path: string;
  /** What was found and what was expected: lower case, no full stop, values in quotes. */
  readonly message: string;
  /** `did you mean "sidecar"?` or another next step; '' for none. */
  readonly help: string;
  /** Columns to underline, from `column`; 0 for none. */
  readonly length: number;
}

/** Thrown where problems were found; the command line shows them and exits with 2. */
export class ProblemsError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => headline(problem)).join('\n'));
    this.problems = problems;
  }
}

/** A value as messages show it: in double quotes, control characters escaped, not longer than a line can bear. */
export function quote(value: unknown): string {
  const text = String(value);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/**
 * Every problem as one line, with the line of the file that it is about below it, the fault underlined:
 *
 *     scenarios/x.yml:4:9: mesh.mode: "sidecarz" is no mesh mode; did you mean "sidecar"?
 *       4 |   mode: sidecarz
 *         |         ^^^^^^^^
 *
 * @param source - the text of the file; without it the lines are left out
 */
export function renderProblems(problems: readonly Problem[], source?: string): string {
  const lines = source?.split(/\r\n|\r|\n/) ?? [];
  return problems.map((problem) => `${headline(problem)}\n${frame(problem, lines)}`).join('');
}

function headline({ file, line, column, path, message, help }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  const parts = [place, path, help === '' ? message : `${message}; ${help}`];
  return withoutControls(parts.filter((part) => part !== '').join(': '));
}

/** Nothing that the user's text holds may steer a terminal. */
function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** Columns of a source line that are shown at most. */
const WIDTH = 100;

function frame({ line, column, length }: Problem, lines: readonly string[]): string {
  if (line < 1 || line > lines.length || length < 1) return '';
  // A long line is shown from a little before the fault.
  const from = column > WIDTH - 20 ? column - 20 : 0;
  const text = withoutControls(lines[line - 1].slice(from, from + WIDTH));
  const number = String(line);
  const start = column - 1 - from;
  const marks = '^'.repeat(Math.max(1, Math.min(length, text.length - start)));
  return [
    `  ${number} | ${text}`.trimEnd(),
    `  ${' '.repeat(number.length)} | ${' '.repeat(start)}${marks}`,
    '',
  ].join('\n');
}
