/**
 * The kinds of fields that a file is made of, whatever it is about: maps without unknown keys, names from a table,
 * counts, and quantities with units. Their errors are the texts that a user sees; `issues.ts` has those that are the
 * same for all.
 */
import { z } from 'zod';
import { quote } from '../problems.ts';
import { expected, parseBytes, parseTime } from '../units.ts';
import { didYouMean, listed } from './suggest.ts';

/**
 * A map with these keys and no others; a wrong one is named, one line each, with the nearest right one.
 *
 * @param refused - what is said about keys that are known, and not right here
 */
export function fields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  refused: Readonly<Record<string, string>> = {},
) {
  const known = Object.keys(shape);
  const wrong = (key: string) =>
    Object.hasOwn(refused, key) ? `${quote(key)} ${refused[key]}` : unknownField(key, known);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map(wrong).join('\n') : undefined,
  });
}

function unknownField(key: string, known: readonly string[]): string {
  const help = didYouMean(key, known) || `expected one of ${listed(known)}`;
  return `${quote(key)} is no field here; ${help}`;
}

/** One of some names; `noun` says of what. */
export function oneOf<const Name extends string>(noun: string, names: readonly Name[]) {
  return z.enum(names as readonly [Name, ...Name[]], {
    error: ({ input }) => {
      if (input === undefined) return undefined;
      if (typeof input === 'number') {
        const hint = names.some((name) => /^\d/.test(name)) ? ', in quotes' : '';
        return `found the number ${quote(input)}; expected ${listed(names)}${hint}`;
      }
      const help = didYouMean(input, names) || `expected ${listed(names)}`;
      return `${quote(input)} is no ${noun}; ${help}`;
    },
  });
}

/** A whole number. */
export function count({ min = 0, max }: { readonly min?: number; readonly max: number }) {
  return z
    .int({
      error: ({ code, input }) => {
        return code === 'invalid_type' ? unlike(input, 'a whole number') : undefined;
      },
    })
    .min(min)
    .max(max);
}

/**
 * A number written with a unit.
 *
 * @param wanted - in messages after "expected"
 * @param parse - throws RangeErrors for the user
 * @param hints - for editors
 */
export function quantity(
  wanted: string,
  parse: (written: string | number) => number,
  hints: { readonly pattern?: string; readonly examples?: readonly unknown[] } = {},
) {
  return z
    .union([z.string(), z.number()], { error: ({ input }) => unlike(input, wanted) })
    .transform((written, context) => attempted(context, written, () => parse(written)))
    .meta({ description: wanted, ...hints });
}

export const time = quantity(expected.time, parseTime, {
  pattern: '^(0|(\\d+(\\.\\d+)? ?(ns|us|µs|ms|s|min|m|h) ?)+)$',
  examples: ['250us', '1.5ms', '1m30s'],
});
export const bytes = quantity(expected.bytes, parseBytes, {
  pattern: '^(0|\\d+(\\.\\d+)?(e\\+?\\d+)? ?([kKMGT]B|[KMGT]iB|B))$',
  examples: ['300B', '2KiB', '1MB'],
});

/** Reports a fault of a value from inside a transform. */
export function fault(context: z.core.$RefinementCtx, input: unknown, message: string): void {
  context.issues.push({ code: 'custom', input, message });
}

/** Calls a function that throws RangeErrors for the user, and reports them as faults. */
export function attempted<Value>(
  context: z.core.$RefinementCtx,
  input: unknown,
  make: () => Value,
): Value {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fault(context, input, error.message);
    return z.NEVER;
  }
}

/** What stands where something else was expected, or that nothing stands there. */
export function unlike(input: unknown, wanted: string): string {
  return `${input === undefined ? 'missing' : `found ${found(input)}`}; expected ${wanted}`;
}

/** What a value is, in YAML's words. */
export function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return quote(value);
}
