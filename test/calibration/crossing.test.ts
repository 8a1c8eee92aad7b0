/** Costs of a crossing and of memory, put together from a profile. */
import { describe, expect, it, test } from 'vitest';
import { crossingCost } from '../../src/calibration/crossing.ts';
import type { ProxyCosts } from '../../src/calibration/profile.ts';
import { proxyMemoryOf } from '../../src/calibration/proxy-memory.ts';
import { profile } from './default-profile.ts';

// Every term a power of ten of its own, so that a sum shows what it is made of.
const tens = (inbound: number, outbound: number) => ({ inbound, outbound });
const line = (base: number) => ({ base, perByte: base / 1000 });
const costs: ProxyCosts = {
  workers: 2,
  wake: { cost: 7, coldAfter: 7, coldCost: 7 },
  crossing: {
    inbound: { http1: line(1000), http2: line(2000), grpc: line(3000), tcp: line(4000) },
    outbound: { http1: line(5000), http2: line(6000), grpc: line(7000), tcp: line(8000) },
  },
  mtls: { base: 1e5, perByte: 100 },
  telemetry: {
    none: tens(0, 0),
    stats: tens(1e7, 2e7),
    stackdriver: tens(3e7, 4e7),
    'stats-wasm': tens(5e7, 6e7),
  },
  cv: 0.5,
};

describe('a crossing', () => {
  const plain = {
    role: 'inbound',
    protocol: 'http1',
    bytes: 0,
    telemetry: 'none',
    encryptedSides: 0,
  } as const;

  test('without bytes, filters and encryption costs its base', () => {
    expect(crossingCost(costs, plain)).toEqual({ mean: 1000, cv: 0.5 });
  });

  test('costs what its role and protocol say', () => {
    const mean = (role: 'inbound' | 'outbound', protocol: 'http2' | 'grpc' | 'tcp') =>
      crossingCost(costs, { ...plain, role, protocol }).mean;
    expect([mean('inbound', 'http2'), mean('inbound', 'grpc'), mean('inbound', 'tcp')]).toEqual([
      2000, 3000, 4000,
    ]);
    expect([mean('outbound', 'http2'), mean('outbound', 'grpc'), mean('outbound', 'tcp')]).toEqual([
      6000, 7000, 8000,
    ]);
  });

  test('pays for every byte', () => {
    expect(crossingCost(costs, { ...plain, bytes: 500 }).mean).toBe(1500);
  });

  test('pays encryption, bytes included, once for each encrypted side', () => {
    expect(crossingCost(costs, { ...plain, encryptedSides: 1, bytes: 500 }).mean).toBe(151_500);
    expect(crossingCost(costs, { ...plain, encryptedSides: 2, bytes: 500 }).mean).toBe(301_500);
  });

  test('pays the filters of its side', () => {
    expect(crossingCost(costs, { ...plain, telemetry: 'stats' }).mean).toBe(10_001_000);
    const outbound = { ...plain, role: 'outbound', telemetry: 'stackdriver' } as const;
    expect(crossingCost(costs, outbound).mean).toBe(40_005_000);
  });

  test('of tcp meets no filters', () => {
    expect(crossingCost(costs, { ...plain, protocol: 'tcp', telemetry: 'stats-wasm' }).mean).toBe(
      4000,
    );
  });

  test('costs whole nanoseconds', () => {
    expect(crossingCost(costs, { ...plain, protocol: 'grpc', bytes: 0.1 }).mean).toBe(3000);
    expect(crossingCost(profile.proxies.sidecar, { ...plain, bytes: 333 }).mean).toBe(100_533);
  });
});

describe('memory of a proxy', () => {
  const costsOf = (release: string) => proxyMemoryOf(profile, release).costs;

  it.each([
    ['1.8', 0],
    ['1.8.2', 0],
    ['1.12', 0],
    ['1.12.9', 0],
    ['1.13', 1],
    ['1.26', 1],
    ['1.30', 2],
    ['2.0', 2],
  ])('of release %s is that of the last entry not above it', (release, entry) => {
    expect(costsOf(release)).toBe(profile.proxyMemory[entry].costs);
  });

  test('does not depend on the order of the entries', () => {
    const proxyMemory = profile.proxyMemory.toReversed();
    expect(proxyMemoryOf({ proxyMemory }, '1.20')).toBe(profile.proxyMemory[1]);
  });

  test('of a release before all entries, or of what is no release, is an error', () => {
    expect(() => costsOf('0.8')).toThrow('"0.8" is older than what the profile has');
    expect(() => costsOf('newest')).toThrow('"newest" is no version');
  });

  test('up to 1.12 gives the 23.5 MB predicted for a Bookinfo proxy beside five load namespaces', () => {
    // Counts of the specification of config modes, section 6.3: 5 namespaces of 18 services and 4 pods.
    const { base, perCluster, perEndpoint, perListener, perVhost } = costsOf('1.8');
    const counts = { clusters: 155, endpoints: 448, listeners: 47, vhosts: 106 };
    const total =
      base +
      perCluster * counts.clusters +
      perEndpoint * counts.endpoints +
      perListener * counts.listeners +
      perVhost * counts.vhosts;
    expect(total / 1e6).toBeCloseTo(23.5, 1);
  });

  it.each([
    [100, 57.4],
    [500, 103.4],
    [1000, 162.3],
  ])('from 1.13 on is within 3 %% of what %i services took: %f MB', (services, measured) => {
    const { base, perCluster } = costsOf('1.13');
    expect(Math.abs((base + perCluster * services) / 1e6 / measured - 1)).toBeLessThan(0.03);
  });
});
