/**
 * What a pilot-load configuration may hold (howardjohn/pilot-load at 53e11f0a, 2025-10). Its own decoder ignores keys
 * that it does not know, among them all of its schema before 2025; here they are errors that say what to write now.
 */
import { z } from 'zod';
import { expected, parseTime } from '../../units.ts';
import { attempted, count, fields, oneOf, unlike } from '../../yaml/fields.ts';

/** Far above what its users run. */
const COUNT_MAX = 1_000_000;

/** Go decodes what is missing, null or 0 alike; for most counts that means 1. */
const many = count({ max: COUNT_MAX })
  .nullish()
  .transform((written) => written || 1);
const name = (standard: string) =>
  z
    .string()
    .nullish()
    .transform((written) => written || standard);

/** `2s`, as Go writes times, in ns. */
const duration = z
  .union([z.string(), z.number()], { error: ({ input }) => unlike(input, expected.time) })
  .transform((written, context) => attempted(context, written, () => parseTime(written)))
  .nullish()
  .transform((time) => time ?? 0);

const map = z.record(z.string(), z.unknown()).nullish();
const old = "is of pilot-load's old schema; expected";

/** Keys of the old schema, where they stood, with what is written now. */
const resources = {
  istio: `${old} "configs", such as "configs: [sidecar]" or "configs: [{ name: virtualservice, config: { gateways: [main] } }]"`,
};

const config = z
  .union(
    [
      z.string().transform((template) => ({ name: template, config: {}, refresh: null })),
      fields({
        name: z.string().min(1),
        config: map.transform((values) => values ?? {}),
        refresh: z
          .boolean()
          .nullish()
          .transform((refresh) => refresh ?? null),
      }),
    ],
    { error: ({ input }) => unlike(input, 'the name of a template, or a map with "name"') },
  )
  .meta({ description: 'a template to be applied' });
const configs = z
  .array(config)
  .nullish()
  .transform((list) => list ?? []);
export type Config = z.output<typeof config>;

export const applicationTypes = [
  'plain',
  'sidecar',
  'ambient',
  'waypoint',
  'gateway',
  'external',
  'ztunnel',
  'vm',
] as const;
export type ApplicationType = (typeof applicationTypes)[number];

const knownType = oneOf('type of application', applicationTypes);
const type = z
  .unknown()
  .transform((written, context) => {
    const parsed = knownType.safeParse(written ?? 'plain', { reportInput: true });
    if (parsed.success) return parsed.data;
    const [{ message }] = parsed.error.issues;
    const text = written === 'router' ? `"router" ${old} "gateway"` : message;
    context.issues.push({ code: 'custom', input: written, message: text });
    return z.NEVER;
  })
  .optional();

const application = fields(
  {
    name: name('app'),
    type,
    replicas: many,
    pods: many,
    labels: map,
    configs,
  },
  {
    ...resources,
    instances: `${old} "pods"`,
    gateways: `${old} "configs: [{ name: istio-gateway, config: { NameOverride: main } }]"`,
  },
);
export type Application = z.output<typeof application>;

const namespace = fields(
  {
    name: name('namespace'),
    replicas: many,
    gracePeriod: duration,
    waypoint: name(''),
    configs,
    applications: z
      .array(application)
      .nullish()
      .transform((list) => list ?? []),
  },
  resources,
);
export type PilotNamespace = z.output<typeof namespace>;

const nodes = z
  .array(
    fields({
      name: name('node'),
      count: many,
      ztunnel: z
        .record(z.string(), z.unknown())
        .nullish()
        .transform((settings) => settings !== null && settings !== undefined),
    }),
    {
      error: ({ input }) =>
        typeof input === 'number'
          ? `a number ${old} a list such as [{ name: node, count: ${input} }]`
          : undefined,
    },
  )
  .nullish()
  .transform((list) => (list?.length ? list : [{ name: 'default', count: 1, ztunnel: false }]));

const jitter = fields(
  { workloads: duration, config: duration },
  { secrets: `${old} "configs: [tls-secret]", which "jitter.config" writes again` },
);

export const pilotLoadSchema = fields(
  {
    gracePeriod: duration,
    jitter: jitter.nullish().transform((given) => given ?? { workloads: 0, config: 0 }),
    // Decides how names end, and nothing else.
    stableNames: z.boolean().nullish(),
    nodeMetadata: map,
    nodes,
    templates: z
      .record(z.string(), z.string())
      .nullish()
      .transform((given) => given ?? {}),
    namespaces: z.array(namespace).min(1),
  },
  resources,
);
export type PilotLoad = z.output<typeof pilotLoadSchema>;
