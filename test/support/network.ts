/**
 * Writes small queueing networks for tests: parts are added one by one and return their numbers, steps stand in the
 * order they are written, and every draw gets a purpose of its own.
 */
import { constant } from '../../src/engine/distributions/constant.ts';
import { exponential } from '../../src/engine/distributions/exponential.ts';
import type { Distribution } from '../../src/engine/distributions.ts';
import type {
  Edge,
  Network,
  Policy,
  Pool,
  Source,
  Station,
  Step,
} from '../../src/engine/network.ts';
import { QuantileTable } from '../../src/engine/quantile-table.ts';
import { makeKeys } from '../../src/model/keys.ts';

export const SECOND = 1e9;
export const MS = 1e6;

/** A step that may not be there yet; `mark` says where it is. */
export interface Label {
  step: number;
}

export interface OpenCall {
  readonly depth: number;
  readonly attempt: number;
  readonly end: Label;
}

export interface PlaceOptions {
  readonly host?: number;
  readonly viewer?: number;
  readonly state?: number;
  readonly class?: number;
}

export interface SourceOptions {
  readonly entry?: number;
  readonly place?: number;
  readonly start?: number;
  readonly stop?: number;
  readonly connections?: number;
}

const plainStation: Station = {
  discipline: 'fifo',
  servers: 1,
  jobsMax: Number.POSITIVE_INFINITY,
  host: -1,
  wake: null,
};

export const plainPolicy: Policy = {
  retries: 0,
  retryOn: 0,
  backoffBase: 0,
  backoffMax: 0,
  deadline: 0,
  budget: null,
};

/** @param mean - in nanoseconds */
export const exp = (mean: number): Distribution => exponential.of({ mean });

/** @param value - in nanoseconds */
export const fixed = (value: number): Distribution => constant.of({ value });

/** Tables take a millisecond to make, so equal ones are shared by all networks of a test. */
const tables = new WeakMap<Distribution, QuantileTable>();

export class Draft {
  private readonly seed: string;
  private readonly replication: number;
  private readonly stations: Station[] = [];
  private readonly pools: Pool[] = [];
  private readonly hosts: { readonly cores: number }[] = [];
  private readonly places: Required<PlaceOptions>[] = [];
  private readonly groups: (readonly number[])[] = [];
  private readonly edges: Edge[] = [];
  private readonly policies: Policy[] = [];
  private readonly demands: QuantileTable[] = [];
  private readonly purposes: string[] = [];
  private readonly sources: Source[] = [];
  private readonly steps: (() => Step)[] = [];
  /** By role: what stands where. */
  private readonly stationRoles: ReadonlyMap<number, number>[] = [];
  private readonly poolRoles: ReadonlyMap<number, number>[] = [];
  private counterCount = 0;
  private readonly downDelay = new Array<number>(16).fill(0);

  /** Place 0 is there from the start: the requests come from it. */
  constructor(seed: string, replication = 0) {
    this.seed = seed;
    this.replication = replication;
    this.place();
  }

  // ---- What there is.

  place({ host = 0, viewer = 0, state = 0, class: kind = 0 }: PlaceOptions = {}): number {
    return this.places.push({ host, viewer, state, class: kind }) - 1;
  }

  host(cores: number): number {
    return this.hosts.push({ cores }) - 1;
  }

  /** A station at each of the places. @returns their role */
  station(options: Partial<Station> = {}, at: readonly number[] = [0]): number {
    const station = { ...plainStation, ...options };
    const made = at.map((place) => [place, this.stations.push(station) - 1] as const);
    return this.stationRoles.push(new Map(made)) - 1;
  }

  /** A pool at each of the places. @returns their role */
  pool(options: Pool, at: readonly number[] = [0]): number {
    const made = at.map((place) => [place, this.pools.push(options) - 1] as const);
    return this.poolRoles.push(new Map(made)) - 1;
  }

  group(members: readonly number[]): number {
    return this.groups.push(members) - 1;
  }

  edge(edge: Edge): number {
    return this.edges.push(edge) - 1;
  }

  /** @returns the first of so many counters */
  counters(count: number): number {
    this.counterCount += count;
    return this.counterCount - count;
  }

  /** How long it takes to notice that a place in this state does not answer. [ns] */
  notice(state: number, delay: number): void {
    this.downDelay[state] = delay;
  }

