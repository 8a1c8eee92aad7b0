/** What `meshsim diff` is given: a run, a sweep, or the costs of a profile, told apart by what is there. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ComparedPoint, ComparedSweep } from '../../measure/compare-results.ts';
import { metrics } from '../../measure/metrics.ts';
import type { Result } from '../../measure/result.ts';
import { deserialise } from '../../measure/serialise.ts';
import { ProblemsError, quote, renderProblems } from '../../problems.ts';
import { InputError, UsageError } from '../exit.ts';
import { readText } from '../files.ts';
import { type Costs, costsOfFits, costsOfProfile, fitsSchema } from './costs.ts';

export type DiffInput =
  | { readonly kind: 'run'; readonly path: string; readonly bytes: string; readonly run: Result }
  | {
      readonly kind: 'sweep';
      readonly path: string;
      /** Of its lines. */
      readonly bytes: string;
      readonly sweep: ComparedSweep & z.infer<typeof sweepSchema>;
    }
  | { readonly kind: 'profile'; readonly path: string; readonly costs: Costs };

/** All metrics of more, twice, would not be in memory; `meshsim query` has no such limit. */
const POINTS_MAX = 20_000;

/** @throws InputError or UsageError saying what was found and what was expected */
export async function readInput(path: string): Promise<DiffInput> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return readInput(fileIn(path));
  try {
    const { file, text } = await readText(path);
    if (/\.ya?ml$/.test(path)) {
      return { kind: 'profile', path, costs: costsOfProfile({ file, text }) };
    }
    return await readJson(path, text);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    throw new InputError(renderProblems(error.problems));
  }
}

function fileIn(directory: string): string {
  const files = ['sweep.json', 'result.json'].map((name) => join(directory, name));
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new UsageError(
    `${quote(directory)} holds no result; expected result.json or sweep.json in it`,
  );
}

async function readJson(path: string, text: string): Promise<DiffInput> {
  const value = parsed(path, text);
  const { schema } = z.looseObject({ schema: z.unknown() }).catch({ schema: null }).parse(value);
  if (schema === 'meshsim/result/v1') {
    const run = checked(path, () => deserialise(text));
    return { kind: 'run', path, bytes: text, run };
  }
  if (schema === 'meshsim/sweep/v1') return readSweep(path, text, value);
  const fits = fitsSchema.safeParse(value);
  if (fits.success) return { kind: 'profile', path, costs: costsOfFits(fits.data) };
  throw new InputError(
    `${path}: is no result; expected a result.json, a sweep.json, a profile (.yml), or what "calibrate -o json" prints\n`,
  );
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${path}: is no JSON: ${reason}\n`);
  }
}

/** @throws InputError with the first thing that is wrong */
function checked<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [{ path: place, message }] = error.issues;
    throw new InputError(`${path}: ${place.join('.')}: ${message.toLowerCase()}\n`);
  }
}

// ---- Sweeps: what is compared of them, and who they are. Other keys are left out.

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const estimateSchema = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
const metricNames = Object.keys(metrics) as (keyof typeof metrics)[];
const pointSchema = z.object({
  values: z.array(valueSchema),
  metrics: z.object(
    Object.fromEntries(
      metricNames.map((name) => [name, estimateSchema.nullable().default(null)]),
    ) as Record<keyof typeof metrics, z.ZodDefault<z.ZodNullable<typeof estimateSchema>>>,
  ),
  saturated: z.array(z.string()),
});
const sweepSchema = z.object({
  meshsim: z.string(),
  scenario: z.string(),
  digest: z.string(),
  seed: z.string(),
  axes: z.array(z.object({ path: z.string(), values: z.array(valueSchema) })),
  size: z.number(),
  points: z.array(pointSchema),
});

/** Points of a large sweep are in a file beside it only. */
async function readSweep(path: string, text: string, value: unknown): Promise<DiffInput> {
  const head = checked(path, () => sweepSchema.parse(value));
  const lines = join(dirname(path), 'results.ndjson');
  if (basename(path) !== 'sweep.json' || !existsSync(lines)) {
    return { kind: 'sweep', path, bytes: text, sweep: head };
  }
  const { points, digest } = await readPoints(lines);
  return { kind: 'sweep', path, bytes: digest, sweep: { ...head, points: [...points] } };
}

async function readPoints(file: string) {
  const points: z.infer<typeof pointSchema>[] = [];
  const hash = createHash('sha256');
  for await (const line of createInterface({ input: createReadStream(file) })) {
    hash.update(`${line}\n`);
    const place = `${file}:${points.length + 1}`;
    points.push(checked(place, () => pointSchema.parse(parsed(place, line))));
    if (points.length > POINTS_MAX) {
      throw new UsageError(
        `${quote(file)} has more than ${POINTS_MAX} points; compare a part of them with meshsim query`,
      );
    }
  }
  return { points: points satisfies ComparedPoint[], digest: hash.digest('hex') };
}
