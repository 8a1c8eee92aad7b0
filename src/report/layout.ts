/** Text in columns, and colours that mean something. */
import Table from 'cli-table3';

/** Makes a text mean something; how it looks then is decided by who shows it. */
export interface Paint {
  strong(text: string): string;
  /** What is there to be looked up, not to be read. */
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  caution(text: string): string;
}

const same = (text: string) => text;
/** For files, and for terminals without colour. */
export const plainPaint: Paint = {
  strong: same,
  faint: same,
  good: same,
  bad: same,
  caution: same,
};

export const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
} as const;

export type Align = 'left' | 'right';

/** Rows of cells as aligned lines, each indented by two; cells may hold colours. */
export function grid(
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
): readonly string[] {
  if (rows.length === 0) return [];
  const table = new Table({
    chars: borderless,
    colAligns: [...aligns],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd());
}

/** Breaks a text into lines of at most so many columns, at spaces. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Parts side by side, `gap` between them, as many on a line as there is room; lines after the first are indented. */
export function flow(
  parts: readonly string[],
  { gap, width, indent = '  ' }: { gap: string; width: number; indent?: string },
): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts.flatMap((text) => pieces(text, width - indent.length))) {
    if (line === '') line = part;
    else if (line.length + gap.length + part.length <= width) line = `${line}${gap}${part}`;
    else {
      lines.push(line);
      line = `${indent}${part}`;
    }
  }
  return [...lines, line];
}

/** A part that is longer than a line is broken at its spaces. */
function pieces(text: string, width: number): readonly string[] {
  return text.length <= width ? [text] : wrap(text, width);
}

/** The first of several forms, widest first, whose lines have room; the last if none has. No colours yet. */
export function firstThatFits(
  forms: readonly (() => readonly string[])[],
  width: number,
): readonly string[] {
  let lines: readonly string[] = [];
  for (const form of forms) {
    lines = form();
    if (lines.every((line) => line.length <= width)) break;
  }
  return lines;
}

/** Not more columns than this; what is cut off is the beginning, as names differ at their end: `…/frontend`. */
export function shorten(name: string, width: number): string {
  if (name.length <= width) return name;
  // A station is called by its kind first.
  const kind = /^\S+ /.exec(name)?.[0] ?? '';
  const rest = Math.max(1, width - kind.length - 1);
  return `${kind}…${name.slice(-rest)}`;
}
