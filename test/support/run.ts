/** Runs networks for tests, and keeps what every request did. */
import type { Network } from '../../src/engine/network.ts';
import { Simulation } from '../../src/engine/simulate.ts';
import type { StationReading } from '../../src/engine/stations.ts';

export interface Left {
  readonly source: number;
  readonly request: number;
  readonly arrival: number;
  readonly departure: number;
  readonly outcome: number;
}

export interface Run {
  readonly simulation: Simulation;
  /** Requests in the order they left. */
  readonly left: readonly Left[];
}

/** Events of a test's network at most: beyond it hangs. */
const EVENTS_MAX = 3e6;

export function start(network: Network, from = 0, to = Number.POSITIVE_INFINITY) {
  const left: Left[] = [];
  const simulation = new Simulation(network, {
    from,
    to,
    observer: {
      leave(source, request, arrival, departure, outcome) {
        left.push({ source, request, arrival, departure, outcome });
      },
    },
  });
  return { simulation, left } satisfies Run;
}

/** Runs until nothing is left to happen; the sources must stop. @throws Error if that takes too many events */
export function runDry(run: Run): Run {
  const { simulation } = run;
  while (simulation.calendar.size > 0) {
    if (simulation.events > EVENTS_MAX) throw new Error('the network does not come to rest');
    simulation.runUntil(simulation.calendar.nextTime() + 1);
  }
  return run;
}

/** A whole life of a network whose sources stop. */
export function runOut(network: Network): Run {
  return runDry(start(network));
}

/** Totals of a station, its servers together where a connection belongs to one. */
export function readStation(
  simulation: Simulation,
  station: number,
  now = simulation.now,
): StationReading {
  const rows = simulation.stations.rowsOf(station);
  const readings = rows.map((row) => simulation.stations.read(row, now));
  const total = (what: keyof StationReading): number =>
    readings.reduce((sum, reading) => sum + reading[what], 0);
  return {
    visits: total('visits'),
    turnedAway: total('turnedAway'),
    area: total('area'),
    work: total('work'),
    busy: total('busy'),
    backlog: total('backlog'),
  };
}

/** Requests by number, so that runs can be compared request by request. */
export function byRequest(left: readonly Left[]): readonly Left[] {
  return [...left].sort((a, b) => a.source - b.source || a.request - b.request);
}
