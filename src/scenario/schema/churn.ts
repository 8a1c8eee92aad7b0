/** `churn`: what changes in the cluster while the simulation runs. */
import { z } from 'zod';
import { quote } from '../../problems.ts';
import { type ChurnKind, configKinds } from '../../topology/churn.ts';
import { count, fields, oneOf, time, unlike } from '../../yaml/fields.ts';
import { didYouMean, listed } from '../../yaml/suggest.ts';
import { limits, span } from './fields.ts';

const timetable = {
  at: time.meta({ description: 'when it happens, from the start of the simulation' }),
  every: span.nullable().default(null).meta({ description: 'and again this often; null: once' }),
  jitter: time.prefault('0s').meta({ description: 'each occurrence is moved by up to ± this' }),
  until: time
    .nullable()
    .default(null)
    .meta({ description: 'with every: until then; null: to the end' }),
};
const service = z
  .string()
  .min(1)
  .meta({ description: 'namespace/service; * matches any run of characters' });
const podStart = time.prefault('5s').meta({ description: 'from the creation of a pod to ready' });
const pods = count({ min: 1, max: limits.pods }).default(1);
const replicas = count({ max: limits.pods });

const entries = [
  fields({
    kind: z.literal('rollingUpdate').meta({ description: 'replaces every pod of a service' }),
    ...timetable,
    service,
    surge: count({ max: limits.pods })
      .default(1)
      .meta({ description: 'pods above the replicas at most' }),
    unavailable: count({ max: limits.pods })
      .default(0)
      .meta({ description: 'pods below the replicas at most' }),
    podStart,
  }),
  fields({
    kind: z.literal('scale').meta({ description: 'sets the replicas of a service' }),
    ...timetable,
    service,
    replicas: z
      .union([replicas.transform((only) => [only]), z.array(replicas).min(1)], {
        error: ({ input }) => unlike(input, 'a whole number, or a list of them'),
      })
      .meta({ description: 'one number, or a list of which each occurrence takes the next' }),
    podStart,
  }),
  fields({
    kind: z
      .literal('crash')
      .meta({ description: 'random ready pods die at once and are replaced' }),
    ...timetable,
    service,
    pods,
    podStart,
  }),
  fields({
    kind: z.literal('hostLoss').meta({ description: 'random hosts are lost with all their pods' }),
    ...timetable,
    hosts: count({ min: 1, max: limits.hosts }).default(1),
    eviction: time.prefault('5m').meta({ description: 'until lost pods are created elsewhere' }),
    podStart,
  }),
  fields({
    kind: z
      .literal('flap')
      .meta({ description: 'random pods fail their readiness probe for a while' }),
    ...timetable,
    service,
    pods,
    unready: span.prefault('10s').meta({ description: 'for how long' }),
  }),
  fields({
    kind: z.literal('config').meta({ description: 'a configuration resource is written' }),
    ...timetable,
    resource: oneOf('configuration resource', configKinds),
    namespace: z
      .string()
      .min(1)
      .meta({ description: 'a namespace; * matches any run of characters' }),
    service: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .meta({ description: 'the service of the namespace that it is about, or null' }),
  }),
] as const;

const kinds: readonly ChurnKind[] = [
  'rollingUpdate',
  'scale',
  'crash',
  'hostLoss',
  'flap',
  'config',
];

export const churn = z
  .discriminatedUnion('kind', entries, {
    error: ({ input }) => {
      if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
      const kind = 'kind' in input ? input.kind : undefined;
      if (kind === undefined) return `missing; expected ${listed(kinds)}`;
      const help = didYouMean(kind, kinds) || `expected ${listed(kinds)}`;
      return `${quote(kind)} is no kind of churn; ${help}`;
    },
  })
  .meta({ id: 'churn', description: 'something that changes while the simulation runs' });
export type ChurnDraft = z.output<typeof churn>;
