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

/** Not more columns than this, the end of what is cut off marked. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
