/** `topology`: hosts, call graphs, and the namespaces that they stand in. */
import { z } from 'zod';
import { quote } from '../../problems.ts';
import { protocols, type TimeSpec } from '../../topology/topology.ts';
import { bytes, count, fault, fields, oneOf, time, unlike } from '../../yaml/fields.ts';
import { listed } from '../../yaml/suggest.ts';
import { label, limits, share, span } from './fields.ts';
import { times } from './times.ts';

const callFields = fields({
  service: z
    .string()
    .min(1)
    .meta({ description: 'a service of the same namespace, or namespace/service' }),
  operation: z
    .string()
    .optional()
    .meta({ description: 'what it asks the service for; default: its first operation' }),
  request: bytes.prefault('0B').meta({ description: 'size of the request' }),
  probability: share
    .prefault('100%')
    .meta({ description: 'share of requests that make this call' }),
  times: count({ min: 1, max: limits.times })
    .default(1)
    .meta({ description: 'made this often, one after the other' }),
  timeout: span
    .nullable()
    .default(null)
    .meta({ description: 'deadline of one try; null: as mesh.resilience says' }),
  retries: count({ max: limits.retries })
    .nullable()
    .default(null)
    .meta({ description: 'retries after the first try; null: as mesh.resilience says' }),
  optional: z
    .boolean()
    .default(false)
    .meta({ description: 'the caller goes on when the call fails, instead of failing itself' }),
});
export type CallDraft = z.output<typeof callFields>;

const call: z.ZodType<CallDraft> = z.union(
  [z.string().transform((service) => callFields.parse({ service })), callFields],
  {
    error: ({ input }) =>
      unlike(
        input,
        'the name of a service, or a map such as { service: reviews, probability: 90% }',
      ),
  },
);

/** One step of a script: exactly one of its fields is there. */
export interface StepDraft {
  readonly work?: TimeSpec | undefined;
  readonly sleep?: TimeSpec | undefined;
  readonly call?: CallDraft | undefined;
  readonly parallel?: readonly (StepDraft | readonly StepDraft[])[] | undefined;
}

const step: z.ZodType<StepDraft> = z
  .lazy(() =>
    fields({
      work: times.optional().meta({ description: 'occupies a core of the pod for this time' }),
      sleep: times.optional().meta({ description: 'waits this time without occupying a core' }),
      call: call.optional().meta({ description: 'calls another service and waits for its answer' }),
      parallel: z
        .array(
          z.union([step, z.array(step)], {
            error: ({ input }) => unlike(input, 'a step, or a list of steps'),
          }),
        )
        .min(1)
        .optional()
        .meta({ description: 'branches, each a step or a list of steps, all at once' }),
    }),
  )
  .transform((written, context) => {
    const names = Object.keys(written);
    if (names.length === 1) return written;
    const what = names.length === 0 ? 'an empty step' : listed(names).replace(' or ', ' and ');
    const wanted = 'exactly one of "work", "sleep", "call" or "parallel"';
    fault(context, written, `found ${what}; expected ${wanted}`);
    return z.NEVER;
  })
  .meta({
    id: 'step',
    description: 'one thing that a service does for a request: work, sleep, call or parallel',
  });

const script = z.array(step).meta({ description: 'what the service does for a request, in order' });
const replicas = count({ max: limits.pods });

const operation = fields({
  name: z
    .string()
    .regex(/^[A-Za-z0-9/][-\w./]{0,99}$/, {
      error: ({ input }) =>
        `${quote(input)} is no name of an operation; expected letters, digits, "-", "_", "." and "/"`,
    })
    .meta({ description: 'what calls and loads name it by', examples: ['list', 'GetCart'] }),
  response: bytes.prefault('0B').meta({ description: 'size of its answers' }),
  script: script.default([]),
}).meta({ id: 'operation', description: 'one kind of request that a service answers' });
export type OperationDraft = z.output<typeof operation>;

const operations = z.array(operation).min(1);

const version = fields({
  name: label('version'),
  replicas: replicas.default(1).meta({ description: 'pods of this version' }),
  script: script.optional(),
  operations: operations
    .optional()
    .meta({ description: 'instead of script; all versions have the same ones' }),
});

const portNumber = count({ min: 1, max: 65_535 });

