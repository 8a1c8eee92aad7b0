/** What a page shows in fences: files to be saved, scripts to be run, commands with what they print. */

export interface Block {
  /** Of its first line, from 1 on. */
  readonly line: number;
  readonly language: string;
  /** What stands behind the language: the name of a file, or `exit=99`. */
  readonly info: string;
  readonly lines: readonly string[];
  /** Why its commands are not run, from a comment `<!-- not run: … -->` right above it; null if they are. */
  readonly excuse: string | null;
}

export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w*) ?(.*)$/.exec(lines[i]);
    if (fence === null) continue;
    const end = lines.indexOf('```', i + 1);
    const above = lines.slice(0, i).findLast((line) => line.trim() !== '') ?? '';
    blocks.push({
      line: i + 1,
      language: fence[1],
      info: fence[2],
      lines: lines.slice(i + 1, end),
      excuse: /^<!-- not run: (.+) -->$/.exec(above)?.[1] ?? null,
    });
    i = end;
  }
  return blocks;
}

/** A command of a block `console`, and what stands below it. */
export interface Shown {
  readonly command: string;
  readonly output: readonly string[];
}

export function shownIn({ lines }: Block): readonly Shown[] {
  const starts = lines.flatMap((line, i) => (line.startsWith('$ ') ? [i] : []));
  return starts.map((start, n) => ({
    command: lines[start].slice(2),
    output: lines.slice(start + 1, starts[n + 1]),
  }));
}

/** The words of a command as a shell would split it; only single quotes are understood. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

/**
 * What a page shows of an output that did not come out, null if all did. Blanks and empty lines do not count; `…` on a
 * line of its own stands for any lines; numbers may differ by their rounding.
 */
export function wrongIn(shown: readonly string[], printed: readonly string[]): string | null {
  const isText = (line: string) => line.trim() !== '';
  const rest = printed.filter(isText);
  let isFree = false;
  let at = 0;
  for (const line of shown.filter(isText)) {
    if (line.trim() === '…') {
      isFree = true;
      continue;
    }
    const found = rest.findIndex((other, i) => i >= at && isSame(line, other));
    if (found < 0 || (!isFree && found !== at))
      return `${line}\n  instead of: ${rest[at] ?? 'nothing'}`;
    at = found + 1;
    isFree = false;
  }
  return isFree || at === rest.length ? null : `more is printed: ${rest[at]}`;
}

const NUMBER = /\d[\d,]*(?:\.\d+)?/g;

function isSame(a: string, b: string): boolean {
  const texts = [a, b].map((line) => line.trim().replace(NUMBER, '#').replace(/\s+/g, ' '));
  if (texts[0] !== texts[1]) return false;
  const others = b.match(NUMBER) ?? [];
  return (a.match(NUMBER) ?? []).every((number, i) => isNear(number, others[i]));
}

/** Within one of the last digit that is shown. */
function isNear(shown: string, other: string): boolean {
  const [, decimals = ''] = shown.split('.');
  const value = (text: string) => Number(text.replaceAll(',', ''));
  return Math.abs(value(shown) - value(other)) < 1.5 * 10 ** -decimals.length;
}
