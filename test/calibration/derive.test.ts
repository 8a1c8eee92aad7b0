/**
 * The default profile against the measurements that it was derived from: first that every number follows from them,
 * then how well the whole explains what no number was taken from. Checked by changing single numbers of the profile
 * and single terms of the derivation, such as the share of wake-ups with 64 connections: each makes a row fail.
 */
import { describe, expect, it, test } from 'vitest';
import { crossingCost } from '../../src/calibration/crossing.ts';
import {
  clientCpuOf,
  deriveLoopback,
  deriveOneWay,
  deriveSidecar,
  find,
  mean,
  microsPerRequest,
  nanosPerByte,
  serverCpuOf,
  slopeOf,
} from '../../src/calibration/derive.ts';
import type { Telemetry } from '../../src/calibration/profile.ts';
import {
  fitSpread,
  networkCase,
  percentilesOf,
  sidecarCases,
} from '../../src/calibration/spread.ts';
import type { Role } from '../../src/mesh/mode.ts';
import { profile } from './default-profile.ts';
import { baselineBuckets, cpuPoints, latencyPoints } from './points.ts';

const BODY = 1024;
const { sidecar, ztunnel, waypoint } = profile.proxies;
const costs = deriveSidecar(latencyPoints, cpuPoints);

/** C4: [vCPU per Gbit/s]. */
const gigabit = { gateway: 0.26, waypoint: 0.32, ztunnel: mean([0.13, 0.2]) };
const mtlsPerByte = nanosPerByte(gigabit.waypoint - gigabit.gateway);
const sidecarPerByte = nanosPerByte(gigabit.gateway) - mtlsPerByte;
/** C6. [µs] */
const application = mean([71, 83]);
const oneWay = deriveOneWay(latencyPoints, application);
const loopback = deriveLoopback(latencyPoints, costs);

/** C4: Qubership's coefficient is without bytes, Istio 1.24's line with a body of 1 KB. [µs] */
function requestCost(qubership: number, istio124: number, perByte: number): number {
  const withoutBody = microsPerRequest(istio124) - (perByte * BODY) / 1000;
  return mean([microsPerRequest(qubership), withoutBody]);
}

