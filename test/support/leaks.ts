/** What a network that has come to rest should have given back. */
import { MISSED } from '../../src/engine/layout.ts';
import type { Simulation } from '../../src/engine/simulate.ts';

/** Counters that nobody outside the engine needs, but whose leaks would change results. */
interface Insides {
  readonly picker: { readonly underWay: { total(): number } };
  readonly calls: { readonly underWay: Int32Array; readonly retrying: Int32Array };
  readonly pools: {
    readonly free: Int32Array;
    readonly size: Int32Array;
    readonly waiting: Int32Array;
  };
  readonly waits: { readonly count: number };
  readonly stations: { readonly hostBusy: Int32Array };
}

/** Everything that is still taken, by name; empty at rest. */
export function leaksOf(simulation: Simulation): Readonly<Record<string, number>> {
  const { picker, calls, pools, waits, stations } = simulation as unknown as Insides;
  const taken = {
    jobs: simulation.jobs.live,
    events: simulation.calendar.size,
    requests: simulation.requestsLive,
    measured: simulation.measuredLive,
    'calls under way by pair': picker.underWay.total(),
    'calls under way by budget': sum(calls.underWay),
    retries: sum(calls.retrying),
    'held of pools': sum(pools.size) - sum(pools.free),
    'waiting for pools': sum(pools.waiting),
    'waiting to know': waits.count,
    'servers at work by host': sum(stations.hostBusy),
    'missed and not settled': sum(missedBy(simulation)),
  };
  return Object.fromEntries(Object.entries(taken).filter(([, count]) => count !== 0));
}

/** By record of a job, free ones too. */
function missedBy({ jobs: { i32, layout } }: Simulation): Int32Array {
  return i32.filter((_, at) => at % layout.stride === MISSED);
}

const sum = (counts: Int32Array): number =>
  counts.reduce((total, count) => total + Math.abs(count), 0);
