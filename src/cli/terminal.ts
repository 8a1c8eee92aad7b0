/** What the terminal behind a stream can show. */
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { type Paint, plainPaint } from '../report/layout.ts';

/** Columns of summaries: wider lines are hard to read, narrower ones break tables. */
const WIDTH = { least: 80, most: 110, unknown: 100 };

/** Colour for a stream: asked for or refused by the user, else wherever a person looks. */
export function hasColour(stream: Pick<WriteStream, 'isTTY'>, option: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (!option || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true && TERM !== 'dumb';
}

/** How progress is shown on a stream: a bar moves the cursor, which not every terminal can, nor everyone wants. */
export function progressLook(stream: Pick<WriteStream, 'isTTY'>, colour: boolean): 'bar' | 'lines' {
  const { NO_COLOR, TERM } = process.env;
  const isPlain = !colour || (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb';
  return stream.isTTY === true && !isPlain ? 'bar' : 'lines';
}

/** A terminal may say that it has 0 columns. */
export function widthOf({ columns }: { readonly columns?: number }): number {
  if (columns === undefined || columns === 0) return WIDTH.unknown;
  return Math.min(WIDTH.most, Math.max(WIDTH.least, columns));
}

export function painter(colour: boolean): Paint {
  if (!colour) return plainPaint;
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    text === '' ? '' : styleText(format, text, { validateStream: false });
  return {
    strong: style('bold'),
    faint: style('dim'),
    good: style('green'),
    bad: style(['red', 'bold']),
    caution: style('yellow'),
  };
}