  // ---- Where jobs come from.

  /** Poisson arrivals. @param rate - per second */
  open(rate: number, options: SourceOptions = {}): void {
    this.source(options, { kind: 'open', rates: [{ at: 0, rate }], regular: false });
  }

  /** Evenly spaced arrivals. @param rate - per second */
  regular(rate: number, options: SourceOptions = {}): void {
    this.source(options, { kind: 'open', rates: [{ at: 0, rate }], regular: true });
  }

  /** Connections that think before every request. */
  closed(connections: number, think: Distribution, options: SourceOptions = {}): void {
    const arrivals = { kind: 'closed', think: this.time(think) } as const;
    this.source({ ...options, connections }, arrivals);
  }

  private source(options: SourceOptions, arrivals: Source['arrivals']): void {
    const name = `source ${this.sources.length}`;
    this.sources.push({
      entry: options.entry ?? 0,
      place: options.place ?? 0,
      start: options.start ?? 0,
      stop: options.stop ?? Number.POSITIVE_INFINITY,
      connections: options.connections ?? 1,
      arrivals,
      gapPurpose: this.purpose(`${name} gaps`),
      connectionPurpose: this.purpose(`${name} connections`),
    });
  }

  // ---- What jobs do.

  get here(): number {
    return this.steps.length;
  }

  label(): Label {
    return { step: -1 };
  }

  mark(label: Label): void {
    label.step = this.here;
  }

  /** @param tail - keeps the server after the job has left it */
  visit(
    role: number,
    demand: Distribution,
    { depth = 0, lane = 0, tail }: { depth?: number; lane?: number; tail?: Distribution } = {},
  ): void {
    const step = {
      verb: 'visit',
      depth,
      role,
      demand: this.time(demand),
      purpose: this.draw('demand'),
      lane,
      tail: tail === undefined ? -1 : this.time(tail),
      tailPurpose: tail === undefined ? -1 : this.draw('tail'),
    } as const;
    this.emit(() => step);
  }

  /** @param near - instead, where the places of this frame and the one before share a host */
  delay(
    far: Distribution,
    { depth = 0, near = far }: { depth?: number; near?: Distribution } = {},
  ): void {
    const step = { verb: 'delay', depth, demand: this.time(far), near: this.time(near) } as const;
    const purpose = this.draw('delay');
    this.emit(() => ({ ...step, purpose }));
  }

  hold(role: number, onReject: Label, depth = 0): void {
    this.emit(() => ({ verb: 'hold', depth, role, onReject: onReject.step }));
  }

  release(role: number, depth = 0): void {
    this.emit(() => ({ verb: 'release', depth, role }));
  }

  /** Goes on with this chance, else to the label. */
  chance(share: number, otherwise: Label): void {
    const purpose = this.draw('chance');
    this.emit(() => ({ verb: 'branch', unless: 'chance', share, purpose, to: otherwise.step }));
  }

  unlessOk(to: Label): void {
    this.emit(() => ({ verb: 'branch', unless: 'ok', to: to.step }));
  }

  /** @param call - frame of the call that comes here; 0: it has been here */
  unlessUp(depth: number, to: Label, call = depth): void {
    this.emit(() => ({ verb: 'branch', unless: 'up', depth, call, to: to.step }));
  }

  unlessClass(depth: number, kind: number, to: Label): void {
    this.emit(() => ({ verb: 'branch', unless: 'class', depth, class: kind, to: to.step }));
  }

  unlessKnown(depth: number, group: number, to: Label): void {
    this.emit(() => ({ verb: 'branch', unless: 'known', depth, group, to: to.step }));
  }

  stay(depth: number, offset = 0): void {
    this.emit(() => ({ verb: 'stay', depth, offset }));
  }

  /** @param timeout - in nanoseconds */
  await(depth: number, group: number, timeout: number, to: Label): void {
    this.emit(() => ({ verb: 'await', depth, group, timeout, to: to.step }));
  }

  /** @param by - the counter is that of a place, and the first of them that of place `first` */
  count(counter: number, by: Extract<Step, { verb: 'count' }>['by'] = null): void {
    this.emit(() => ({ verb: 'count', counter, by }));
  }

