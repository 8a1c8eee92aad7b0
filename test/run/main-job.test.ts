/** What sidecars learn as load namespaces join: the counts that the DATM experiment is about. */
import { describe, expect, it } from 'vitest';
import { watchedColumns } from '../../src/measure/replication.ts';
import { replicate, scenarioFile } from '../support/scenarios.ts';

describe('bookinfo-360pods', () => {
  it('adds 21 clusters and 80 endpoints to sidecars of mode full with each load namespace, to others none', () => {
    const scenario = scenarioFile('bookinfo-360pods', ['load[3].rate=0.01/s'], '18m');
    const { watched } = replicate(scenario);
    const gains = watched.map(({ config, rows }) => {
      const at = (minute: number, column: (typeof watchedColumns)[number]) =>
        rows.find(([time]) => time >= minute * 60)![watchedColumns.indexOf(column)];
      // Before each joins; the first has joined, and Bookinfo's own calls are known by then.
      return [9, 14].map((minute) => ({
        config,
        clusters: at(minute, 'clusters') - at(minute - 5, 'clusters'),
        endpoints: at(minute, 'endpoints') - at(minute - 5, 'endpoints'),
        updates: at(minute, 'cluster_updates') - at(minute - 5, 'cluster_updates'),
      }));
    });
    expect(new Set(watched.map(({ config }) => config))).toEqual(
      new Set(['full', 'slime', 'datm']),
    );
    for (const gain of gains.flat()) {
      const [clusters, endpoints, updates] = gain.config === 'full' ? [21, 80, 80] : [0, 0, 0];
      expect(gain).toEqual({ config: gain.config, clusters, endpoints, updates });
    }
  });
});
