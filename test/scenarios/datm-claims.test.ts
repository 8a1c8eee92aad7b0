/**
 * What the DATM paper claims (Electronics 2023, 12, 3404), against the two readings of its experiment: all sixty
 * minutes of each, with little load on the service graphs, which the claims are not about. Nothing here was fitted to
 * these numbers: memory per resource comes from LazyXDS's points, counts from topology, times from istiod's pipeline.
 * The ids are those of the published table of claims.
 */

import { tsImport } from 'tsx/esm/api';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Replication, watchedColumns } from '../../src/measure/replication.ts';

type Column = (typeof watchedColumns)[number];
type Mode = 'default' | 'lazyload' | 'datm';

/** Of the sidecars of a Bookinfo service under a mode at a minute. */
function reader({ watched }: Replication) {
  return (mode: Mode, service: string, column: Column, minute = 60): number => {
    const found = watched.find((one) => one.service === `bookinfo-${mode}/${service}`);
    const row = found?.rows.find(([time]) => time >= minute * 60);
    return row?.[watchedColumns.indexOf(column)] ?? Number.NaN;
  };
}

/** Just before the next load namespace joins, by how many there are. */
const minutes = [4.9, 9.9, 14.9, 19.9, 24.9, 60];

describe.each([
  ['bookinfo-360pods', { clusters: 21, endpoints: 80 }],
  ['bookinfo-475pods', { clusters: 22, endpoints: 105 }],
])('the claims of the DATM paper hold in %s', (name, gain) => {
  let of: ReturnType<typeof reader>;
  const memory = (mode: Mode, service = 'productpage', minute = 60) =>
    of(mode, service, 'memory_bytes', minute) / 1e6;
  beforeAll(async () => {
    // Not by Vitest, which makes the engine several times slower.
    const support: typeof import('../support/scenarios.ts') = await tsImport(
      '../support/scenarios.ts',
      import.meta.url,
    );
    of = reader(support.replicate(support.scenarioFile(name, ['load[3].rate=0.01/s'])));
  }, 300_000);

  it('D3, D4: a sidecar takes 40 to 60 % less under DATM from four load namespaces on', () => {
    for (const minute of [24.9, 60]) {
      const saved =
        1 - memory('datm', 'productpage', minute) / memory('default', 'productpage', minute);
      expect(saved).toBeGreaterThanOrEqual(0.4);
      expect(saved).toBeLessThanOrEqual(0.6);
    }
    expect(1 - memory('datm') / memory('default')).toBeGreaterThanOrEqual(0.5);
  });

  it('D5 to D9: 25, 13 and 11 MB within a tenth; ratings below 11.5', () => {
    expect(memory('default')).toBeGreaterThan(22.5);
    expect(memory('default')).toBeLessThan(27.5);
    expect(memory('lazyload')).toBeGreaterThan(11.7);
    expect(memory('lazyload')).toBeLessThan(14.3);
    expect(memory('datm')).toBeGreaterThan(9.9);
    expect(memory('datm')).toBeLessThan(12.1);
    for (const minute of minutes) {
      expect(memory('datm', 'productpage', minute)).toBeLessThan(13);
      expect(memory('datm', 'ratings', minute)).toBeLessThan(11.5);
    }
  });

  it('D10: DATM is below Lazyload, by less than a quarter', () => {
    expect(memory('datm')).toBeLessThan(memory('lazyload'));
    expect(1 - memory('datm') / memory('lazyload')).toBeLessThan(0.25);
  });

  it('D11, D12: Default grows with every load namespace, DATM does not; nothing drifts afterwards', () => {
    for (let k = 1; k < minutes.length; k++) {
      const step = (mode: Mode) =>
        memory(mode, 'productpage', minutes[k]) - memory(mode, 'productpage', minutes[k - 1]);
      expect(step('default')).toBeGreaterThan(1.5);
      expect(Math.abs(step('datm'))).toBeLessThan(0.05);
    }
    for (const mode of ['default', 'lazyload', 'datm'] as const) {
      expect(memory(mode) / memory(mode, 'productpage', 30)).toBeCloseTo(1, 2);
    }
  });

  it('D13: a callee is better off with the Sidecar of its namespace than with none, the more the larger the mesh', () => {
    const gaps = minutes.map((m) => memory('default', 'ratings', m) - memory('datm', 'ratings', m));
    expect(gaps[0]).toBeGreaterThan(0);
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  });

  it('D14, D15: host sets of Default change with every load namespace; of DATM and Lazyload hardly ever', () => {
    const updates = (mode: Mode, minute: number) =>
      of(mode, 'productpage', 'cluster_updates', minute);
    for (let k = 1; k < minutes.length; k++) {
      expect(updates('default', minutes[k])).toBeGreaterThan(updates('default', minutes[k - 1]));
      expect(updates('datm', minutes[k])).toBeLessThanOrEqual(updates('lazyload', minutes[k]));
      expect(updates('lazyload', minutes[k])).toBeLessThan(updates('default', minutes[k]));
    }
    expect(updates('default', 60)).toBeGreaterThan(10 * Math.max(1, updates('datm', 60)));
  });

  it('D16: clusters and endpoints grow with namespaces under Default only', () => {
    for (let k = 2; k < minutes.length; k++) {
      const step = (mode: Mode, column: Column) =>
        of(mode, 'productpage', column, minutes[k]) -
        of(mode, 'productpage', column, minutes[k - 1]);
      expect(step('default', 'clusters')).toBe(gain.clusters);
      expect(step('default', 'endpoints')).toBe(gain.endpoints);
      for (const mode of ['lazyload', 'datm'] as const) {
        expect([step(mode, 'clusters'), step(mode, 'endpoints')]).toEqual([0, 0]);
      }
    }
  });

  it('D17, D18: pushing and converging take DATM least and Default most', () => {
    for (const column of ['push_s', 'convergence_s'] as const) {
      const time = (mode: Mode) => of(mode, 'productpage', column);
      expect(time('datm')).toBeLessThan(time('lazyload'));
      expect(time('lazyload')).toBeLessThan(time('default'));
    }
  });
});
