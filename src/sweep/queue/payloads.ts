/**
 * What crosses a queue, and what is made sure of at both ends: the specification of a sweep, a point that waits, what
 * became of it. Nothing that is not of this form is simulated, or taken for a result.
 */
import { z } from 'zod';
import { type MetricName, metrics } from '../../measure/metrics.ts';
import type { PointFailure, PointRecord } from '../../measure/points.ts';
import { quote } from '../../problems.ts';
import type { PointJob, PointOutcome, SweepSpec } from '../spec.ts';
import { profilePayload } from './profile-payload.ts';

/** A payload is not what it has to be; the message says what is wrong with it. */
export class PayloadError extends Error {}

const count = z.int().nonnegative();
const values = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** SHA-256 in hexadecimal. */
export const address = z.string().regex(/^[0-9a-f]{64}$/);
/** A letter, and then what may stand in a key: BullMQ reserves colons, and whole numbers. */
export const pointId = z.string().regex(/^[A-Za-z][\w-]{0,127}$/);

const spec = z.strictObject({
  meshsim: z.string(),
  file: z.string(),
  text: z.string(),
  set: z.array(z.string()),
  seed: z.string().nullable(),
  reps: z.string().nullable(),
  until: z.string().nullable(),
  thresholds: z.array(z.string()),
  events: z.strictObject({ file: z.string(), text: z.string() }).nullable(),
  profiles: z.record(z.string(), z.strictObject({ profile: profilePayload, digest: z.string() })),
  baseline: z.boolean(),
  digest: z.string(),
}) satisfies z.ZodType<SweepSpec>;

/** A point that waits in the queue. */
export interface PointPayload {
  readonly meshsim: string;
  /** Where its specification stands: the SHA-256 of its text. */
  readonly spec: string;
  readonly job: PointJob;
  /** [s; null for no limit] */
  readonly timeMax: number | null;
}

const point = z.strictObject({
  meshsim: z.string(),
  spec: address,
  job: z.strictObject({ id: pointId, index: count, settings: z.array(z.string()), values }),
  timeMax: z.number().positive().nullable(),
}) satisfies z.ZodType<PointPayload>;

const estimate = z.strictObject({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

const metricNames = Object.keys(metrics) as MetricName[];

const record = z.strictObject({
  id: pointId,
  index: count,
  values,
  metrics: z.record(z.enum(metricNames), estimate.nullable()),
  slos: z.array(
    z.strictObject({
      expression: z.string(),
      value: estimate.nullable(),
      shown: z.string(),
      pass: z.boolean(),
      certain: z.boolean(),
    }),
  ),
  saturated: z.array(z.string()),
  visits: count,
  events: count,
  hdr: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
}) satisfies z.ZodType<PointRecord>;

const failure = z.strictObject({
  id: pointId,
  index: count,
  values,
  kind: z.enum(['invalid', 'failed', 'out of memory', 'too long', 'lost']),
  reason: z.string(),
  command: z.string(),
}) satisfies z.ZodType<PointFailure>;

const outcome = z.union([
  z.strictObject({ record }),
  z.strictObject({ failure }),
]) satisfies z.ZodType<PointOutcome>;

/** @throws PayloadError */
export const readSpec = (data: unknown): SweepSpec =>
  read('a specification of a sweep', spec, data);
/** @throws PayloadError */
export const readPoint = (data: unknown): PointPayload => read('a point of a sweep', point, data);
/** @throws PayloadError */
export const readOutcome = (data: unknown): PointOutcome => read('an outcome', outcome, data);

/** Data comes back as it is, so that a record keeps its bytes: the order of keys is not the schema's. */
function read<T>(what: string, schema: z.ZodType<T>, data: unknown): T {
  const { error } = schema.safeParse(data);
  if (error === undefined) return data as T;
  const [{ path, message }] = error.issues;
  const place = path.length === 0 ? '' : `${quote(path.join('.'))}: `;
  throw new PayloadError(`this is not ${what}: ${place}${lower(message)}`);
}

function lower(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
