/** The published form of a result: what `result.ts` says in types, checked at the door, and as JSON Schema. */
import { z } from 'zod';
import { detourWays, outcomes } from './replication.ts';
import { faults, stages, verdicts } from './result.ts';

const text = z.string();
const number = z.number();
const count = z.int().min(0);

const estimate = z
  .strictObject({ value: number, low: number.nullable(), high: number.nullable() })
  .meta({
    id: 'Estimate',
    description: 'a number with its 95 % confidence interval, if it has one',
  });

const latency = z
  .strictObject({
    mean_ms: estimate,
    p50_ms: estimate,
    p90_ms: estimate,
    p95_ms: estimate,
    p99_ms: estimate,
    p999_ms: estimate,
    max_ms: estimate.describe('the largest of all replications'),
  })
  .meta({ id: 'Latency', description: 'mean, quantiles and maximum' });

const load = z.strictObject({
  name: text,
  requests: count.describe('arrivals in the windows of all replications'),
  throughput_per_s: estimate.describe('requests answered well'),
  errors_share: estimate.describe('of requests that were not answered well'),
  outcomes: z
    .partialRecord(z.enum(outcomes), count)
    .overwrite((byOutcome) => inOrder(byOutcome, outcomes))
    .describe('requests of all replications; absent: none'),
  saturated: z.boolean().describe('its requests meet a saturated station'),
  latency: latency.nullable().describe('null where saturated, or without a request'),
  hdr: text.describe('HdrHistogram V2 compressed, base64; nanoseconds, all replications'),
});

const service = z.strictObject({
  service: text,
  calls_per_s: estimate,
  failed: count.describe('calls of all replications'),
  retries: count,
  latency: latency
    .nullable()
    .describe('as callers see it; null where saturated, or without a call'),
  detours: z
    .array(
      z.strictObject({
        way: z.enum(detourWays),
        calls: count.describe('tries of all replications'),
        latency: latency
          .nullable()
          .describe('from the caller’s proxy and back; of "waited" until it went on'),
      }),
    )
    .describe('calls whose caller’s proxy did not know the service'),
  stale: z
    .strictObject({
      tries: count.describe('that came to a pod which was gone'),
      failed: count.describe('calls whose last try was one of them'),
      retried: count.describe('tries that were followed by another'),
      removals: count.describe('pods that stopped answering in the window'),
      window_mean_ms: number.describe('from then to the last try that came to the pod'),
      window_max_ms: number,
    })
    .describe('calls to pods that were gone, of all replications'),
});

const station = z.strictObject({
  kind: text.describe('"app", "threads", "istiod", or a kind of proxy'),
  name: text,
  service: text,
  pods: number.min(0).describe('mean number in the window'),
  servers: number.describe('of one pod'),
  saturated: z.boolean(),
  visits_per_s: estimate,
  cpu_cores: estimate.describe('all pods together'),
  utilisation: estimate.describe('mean over the pods, 0 to 1'),
  utilisation_max: estimate.describe('of the busiest pod, 0 to 1'),
  wait_mean_us: estimate.nullable().describe('null where saturated'),
  queue_mean: estimate.nullable().describe('visitors present at one pod; null where saturated'),
  rejected: count.describe('visits of all replications'),
});

const proxy = z.strictObject({
  kind: text,
  service: text,
  count: number,
  clusters: number,
  endpoints: number,
  memory_bytes: number
    .nullable()
    .describe('of one proxy at the end of the window; null: not known'),
});

const cost = z.strictObject({
  cpu_apps_cores: estimate,
  cpu_proxies_cores: estimate,
  cpu_per_proxy_cores: estimate,
  cpu_istiod_cores: estimate.describe('over the whole replication, not the window'),
  memory_proxies_bytes: estimate.nullable().describe('null where that of some kind is not known'),
  memory_per_proxy_bytes: estimate.nullable(),
  memory_istiod_bytes: estimate,
});

