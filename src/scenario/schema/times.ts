/** Distributions of times as a user writes them: `1ms`, or `{ exponential: { mean: 1ms } }`. */
import { z } from 'zod';
import {
  type DistributionKind,
  distributions,
  makeDistribution,
  type ParameterKind,
} from '../../engine/distributions.ts';
import { quote } from '../../problems.ts';
import type { TimeSpec } from '../../topology/topology.ts';
import { expected } from '../../units.ts';
import { attempted, fault, fields, time, unlike } from '../../yaml/fields.ts';
import { listed } from '../../yaml/suggest.ts';
import { share } from './fields.ts';

const kinds: Readonly<Record<string, DistributionKind>> = distributions;

/** A map of one entry: the name of a distribution and its parameters, as the registry has them. */
const distribution: z.ZodType<TimeSpec> = z
  .lazy(() =>
    fields(mapValues(kinds, ({ parameters }) => fields(mapValues(parameters, field)).optional())),
  )
  .transform((written, context): TimeSpec => {
    const names = Object.keys(written);
    if (names.length !== 1) {
      const what =
        names.length === 0 ? 'no distribution' : `${listed(names).replace(' or ', ' and ')}`;
      fault(context, written, `found ${what}; expected one of ${listed(Object.keys(kinds))}`);
      return z.NEVER;
    }
    const spec = { distribution: names[0], parameters: written[names[0]] ?? {} };
    return attempted(context, written, () => {
      makeDistribution(spec);
      return spec;
    });
  });

/** A time is a constant. */
export const times: z.ZodType<TimeSpec> = z
  .union([time.transform((value) => constant(value)), distribution], {
    error: ({ input }) =>
      unlike(input, `${expected.time}, or a distribution such as { exponential: { mean: 1ms } }`),
  })
  .meta({ id: 'times', description: `${expected.time}, or a distribution of times` });

export function constant(value: number): TimeSpec {
  return { distribution: 'constant', parameters: { value } };
}

function field(kind: ParameterKind): z.ZodType<unknown> {
  switch (kind) {
    case 'time':
      return time;
    case 'positive':
      return z.number().refine((value) => value > 0, {
        error: ({ input }) => `${quote(input)} is too small; expected a number above 0`,
      });
    case 'share':
      return share;
    case 'points':
      return z.array(z.tuple([share, time])).meta({
        description: 'quantiles, as pairs of a share and the time that this share does not exceed',
        examples: [
          [
            ['0%', '1ms'],
            ['50%', '2ms'],
            ['100%', '20ms'],
          ],
        ],
      });
    case 'distribution':
      return times;
  }
}

function mapValues<From, To>(
  table: Readonly<Record<string, From>>,
  make: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, make(value)]));
}
