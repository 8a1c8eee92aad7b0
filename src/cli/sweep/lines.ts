/** Files of lines that are too large to be read as a whole: where each line is, and one of them. */
import { readSync } from 'node:fs';

export interface Line {
  /** [B] */
  readonly offset: number;
  /** Without its end. [B] */
  readonly length: number;
}

const PIECE = 1 << 20;
const NEWLINE = 10;

/** @returns where the last line that has an end is over; what comes after it is none. [B] */
export function scanLines(file: number, found: (bytes: Buffer, line: Line) => void): number {
  const piece = Buffer.alloc(PIECE);
  let rest = Buffer.alloc(0);
  let begin = 0;
  for (let at = 0; ; ) {
    const length = readSync(file, piece, 0, PIECE, at);
    if (length === 0) return begin;
    at += length;
    rest = Buffer.concat([rest, piece.subarray(0, length)]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      found(rest.subarray(0, end), { offset: begin, length: end });
      begin += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
}

export function readLine(file: number, { offset, length }: Line): string {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  return bytes.toString('utf8');
}
