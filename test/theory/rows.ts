/** The networks that theory knows exactly. Demands are in milliseconds, rates per second. */
import { gamma } from '../../src/engine/distributions/gamma.ts';
import { hyperexponential } from '../../src/engine/distributions/hyperexponential.ts';
import { lognormal } from '../../src/engine/distributions/lognormal.ts';
import { scaled } from '../../src/engine/distributions/scaled.ts';
import type { Distribution } from '../../src/engine/distributions.ts';
import type { Station } from '../../src/engine/network.ts';
import { type Draft, exp, fixed, MS } from '../support/network.ts';
import type { Faults, Row } from './check.ts';
import { dm1, kingman, mg1, mmc, mmck, mva } from './formulas.ts';

const KLEINROCK = 'Kleinrock, Queueing Systems I (1975)';
const HARCHOL = 'Harchol-Balter, Performance Modeling and Design of Computer Systems (2013)';

const m1 = exp(MS);
const m2 = exp(2 * MS);
const m3 = exp(3 * MS);
const d1 = fixed(MS);
const lognormal1 = lognormal.of({ mean: MS, cv: 1.3 });
const gamma1 = gamma.of({ mean: MS, cv: 0.5 });
const hyperexponential1 = hyperexponential.of({ mean: MS, cv: 2 });
const milder = hyperexponential.of({ mean: MS, cv: 1.5 });
const evenGap = gamma.of({ mean: MS / 0.9, cv: 0.5 });

/** The same demand under a fault, made once. */
const longer = new Map<Distribution, Distribution>();
function under({ demand: by }: Faults, of: Distribution): Distribution {
  if (by === 1) return of;
  const known = longer.get(of) ?? scaled.of({ by, of });
  longer.set(of, known);
  return known;
}

/** A job that slips away leaves at once, as if it had been served in no time. */
function mayBeLost(draft: Draft, { lost }: Faults, rest: () => void): void {
  const gone = draft.label();
  if (lost > 0) draft.chance(1 - lost, gone);
  rest();
  draft.mark(gone);
  draft.leave();
}

/** One station that serves one class of jobs. */
function queue(demand: Distribution, servers: number, options: Partial<Station> = {}) {
  return (draft: Draft, faults: Faults): void => {
    const station = draft.station({ ...options, servers: servers + faults.servers });
    mayBeLost(draft, faults, () => draft.visit(station, under(faults, demand)));
  };
}

function arrivals(rate: number, write: Row['write'], kind: 'open' | 'regular' = 'open') {
  return (draft: Draft, faults: Faults): void => {
    write(draft, faults);
    draft[kind](rate);
  };
}

const single = { warmup: 1, wrongServers: 1 } as const;

