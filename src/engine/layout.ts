/**
 * The record of a job, in 32-bit words: a row of 64 bytes, a cache line; the places of its frames; and its frames, one
 * for every depth of the call tree below the first. A job is known by the word where its record begins, and a
 * frame by its own, so that a field is one addition away.
 *
 * Who reads these in the loop makes constants of its own of them (`const { PC } = L`): V8 knows the values of those,
 * while it loads and checks an imported one at every use.
 */

/** In 64-bit words, from `job / 2` on. When the job's event is due; the demand of a visit that waits in a line. */
export const DUE = 0;
/** Next of a bucket of the calendar, of a waiting line, or of the free list: a job is in one of them at most. */
export const LINK = 2;
/** Step that comes next: where its record begins in the program. */
export const PC = 3;
export const REQUEST = 4;
/** Job that waits for this one, or NONE. */
export const PARENT = 5;
/** Branches that this job waits for. */
export const PENDING = 6;
/** Which attempts this job is part of; 0 where every try is the first. Mixed into every draw. */
export const SALT = 7;
export const CONNECTION = 8;
export const SOURCE = 9;
/** Station that must be told when the job leaves it, + 1; 0 for none. */
export const HERE = 10;
export const OUTCOME = 11;
/** Bits, see below. */
export const FLAGS = 12;
/**
 * Frame of the call whose try has come to a place that was down, as words from the beginning of the record, until that
 * call is settled; 0 for none, in a free job too.
 */
export const MISSED = 13;
/** In 64-bit words, from `job / 2` on: when the request began. */
export const ARRIVAL = 7;
/** Places by depth begin here: who calls at depth 0, who is called below it. */
export const PLACES = 16;

/** Arrived in the window, so it is counted. */
export const MEASURED = 1;
/** Was given up on and must stop at its next step. */
export const STOPPED = 2;
/** Was sent back to its attempt by `settle`: the next try begins, not the first. */
export const RETRYING = 4;

/** Of a frame. In 64-bit words, from `frame / 2` on: when its attempt began. */
export const FRAME_BEGIN = 0;
/** SALT outside this attempt. */
export const FRAME_SALT = 2;
/** Counter of calls under way that this call holds, + 1; 0 for none. */
export const FRAME_COUNTED = 3;
/** Retries so far; ABANDONED in a job whose caller has given this call up and gone on without it. */
export const FRAME_RETRY = 4;
/** Where the record of the attempt begins in the program, + 1, while a deadline is set; else 0, in a free job too. */
export const FRAME_TIMED = 5;
/** Neighbours in the list of deadlines of the same length: frames, or NONE. From here on only where calls have deadlines. */
export const FRAME_NEXT = 6;
export const FRAME_PREVIOUS = 7;
/** In 64-bit words, from `frame / 2` on: when the deadline passes. */
export const FRAME_DUE = 4;

export const FRAME_PLAIN = 6;
export const FRAME_WITH_DEADLINE = 10;

export const ABANDONED = -1;
export const NONE = -1;

/** How the records of a network are laid out. [words] */
export interface Layout {
  /** Of a record; even, as it holds doubles. */
  readonly stride: number;
  /** Frames that a job has, the one of depth 0 included. */
  readonly depths: number;
  readonly frameWidth: number;
  /** Where the frame of depth 1 begins in the record. */
  readonly frames: number;
}

/** @param depths - frames of a job, at least 1 */
export function layoutOf(depths: number, hasDeadlines: boolean): Layout {
  const frameWidth = hasDeadlines ? FRAME_WITH_DEADLINE : FRAME_PLAIN;
  const frames = PLACES + depths + (depths % 2);
  return { stride: frames + (depths - 1) * frameWidth, depths, frameWidth, frames };
}
