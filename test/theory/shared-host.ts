/**
 * The exact model that host contention stands for: stations with a line and servers of their own, whose jobs in
 * service share the cores of one host equally, at most one core each. All rates change at every event.
 */

export interface Arrival {
  readonly station: number;
  readonly at: number;
  readonly demand: number;
}

interface Job {
  readonly index: number;
  readonly station: number;
  left: number;
}

/** @param arrivals - in order of time @returns by arrival: when it leaves */
export function sharedHostDepartures(
  arrivals: readonly Arrival[],
  { cores, servers }: { readonly cores: number; readonly servers: number },
): readonly number[] {
  const departures: number[] = [];
  const lines = new Map<number, Job[]>();
  const busy = new Map<number, number>();
  const served: Job[] = [];
  let now = 0;
  let next = 0;
  const count = (station: number, by: number): void => {
    busy.set(station, (busy.get(station) ?? 0) + by);
  };
  const start = (job: Job): void => {
    served.push(job);
    count(job.station, 1);
  };
  const advance = (to: number, rate: number): void => {
    for (const job of served) job.left -= (to - now) * rate;
    now = to;
  };
  while (next < arrivals.length || served.length > 0) {
    const rate = Math.min(1, cores / served.length);
    let first = 0;
    for (let j = 1; j < served.length; j++) if (served[j].left < served[first].left) first = j;
    const done = served.length === 0 ? Infinity : now + Math.max(0, served[first].left) / rate;
    if (next < arrivals.length && arrivals[next].at <= done) {
      const { station, at, demand } = arrivals[next];
      advance(at, rate);
      const job = { index: next++, station, left: demand };
      if ((busy.get(station) ?? 0) < servers) start(job);
      else lines.set(station, [...(lines.get(station) ?? []), job]);
    } else {
      advance(done, rate);
      const [job] = served.splice(first, 1);
      departures[job.index] = now;
      count(job.station, -1);
      const waiting = lines.get(job.station)?.shift();
      if (waiting !== undefined) start(waiting);
    }
  }
  return departures;
}
