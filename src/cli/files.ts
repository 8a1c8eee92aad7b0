/** Reading what the user named: a file or standard input, as text, or a located problem saying why not. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { type Problem, ProblemsError, quote } from '../problems.ts';
import { systemReason } from './exit.ts';

/** Nobody writes more by hand; what is larger is not what the user meant. [B] */
const SIZE_MAX = 64 * 2 ** 20;
export const STDIN = '-';

/** A text and the name that messages call it by. */
export interface Text {
  readonly file: string;
  readonly text: string;
}

/** @throws ProblemsError if there is no such file, or it is no text */
export async function readText(file: string): Promise<Text> {
  if (file === STDIN) return { file: '<stdin>', text: decode('<stdin>', await readStdin()) };
  return { file, text: decode(file, readBytes(file)) };
}

/** A problem of a file as a whole. */
export function fileProblem(file: string, message: string, help = ''): Problem {
  return { file, line: 0, column: 0, path: '', message, help, length: 0 };
}

function readBytes(file: string): Uint8Array {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return readAll(file, descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const reason = systemReason(error);
    if (error instanceof ProblemsError || reason === null) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw refuse(file, reason, isMissing ? suggestFile(file) : '');
  }
}

function readAll(file: string, descriptor: number): Uint8Array {
  if (fstatSync(descriptor).isDirectory()) {
    throw refuse(file, 'it is a directory; expected a file');
  }
  // In pieces: a device or a pipe has no size to look at beforehand.
  const pieces: Uint8Array[] = [];
  for (let size = 0; ; ) {
    const piece = new Uint8Array(2 ** 16);
    const length = readSync(descriptor, piece);
    if (length === 0) return Buffer.concat(pieces);
    size += length;
    if (size > SIZE_MAX) throw tooLarge(file);
    pieces.push(piece.subarray(0, length));
  }
}

/** Read once; whoever asks again is told the same. */
let stdin: Promise<Uint8Array> | null = null;

function readStdin(): Promise<Uint8Array> {
  stdin ??= readAllOfStdin();
  return stdin;
}

async function readAllOfStdin(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of process.stdin) {
    size += piece.length;
    if (size > SIZE_MAX) throw tooLarge('<stdin>');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function decode(file: string, bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw refuse(file, `it is no text file: byte ${zero + 1} is 0`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(file, 'it is no text file: it is not in UTF-8');
  }
}

/** The file beside it whose name is a slip of the pen away. */
function suggestFile(file: string): string {
  let names: string[];
  try {
    names = readdirSync(dirname(file));
  } catch {
    return '';
  }
  const name = basename(file);
  const nearest = names.length === 0 ? '' : closest(name, names);
  const isNear = nearest !== '' && distance(name, nearest) <= Math.max(2, name.length / 3);
  return isNear ? `did you mean ${quote(join(dirname(file), nearest))}?` : '';
}

function tooLarge(file: string): ProblemsError {
  return refuse(file, `it is larger than ${SIZE_MAX / 2 ** 20} MiB`);
}

function refuse(file: string, reason: string, help = ''): ProblemsError {
  return new ProblemsError([fileProblem(file, `cannot be read: ${reason}`, help)]);
}
