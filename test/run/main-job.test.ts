/** What every proxy learns as load namespaces join: the counts that the DATM experiment is about. */
import { describe, expect, it } from 'vitest';
import { replicate, scenarioFile } from '../support/scenarios.ts';

describe('bookinfo-360pods', () => {
  it('adds 21 clusters and 80 endpoints to every proxy with each load namespace', () => {
    const scenario = scenarioFile('bookinfo-360pods', ['load[3].rate=0.01/s'], '18m');
    const { series } = replicate(scenario);
    // Before each joins, of the first Bookinfo proxies: no load proxy has a cluster of its own more than they.
    const at = (minute: number, column: string) =>
      series.rows.find(([time]) => time >= minute * 60)![series.columns.indexOf(column)];
    for (const minute of [9, 14]) {
      expect(at(minute, 'clusters_mean') - at(minute - 5, 'clusters_mean')).toBeCloseTo(21, 6);
      expect(at(minute, 'endpoints_mean') - at(minute - 5, 'endpoints_mean')).toBeCloseTo(80, 6);
    }
  });
});