const controlPlane = z.strictObject({
  events: estimate,
  batches: estimate.describe('that left the debouncer'),
  pushes: z
    .record(text, estimate)
    .overwrite((byType) => inOrder(byType, Object.keys(byType).sort()))
    .describe('responses by type of resource'),
  pushes_total: estimate,
  pushed_proxies: estimate,
  bytes: estimate,
  istiod_cpu_s: estimate,
  istiod_memory_bytes: number.describe('of one istiod at the end'),
  convergence: latency.nullable().describe('event to applied, over proxies; null without a push'),
  fleet_convergence: latency.nullable().describe('event to applied by the last proxy'),
  proxy_convergence: latency.nullable().describe('pilot_proxy_convergence_time'),
  stages_ms: z.record(z.enum(stages), estimate).describe('mean time of a batch in each stage'),
  faults: z
    .record(z.enum(faults), estimate)
    .describe('streams turned away or ended, and what was lost with them'),
  outages: z
    .array(z.strictObject({ service: text, time_s: estimate.describe('without a ready pod') }))
    .describe('of services that had lost their last ready pod'),
  by_reason: z
    .array(
      z.strictObject({
        reason: text.describe('as in pilot_push_triggers'),
        events: estimate,
        stages_ms: z.record(z.enum(stages), estimate),
      }),
    )
    .describe('where the time from event to applied goes, mean over pushes to proxies'),
  metrics: z
    .array(
      z.strictObject({
        name: text,
        type: z.enum(['histogram', 'counter', 'gauge']),
        labels: z.record(text, text),
        bounds: z.array(number).describe('upper bounds of the buckets, without +Inf'),
        counts: z.array(number).describe('by bucket, not added up; the one value of another type'),
        sum: number,
      }),
    )
    .describe("istiod's own, at the end of the first replication"),
  controllers: z
    .array(
      z.strictObject({
        mode: text,
        writes: estimate.describe('to the Kubernetes API'),
        sidecar_writes: estimate,
        learned: estimate.describe("dependencies that came into a caller's configuration"),
        dropped: estimate,
        relayed_calls: estimate,
        time_to_known: latency
          .nullable()
          .describe(
            'first call that went another way to all pods of the caller knowing the service',
          ),
      }),
    )
    .describe('of config modes that learn'),
});

const watched = z.strictObject({
  service: text,
  config: text.describe('its config mode'),
  columns: z.array(text),
  rows: z.array(z.array(number.nullable())),
});

const meshCase = z.strictObject({
  name: z.enum(['mesh', 'baseline']),
  mode: text,
  saturated: z.array(z.strictObject({ name: text, servers: number, utilisation: number })),
  in_flight_max: count,
  cost,
  loads: z.array(load),
  services: z.array(service),
  stations: z.array(station),
  proxies: z.array(proxy),
  controlPlane,
  watched: z
    .array(watched)
    .describe('sidecars of single services over time; mean over replications, and its interval'),
  series: z
    .strictObject({ columns: z.array(text), rows: z.array(z.array(number)) })
    .describe('time series of the first replication'),
});

const overhead = z.strictObject({
  load: text,
  mean_ms: estimate,
  p50_ms: estimate,
  p90_ms: estimate,
  p99_ms: estimate,
  mean_share: estimate.describe("of the baseline's mean"),
  verdict: z.enum(verdicts),
});

const slo = z.strictObject({
  expression: text,
  value: estimate.nullable().describe('in ns, shares, per second, cores, bytes or a count'),
  shown: text,
  pass: z.boolean().describe('by the value alone'),
  certain: z.boolean().describe('the interval lies wholly on one side of the bound'),
});

export const resultSchema = z
  .strictObject({
    schema: z.literal('meshsim/result/v1'),
    meshsim: text.describe('version of the simulator'),
    scenario: text,
    digest: text,
    seed: text,
    profile: text,
    profile_digest: text,
    platform: text.describe('machine, versions and date of what the profile was fitted from'),
    proxy_memory: z
      .enum(['allocated', 'rss'])
      .describe('memory of proxies: what Envoy has allocated, or what its process occupies'),
    release: text,
    mode: text,
    reps: count.describe('replications of each case'),
    warmup_s: number,
    window_s: number,
    method: z.strictObject({
      warmup: z.enum(['fixed', 'MSER-5']),
      intervals: z.enum(['replications', 'batch means']),
      quantiles: z.enum(['replications', 'order statistics']),
    }),
    precision: z
      .strictObject({ target: number, achieved: number.nullable(), reached: z.boolean() })
      .nullable(),
    visits: count.describe('station visits simulated, all cases and replications'),
    events: count,
    cases: z.array(meshCase),
    overhead: z.array(overhead).describe('mesh minus baseline, by pairs of replications'),
    slos: z.array(slo),
    warnings: z.array(text),
  })
  .describe('result of a meshsim run; keys carry their unit');

/** For editors and other programs; `schema/result.schema.json` holds it. */
export function resultJsonSchema(): object {
  return z.toJSONSchema(resultSchema, { target: 'draft-2020-12' });
}

/** The same record with its keys in that order, so that equal results are equal texts. */
function inOrder<T extends object>(record: T, keys: readonly (string & keyof T)[]): T {
  const entries = keys.filter((key) => key in record).map((key) => [key, record[key]]);
  return Object.fromEntries(entries) as T;
}