const oneStation: readonly Row[] = [
  {
    ...single,
    name: 'M/M/1',
    source: `${KLEINROCK} eq. 3.26`,
    seconds: 60,
    theory: { sojourn: mmc(600, 1e-3, 1) },
    write: arrivals(600, queue(m1, 1)),
  },
  {
    ...single,
    name: 'M/M/2',
    source: `${KLEINROCK} §3.5 (Erlang 1917)`,
    seconds: 30,
    theory: { sojourn: mmc(1200, 1e-3, 2) },
    write: arrivals(1200, queue(m1, 2)),
  },
  {
    ...single,
    name: 'M/M/8',
    source: `${KLEINROCK} §3.5 (Erlang 1917)`,
    seconds: 4,
    wrongServers: -1,
    theory: { sojourn: mmc(6000, 1e-3, 8) },
    write: arrivals(6000, queue(m1, 8)),
  },
  {
    ...single,
    name: 'M/D/1',
    source: `${KLEINROCK} eq. 5.72`,
    seconds: 14,
    theory: { sojourn: mg1(600, 1e-3, 0) },
    write: arrivals(600, queue(d1, 1)),
  },
  {
    ...single,
    name: 'M/G/1, lognormal demand',
    source: `${KLEINROCK} eq. 5.63 (Pollaczek 1930, Khinchine 1932)`,
    seconds: 150,
    theory: { sojourn: mg1(500, 1e-3, 1.3) },
    write: arrivals(500, queue(lognormal1, 1)),
  },
  {
    ...single,
    name: 'M/G/1, gamma demand',
    source: `${KLEINROCK} eq. 5.63`,
    seconds: 24,
    theory: { sojourn: mg1(600, 1e-3, 0.5) },
    write: arrivals(600, queue(gamma1, 1)),
  },
  {
    ...single,
    name: 'M/G/1, hyperexponential demand',
    source: `${KLEINROCK} eq. 5.63`,
    seconds: 170,
    theory: { sojourn: mg1(500, 1e-3, 2) },
    write: arrivals(500, queue(hyperexponential1, 1)),
  },
  {
    ...single,
    name: 'M/M/2/6',
    source: `${KLEINROCK} §3.6, by its birth and death probabilities`,
    seconds: 14,
    theory: mmck(1800, 1e-3, 2, 6),
    write: arrivals(1800, queue(m1, 2, { jobsMax: 6 })),
  },
  {
    ...single,
    name: 'M/M/3/3',
    source: `${KLEINROCK} eq. 3.45 (Erlang's B)`,
    seconds: 8,
    wrongServers: -1,
    theory: mmck(2400, 1e-3, 3, 3),
    write: arrivals(2400, queue(m1, 3, { jobsMax: 3 })),
  },
  {
    ...single,
    name: 'M/M/1-PS',
    source: `${HARCHOL} §22.2`,
    seconds: 40,
    theory: { sojourn: mmc(600, 1e-3, 1) },
    write: arrivals(600, queue(m1, 1, { discipline: 'sharing' })),
  },
  {
    ...single,
    name: 'M/G/1-PS, hyperexponential demand',
    source: `${HARCHOL} §22.2: insensitive to the demand but for its mean`,
    seconds: 110,
    theory: { sojourn: mmc(500, 1e-3, 1) },
    write: arrivals(500, queue(milder, 1, { discipline: 'sharing' })),
  },
  {
    ...single,
    name: 'M/M/2-PS',
    source: `${HARCHOL} §22.2: of exponential demands the number present is that of M/M/2`,
    seconds: 16,
    theory: { sojourn: mmc(1200, 1e-3, 2) },
    write: arrivals(1200, queue(m1, 2, { discipline: 'sharing' })),
  },
  {
    ...single,
    name: 'D/M/1',
    source: `${KLEINROCK} §6.4`,
    seconds: 40,
    theory: { sojourn: dm1(700, 1e-3) },
    write: arrivals(700, queue(m1, 1), 'regular'),
  },
];

/** Renewal arrivals: the only connection thinks, sends, gives up after a nanosecond, and thinks; its work goes on. */
function renewals(demand: Distribution, gap: Distribution) {
  return (draft: Draft, faults: Faults): void => {
    const station = draft.station({ servers: 1 + faults.servers });
    mayBeLost(draft, faults, () => {
      draft.attempt(1, { deadline: 1 }, () => draft.visit(station, under(faults, demand)));
    });
    draft.closed(1, gap);
  };
}

function jackson(draft: Draft, faults: Faults): void {
  const a = draft.station({});
  const b = draft.station({ servers: 2 + faults.servers });
  const c = draft.station({});
  mayBeLost(draft, faults, () => {
    const again = draft.label();
    const skip = draft.label();
    const done = draft.label();
    draft.mark(again);
    draft.visit(a, under(faults, m1));
    draft.chance(0.6, skip);
    draft.visit(b, under(faults, m3));
    draft.mark(skip);
    draft.chance(0.3, done);
    draft.jump(again);
    draft.mark(done);
    draft.visit(c, under(faults, m2));
  });
  draft.open(300);
}

/** Passes through a: λ = γ + 0.3 λ. */
const passes = 1 / 0.7;

