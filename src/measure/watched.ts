/** The sidecars of single services over time: means over replications, and their intervals, row by row. */
import { alignBy } from './align.ts';
import { across } from './estimate.ts';
import { type Replication, type WatchedMeasure, watchedColumns } from './replication.ts';
import type { WatchedResult } from './result.ts';

export function watchedResults(replications: readonly Replication[]): readonly WatchedResult[] {
  const lists = replications.map(({ watched }) => watched);
  return alignBy(lists, ({ service }) => service).map(({ items }) => resultOf(items));
}

function resultOf(measures: readonly WatchedMeasure[]): WatchedResult {
  const [first] = measures;
  const [time, ...quantities] = watchedColumns;
  return {
    service: first.service,
    config: first.config,
    columns: [time, ...quantities.flatMap((name) => [name, `${name}_low`, `${name}_high`])],
    rows: first.rows.map(([at], row) => [
      at,
      ...quantities.flatMap((_, q) => {
        const { value, low, high } = across(measures.map(({ rows }) => rows[row][q + 1]));
        return [value, low, high];
      }),
    ]),
  };
}