/** As the profile is rounded: three significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

describe('every number of the profile follows from the measured points', () => {
  const { crossing, mtls, wake } = sidecar;
  const body = BODY / 1000;
  const inbound = costs.inbound - sidecarPerByte * body;
  const outbound = costs.outbound - sidecarPerByte * body;
  const woken = 2 * costs.asleepInC2 * costs.wake;
  const atWaypoint =
    requestCost(0.18, 0.25, nanosPerByte(gigabit.waypoint)) - costs.telemetry.stats.inbound - woken;
  const atZtunnel = requestCost(mean([0.048, 0.053]), 0.06, nanosPerByte(gigabit.ztunnel));

  // [name, in the profile in ns or B, derived in µs or kB]
  const rows: (readonly [name: string, written: number, derived: number])[] = [
    ['sidecar inbound', crossing.inbound.http1.base, inbound],
    ['sidecar outbound', crossing.outbound.http1.base, outbound],
    ['sidecar inbound tcp', crossing.inbound.tcp.base, inbound / 2],
    ['sidecar outbound tcp', crossing.outbound.tcp.base, outbound / 2],
    ['sidecar wake', wake?.cost ?? 0, costs.wake],
    ['sidecar mtls', mtls.base, costs.mtls - mtlsPerByte * body],
    ['waypoint', waypoint.crossing.inbound.http1.base, atWaypoint],
    ['waypoint tcp', waypoint.crossing.inbound.tcp.base, atWaypoint / 2],
    ['ztunnel', ztunnel.crossing.inbound.http1.base, atZtunnel],
    ['application', profile.application.perRequest, application],
    ['network between hosts', meanOf(profile.network.betweenHosts), oneWay],
    ['network of one host', meanOf(profile.network.sameHost), application / 2 + loopback],
    ['loopback', profile.network.loopback, loopback],
  ];
  for (const telemetry of ['none', 'stats', 'stackdriver', 'stats-wasm'] satisfies Telemetry[]) {
    for (const role of ['inbound', 'outbound'] satisfies Role[]) {
      const derived = costs.telemetry[telemetry][role];
      rows.push([`sidecar ${telemetry} ${role}`, sidecar.telemetry[telemetry][role], derived]);
    }
  }
  it.each(rows)('%s', (_name, written, derived) => {
    expect(written / 1000).toBe(rounded(derived));
  });

  it.each([
    ['sidecar', crossing.inbound.http1.perByte, sidecarPerByte],
    ['mtls', mtls.perByte, mtlsPerByte],
    ['waypoint', waypoint.crossing.inbound.http1.perByte, nanosPerByte(gigabit.waypoint)],
    ['ztunnel', ztunnel.crossing.inbound.http1.perByte, nanosPerByte(gigabit.ztunnel)],
  ])('%s per byte', (_name, written, derived) => {
    expect(written).toBe(rounded(derived));
  });

  test('the spread of a crossing, from p50, p90 and p99 with one connection', () => {
    expect(sidecar.cv).toBe(fitSpread(sidecarCases(latencyPoints, baselineBuckets, costs)));
  });

  test('the spread of the network, likewise', () => {
    const cv = fitSpread([networkCase(latencyPoints, { oneWay, application })]);
    expect(profile.network.betweenHosts.parameters['cv']).toBe(cv);
  });

  test('http2 and grpc are as http1, by assumption', () => {
    for (const { crossing } of [sidecar, ztunnel, waypoint]) {
      for (const { http1, http2, grpc } of [crossing.inbound, crossing.outbound]) {
        expect(http2).toEqual(http1);
        expect(grpc).toEqual(http1);
      }
    }
  });

  test('roles of ztunnel and waypoint do not differ, and these contain encryption', () => {
    for (const { crossing, mtls } of [ztunnel, waypoint]) {
      expect(crossing.outbound).toEqual(crossing.inbound);
      expect(mtls).toEqual({ base: 0, perByte: 0 });
    }
    for (const kind of ['none', 'stats', 'stackdriver', 'stats-wasm'] satisfies Telemetry[]) {
      const { inbound } = sidecar.telemetry[kind];
      expect(waypoint.telemetry[kind]).toEqual({ inbound, outbound: inbound });
      expect(ztunnel.telemetry[kind]).toEqual({ inbound: 0, outbound: 0 });
    }
    expect(waypoint.wake).toEqual(sidecar.wake);
  });
});

describe('set C2 as the specification has it', () => {
  it.each([
    ['none_mtls', 0.211, 0.179],
    ['v2-stats-nullvm', 0.272, 0.254],
    ['v2-sd-full-nullvm', 0.322, 0.238],
    ['v2-stats-wasm', 0.297, 0.273],
  ])('%s has slopes of %f (server) and %f (client) ms', (telemetry, server, client) => {
    const of = { istio: '1.7-dev', telemetry, mode: 'both' } as const;
    expect(rounded(slopeOf(cpuPoints, { ...of, side: 'serverProxy' }) / 1000)).toBe(server);
    expect(rounded(slopeOf(cpuPoints, { ...of, side: 'clientProxy' }) / 1000)).toBe(client);
  });

  it.each([
    ['both', 0.164],
    ['serveronly', 0.111],
  ] as const)('Istio 1.4 %s has a slope of %f ms', (mode, server) => {
    const of = { istio: '1.4', telemetry: 'nomixer', mode, side: 'serverProxy' } as const;
    expect(rounded(slopeOf(cpuPoints, of) / 1000)).toBe(server);
  });
});

/** CPU of a crossing of a sidecar under the profile, with so many wake-ups. [µs] */
function crossingCpu(
  role: Role,
  wakes: number,
  {
    telemetry = 'none',
    encryptedSides = 1,
  }: { telemetry?: Telemetry; encryptedSides?: number } = {},
): number {
  const options = { role, protocol: 'http1', bytes: BODY, telemetry, encryptedSides } as const;
  return (crossingCost(sidecar, options).mean + wakes * (sidecar.wake?.cost ?? 0)) / 1000;
}

