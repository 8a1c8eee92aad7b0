/** The kinds of fields that only scenarios have: names as Kubernetes takes them, rates and shares; and their limits. */
import { z } from 'zod';
import { quote } from '../../problems.ts';
import { expected, parseBandwidth, parseRate, parseShare } from '../../units.ts';
import { attempted, quantity, time, unlike } from '../../yaml/fields.ts';

/** Limits far above what a simulation can hold, so that a slip of the pen is met by a message. */
export const limits = {
  hosts: 100_000,
  hostCores: 1024,
  /** Pods of the whole scenario. */
  pods: 1_000_000,
  /** Of one template. */
  namespaces: 10_000,
  connections: 1_000_000,
  times: 1000,
  retries: 100,
  reps: 10_000,
  /** Calls that one request leads to, over all branches and versions. */
  callsOfRequest: 100_000,
  callDepth: 100,
  /** Occurrences of one churn entry in a run. */
  occurrences: 1_000_000,
} as const;

/** A name that Kubernetes would take (RFC 1123 label). */
export function label(noun: string, pattern: RegExp = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/) {
  const wanted = 'lower-case letters, digits and "-" (at most 63)';
  const error = ({ input }: { readonly input?: unknown }) =>
    input === undefined ? undefined : `${quote(input)} is no ${noun} name; expected ${wanted}`;
  return z.string({ error }).max(63, { error }).regex(pattern, { error });
}

/** Text that is not empty and has no line breaks. */
export function line(noun: string) {
  return z.string().refine((text) => text.trim() !== '' && !/\p{Cc}/u.test(text), {
    error: ({ input }) => `${quote(input)} is no ${noun}; expected one line of text`,
  });
}

/** A time above 0. */
export const span = above('time', time);
export const rate = quantity(expected.rate, parseRate, {
  pattern: '^(0|\\d+(\\.\\d+)?(e[+-]?\\d+)? ?/(s|min|h))$',
  examples: ['800/s', '30/min'],
});
/** A share of a whole, 0 to 1. */
export const share = quantity(expected.share, parsePart, {
  pattern: '^\\d+(\\.\\d+)?(e-?\\d+)? ?%?$',
  examples: ['95%', 0.95],
});
export const bandwidth = above(
  'bandwidth',
  quantity(expected.bandwidth, parseBandwidth, {
    pattern: '^\\d+(\\.\\d+)?(e\\+?\\d+)? ?[kMGT]?bit/s$',
    examples: ['10Gbit/s'],
  }),
);

/** A quantity, or in its place a word such as `auto`, which is null in the scenario. */
export function orWord(
  word: string,
  wanted: string,
  parse: (written: string | number) => number,
): z.ZodType<number | null, string | number> {
  const either = `${wanted}, or ${quote(word)}`;
  return z
    .union([z.string(), z.number()], { error: ({ input }) => unlike(input, either) })
    .transform((written, context) => {
      if (written === word) return null;
      return attempted(context, written, () => {
        try {
          return parse(written);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          throw new RangeError(error.message.replace(wanted, either));
        }
      });
    });
}

/** A whole number from 1 to `max`. @throws RangeError with a text for the user */
export function parseCount(written: string | number, max: number): number {
  if (Number.isInteger(written) && Number(written) >= 1 && Number(written) <= max) {
    return Number(written);
  }
  throw new RangeError(`found ${quote(written)}; expected a whole number`);
}

function above(noun: string, schema: z.ZodType<number>) {
  return schema.refine((value) => value > 0, {
    error: ({ input }) => `found ${quote(input)}; expected a ${noun} above 0`,
  });
}

function parsePart(written: string | number): number {
  const value = parseShare(written);
  if (value <= 1) return value;
  throw new RangeError(`${quote(written)} is above 1; expected ${expected.share}`);
}
