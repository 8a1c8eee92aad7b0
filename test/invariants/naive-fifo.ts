/** The textbook simulator of one first-come-first-served station, two events a visit, to hold the engine against. */
import type { Network, Step } from '../../src/engine/network.ts';
import { uniformAt } from '../../src/engine/random.ts';

/** @param arrivals - by request; the first visit of the network's program is the station @returns by request: when it leaves */
export function naiveDepartures(network: Network, arrivals: readonly number[]): number[] {
  const visit = network.steps[0] as Extract<Step, { verb: 'visit' }>;
  const departures: number[] = [];
  const line: number[] = [];
  /** Events to come: a server is free again. Arrivals come first where times are equal, which changes nothing. */
  const frees: number[] = [];
  let idle = network.stations[0].servers;
  let next = 0;
  const begin = (now: number): void => {
    const request = line.shift();
    if (request === undefined) return;
    idle--;
    departures[request] = now + draw(network, visit.demand, visit.purpose, request);
    const tail = visit.tail < 0 ? 0 : draw(network, visit.tail, visit.tailPurpose, request);
    frees.push(departures[request] + tail);
    frees.sort((a, b) => a - b);
  };
  while (next < arrivals.length || frees.length > 0) {
    if (next < arrivals.length && !(frees[0] < arrivals[next])) {
      const now = arrivals[next];
      line.push(next++);
      if (idle > 0) begin(now);
    } else {
      const now = frees[0];
      frees.shift();
      idle++;
      begin(now);
    }
  }
  return departures;
}

function draw(
  { keys, demands }: Network,
  demand: number,
  purpose: number,
  request: number,
): number {
  const u = uniformAt(keys[purpose * 2], keys[purpose * 2 + 1], request, 0);
  return Math.round(demands[demand].sample(u));
}
