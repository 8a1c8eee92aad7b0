/** A model of the bench as a queueing network of our engine. */
import { exponential } from '../../src/engine/distributions/exponential.ts';
import type { Network, Pool, Source, Station, Step } from '../../src/engine/network.ts';
import { OVERFLOW, TIMEOUT, UNAVAILABLE } from '../../src/engine/network.ts';
import { QuantileTable } from '../../src/engine/quantile-table.ts';
import { makeKeys } from '../../src/model/keys.ts';
import type { Call, FifoModel, MeshModel, Model, Run } from './models.ts';

const NONE = -1;
const ANY_FAILURE = (1 << UNAVAILABLE) | (1 << OVERFLOW) | (1 << TIMEOUT);
/** Roles of the stations of a pod. */
const PROXY = 0;
const CORES = 1;

export function networkOf({ model, seed, to }: Run): Network {
  return model.kind === 'fifo' ? fifoNetwork(model, seed, to) : meshNetwork(model, seed, to);
}

/** Names and tables that a program collects while it is written. */
class Names {
  readonly purposes: string[] = [];
  readonly demands: QuantileTable[] = [];
  private readonly means = new Map<number, number>();

  purpose(name: string): number {
    return this.purposes.push(name) - 1;
  }

  demand(mean: number): number {
    const known = this.means.get(mean);
    if (known !== undefined) return known;
    const index = this.demands.push(new QuantileTable(exponential.of({ mean }))) - 1;
    this.means.set(mean, index);
    return index;
  }
}

const fifoStation = (servers: number): Station => ({
  discipline: 'fifo',
  servers,
  jobsMax: Number.POSITIVE_INFINITY,
  host: NONE,
  wake: null,
});

function sourceOf(model: Model, names: Names, to: number, connections: number): Source {
  return {
    entry: 0,
    place: 0,
    start: 0,
    // Arrivals go on while the last measured requests leave, so that these meet the load of all others.
    stop: to * 10,
    connections,
    arrivals: { kind: 'open', rates: [{ at: 0, rate: model.rate }], regular: false },
    gapPurpose: names.purpose('gap'),
    connectionPurpose: names.purpose('connection'),
  };
}

/** What a network without calls between places has. */
const plain = {
  classOf: [0],
  hostOf: [NONE],
  viewerOf: [0],
  viewerCount: 1,
  placeState: [0],
  placeCount: 1,
  downDelay: new Array<number>(16).fill(0),
  hosts: [],
  pools: [],
  poolOf: Int32Array.of(NONE),
  groups: [],
  edges: [],
  policies: [],
  tagCount: 0,
  counterCount: 0,
  deadlinesPropagate: false,
} satisfies Partial<Network>;

/** One place; the stations are its roles. */
function fifoNetwork(model: FifoModel, seed: number, to: number): Network {
  const names = new Names();
  const steps = model.route.map((s, i): Step => {
    const { name, mean } = model.stations[s];
    return {
      verb: 'visit',
      depth: 0,
      role: s,
      demand: names.demand(mean),
      purpose: names.purpose(`${i} ${name}`),
      lane: 0,
      tail: NONE,
      tailPurpose: NONE,
    };
  });
  steps.push({ verb: 'leave' });
  const sources = [sourceOf(model, names, to, 1)];
  return {
    ...plain,
    stations: model.stations.map(({ servers }) => fifoStation(servers)),
    stationOf: Int32Array.from(model.stations.keys()),
    demands: names.demands,
    steps,
    sources,
    purposes: names.purposes,
    keys: makeKeys(String(seed), 0, names.purposes),
  };
}

/** A place for every pod; a station for its proxy and one for its cores; its threads are a pool. */
function meshNetwork(model: MeshModel, seed: number, to: number): Network {
  const { services } = model;
  const pods = services.flatMap(
    (service) => new Array(service.pods).fill(service) as typeof services,
  );
  const firstPod: number[] = [];
  services.reduce((first, service, s) => {
    firstPod[s] = first;
    return first + service.pods;
  }, 0);
  const stations: Station[] = [];
  const pools: Pool[] = [];
  const stationOf = new Int32Array(pods.length * 2).fill(NONE);
  const poolOf = new Int32Array(pods.length).fill(NONE);
  pods.forEach(({ workers, cores, threads, lineMax }, place) => {
    stationOf[PROXY * pods.length + place] =
      stations.push({ ...fifoStation(workers), discipline: 'pinned' }) - 1;
    if (cores > 0) stationOf[CORES * pods.length + place] = stations.push(fifoStation(cores)) - 1;
    if (threads > 0) poolOf[place] = pools.push({ size: threads, queueMax: lineMax }) - 1;
  });
  const names = new Names();
  const writer = new MeshWriter(model, names, firstPod);
  writer.call(model.root, 0, 1);
  writer.steps.push({ verb: 'leave' });
  writer.writeBranches();
  const sources = [sourceOf(model, names, to, model.connections)];
  return {
    ...plain,
    placeCount: pods.length,
    placeState: pods.map(() => 0),
    classOf: pods.map(() => 0),
    hostOf: pods.map((_, place) => place),
    viewerOf: pods.map(() => 0),
    stations,
    stationOf,
    pools,
    poolOf,
    groups: services.map(({ pods: count }, s) =>
      Array.from({ length: count }, (_, p) => firstPod[s] + p),
    ),
    edges: writer.edges,
    policies: writer.policies,
    demands: names.demands,
    steps: writer.steps,
    sources,
    purposes: names.purposes,
    keys: makeKeys(String(seed), 0, names.purposes),
    tagCount: writer.policies.length,
    counterCount: 0,
  };
}

