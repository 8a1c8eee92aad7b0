/**
 * Goal: laws that a station keeps in every run, exactly, request by request. Method: one station (or three in a row)
 * of any kind under random arrivals, until all have left.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shifted } from '../../src/engine/distributions/shifted.ts';
import type { Distribution } from '../../src/engine/distributions.ts';
import type { Network, Station } from '../../src/engine/network.ts';
import { OK } from '../../src/engine/network.ts';
import { Draft, exp, fixed, MS, SECOND } from '../support/network.ts';
import { station } from '../support/random-network.ts';
import { byRequest, type Left, readStation, runOut } from '../support/run.ts';
import { naiveDepartures } from './naive-fifo.ts';

const RUNS = { numRuns: 100, seed: 20_242 };

const PAUSE = fixed(0.25 * MS);
const NO_PAUSE = fixed(0);

interface Work {
  readonly demand: Distribution;
  readonly tail?: Distribution;
}

const demand = fc.constantFrom(fixed(MS), exp(MS), exp(3 * MS));
const work: fc.Arbitrary<Work> = fc.oneof(
  fc.record({ demand }),
  fc.record({ demand, tail: fc.constantFrom(fixed(0.5 * MS), exp(MS)) }),
);
const arrivals = fc.record({
  kind: fc.constantFrom('open' as const, 'regular' as const, 'closed' as const),
  connections: fc.integer({ min: 1, max: 6 }),
  rate: fc.constantFrom(300, 1000, 2000),
  seed: fc.nat(),
});
type Arrivals = typeof arrivals extends fc.Arbitrary<infer A> ? A : never;

function network(
  stations: readonly Station[],
  { demand, ...rest }: Work,
  from: Arrivals,
  pause = PAUSE,
): Network {
  const draft = new Draft(String(from.seed));
  draft.host(2);
  for (const options of stations) {
    draft.visit(draft.station(options), demand, rest);
    draft.delay(pause);
  }
  draft.leave();
  const options = { stop: 0.08 * SECOND, connections: from.connections };
  if (from.kind === 'closed') draft.closed(from.connections, exp(MS), options);
  else draft[from.kind](from.rate, options);
  return draft.finish();
}

const plain: Station = {
  discipline: 'fifo',
  servers: 1,
  jobsMax: Number.POSITIVE_INFINITY,
  host: -1,
  wake: null,
};
/** When the last tails are done too. */
const LATER = 10 * SECOND;
/** Bounds a line that never gets as long, so that the station has to keep it. */
const KEPT = 1e6;
const servers = fc.integer({ min: 1, max: 4 });
const departuresOf = (left: readonly Left[]) => byRequest(left).map(({ departure }) => departure);

describe('a station', () => {
  it('obeys Little: its area is the sum of the sojourns, and those of a row of three with the pauses between', () => {
    fc.assert(
      fc.property(
        fc.array(station, { minLength: 1, maxLength: 3 }),
        work,
        arrivals,
        (stations, work, from) => {
          const { simulation, left } = runOut(network(stations, work, from));
          const sojourns = left.reduce(
            (sum, { arrival, departure }) => sum + departure - arrival,
            0,
          );
          const areas = stations.map((_, s) => readStation(simulation, s).area);
          const pauses = left.length * stations.length * PAUSE.mean;
          expect(areas.reduce((sum, area) => sum + area, pauses)).toBe(sojourns);
        },
      ),
      RUNS,
    );
  });

  it('counts every visit: served or turned away', () => {
    fc.assert(
      fc.property(station, work, arrivals, (station, work, from) => {
        const { simulation, left } = runOut(network([station], work, from));
        const { visits, turnedAway, backlog } = readStation(simulation, 0, LATER);
        expect(visits).toBe(left.filter(({ outcome }) => outcome === OK).length);
        expect(visits + turnedAway).toBe(left.length);
        expect(backlog).toBeCloseTo(0, 3);
      }),
      RUNS,
    );
  });

  it('with one server never lets one overtake another, whatever it costs to wake or to share a host', () => {
    fc.assert(
      fc.property(station, work, arrivals, (options, work, from) => {
        fc.pre(options.discipline !== 'sharing');
        const { left } = runOut(network([{ ...options, servers: 1 }], work, from));
        const order = left.filter(({ outcome }) => outcome === OK).map(({ arrival }) => arrival);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
      RUNS,
    );
  });

  it('with several servers never lets one overtake another that asks for as much', () => {
    fc.assert(
      fc.property(servers, arrivals, fc.boolean(), (servers, from, isKept) => {
        const options = { ...plain, servers, jobsMax: isKept ? KEPT : Number.POSITIVE_INFINITY };
        const { left } = runOut(network([options], { demand: fixed(MS) }, from));
        const order = left.map(({ arrival }) => arrival);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
      RUNS,
    );
  });

  it('never lets a request out earlier when all ask for more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('fifo' as const, 'pinned' as const),
        servers,
        demand,
        arrivals,
        fc.integer({ min: 1, max: 2 * MS }),
        (discipline, servers, demand, from, by) => {
          fc.pre(from.kind !== 'closed');
          const options = { ...plain, discipline, servers };
          const more = shifted.of({ by, of: demand });
          const before = departuresOf(runOut(network([options], { demand }, from)).left);
          const after = departuresOf(runOut(network([options], { demand: more }, from)).left);
          expect(after.every((departure, request) => departure >= before[request] + by)).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it('with its one event a visit lets each request out when a simulator with two events does', () => {
    fc.assert(
      fc.property(servers, work, arrivals, fc.boolean(), (servers, work, from, isKept) => {
        fc.pre(from.kind !== 'closed');
        const options = { ...plain, servers, jobsMax: isKept ? KEPT : Number.POSITIVE_INFINITY };
        const model = network([options], work, from);
        const left = byRequest(runOut(model).left);
        const expected = naiveDepartures(
          model,
          left.map(({ arrival }) => arrival),
        );
        expect(left.map(({ departure }) => departure - PAUSE.mean)).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('that keeps its line serves each request as one that need not', () => {
    fc.assert(
      fc.property(station, work, arrivals, (options, work, from) => {
        fc.pre(options.discipline === 'fifo');
        const free = { ...options, host: -1, jobsMax: Number.POSITIVE_INFINITY };
        const short = runOut(network([free], work, from));
        const long = runOut(network([{ ...free, jobsMax: KEPT }], work, from));
        expect(departuresOf(long.left)).toEqual(departuresOf(short.left));
        expect(readStation(long.simulation, 0, LATER)).toEqual(
          readStation(short.simulation, 0, LATER),
        );
      }),
      RUNS,
    );
  });

  it('that shares one server is done with all its work when one that serves in turn is', () => {
    fc.assert(
      fc.property(work, arrivals, (work, from) => {
        fc.pre(from.kind !== 'closed');
        const run = (options: Partial<Station>) =>
          runOut(network([{ ...plain, ...options }], work, from, NO_PAUSE)).simulation;
        const turns = run({ jobsMax: KEPT });
        const shares = run({ discipline: 'sharing' });
        const { work: shared, visits } = readStation(shares, 0);
        expect(shared).toBeCloseTo(readStation(turns, 0).work, 3);
        // Both end with an event for the last job or tail; sharing rounds each up to whole nanoseconds.
        expect(Math.abs(shares.now - turns.now)).toBeLessThanOrEqual(2 * visits);
      }),
      RUNS,
    );
  });
});
