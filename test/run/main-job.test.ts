/** What proxies learn as load namespaces join, all or as much as their mode lets them: what the DATM experiment is about. */
import { describe, expect, it } from 'vitest';
import { watchedColumns } from '../../src/measure/replication.ts';
import { replicate, scenarioFile } from '../support/scenarios.ts';

describe('bookinfo-360pods', () => {
  const { watched } = replicate(scenarioFile('bookinfo-360pods', ['load[3].rate=0.01/s'], '18m'));
  const column = (name: (typeof watchedColumns)[number]) => watchedColumns.indexOf(name);
  const [time, clusters, endpoints] = [column('time_s'), column('clusters'), column('endpoints')];

  /** What five minutes, in which a load namespace joins, add to a productpage. */
  function added(namespace: string, minute: number): readonly number[] {
    const rows = watched.find(({ service }) => service === `${namespace}/productpage`)!.rows;
    const at = (m: number) => rows.find((row) => row[time] >= m * 60)!;
    return [clusters, endpoints].map((column) => at(minute)[column] - at(minute - 5)[column]);
  }

  it('adds 21 clusters and 80 endpoints to a proxy that knows all, with each load namespace', () => {
    for (const minute of [9, 14]) expect(added('bookinfo-default', minute)).toEqual([21, 80]);
  });

  it('adds nothing to proxies that have learned what they call', () => {
    for (const namespace of ['bookinfo-lazyload', 'bookinfo-datm']) {
      for (const minute of [9, 14]) expect(added(namespace, minute)).toEqual([0, 0]);
    }
  });
});