/** Writes the program of a request. */
class MeshWriter {
  readonly steps: Step[] = [];
  readonly edges: Network['edges'][number][] = [];
  readonly policies: Network['policies'][number][] = [];
  private readonly model: MeshModel;
  private readonly names: Names;
  private readonly firstPod: readonly number[];
  /** Branches of forks stand behind the program of the request. */
  private readonly pending: (() => void)[] = [];

  constructor(model: MeshModel, names: Names, firstPod: readonly number[]) {
    this.model = model;
    this.names = names;
    this.firstPod = firstPod;
  }

  writeBranches(): void {
    for (let next = this.pending.shift(); next; next = this.pending.shift()) next();
  }

  /** A call from the service at frame `depth − 1`. */
  call(call: Call, caller: number, depth: number): void {
    const { steps, names, model } = this;
    const tag = this.policies.length;
    const on = (what: string): number => names.purpose(`call ${tag} ${what}`);
    this.policies.push({
      retries: model.retries,
      retryOn: ANY_FAILURE,
      backoffBase: model.backoffBase,
      backoffMax: model.backoffMax,
      deadline: call.deadline,
      budget: model.budget,
    });
    this.edges.push({
      callerFirst: this.firstPod[caller],
      callerSlots: model.services[caller].pods,
      calleeFirst: this.firstPod[call.callee],
      calleeSlots: model.services[call.callee].pods,
    });
    const visit = (where: number, role: number, mean: number, what: string, lane: number): void => {
      steps.push({
        verb: 'visit',
        depth: where,
        role,
        demand: names.demand(mean),
        purpose: on(what),
        lane,
        tail: NONE,
        tailPurpose: NONE,
      });
    };
    const cross = (where: number, what: string): void =>
      visit(where, PROXY, call.crossing, what, tag * 2 + (where === depth ? 1 : 0));
    const travel = (what: string): void => {
      if (model.wire === 0) return;
      const demand = names.demand(model.wire);
      steps.push({ verb: 'delay', depth, demand, near: demand, purpose: on(what) });
    };

    const attempt = this.later((end) => {
      return { verb: 'attempt', depth, policy: tag, purpose: on('back-off'), tag, end };
    });
    const pick = this.later((onNone) => ({
      verb: 'pick',
      depth,
      viewer: NONE,
      group: call.callee,
      rule: 'leastRequest',
      edge: tag,
      purpose: on('pick'),
      onNone,
    }));
    cross(depth - 1, 'out');
    travel('wire out');
    cross(depth, 'in');
    const hold = this.later((onReject) => ({ verb: 'hold', depth, role: 0, onReject }));
    visit(depth, CORES, call.before, 'before', 0);
    const chance = this.later((onGood) => {
      const purpose = on('error');
      return { verb: 'branch', unless: 'chance', share: call.errorShare, purpose, to: onGood };
    });
    steps.push({ verb: 'outcome', outcome: UNAVAILABLE, onlyFailures: false });
    const skip = this.later((to) => ({ verb: 'jump', to }));
    chance.fill();
    this.nested(call, depth);
    if (call.after > 0) visit(depth, CORES, call.after, 'after', 0);
    skip.fill();
    steps.push({ verb: 'release', depth, role: 0 });
    hold.fill();
    cross(depth, 'back in');
    travel('wire back');
    cross(depth - 1, 'back out');
    attempt.fill();
    pick.fill();
    steps.push({ verb: 'settle', depth, attempt: attempt.at });
  }

  private nested(call: Call, depth: number): void {
    if (call.calls.length === 1) this.call(call.calls[0], call.callee, depth + 1);
    if (call.calls.length < 2) return;
    const branches: number[] = [];
    this.steps.push({ verb: 'fork', depth, branches });
    for (const nested of call.calls) {
      this.pending.push(() => {
        branches.push(this.steps.length);
        this.call(nested, call.callee, depth + 1);
        this.steps.push({ verb: 'join' });
      });
    }
  }

  /** A step that names one further down; `fill` is called where that stands. */
  private later(step: (to: number) => Step): { readonly at: number; fill(): void } {
    const { steps } = this;
    const at = steps.push({ verb: 'leave' }) - 1;
    return {
      at,
      fill: () => {
        steps[at] = step(steps.length);
      },
    };
  }
}
