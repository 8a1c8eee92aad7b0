import { describe, expect, test } from 'vitest';
import type { Reason } from '../../src/controlplane/changes.ts';
import { type XdsType, xdsTypes } from '../../src/controlplane/generate.ts';
import { Histogram, Metrics, reasons } from '../../src/controlplane/metrics.ts';
import { releaseOf } from '../../src/controlplane/releases.ts';

const S = 1e9;
const nothing = Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<Reason, number>;

function measured(release: string) {
  const metrics = new Metrics(releaseOf(release).buckets);
  metrics.debounced(0.1 * S);
  metrics.contextMade(0.02 * S);
  metrics.dequeued(0.5 * S);
  metrics.sent('CDS', 0.4 * S, 0.2 * S, 1e6);
  metrics.converged(0.7 * S);
  for (const kind of ['eds', 'svc', 'svcdelete', 'config'] as const) metrics.updated(kind);
  const none = Object.fromEntries(xdsTypes.map((type) => [type, 0])) as Record<XdsType, number>;
  const pushes = { ...none, CDS: 1 };
  return metrics.measure({ pushes, triggers: { ...nothing, endpoint: 7 }, connected: 3 });
}

describe("istiod's own metrics", () => {
  test('a value is in the first bucket whose bound is not below it (metrics/H1)', () => {
    const buckets = new Histogram([0.1, 0.5, 1, 3, 5, 10, 20, 30]);
    for (const sample of [0.03, 0.1, 0.06, 0.6, 2.9, 31]) buckets.observe(sample);
    expect([...buckets.counts]).toEqual([3, 0, 1, 1, 0, 0, 0, 0, 1]);
    expect(buckets.sum).toBeCloseTo(34.69, 9);
  });

  test('have the names, labels and units that Prometheus scrapes', () => {
    const all = measured('1.26');
    expect(all.map(({ name, type, labels }) => [name, type, labels['type'] ?? null])).toEqual([
      ['pilot_debounce_time', 'histogram', null],
      ['pilot_pushcontext_init_seconds', 'histogram', null],
      ['pilot_proxy_queue_time', 'histogram', null],
      ['pilot_proxy_convergence_time', 'histogram', null],
      ['pilot_xds_push_time', 'histogram', 'cds'],
      ['pilot_xds_send_time', 'histogram', null],
      ['pilot_xds_config_size_bytes', 'histogram', 'cds'],
      ['pilot_xds_pushes', 'counter', 'cds'],
      ['pilot_push_triggers', 'counter', 'endpoint'],
      ['pilot_inbound_updates', 'counter', 'config'],
      ['pilot_inbound_updates', 'counter', 'eds'],
      ['pilot_inbound_updates', 'counter', 'svc'],
      ['pilot_inbound_updates', 'counter', 'svcdelete'],
      ['pilot_xds', 'gauge', null],
    ]);
    const sums = Object.fromEntries(all.map(({ name, sum }) => [name, sum]));
    expect(sums['pilot_xds_push_time']).toBeCloseTo(0.6, 12);
    expect(sums['pilot_xds_send_time']).toBeCloseTo(0.2, 12);
    expect(sums['pilot_xds_config_size_bytes']).toBe(1e6);
    const updates = all.filter(({ name }) => name === 'pilot_inbound_updates');
    // Every one is a request to the debouncer too.
    expect(updates.map(({ counts }) => counts)).toEqual([[4], [1], [1], [1]]);
  });

  test('have the bounds of their release', () => {
    const boundsOf = (release: string, name: string) =>
      measured(release).find((one) => one.name === name)?.bounds;
    expect(boundsOf('1.8', 'pilot_debounce_time')).toBeUndefined();
    expect(boundsOf('1.8', 'pilot_proxy_queue_time')).toEqual([0.1, 1, 3, 5, 10, 20, 30]);
    expect(boundsOf('1.12', 'pilot_proxy_queue_time')).toEqual([0.1, 0.5, 1, 3, 5, 10, 20, 30]);
    expect(boundsOf('1.30', 'pilot_xds_push_time')).toEqual([0.01, 0.1, 1, 3, 5, 10, 20, 30]);
    expect(boundsOf('1.31', 'pilot_xds_push_time')).toEqual([0.01, 0.1, 0.5, 1, 3, 5, 10, 20, 30]);
    expect(boundsOf('1.31', 'pilot_xds_send_time')).toEqual([0.01, 0.1, 1, 3, 5, 10, 20, 30]);
    expect(boundsOf('1.31', 'pilot_debounce_time')).toContain(0.5);
    expect(boundsOf('1.26', 'pilot_pushcontext_init_seconds')).toEqual([0.01, 0.1, 0.5, 1, 3, 5]);
  });
});