  outcome(outcome: number, onlyFailures = false): void {
    this.emit(() => ({ verb: 'outcome', outcome, onlyFailures }));
  }

  jump(to: Label): void {
    this.emit(() => ({ verb: 'jump', to: to.step }));
  }

  leave(): void {
    this.emit(() => ({ verb: 'leave' }));
  }

  /** Does all branches at once, and goes on after the last. */
  fork(branches: readonly (() => void)[], depth = 0): void {
    const starts: number[] = [];
    const after = this.label();
    this.emit(() => ({ verb: 'fork', depth, branches: starts }));
    this.jump(after);
    for (const branch of branches) {
      starts.push(this.here);
      branch();
      this.emit(() => ({ verb: 'join' }));
    }
    this.mark(after);
  }

  /** A call; `body` may jump to the label it is given, its end. Its tag is the number of its policy. */
  attempt(depth: number, policy: Partial<Policy>, body: (end: Label) => void): void {
    const call = this.openCall(depth, policy);
    body(call.end);
    this.settle(call);
  }

  /** A call that `settle` closes, for programs in which calls do not simply nest. */
  openCall(depth: number, policy: Partial<Policy> = {}): OpenCall {
    const p = this.policies.push({ ...plainPolicy, ...policy }) - 1;
    const purpose = this.draw('back-off');
    const end = this.label();
    const attempt = this.here;
    this.emit(() => ({ verb: 'attempt', depth, policy: p, purpose, tag: p, end: end.step }));
    return { depth, attempt, end };
  }

  settle({ depth, attempt, end }: OpenCall): void {
    this.mark(end);
    this.emit(() => ({ verb: 'settle', depth, attempt }));
  }

  pick(
    depth: number,
    what: Pick<Extract<Step, { verb: 'pick' }>, 'group' | 'rule' | 'edge'> & { viewer?: number },
    onNone: Label,
  ): void {
    const purpose = this.draw('pick');
    const { group, rule, edge, viewer = -1 } = what;
    this.emit(() => {
      return { verb: 'pick', depth, viewer, group, rule, edge, purpose, onNone: onNone.step };
    });
  }

  emit(step: () => Step): void {
    this.steps.push(step);
  }

  private draw(what: string): number {
    return this.purpose(`step ${this.here} ${what}`);
  }

  private purpose(name: string): number {
    return this.purposes.push(name) - 1;
  }

  private time(distribution: Distribution): number {
    const table = tables.get(distribution) ?? new QuantileTable(distribution);
    tables.set(distribution, table);
    const known = this.demands.indexOf(table);
    return known >= 0 ? known : this.demands.push(table) - 1;
  }

  finish(options: { readonly deadlinesPropagate?: boolean } = {}): Network {
    const { places } = this;
    const spread = (roles: readonly ReadonlyMap<number, number>[]): Int32Array =>
      Int32Array.from(roles.flatMap((role) => places.map((_, place) => role.get(place) ?? -1)));
    return {
      placeCount: places.length,
      placeState: places.map(({ state }) => state),
      classOf: places.map((place) => place.class),
      hostOf: places.map(({ host }) => host),
      viewerOf: places.map(({ viewer }) => viewer),
      viewerCount: Math.max(...places.map(({ viewer }) => viewer)) + 1,
      downDelay: this.downDelay,
      stations: this.stations,
      stationOf: spread(this.stationRoles),
      hosts: this.hosts,
      pools: this.pools,
      poolOf: spread(this.poolRoles),
      groups: this.groups,
      edges: this.edges,
      policies: this.policies,
      demands: this.demands,
      steps: this.steps.map((step) => step()),
      sources: this.sources,
      purposes: this.purposes,
      keys: makeKeys(this.seed, this.replication, this.purposes),
      tagCount: this.policies.length,
      counterCount: this.counterCount,
      deadlinesPropagate: options.deadlinesPropagate ?? false,
    };
  }
}

/** One station and nothing else: a visit, and the request leaves. @param rate - per second; Poisson */
export function oneStation({
  demand,
  rate,
  seed = 'one station',
  ...station
}: Partial<Station> & {
  readonly demand: Distribution;
  readonly rate: number;
  readonly seed?: string;
}): Network {
  const draft = new Draft(seed);
  draft.visit(draft.station(station), demand);
  draft.leave();
  draft.open(rate);
  return draft.finish();
}
