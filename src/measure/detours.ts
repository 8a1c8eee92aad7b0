/** Calls to services that the caller's proxy did not know, by what became of them. */
import type { Simulation } from '../engine/simulate.ts';
import { groupBy } from './align.ts';
import type { Directory } from './directory.ts';
import { terminatingLatencyOf } from './latency.ts';
import { type DetourMeasure, outcomes, type ServiceMeasure } from './replication.ts';
import type { DetourResult } from './result.ts';

const BLOCKED = outcomes.indexOf('blocked');

/** Of calls to one service; what did not happen is not there. */
export function detourMeasures(
  { detours }: Directory,
  tag: number,
  { calls }: Simulation,
): readonly DetourMeasure[] {
  const measures = detours
    .filter(({ service }) => service === tag)
    .flatMap(({ way, tag }): readonly DetourMeasure[] => {
      const { [tag]: histogram } = calls.latency;
      return way === 'direct' ? [] : [{ way, calls: histogram.count, latency: histogram.sparse() }];
    });
  const blocked = calls.triesOf(tag, BLOCKED);
  const all: readonly DetourMeasure[] = [
    ...measures,
    { way: 'blocked', calls: blocked, latency: [] },
  ];
  return all.filter((measure) => measure.calls > 0);
}

/** Of all replications together: they are the first calls of a learning mode, not a stationary stream. */
export function detourResults(
  items: readonly ServiceMeasure[],
  isSaturated: boolean,
): readonly DetourResult[] {
  const all = items.flatMap(({ detours }) => detours);
  return groupBy(all, ({ way }) => way).map((same) => ({
    way: same[0].way,
    calls: same.reduce((sum, { calls }) => sum + calls, 0),
    latency: isSaturated ? null : terminatingLatencyOf(same.map(({ latency }) => latency)),
  }));
}
