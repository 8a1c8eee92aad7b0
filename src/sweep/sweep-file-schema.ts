/** What a sweep file may say, with unknown keys refused: the options of `meshsim sweep`, as fields. */
import { z } from 'zod';
import type { PointValue } from '../measure/points.ts';
import { quote } from '../problems.ts';
import { parseSetting } from '../scenario/overrides.ts';
import { parseThreshold } from '../scenario/thresholds.ts';
import { expected, parseTime } from '../units.ts';
import { attempted, count, fault, fields, oneOf, unlike } from '../yaml/fields.ts';
import { renderPath } from '../yaml/finding.ts';
import { type AxisValues, parseValues } from './axes.ts';

/** Of a sample; a file with more is a slip of the pen. */
const POINTS_MAX = 9_999_999;
const REPS_MAX = 10_000;

export const designNames = ['grid', 'zip', 'lhs', 'sobol'] as const;
export type DesignName = (typeof designNames)[number];

const text = z.string().min(1);

/** A place in the scenario, as `--set` has it before the `=`. */
const path = z.string().superRefine((written, context) => {
  if (pathOf(written) !== null) return;
  fault(context, written, `${quote(written)} is no path; expected one such as "load[0].rate"`);
});

/** The path that a text stands for, in its one spelling; null if it stands for none. */
export function pathOf(written: string): string | null {
  try {
    const { path, value } = parseSetting(`${written}=`);
    return value === null ? renderPath(path) : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const value = z.custom<PointValue>(isPointValue, {
  error: ({ input }) => unlike(input, 'text, a number, true, false or null'),
});

function isPointValue(value: unknown): value is PointValue {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

/** A list of YAML, or a text as `--axis` has it behind the `=`. */
const values = z.union(
  [
    text.transform((spec, context) => attempted(context, spec, () => parseValues(spec))),
    z
      .array(value)
      .min(1)
      .transform((listed): AxisValues => ({ values: listed })),
  ],
  { error: ({ input }) => unlike(input, 'a list, or a range such as "100/s:500/s:100/s"') },
);

const threshold = z
  .string()
  .transform((written, context) =>
    attempted(context, written, () => parseThreshold(written, null).expression),
  );

const time = z
  .string({ error: ({ input }) => unlike(input, expected.time) })
  .superRefine((written, context) => {
    attempted(context, written, () => parseTime(written));
  });

export const sweepFileSchema = fields({
  scenario: text.meta({ description: 'file of the scenario, relative to this file' }),
  axes: z
    .record(path, values)
    .refine((axes) => Object.keys(axes).length > 0, {
      error: 'found no axis; expected one such as "mesh.mode: [none, sidecar]"',
    })
    .meta({
      description: 'by path of the scenario: a list of values, a range, or an interval for samples',
      examples: [{ 'mesh.mode': ['none', 'sidecar'], 'load[0].rate': '100/s:500/s:100/s' }],
    }),
  design: oneOf('design', designNames).default('grid').meta({
    description: 'all combinations, values side by side, or samples (Latin hypercube, Sobol)',
  }),
  points: count({ min: 1, max: POINTS_MAX })
    .nullable()
    .default(null)
    .meta({ description: 'of a sample: how many' }),
  seed: z.union([text, z.number()]).transform(String).nullable().default(null).meta({
    description: 'of all randomness at all points, and of samples; null: as the scenario',
  }),
  reps: count({ min: 1, max: REPS_MAX })
    .nullable()
    .default(null)
    .meta({ description: 'replications of each point; null: as the scenario' }),
  until: time
    .nullable()
    .default(null)
    .meta({ description: 'simulated time of a replication; null: as the scenario' }),
  set: z
    .record(path, z.json())
    .default({})
    .meta({ description: 'what is changed in the scenario at all points, by path' }),
  thresholds: z.array(threshold).default([]).meta({ description: 'added to the scenario' }),
  find: fields({
    axis: path,
    confidence: z.number().gte(0.5).lt(1).default(0.95),
  })
    .nullable()
    .default(null)
    .meta({ description: 'the axis to look along for where the thresholds stop being kept' }),
  baseline: z
    .boolean()
    .default(true)
    .meta({ description: 'whether the same is simulated without a mesh too' }),
});