function closedNetwork(draft: Draft, faults: Faults): void {
  const stations = [0, 1, 2].map((s) =>
    draft.station({ servers: s === 2 ? 1 + faults.servers : 1 }),
  );
  mayBeLost(draft, faults, () => {
    [m1, m2, m3].forEach((demand, s) => {
      draft.visit(stations[s], under(faults, demand));
    });
  });
  draft.closed(6, exp5);
}
const exp5 = exp(5 * MS);

function forkJoin(draft: Draft, faults: Faults): void {
  const left = draft.station({});
  const right = draft.station({ servers: 1 + faults.servers });
  mayBeLost(draft, faults, () => {
    draft.fork([left, right].map((station) => () => draft.visit(station, under(faults, m1))));
  });
  draft.open(500);
}

function threads(draft: Draft, faults: Faults): void {
  const pool = draft.pool({ size: 3 + faults.servers, queueMax: Number.POSITIVE_INFINITY });
  mayBeLost(draft, faults, () => {
    const full = draft.label();
    draft.hold(pool, full);
    draft.delay(under(faults, m1));
    draft.release(pool);
    draft.mark(full);
  });
  draft.open(2100);
}

function boundedThreads(draft: Draft, faults: Faults): void {
  const pool = draft.pool({ size: 2 + faults.servers, queueMax: 3 });
  mayBeLost(draft, faults, () => {
    const full = draft.label();
    draft.hold(pool, full);
    draft.delay(under(faults, m1));
    draft.release(pool);
    draft.mark(full);
  });
  draft.open(1800);
}

function pinned(draft: Draft, faults: Faults): void {
  const station = draft.station({ discipline: 'pinned', servers: 2 + faults.servers });
  mayBeLost(draft, faults, () => draft.visit(station, under(faults, m1)));
  draft.open(1000, { connections: 10_000 });
}

const networks: readonly Row[] = [
  {
    ...single,
    name: 'GI/GI/1, gamma gaps and demands',
    source: 'Kingman 1962; an upper bound, so that lost jobs and servers too many cannot be told',
    seconds: 30,
    isBound: true,
    theory: { atStation: kingman(900, 1e-3, 0.5, 0.5) },
    write: renewals(gamma1, evenGap),
  },
  {
    ...single,
    name: 'Jackson network with feedback',
    source: `Jackson 1957; ${KLEINROCK} §4.8`,
    seconds: 60,
    theory: {
      sojourn:
        passes * mmc(300 * passes, 1e-3, 1) +
        passes * 0.6 * mmc(300 * passes * 0.6, 3e-3, 2) +
        mmc(300, 2e-3, 1),
    },
    write: jackson,
  },
  {
    ...single,
    name: 'Closed network of three stations, six customers who think',
    source: 'Reiser and Lavenberg 1980, exact mean value analysis',
    seconds: 30,
    theory: { sojourn: mva(6, 5e-3, [1e-3, 2e-3, 3e-3]) },
    write: closedNetwork,
  },
  {
    ...single,
    name: 'Fork and join of two M/M/1',
    source: 'Flatto and Hahn 1984; Nelson and Tantawi 1988 eq. 6',
    seconds: 36,
    theory: { sojourn: ((12 - 0.5) / 8) * mmc(500, 1e-3, 1) },
    write: forkJoin,
  },
  {
    ...single,
    name: 'M/M/3 by threads that are held',
    source: `${KLEINROCK} §3.5`,
    seconds: 12,
    theory: { sojourn: mmc(2100, 1e-3, 3) },
    write: threads,
  },
  {
    ...single,
    name: 'M/M/2/5 by threads that are held, and three who may wait',
    source: `${KLEINROCK} §3.6`,
    seconds: 10,
    theory: mmck(1800, 1e-3, 2, 5),
    write: boundedThreads,
  },
  {
    ...single,
    name: 'Pinned connections: a random split into two M/M/1',
    source: `${KLEINROCK} eq. 3.26`,
    seconds: 32,
    theory: { sojourn: mmc(500, 1e-3, 1) },
    write: pinned,
  },
];

export const rows: readonly Row[] = [...oneStation, ...networks];
