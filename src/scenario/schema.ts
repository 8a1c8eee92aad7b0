/**
 * What a user may write: the scenario language, field by field, with units and defaults. `load.ts` checks a file
 * against it, `expand.ts` makes a `Scenario` of what it lets through, editors read it as `schema/scenario.schema.json`.
 */
import { z } from 'zod';
import { quote } from '../problems.ts';
import { expected, parseTime } from '../units.ts';
import { count, fields } from '../yaml/fields.ts';
import { churn } from './schema/churn.ts';
import { config } from './schema/config.ts';
import { limits, line, orWord, share, span } from './schema/fields.ts';
import { load } from './schema/load.ts';
import { istio, mesh } from './schema/mesh.ts';
import { topology } from './schema/topology.ts';

export type { ChurnDraft } from './schema/churn.ts';
export type { ConfigDraft } from './schema/config.ts';
export type { LoadDraft } from './schema/load.ts';
export type {
  CallDraft,
  NamespaceDraft,
  OperationDraft,
  ServiceDraft,
  StepDraft,
  TopologyDraft,
  VersionDraft,
} from './schema/topology.ts';

const measure = fields({
  warmup: orWord('auto', expected.time, parseTime)
    .prefault('auto')
    .meta({ description: 'cut off at the start; auto: found by MSER-5' }),
  window: span
    .prefault('60s')
    .meta({ description: 'requests that arrive in this time are measured' }),
  reps: count({ min: 1, max: limits.reps })
    .default(5)
    .meta({ description: 'independent replications' }),
  precision: share
    .refine((value) => value > 0 && value < 1, {
      error: ({ input }) => `found ${quote(input)}; expected a share above 0 and below 1`,
    })
    .nullable()
    .default(null)
    .meta({
      description:
        'replicate until the 95 % interval of the mean latency is within ± this share; null: reps decides',
    }),
  repsMax: count({ min: 1, max: limits.reps })
    .default(50)
    .meta({ description: 'with precision: replications at most' }),
  step: span.nullable().default(null).meta({
    description: 'step of the time series; null: a second, or longer in a run of more than an hour',
  }),
  watch: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description:
        'services whose sidecars are shown over time, memory, clusters, updates; as namespace/service, with * for any run of characters',
      examples: [['*/productpage', 'shop/cart']],
    }),
});

export const draft = fields({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][-.\w]{0,99}$/, {
      error: ({ input }) =>
        `${quote(input)} is no name of a scenario; expected letters, digits, "-", "_" and "."`,
    })
    .optional()
    .meta({ description: "default: the file's name" }),
  description: z.string().default('').meta({ description: 'what the scenario shows' }),
  seed: z
    .union([z.string().min(1), z.number()])
    .default(1)
    .transform(String)
    .meta({ description: 'all randomness follows from it' }),
  profile: line('profile').default('istio').meta({
    description: 'measured costs: a name in calibration/, or a path relative to this file',
  }),
  topology: topology.meta({ description: 'hosts, services and the calls between them' }),
  mesh: mesh.prefault({}).meta({ description: 'which proxies stand where, and how they behave' }),
  config: config.prefault({}).meta({
    description: 'which part of the configuration the proxies of each namespace are given',
  }),
  load: z.array(load).meta({
    description: 'requests from outside; an empty list simulates the control plane alone',
  }),
  churn: z.array(churn).default([]).meta({ description: 'what changes while the simulation runs' }),
  events: fields({
    file: line('file').meta({
      description: 'a list of recorded events, .csv or .ndjson, relative to this file',
    }),
  })
    .nullable()
    .default(null)
    .meta({ description: 'what was recorded in a cluster, to happen again; null: nothing' }),
  istio: istio.prefault({}).meta({ description: 'the control plane' }),
  measure: measure.prefault({}).meta({ description: 'what is measured, and how often' }),
  thresholds: z
    .array(z.string())
    .default([])
    .meta({
      description: 'goals; a run that misses one exits with 99',
      examples: [['latency.p99 < 25ms', 'users: errors < 0.1%']],
    }),
}).meta({ title: 'meshsim scenario' });

/** A scenario as it was written, checked field by field, with defaults filled in. */
export type Draft = z.output<typeof draft>;
export type MeasureDraft = Draft['measure'];
export type MeshDraft = Draft['mesh'];
