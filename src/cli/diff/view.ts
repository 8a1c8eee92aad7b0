/** What `meshsim diff` shows, whatever was compared: facts, tables, remarks; as text for a terminal, or as Markdown. */
import { type Align, grid, type Paint, wrap } from '../../report/layout.ts';

export interface View {
  /** What a and b are. */
  readonly sides: readonly (readonly string[])[];
  readonly tables: readonly {
    readonly title: string;
    readonly head: readonly string[];
    readonly aligns: readonly Align[];
    readonly rows: readonly Row[];
  }[];
  /** What stands on its own and matters as much as a table does. */
  readonly findings: readonly string[];
  /** The answer in a line. */
  readonly answer: string;
  readonly remarks: readonly string[];
}

export interface Row {
  readonly cells: readonly string[];
  /** Differs, does not, or nobody knows. */
  readonly weight: 'strong' | 'plain' | 'faint';
}

export function renderText(view: View, { paint, width }: { paint: Paint; width: number }): string {
  const sides = grid(view.sides, ['left', 'left', 'left', 'left', 'left', 'left']);
  const tables = view.tables
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, head, aligns, rows }) => {
      const [first, ...lines] = grid([head, ...rows.map(({ cells }) => cells)], aligns);
      const painted = lines.map((line, i) =>
        rows[i].weight === 'plain' ? line : paint[rows[i].weight](line),
      );
      return [...(title === '' ? [] : [paint.strong(title)]), paint.faint(first), ...painted];
    });
  const sections = [
    sides.map((line) => line.slice(2)),
    ...tables,
    view.findings,
    [paint.strong(view.answer)],
    view.remarks.flatMap((remark) => wrap(remark, width)).map(paint.faint),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The answer first: a comment on a change is read from the top. */
export function renderMarkdown(view: View): string {
  const sides = view.sides.map(
    ([name, ...facts]) => `- ${bold(name)}: ${facts.map(plain).join(', ')}`,
  );
  const tables = view.tables
    .filter(({ rows }) => rows.length > 0)
    .flatMap(({ title, head, aligns, rows }) => [
      ...(title === '' ? [] : [`### ${plain(title)}`]),
      [
        line(head.map(plain)),
        line(aligns.map((align) => (align === 'right' ? '--:' : ':--'))),
        ...rows.map(({ cells, weight }) =>
          line(
            cells.map((cell, i) => (weight === 'strong' && isEnd(i, cells) ? bold : plain)(cell)),
          ),
        ),
      ].join('\n'),
    ]);
  const parts = [
    bold(view.answer),
    sides.join('\n'),
    ...tables,
    view.findings.map((finding) => `- ${plain(finding)}`).join('\n'),
    view.remarks.map(plain).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What it is about, and what to think of it. */
function isEnd(i: number, { length }: readonly string[]): boolean {
  return i === 0 || i === length - 1;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function bold(text: string): string {
  return text === '' ? '' : `**${plain(text)}**`;
}

/** Names of the user's are no markup. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~]/g, (char) => `\\${char}`).replace(/\s/g, ' ');
}
