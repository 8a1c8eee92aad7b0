/** What a profile file may say: the shape of `Profile`, with units written out and unknown keys refused. */
import { z } from 'zod';
import { proxyKinds, type Role } from '../mesh/mode.ts';
import { protocols, type TimeSpec } from '../topology/topology.ts';
import { expected } from '../units.ts';
import { attempted, bytes, count, fields, oneOf, quantity, time, unlike } from '../yaml/fields.ts';
import { type Profile, telemetryKinds } from './profile.ts';
import { versionOf } from './proxy-memory.ts';

const perByte = quantity('a cost such as "1.6ns/B"', parsePerByte);

const roles = ['outbound', 'inbound'] as const satisfies readonly Role[];

const line = fields({ base: time, perByte });
const delay = z
  .union([time, fields({ lognormal: fields({ mean: time, cv: positive() }) })], {
    error: ({ input }) =>
      unlike(input, `${expected.time}, or a spread such as { lognormal: { mean: 1ms, cv: 0.5 } }`),
  })
  .transform((written): TimeSpec => {
    if (typeof written === 'number') {
      return { distribution: 'constant', parameters: { value: written } };
    }
    return { distribution: 'lognormal', parameters: written.lognormal };
  });

const proxy = fields({
  workers: count({ min: 1, max: 1024 }),
  wake: fields({ cost: time, coldAfter: time, coldCost: time }).nullable(),
  crossing: each(roles, each(protocols, line)),
  mtls: line,
  telemetry: each(telemetryKinds, each(roles, time)),
  cv: z.number().min(0).max(10),
});

const controlPlane = fields({
  cpu: fields({
    cdsPerCluster: time,
    edsPerCluster: time,
    edsPerEndpoint: time,
    ldsBase: time,
    ldsPerListener: time,
    rdsPerVhost: time,
    rdsPerAutoVhost: time,
    rdsPerGatewayVhost: time,
    cdsHit: time,
    edsHit: time,
    rdsHit: time,
    rdsKeyPerService: time,
    lockBase: time,
    lockPerDependent: time,
    contextPerService: time,
    contextPerVirtualService: time,
    scopePerService: time,
    perPush: time,
    perByte,
    filterPerKey: time,
    perEvent: time,
    perAck: time,
    gcFactor: z.number().min(1).max(10),
  }),
  bytes: fields({
    cluster: bytes,
    claBase: bytes,
    endpoint: bytes,
    ldsBase: bytes,
    tcpListener: bytes,
    autoListener: bytes,
    vhost: bytes,
    dnsHost: bytes,
    secret: bytes,
    extension: bytes,
  }),
  envoy: fields({
    decodePerCluster: time,
    unchangedPerCluster: time,
    changedPerCluster: time,
    perEndpoint: time,
    perListener: time,
    perVhost: time,
  }),
  network: fields({ oneWay: time, agent: time, watchLag: time }),
  istiodMemory: fields({
    base: bytes,
    perProxy: bytes,
    perService: bytes,
    perPod: bytes,
  }),
});

const proxyMemory = fields({
  from: z
    .string({ error: ({ input }) => unlike(input, 'a release in quotes, such as "1.8"') })
    .transform((release, context) => {
      attempted(context, release, () => versionOf(release));
      return release;
    }),
  kind: oneOf('kind of memory', ['allocated', 'rss']),
  costs: fields({
    base: bytes,
    perCluster: bytes,
    perEndpoint: bytes,
    perListener: bytes,
    perVhost: bytes,
  }),
});

export const profileSchema = fields({
  name: z.string().min(1),
  platform: z.string().min(1),
  network: fields({ betweenHosts: delay, sameHost: delay, loopback: time }),
  application: fields({ perRequest: time }),
  proxies: each(proxyKinds, proxy),
  controlPlane,
  proxyMemory: z.array(proxyMemory).min(1).refine(areDistinct, 'two entries have the same "from"'),
  residentPerAllocated: z.number().min(1).max(10),
}) satisfies z.ZodType<Profile>;

/** A map with just these keys, all of the same kind. */
function each<Key extends string, Schema extends z.ZodType>(
  keys: readonly Key[],
  schema: Schema,
): z.ZodObject<Record<Key, Schema>, z.core.$strict> {
  const entries = keys.map((key) => [key, schema] as const);
  return fields(Object.fromEntries(entries) as Record<Key, Schema>);
}

function areDistinct(entries: readonly { readonly from: string }[]): boolean {
  return new Set(entries.map(({ from }) => from)).size === entries.length;
}

function positive() {
  return z.number().gt(0).max(10);
}

/** `1.6ns/B`; a bare 0 needs no unit. [ns/B] */
function parsePerByte(written: string | number): number {
  const text = String(written).trim();
  const [, number] = /^(\d+(?:\.\d+)?) ?ns\/B$/.exec(text) ?? [];
  if (text === '0') return 0;
  if (number !== undefined) return Number(number);
  throw new RangeError(`"${text}" is no cost per byte; expected one such as "1.6ns/B"`);
}
