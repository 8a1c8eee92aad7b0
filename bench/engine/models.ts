/**
 * The models of the bench, as data. Every contender reads the same data, so that they cannot drift apart: ours and
 * the naive one import it, C++ and SimPy get it as JSON.
 *
 * All service times are exponential, all arrivals Poisson. Times are in nanoseconds, rates per second.
 */

/** An open network of first-come-first-served stations; every request takes the same route. */
export interface FifoModel {
  readonly kind: 'fifo';
  readonly name: string;
  readonly rate: number;
  readonly stations: readonly {
    readonly name: string;
    readonly servers: number;
    readonly mean: number;
  }[];
  /** Indices of `stations`. */
  readonly route: readonly number[];
}

/** A service: pods of one proxy, some cores, and a pool of threads each. */
export interface Service {
  readonly name: string;
  readonly pods: number;
  /** Of the proxy; a connection belongs to one of them. */
  readonly workers: number;
  readonly cores: number;
  /** A call holds one from its arrival at the application to its answer, nested calls included. */
  readonly threads: number;
  /** Calls that may wait for a thread; more are turned away. */
  readonly lineMax: number;
}

/**
 * One call: out through the caller's proxy, in through the callee's, a thread, work, nested calls all at once, work,
 * and back through both proxies. A failed call goes back all the same.
 */
export interface Call {
  /** Index of `services`. */
  readonly callee: number;
  /** Mean work of one crossing of one proxy. */
  readonly crossing: number;
  /** Mean work before the nested calls, and after them (0: none). */
  readonly before: number;
  readonly after: number;
  /** Chance to fail after `before`, instead of all that follows. */
  readonly errorShare: number;
  /** Of one try. The work of a try that passes it burns on. */
  readonly deadline: number;
  readonly calls: readonly Call[];
}

/** Bookinfo with a proxy in every pod. Requests enter at the first service, which is one pod, and a proxy only. */
export interface MeshModel {
  readonly kind: 'mesh';
  readonly name: string;
  readonly rate: number;
  /** Connections that requests spread over; with the call it decides the worker of a proxy. */
  readonly connections: number;
  readonly services: readonly Service[];
  readonly root: Call;
  /** Mean time between the two proxies of a call, each way; 0: none. */
  readonly wire: number;
  /** Any failure is retried, after a uniform share of min(base · 2^(n−1), max), if the budget allows it. */
  readonly retries: number;
  readonly backoffBase: number;
  readonly backoffMax: number;
  /** Circuit breaker: retries at a time, as a share of this call's calls under way from the same pod; at least `minimum`. */
  readonly budget: { readonly share: number; readonly minimum: number };
}

export type Model = FifoModel | MeshModel;

