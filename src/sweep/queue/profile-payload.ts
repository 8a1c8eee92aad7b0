/** A profile as it crosses a queue: numbers in base units, as `calibration/profile.ts` has them, and nothing else. */
import { z } from 'zod';
import type { Profile } from '../../calibration/profile.ts';

/** A cost or a size. */
const amount = z.number().nonnegative();

function amounts<const Name extends string>(...names: readonly Name[]) {
  const shape = Object.fromEntries(names.map((name) => [name, amount]));
  return z.strictObject(shape as Record<Name, typeof amount>);
}

const perProtocol = z.strictObject({
  http1: amounts('base', 'perByte'),
  http2: amounts('base', 'perByte'),
  grpc: amounts('base', 'perByte'),
  tcp: amounts('base', 'perByte'),
});
const perRole = amounts('outbound', 'inbound');

const proxy = z.strictObject({
  workers: z.int().positive(),
  wake: amounts('cost', 'coldAfter', 'coldCost').nullable(),
  crossing: z.strictObject({ outbound: perProtocol, inbound: perProtocol }),
  mtls: amounts('base', 'perByte'),
  telemetry: z.strictObject({
    none: perRole,
    stats: perRole,
    stackdriver: perRole,
    'stats-wasm': perRole,
  }),
  cv: amount,
});

const timeSpec = z.strictObject({
  distribution: z.string(),
  parameters: z.record(z.string(), z.json()),
});

const controlPlane = z.strictObject({
  cpu: amounts(
    'cdsPerCluster',
    'edsPerCluster',
    'edsPerEndpoint',
    'ldsBase',
    'ldsPerListener',
    'rdsPerVhost',
    'rdsPerAutoVhost',
    'rdsPerGatewayVhost',
    'cdsHit',
    'edsHit',
    'rdsHit',
    'rdsKeyPerService',
    'lockBase',
    'lockPerDependent',
    'contextPerService',
    'contextPerVirtualService',
    'scopePerService',
    'perPush',
    'perByte',
    'filterPerKey',
    'perEvent',
    'perAck',
    'gcFactor',
  ),
  bytes: amounts(
    'cluster',
    'claBase',
    'endpoint',
    'ldsBase',
    'tcpListener',
    'autoListener',
    'vhost',
    'dnsHost',
    'secret',
    'extension',
  ),
  envoy: amounts(
    'decodePerCluster',
    'unchangedPerCluster',
    'changedPerCluster',
    'perEndpoint',
    'perListener',
    'perVhost',
  ),
  network: amounts('oneWay', 'agent', 'watchLag'),
  istiodMemory: amounts('base', 'perProxy', 'perService', 'perPod'),
});

export const profilePayload = z.strictObject({
  name: z.string(),
  platform: z.string(),
  proxies: z.strictObject({ sidecar: proxy, ztunnel: proxy, waypoint: proxy }),
  network: z.strictObject({ betweenHosts: timeSpec, sameHost: timeSpec, loopback: amount }),
  application: amounts('perRequest'),
  controlPlane,
  proxyMemory: z
    .array(
      z.strictObject({
        from: z.string(),
        kind: z.enum(['allocated', 'rss']),
        costs: amounts('base', 'perCluster', 'perEndpoint', 'perListener', 'perVhost'),
      }),
    )
    .min(1),
  residentPerAllocated: amount,
}) satisfies z.ZodType<Profile>;
