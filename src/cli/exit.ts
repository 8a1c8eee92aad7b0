/** How a command ends: exit codes, and the errors that stand for one of them. */
import { inspect } from 'node:util';

export const exitCodes = {
  ok: 0,
  /** The result is kept, but not where it was to be: something else had come there. */
  elsewhere: 1,
  /** A profile has other costs than were fitted. */
  differs: 1,
  /** Bad usage, or input that is wrong. */
  usage: 2,
  /** Points of a sweep failed, or are missing. */
  someFailed: 3,
  /** An assertion of ours: a bug. */
  internal: 70,
  /** The result could not be written; sysexits.h calls it EX_IOERR. */
  output: 74,
  /** A threshold failed. */
  threshold: 99,
  /** 128 and the number of the signal, as shells count. */
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The user asked for what cannot be done; the message says what and why, in one line. */
export class UsageError extends Error {}

/** A result is there, and could not be written; the message says where and why, in one line. */
export class OutputError extends Error {}

/** What is wrong with files or settings, ready to be shown: one or more lines, each with its place. */
export class InputError extends Error {}

/** The code that an error ends the program with, and what is said about it. */
export function explain(
  error: unknown,
  debug: boolean,
): { readonly code: ExitCode; readonly text: string } {
  if (error instanceof InputError) return { code: exitCodes.usage, text: error.message };
  if (error instanceof UsageError) {
    return { code: exitCodes.usage, text: `meshsim: ${error.message}\n` };
  }
  if (error instanceof OutputError) {
    return { code: exitCodes.output, text: `meshsim: ${error.message}\n` };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = debug ? `${inspect(error)}\n` : '';
  const hint = debug ? '' : ' (MESHSIM_DEBUG=1 shows where)';
  return {
    code: exitCodes.internal,
    text: `meshsim: internal error: ${message}${hint}\n${stack}`,
  };
}

/** Why the system refused something, in the user's words. */
export function systemReason(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return reasons[String(error.code)] ?? error.message.toLowerCase().replace(/^e\w+: /, '');
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is no directory',
  ENOENT: 'there is no such file or directory',
  EEXIST: 'something that is no directory is in the way',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
};
