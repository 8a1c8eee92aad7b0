/** `churn`: what changes in the cluster while the simulation runs. */
import { z } from 'zod';
import { quote } from '../../problems.ts';
import { type ChurnKind, configKinds } from '../../topology/churn.ts';
import { count, fields, oneOf, time, unlike } from '../../yaml/fields.ts';
import { didYouMean, listed } from '../../yaml/suggest.ts';
import { limits, share, span } from './fields.ts';

const jitter = time
  .prefault('0s')
  .meta({ description: 'each occurrence is moved by up to ± this' });
const until = time.nullable().default(null);
const timetable = {
  at: time.meta({ description: 'when it happens, from the start of the simulation' }),
  every: span.nullable().default(null).meta({ description: 'and again this often; null: once' }),
  jitter,
  until: until.meta({ description: 'with every: until then; null: to the end' }),
};
/** Of what goes on and on: from when, and how often. */
function ongoing(every: string) {
  return {
    at: time.prefault(every).meta({ description: 'the first time' }),
    every: span.prefault(every).meta({ description: 'and again this often' }),
    jitter,
    until: until.meta({ description: 'until then; null: to the end' }),
  };
}
/** Of what happens at random times. */
const random = {
  at: time.prefault('0s').meta({ description: 'the first time' }),
  interval: span.meta({
    description: 'mean time from one to the next, which is normal with a fifth of it as deviation',
  }),
  until: until.meta({ description: 'until then; null: to the end' }),
};

const PATTERN = '* matches any run of characters';
const service = z
  .string()
  .min(1)
  .meta({ description: `namespace/service; ${PATTERN}` });
const podStart = time.prefault('5s').meta({ description: 'from the creation of a pod to ready' });
const pods = count({ min: 1, max: limits.pods }).default(1);
const replicas = count({ max: limits.pods });
const surge = count({ max: limits.pods })
  .default(1)
  .meta({ description: 'pods above the replicas at most' });
const unavailable = count({ max: limits.pods })
  .default(0)
  .meta({ description: 'pods below the replicas at most' });

const resource = {
  resource: oneOf('configuration resource', configKinds),
  namespace: z
    .string()
    .min(1)
    .meta({ description: `a namespace; ${PATTERN}` }),
  service: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: 'the service of the namespace that it is about, or null' }),
};

const entries = [
  fields({
    kind: z.literal('rollingUpdate').meta({ description: 'replaces every pod of a service' }),
    ...timetable,
    service,
    surge,
    unavailable,
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
    kind: z.literal('hpa').meta({
      description:
        'a HorizontalPodAutoscaler sets the replicas of a service by how busy the cores of its pods are',
    }),
    ...ongoing('15s'),
    service,
    target: share.meta({ description: 'utilisation of the cores of a pod that it aims at' }),
    min: count({ min: 1, max: limits.pods }).default(1).meta({ description: 'pods at least' }),
    max: count({ min: 1, max: limits.pods }).meta({ description: 'pods at most' }),
    stabilisation: time
      .prefault('5m')
      .meta({ description: 'it scales down to the most that it found right in this time' }),
    podStart,
  }),
  fields({
    kind: z.literal('deploymentScaler').meta({
      description:
        'sets the Deployments of services, one after the other, to random numbers of replicas',
    }),
    ...ongoing('10m'),
    service,
    min: replicas.default(1).meta({ description: 'replicas at least' }),
    max: replicas.default(3).meta({ description: 'replicas at most' }),
    sleep: span.prefault('10s').meta({
      description: 'from one Deployment to the next, and 1 s up to as much again on top',
    }),
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
    kind: z
      .literal('podChurn')
      .meta({ description: 'a random service gets a new pod, and a random old one of it goes' }),
    ...random,
    services: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
        error: ({ input }) => unlike(input, 'a service, or a list of them'),
      })
      .transform((written) => (typeof written === 'string' ? [written] : written))
      .meta({ description: `namespace/service, or a list of them; ${PATTERN}` }),
    podStart,
  }),
  fields({
    kind: z.literal('config').meta({ description: 'a configuration resource is written' }),
    ...timetable,
    ...resource,
  }),
  fields({
    kind: z
      .literal('configChurn')
      .meta({ description: 'a random one of many configuration resources is written' }),
    ...random,
    resources: z.array(fields(resource)).min(1).meta({ description: 'of which it takes one' }),
  }),
  fields({
    kind: z
      .literal('serviceCreate')
      .meta({ description: 'a service and its pods are created; until then it is not there' }),
    ...timetable,
    service,
    podStart,
  }),
  fields({
    kind: z.literal('serviceDelete').meta({ description: 'a service is deleted with its pods' }),
    ...timetable,
    service,
  }),
  fields({
    kind: z
      .literal('istiodFailure')
      .meta({ description: 'random replicas of istiod die and are replaced' }),
    ...timetable,
    replicas: count({ min: 1, max: 1000 }).default(1),
    downFor: time.prefault('30s').meta({ description: 'until another takes the place of each' }),
  }),
  fields({
    kind: z
      .literal('istiodRollout')
      .meta({ description: 'the replicas of istiod are replaced one by one' }),
    ...timetable,
    interval: span.prefault('30s').meta({ description: 'from one replica to the next' }),
  }),
  fields({
    kind: z.literal('controllerRestart').meta({
      description: 'controllers of config modes restart; what they keep only in memory is lost',
    }),
    ...timetable,
    namespaces: z
      .string()
      .min(1)
      .default('*')
      .meta({ description: `namespaces whose config mode has a controller; ${PATTERN}` }),
    downFor: time.prefault('10s').meta({ description: 'until it works again' }),
  }),
] as const;

/** The fields of all kinds. */
export const churnFields: readonly string[] = [
  ...new Set(entries.flatMap(({ shape }) => Object.keys(shape))),
];

export const churnKinds: readonly ChurnKind[] = entries.map(({ shape }) => shape.kind.value);

export const churn = z
  .discriminatedUnion('kind', entries, {
    error: ({ input }) => {
      if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
      const kind = 'kind' in input ? input.kind : undefined;
      if (kind === undefined) return `missing; expected ${listed(churnKinds)}`;
      const help = didYouMean(kind, churnKinds) || `expected ${listed(churnKinds)}`;
      return `${quote(kind)} is no kind of churn; ${help}`;
    },
  })
  .meta({ id: 'churn', description: 'something that changes while the simulation runs' });
export type ChurnDraft = z.output<typeof churn>;
