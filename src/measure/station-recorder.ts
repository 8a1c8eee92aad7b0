/** Reads the counters of stations and pools at both ends of the window; the difference is what is reported. */
import type { Simulation } from '../engine/simulate.ts';
import type { StationReading } from '../engine/stations.ts';
import type { StationNames } from './directory.ts';
import type { StationMeasure } from './replication.ts';

/** Busier than this and with a line that grew, a station cannot keep up. */
const SATURATED_BUSY = 0.985;
/** The line has grown if it holds so much more work at the end than at the start, as a share of the window. */
const SATURATED_GROWTH = 0.005;

export class StationRecorder {
  private readonly names: readonly StationNames[];
  /** By group, then by row: at the start and at the end of the window. */
  private opened: readonly (readonly StationReading[])[] = [];
  private closed: readonly (readonly StationReading[])[] = [];
  /** By group: mean number of pods in the window. */
  private pods: readonly number[] = [];

  constructor(names: readonly StationNames[]) {
    this.names = names;
  }

  open(simulation: Simulation): void {
    this.opened = this.names.map((group) => read(simulation, group));
  }

  /** @param podsOf - by service: mean number of its pods in the window; others have what they had at the start */
  close(simulation: Simulation, podsOf: ReadonlyMap<string, number>): void {
    this.closed = this.names.map((group) => read(simulation, group));
    this.pods = this.names.map(({ owner, pods }) => podsOf.get(owner) ?? pods);
  }

  /** Station visits since the start of the simulation. */
  visits({ stations, now }: Simulation): number {
    let visits = 0;
    for (let row = 0; row < stations.count; row++) visits += stations.read(row, now).visits;
    return visits;
  }

  measures(window: number): readonly StationMeasure[] {
    return this.names.map((names, g) => {
      const rows = this.closed[g].map((end, r) => difference(this.opened[g][r], end));
      return measureOf({ ...names, pods: this.pods[g] }, rows, window);
    });
  }
}

/** The readings of a group, by row: a pinned station has a row for each of its servers. */
function read(simulation: Simulation, { kind, stations }: StationNames): StationReading[] {
  const { now } = simulation;
  if (kind === 'threads') return stations.map((pool) => simulation.pools.read(pool));
  return stations.flatMap((station) =>
    simulation.stations.rowsOf(station).map((row) => simulation.stations.read(row, now)),
  );
}

function difference(start: StationReading, end: StationReading): StationReading {
  return {
    visits: end.visits - start.visits,
    turnedAway: end.turnedAway - start.turnedAway,
    area: end.area - start.area,
    work: end.work - start.work,
    busy: end.busy - start.busy,
    backlog: end.backlog - start.backlog,
  };
}

function measureOf(
  { kind, name, owner, pods, servers, stations }: StationNames,
  rows: readonly StationReading[],
  window: number,
): StationMeasure {
  const total = (of: (row: StationReading) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0);
  const serversOfRow = (servers * stations.length) / Math.max(1, rows.length);
  const utilisations = rows.map(({ busy }) => busy / (window * serversOfRow));
  const visits = total((row) => row.visits);
  const busy = total((row) => row.busy);
  return {
    kind,
    name,
    service: owner,
    pods,
    servers,
    visits,
    cpuSeconds: kind === 'threads' ? 0 : total((row) => row.work) / 1e9,
    utilisation: pods === 0 ? 0 : busy / (window * servers * pods),
    utilisationMax: utilisations.reduce((most, one) => Math.max(most, one), 0),
    waitMean: visits === 0 ? 0 : Math.max(0, total((row) => row.area) - busy) / visits,
    queueMean: pods === 0 ? 0 : total((row) => row.area) / (window * pods),
    rejected: total((row) => row.turnedAway),
    saturated: rows.some(
      ({ backlog }, r) =>
        utilisations[r] > SATURATED_BUSY && backlog > SATURATED_GROWTH * window * serversOfRow,
    ),
  };
}