describe('the profile explains the CPU that was measured', () => {
  const woken = 2 * costs.asleepInC2;

  test('36 % of visits in C2 found the worker asleep', () => {
    expect(rounded(costs.asleepInC2)).toBe(0.359);
  });

  it.each([
    ['inbound', 'serverProxy'],
    ['outbound', 'clientProxy'],
  ] as const)('of v2-stats-nullvm with 16 connections, %s, to 1 %%', (role, side) => {
    const of = { istio: '1.7-dev', telemetry: 'v2-stats-nullvm', mode: 'both', side } as const;
    const predicted = crossingCpu(role, woken, { telemetry: 'stats' });
    expect(Math.abs(predicted / slopeOf(cpuPoints, of) - 1)).toBeLessThan(0.01);
  });

  // Wake-ups a request: 2 with one connection; with 64 in phase one a burst for each of two workers; with 16 likewise.
  const low = (telemetry: string, side: 'clientProxy' | 'serverProxy') => {
    const at = (rate: number) =>
      cpuPoints.find((point) => point.telemetry === telemetry && point.rate === rate)?.[side] ?? 0;
    return ((at(100) - at(10)) / 90) * 1000;
  };
  const both = serverCpuOf(latencyPoints, 'both');
  const client = clientCpuOf(latencyPoints);
  const dashboard = (mode: 'both' | 'serveronly') =>
    slopeOf(cpuPoints, { istio: '1.4', telemetry: 'nomixer', mode, side: 'serverProxy' });
  it.each([
    ['client, C3, one connection', crossingCpu('outbound', 2), client(1)],
    ['client, C3, 64 connections', crossingCpu('outbound', 2 / 64), client(64)],
    ['server, C3 both, one connection', crossingCpu('inbound', 2), both(1)],
    ['server, C3 both, 64 connections', crossingCpu('inbound', 2 / 64), both(64)],
    ['server, C2 of 1.4, both', crossingCpu('inbound', 2 / 16), dashboard('both')],
    [
      'server, C2 of 1.4, serveronly',
      crossingCpu('inbound', 2 / 16, { encryptedSides: 0 }),
      dashboard('serveronly'),
    ],
    [
      'server, none_mtls, 10 to 100 rps',
      crossingCpu('inbound', 2),
      low('none_mtls', 'serverProxy'),
    ],
    [
      'client, none_mtls, 10 to 100 rps',
      crossingCpu('outbound', 2),
      low('none_mtls', 'clientProxy'),
    ],
  ])('that no number was taken from, to 10 %%: %s', (_name, predicted, measured) => {
    expect(Math.abs(predicted / measured - 1)).toBeLessThan(0.1);
  });
});

describe('the profile explains the latency that proxies add with one connection', () => {
  const base = find(latencyPoints, 'no_istio', 1).mean;
  const pass = profile.network.loopback / 1000;
  const alone = crossingCpu('inbound', 2, { encryptedSides: 0 });
  const pair = crossingCpu('inbound', 2) + crossingCpu('outbound', 2);
  // `loopback` was taken from both rows together, so each row is a check of it on the other.
  it.each([
    ['serveronly', base + alone + 2 * pass],
    ['both', base + pair + 4 * pass],
  ] as const)('%s, mean, to 1 %%', (mode, predicted) => {
    expect(Math.abs(predicted / find(latencyPoints, mode, 1).mean - 1)).toBeLessThan(0.01);
  });

  test('without loopback it falls short by 42 and 76.5 µs', () => {
    const rest = (mode: 'serveronly' | 'both', crossings: number) =>
      find(latencyPoints, mode, 1).mean - base - crossings;
    expect(rest('serveronly', alone)).toBeCloseTo(42, 0);
    expect(rest('both', pair)).toBeCloseTo(76.5, 0);
  });

  test('p50, p90 and p99, to 6 %', () => {
    for (const each of sidecarCases(latencyPoints, baselineBuckets, costs)) {
      const { p50, p90, p99 } = each.measured;
      percentilesOf(each, sidecar.cv).forEach((predicted, i) => {
        expect(Math.abs(predicted / [p50, p90, p99][i] - 1)).toBeLessThan(0.06);
      });
    }
  });

  test('one round trip of the network and the application is the baseline', () => {
    const way = meanOf(profile.network.betweenHosts);
    expect(2 * way + profile.application.perRequest).toBe(base * 1000);
  });
});

function meanOf({
  parameters,
}: {
  readonly parameters: Readonly<Record<string, unknown>>;
}): number {
  return Number(parameters['mean']);
}
