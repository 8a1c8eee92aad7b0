/** `mesh` and `istio`: which proxies stand where, how they behave, and the control plane. */
import { z } from 'zod';
import { telemetryKinds } from '../../calibration/profile.ts';
import { defaultRelease, releaseNames } from '../../controlplane/releases.ts';
import { type MeshModeName, meshModes } from '../../mesh/modes.ts';
import { quote } from '../../problems.ts';
import { expected, parseTime } from '../../units.ts';
import { count, fields, oneOf, time } from '../../yaml/fields.ts';
import { balancings, retryReasons } from '../scenario.ts';
import { bandwidth, limits, orWord, parseCount, share, span } from './fields.ts';

export const meshMode = oneOf('mesh mode', Object.keys(meshModes) as MeshModeName[]);

const resilience = fields({
  timeout: span.nullable().default(null).meta({ description: 'deadline of one try; null: none' }),
  retries: count({ max: limits.retries })
    .default(2)
    .meta({ description: 'retries after the first try' }),
  retryOn: z
    .array(oneOf('reason to retry', retryReasons))
    .default(['refused', 'unavailable'])
    .meta({ description: 'outcomes that are retried' }),
  backoff: time.prefault('25ms').meta({ description: 'base of the jittered exponential back-off' }),
  backoffMax: time.prefault('250ms').meta({ description: 'back-off at most' }),
  budget: fields({
    share: share.prefault('20%').meta({ description: 'of calls under way' }),
    minimum: count({ max: limits.connections })
      .default(3)
      .meta({ description: 'retries always allowed' }),
  })
    .nullable()
    .default(null)
    .meta({ description: 'concurrent retries at most; null: no budget' }),
  deadlinesPropagate: z
    .boolean()
    .default(false)
    .meta({ description: 'a timed-out call stops the work below it' }),
  connectTimeout: span
    .prefault('10s')
    .meta({ description: 'until a connection to a lost host is given up' }),
});

export const mesh = fields({
  mode: meshMode.default('sidecar').meta({ description: 'which proxies a message crosses' }),
  namespaces: z.record(z.string().min(1), meshMode).default({}).meta({
    description:
      'modes that differ by namespace; * matches any run of characters, later entries win',
  }),
  services: z.record(z.string().min(1), meshMode).default({}).meta({
    description: 'modes that differ by service, as namespace/service; they win over namespaces',
  }),
  waypoint: oneOf('spread of waypoints', ['namespace', 'service'])
    .default('namespace')
    .meta({ description: 'a waypoint for each namespace, or for each service' }),
  telemetry: oneOf('set of telemetry filters', telemetryKinds)
    .default('stats')
    .meta({ description: 'filters that a crossing pays for' }),
  mtls: z.boolean().default(true).meta({ description: 'proxies encrypt where both ends can' }),
  workers: count({ min: 1, max: limits.hostCores })
    .nullable()
    .default(null)
    .meta({ description: 'worker threads of a proxy; null: as the profile says' }),
  balancing: oneOf('way of balancing', balancings)
    .default('leastRequest')
    .meta({ description: 'how a proxy chooses among replicas' }),
  resilience: resilience
    .prefault({})
    .meta({ description: 'what a calling proxy does about calls that fail or take long' }),
});

export const istio = fields({
  release: z
    .enum(releaseNames, { error: ({ input }) => noRelease(input) })
    .default(defaultRelease)
    .meta({ description: 'in quotes, for YAML takes 1.30 for 1.3' }),
  replicas: count({ min: 1, max: 1000 }).default(1).meta({ description: 'istiod pods' }),
  cores: count({ min: 1, max: limits.hostCores })
    .default(4)
    .meta({ description: 'whole cores of one istiod pod' }),
  debounce: fields({
    after: time.prefault('100ms').meta({ description: 'PILOT_DEBOUNCE_AFTER' }),
    max: time.prefault('10s').meta({ description: 'PILOT_DEBOUNCE_MAX' }),
    endpoints: z.boolean().default(true).meta({ description: 'PILOT_ENABLE_EDS_DEBOUNCE' }),
  }).prefault({}),
  pushThrottle: orWord('auto', 'a whole number', (written) =>
    parseCount(written, limits.connections),
  )
    .prefault('auto')
    .meta({ description: 'PILOT_PUSH_THROTTLE; auto: as the release does' }),
  maxRequestsPerSecond: orWord('auto', 'a whole number', (written) =>
    parseCount(written, limits.connections),
  )
    .prefault('auto')
    .meta({
      description: 'PILOT_MAX_REQUESTS_PER_SECOND: new connections; auto: as the release does',
    }),
  connectionAge: span.prefault('30m').meta({
    description: 'keepaliveMaxServerConnectionAge: proxies then connect anew, give or take a tenth',
  }),
  watchLag: orWord('profile', expected.time, parseTime)
    .prefault('profile')
    .meta({ description: 'from a change in the cluster to istiod; profile: as measured' }),
  bandwidth: bandwidth
    .prefault('10Gbit/s')
    .meta({ description: 'network bandwidth of one istiod pod' }),
  dnsCapture: z
    .boolean()
    .default(false)
    .meta({ description: 'ISTIO_META_DNS_CAPTURE: sidecars are also sent a table of all names' }),
  drain: time
    .prefault('5s')
    .meta({ description: 'how long a sidecar serves after its pod was told to stop' }),
  grace: time
    .prefault('30s')
    .meta({ description: 'how long a pod without a sidecar serves after it was told to stop' }),
  kubeProxyLag: time
    .prefault('500ms')
    .meta({ description: 'from a change of endpoints to the rules of kube-proxy' }),
});

function noRelease(input: unknown): string | undefined {
  if (input === undefined) return undefined;
  const expected = `expected ${quote(releaseNames[0])} to ${quote(releaseNames.at(-1))}`;
  if (typeof input === 'number') return `found the number ${quote(input)}; ${expected}, in quotes`;
  return `${quote(input)} is no Istio release; ${expected}`;
}
