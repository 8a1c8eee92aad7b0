/** What it takes to agree with theory: thirty replications, and an interval narrow enough to say no. */
import type { Network } from '../../src/engine/network.ts';
import { OK, OVERFLOW } from '../../src/engine/network.ts';
import { Simulation } from '../../src/engine/simulate.ts';
import { halfWidth, mean } from '../../src/measure/interval.ts';
import { Draft, SECOND } from '../support/network.ts';
import { readStation } from '../support/run.ts';

export const REPLICATIONS = 30;
const CONFIDENCE = 0.999;
const HALF_WIDTH_MAX = 0.03;

/** What is broken on purpose: servers too many or too few, demands too long, a share of jobs that slip away. */
export interface Faults {
  readonly servers: number;
  readonly demand: number;
  readonly lost: number;
}
export const sound: Faults = { servers: 0, demand: 1, lost: 0 };

/** What a replication is asked for: mean sojourn of those served [s], share turned away, mean sojourn at station 0 [s]. */
export type Measure = 'sojourn' | 'blocked' | 'atStation';

export interface Row {
  /** In Kendall's notation where it has one. */
  readonly name: string;
  readonly source: string;
  /** Arrivals that a replication measures. [s] */
  readonly seconds: number;
  readonly warmup: number;
  readonly theory: Partial<Record<Measure, number>>;
  /** True where theory gives no mean but an upper bound. */
  readonly isBound?: boolean;
  /** How many servers too many (or too few) the row must tell from the right number. */
  readonly wrongServers: 1 | -1;
  write(draft: Draft, faults: Faults): void;
}

export interface Finding {
  readonly measure: Measure;
  readonly theory: number;
  readonly mean: number;
  readonly half: number;
}

export function find(row: Row, faults: Faults): readonly Finding[] {
  const runs = Array.from({ length: REPLICATIONS }, (_, replication) => {
    const draft = new Draft(row.name, replication);
    row.write(draft, faults);
    return replicate(row, draft.finish());
  });
  return Object.entries(row.theory).map(([name, theory]) => {
    const measure = name as Measure;
    const values = runs.map((run) => run[measure]);
    return { measure, theory, mean: mean(values), half: halfWidth(values, CONFIDENCE) ?? Infinity };
  });
}

/** One replication: warms up, counts those who arrive in the window, and runs on until they have left. */
function replicate(row: Row, network: Network): Record<Measure, number> {
  const from = row.warmup * SECOND;
  const to = from + row.seconds * SECOND;
  let served = 0;
  let turnedAway = 0;
  let time = 0;
  const leave = (_: number, __: number, arrival: number, now: number, outcome: number): void => {
    if (arrival < from || arrival >= to) return;
    if (outcome === OVERFLOW) turnedAway++;
    else if (outcome !== OK) return;
    else {
      served++;
      time += now - arrival;
    }
  };
  const simulation = new Simulation(network, { from, to, observer: { leave } });
  simulation.runUntil(from);
  const before = readStation(simulation, 0);
  simulation.runUntil(to);
  const after = readStation(simulation, 0);
  simulation.drain(to * 10);
  return {
    sojourn: time / served / SECOND,
    blocked: turnedAway / (served + turnedAway),
    atStation: (after.area - before.area) / (after.visits - before.visits) / SECOND,
  };
}

/** Theory lies within the interval, or above it where it is a bound; and the interval is narrow. */
export function agrees(row: Row, { mean, half, theory }: Finding): boolean {
  if (row.isBound) return mean + half < theory;
  return Math.abs(mean - theory) < half && half < HALF_WIDTH_MAX * theory;
}