/** One run of a model. Requests that arrive in [from, to) are measured, and the run goes on until all have left. */
export interface Run {
  readonly model: Model;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** What every contender answers. */
export interface Answer {
  readonly visits: number;
  /** Of the simulation alone, without start-up. */
  readonly cpuSeconds: number;
  /** Measured requests, and their mean time from arrival to leaving. [ns] */
  readonly requests: number;
  readonly mean: number;
  /** Of a mesh, for each request: retries, and tries that passed their deadline; 0 elsewhere. */
  readonly retries: number;
  readonly timeouts: number;
}

export const mm1: FifoModel = {
  kind: 'fifo',
  name: 'M/M/1',
  rate: 70_000,
  stations: [{ name: 'server', servers: 1, mean: 10e3 }],
  route: [0],
};

/** Bookinfo with sidecars as a Jackson network: a request crosses proxies and applications one after the other. */
export const fifoNetwork: FifoModel = {
  kind: 'fifo',
  name: 'FIFO network',
  rate: 5_000,
  stations: [
    { name: 'ingress', servers: 2, mean: 100e3 },
    { name: 'productpage proxy', servers: 6, mean: 100e3 },
    { name: 'productpage', servers: 10, mean: 400e3 },
    { name: 'details proxy', servers: 2, mean: 100e3 },
    { name: 'details', servers: 4, mean: 500e3 },
    { name: 'reviews proxy', servers: 4, mean: 100e3 },
    { name: 'reviews', servers: 8, mean: 450e3 },
    { name: 'ratings proxy', servers: 2, mean: 100e3 },
    { name: 'ratings', servers: 4, mean: 400e3 },
  ],
  route: [0, 1, 2, 1, 3, 4, 3, 1, 2, 1, 5, 6, 5, 7, 8, 7, 5, 6, 5, 1, 2, 1, 0],
};

const leaf = { crossing: 100e3, after: 0, deadline: 6e6, calls: [] };

/** Bookinfo, all of a mesh that the engine can do: 22 visits a request, about 240 calls and requests in flight. */
export const fullMesh: MeshModel = {
  kind: 'mesh',
  name: 'full mesh',
  rate: 20_000,
  connections: 4096,
  services: [
    { name: 'ingress', pods: 1, workers: 8, cores: 0, threads: 0, lineMax: 0 },
    { name: 'productpage', pods: 12, workers: 2, cores: 4, threads: 16, lineMax: 64 },
    { name: 'details', pods: 4, workers: 2, cores: 4, threads: 8, lineMax: 32 },
    { name: 'reviews', pods: 8, workers: 2, cores: 4, threads: 12, lineMax: 48 },
    { name: 'ratings', pods: 4, workers: 2, cores: 4, threads: 8, lineMax: 32 },
  ],
  root: {
    callee: 1,
    crossing: 100e3,
    before: 800e3,
    after: 400e3,
    errorShare: 0.001,
    deadline: 25e6,
    calls: [
      { ...leaf, callee: 2, before: 500e3, errorShare: 0.005 },
      {
        callee: 3,
        crossing: 100e3,
        before: 600e3,
        after: 300e3,
        errorShare: 0.005,
        deadline: 12e6,
        calls: [{ ...leaf, callee: 4, before: 400e3, errorShare: 0.005 }],
      },
    ],
  },
  wire: 0,
  retries: 2,
  backoffBase: 25e6,
  backoffMax: 250e6,
  budget: { share: 0.2, minimum: 3 },
};

/** More of the same: rate and pods (of the first service: workers) times `factor`. */
export function scaled(model: MeshModel, factor: number): MeshModel {
  const services = model.services.map((service, s) =>
    s === 0
      ? { ...service, workers: service.workers * factor }
      : { ...service, pods: service.pods * factor },
  );
  return { ...model, name: `${model.name} × ${factor}`, rate: model.rate * factor, services };
}

/** The same with far pods: every message takes `wire` on average; deadlines and threads allow for it. */
export function stretched(model: MeshModel, wire: number): MeshModel {
  const later = (call: Call): Call => ({
    ...call,
    deadline: call.deadline + 100 * wire,
    calls: call.calls.map(later),
  });
  const services = model.services.map((service) => ({ ...service, threads: 1e6 }));
  return { ...model, name: `${model.name}, far`, wire, services, root: later(model.root) };
}

/** Station visits of a request when nothing fails. */
export function visitsPerRequest(model: Model): number {
  if (model.kind === 'fifo') return model.route.length;
  const visits = (call: Call): number =>
    5 + (call.after > 0 ? 1 : 0) + call.calls.reduce((sum, nested) => sum + visits(nested), 0);
  return visits(model.root);
}

/**
 * Mean time of a request from arrival to leaving, if theory knows it. [ns]
 *
 * A Jackson network (Kleinrock, Queueing Systems I, ch. 4.8): every station is an M/M/c for itself.
 */
export function theory(model: Model): number | null {
  if (model.kind === 'mesh') return null;
  return model.route.reduce((sum, s) => {
    const { servers, mean } = model.stations[s];
    const rate = model.rate * 1e-9 * model.route.filter((other) => other === s).length;
    return sum + mean + (erlangC(servers, rate * mean) * mean) / (servers - rate * mean);
  }, 0);
}

/** Chance to wait at an M/M/c, from Erlang's recursion for the chance to be lost. */
function erlangC(servers: number, load: number): number {
  let lost = 1;
  for (let c = 1; c <= servers; c++) lost = (load * lost) / (c + load * lost);
  return lost / (1 - (load / servers) * (1 - lost));
}

/** A run that makes about so many visits; its first tenth is not measured. */
export function runOf(model: Model, visits: number, seed: number): Run {
  const to = Math.round((visits / visitsPerRequest(model) / model.rate) * 1e9);
  return { model, seed, from: Math.round(to / 10), to };
}