const port = fields({
  port: portNumber,
  protocol: oneOf('protocol', protocols).default('http1').meta({ description: 'what it speaks' }),
  autoDetect: z
    .boolean()
    .default(false)
    .meta({ description: 'it declares no protocol, so that proxies sniff it' }),
});

const service = fields({
  name: label('service'),
  protocol: oneOf('protocol', protocols)
    .optional()
    .meta({ description: 'what its port speaks; default http1' }),
  port: portNumber.optional().meta({ description: 'default 8080' }),
  autoDetect: z.boolean().optional().meta({
    description: 'its port declares no protocol, so that proxies sniff it; default false',
  }),
  ports: z.array(port).min(1).optional().meta({
    description: 'instead of port, protocol and autoDetect; calls go to the first',
  }),
  headless: z
    .boolean()
    .default(false)
    .meta({ description: 'without a virtual address, so that proxies know its pods one by one' }),
  exportTo: z
    .array(z.string().min(1))
    .min(1)
    .default(['*'])
    .meta({ description: 'namespaces whose proxies may see it; . is its own, * all, ~ none' }),
  subsets: count({ max: 1000 })
    .default(0)
    .meta({ description: 'subsets of its DestinationRule, each one more cluster in every proxy' }),
  replicas: replicas.optional().meta({ description: 'pods of the service; default 1' }),
  cores: count({ min: 1, max: limits.hostCores }).optional().meta({
    description: 'whole cores that one pod may use at once; default: as many as a host has',
  }),
  threads: count({ min: 1, max: limits.connections })
    .nullable()
    .default(null)
    .meta({ description: 'requests that one pod works on at once; null: no bound' }),
  queueMax: count({ max: limits.connections })
    .nullable()
    .default(null)
    .meta({ description: 'requests that may wait for a thread of one pod; null: no bound' }),
  errorRate: share
    .prefault('0%')
    .meta({ description: 'share of requests that it answers with an error' }),
  response: bytes.optional().meta({ description: 'size of its answers; default 0B' }),
  script: script.optional(),
  operations: operations.optional().meta({
    description: 'kinds of requests that it answers, instead of response and script',
  }),
  versions: z.array(version).min(1).optional().meta({
    description: 'deployments behind the service, instead of replicas, script and operations',
  }),
}).meta({ id: 'service', description: 'a Kubernetes service and the pods behind it' });
export type ServiceDraft = z.output<typeof service>;
export type VersionDraft = z.output<typeof version>;

const services = z.array(service).min(1);

const namespace = fields({
  name: label('namespace', /^(?:[a-z0-9]|\{i\})(?:(?:[-a-z0-9]|\{i\})*(?:[a-z0-9]|\{i\}))?$/).meta({
    description: 'with count above 1: {i} is replaced by the number, or -1, -2 … is appended',
  }),
  app: z.string().optional().meta({ description: 'the entry of topology.apps that stands here' }),
  services: services.optional().meta({ description: 'its services, instead of app' }),
  count: count({ min: 1, max: limits.namespaces })
    .default(1)
    .meta({ description: 'this many such namespaces' }),
  joins: time
    .prefault('0s')
    .meta({ description: 'when its pods are created; 0: there from the start' }),
  every: time
    .prefault('0s')
    .meta({ description: 'with count above 1: from one joining to the next' }),
  readySpread: time
    .prefault('0s')
    .meta({ description: 'its pods become ready evenly over this time' }),
});
export type NamespaceDraft = z.output<typeof namespace>;

export const topology = fields({
  hosts: fields({
    count: count({ min: 1, max: limits.hosts })
      .default(3)
      .meta({ description: 'Kubernetes nodes' }),
    cores: count({ min: 1, max: limits.hostCores })
      .default(16)
      .meta({ description: 'cores of each' }),
    contention: z.boolean().default(false).meta({
      description: 'pods of a host compete for its cores; otherwise every pod has cores of its own',
    }),
  }).prefault({}),
  networkLatency: times.nullable().default(null).meta({
    description: 'one way between two pods, on whatever hosts; null: as the profile says',
  }),
  apps: z
    .record(label('app'), fields({ services }))
    .default({})
    .meta({ description: 'call graphs, by name, to be placed in namespaces' }),
  namespaces: z.array(namespace).min(1).meta({ description: 'what runs where' }),
});
export type TopologyDraft = z.output<typeof topology>;
