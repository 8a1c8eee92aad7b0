/**
 * One istiod replica: changes go through the debouncer to the push function (a new push context, then every
 * connection into the queue), the dispatcher pushes to so many at a time, and what is generated leaves through the
 * network interface. CPU is work at the replica's station, beside everything else that it does.
 */
import { ConfigCache } from './cache.ts';
import type { Request } from './changes.ts';
import { needsContext, PushContexts } from './context.ts';
import { Debouncer } from './debounce.ts';
import type { Delivery, Message } from './delivery.ts';
import type { Rules } from './events.ts';
import type { Plan, Surroundings } from './generate.ts';
import type { Ledger } from './ledger.ts';
import { Nic } from './nic.ts';
import { type Connections, Dispatcher } from './push.ts';
import { NO_PUSH, PushQueue, type Range } from './push-queue.ts';
import type { Release } from './releases.ts';
import type { Scopes } from './scopes.ts';
import type { IstioSettings } from './settings.ts';
import type { Tally } from './tally.ts';
import { PushLog } from './told.ts';
import { workOf } from './work.ts';
import { type ProxyWorkloads, type Who, Workloads } from './workloads.ts';
import type { Draw, World } from './world.ts';

/** What all replicas share. */
export interface Mesh {
  readonly world: World;
  readonly settings: IstioSettings;
  readonly release: Release;
  readonly rules: Rules;
  readonly around: Surroundings;
  readonly scopes: Scopes;
  readonly tally: Tally;
  readonly ledger: Ledger;
  readonly draw: Draw;
  readonly proxies: ProxyWorkloads;
  /** By service; one object for all that are equal. */
  readonly own: readonly Own[];
  readonly delivery: Delivery;
  /** Newest version of the views that istiod has heard of. */
  newest(): number;
}

/** A push function under way: its context is being made. */
interface Running {
  readonly request: Request;
  readonly debounced: boolean;
  readonly since: number;
}

/** Clusters of the ports of a proxy's own pod. */
export interface Own {
  readonly clusters: number;
  readonly bytes: number;
}
const NOTHING: Own = { clusters: 0, bytes: 0 };

/** Work that a plan took with the cache as it was then. [ns] */
interface Generation {
  readonly plan: Plan | null;
  readonly own: Own;
  readonly changes: number;
  readonly demand: number;
}

export class Istiod implements Connections {
  readonly log: PushLog;
  /** Connections that are open, in no order that matters. */
  readonly open: number[] = [];
  private readonly mesh: Mesh;
  private readonly replica: number;
  private readonly station: number;
  private readonly queue = new PushQueue();
  private readonly dispatcher: Dispatcher;
  private readonly debouncer: Debouncer;
  private readonly cache: ConfigCache;
  private readonly nic: Nic;
  /** By connection: its proxy, its place in `open` (−1: closed), and the push or answer that it is busy with. */
  private readonly proxyOf: number[] = [];
  private readonly placeOf: number[] = [];
  private readonly doing: (Message | undefined)[] = [];
  /** By connection: when it was dequeued. */
  private readonly dequeuedAt: number[] = [];
  private readonly running: (Running | undefined)[] = [];
  private readonly workloads: Workloads;
  private readonly contexts: PushContexts;
  private latest: Generation = { plan: null, own: NOTHING, changes: -1, demand: 0 };
  private readonly onContext: number;
  private readonly onGenerated: number;
  private readonly onFiltered: number;

  constructor(mesh: Mesh, replica: number, station: number, throttle: number) {
    const { world, settings, release, rules } = mesh;
    this.mesh = mesh;
    this.replica = replica;
    this.station = station;
    this.log = new PushLog(rules, mesh.around);
    this.cache = new ConfigCache(release, rules.services, mesh.around.catalogue);
    this.workloads = new Workloads(mesh.proxies, mesh.scopes, rules.root);
    const namespaces = rules.servicesOf.length;
    this.contexts = new PushContexts(mesh.around, release, mesh.scopes, namespaces);
    this.dispatcher = new Dispatcher(this.queue, throttle, this);
    this.nic = new Nic(world, settings.bandwidth, (connection) => this.sent(connection));
    this.debouncer = new Debouncer(
      world,
      {
        after: settings.debounceAfter,
        max: settings.debounceMax,
        endpoints: settings.debounceEndpoints,
      },
      (request, debounced) => this.prepare(request, debounced),
    );
    this.onContext = world.register((now, running) => this.contextMade(now, running));
    this.onGenerated = world.register((now, connection) => this.generated(now, connection));
    this.onFiltered = world.register((_, connection) => this.dispatcher.pushDone(connection));
  }

  // ---- From the watches.

  /** A change was heard of; the catalogue has it already, so whoever is pushed to from now on gets it. */
  hear(request: Request): void {
    this.cache.hear(request, this.mesh.world.now);
    this.debouncer.event(request);
  }

  /** ProxyUpdate: everything for one proxy, past the debouncer. */
  update(connection: number): void {
    this.queue.enqueue(connection, NO_PUSH, this.mesh.world.now);
    this.dispatcher.dispatch();
  }

  // ---- Connections.

  /** @param answered - the proxy has its configuration already, as those have that are there from the start */
  connect(proxy: number, answered: boolean): number {
    const connection = this.proxyOf.push(proxy) - 1;
    this.placeOf[connection] = this.open.push(connection) - 1;
    this.dispatcher.open(connection);
    if (answered) this.cache.fill(this.whoIs(connection));
    else this.dispatcher.request(connection);
    return connection;
  }

  disconnect(connection: number): void {
    const place = this.placeOf[connection];
    const moved = this.open[this.open.length - 1];
    this.open[place] = moved;
    this.placeOf[moved] = place;
    this.open.pop();
    this.placeOf[connection] = -1;
    this.dispatcher.close(connection);
  }

  isClosed(connection: number): boolean {
    return this.placeOf[connection] < 0;
  }

  // ---- The push function.

  private prepare(request: Request, debounced: boolean): void {
    const { world, release, tally } = this.mesh;
    tally.batches++;
    tally.stage('debounce', world.now - request.first);
    const running: Running = { request, debounced, since: world.now };
    if (!needsContext(request, release)) {
      this.start(running, 0);
      return;
    }
    const free = this.running.indexOf(undefined);
    const slot = free < 0 ? this.running.length : free;
    this.running[slot] = running;
    this.work(this.contexts.work(request), this.onContext, slot);
  }

  private contextMade(now: number, slot: number): void {
    const running = this.running[slot]!;
    this.running[slot] = undefined;
    const push = this.log.pushes.length;
    if (this.workloads.adopt(running.request, push)) this.log.forget();
    this.start(running, now - running.since);
  }

  private whoIs(connection: number): Who {
    return this.workloads.of(this.proxyOf[connection]);
  }

  /** StartPush: here the clock of pilot_proxy_convergence_time begins. */
  private start({ request, debounced }: Running, contextTook: number): void {
    const { world, tally, around } = this.mesh;
    const { now } = world;
    tally.stage('context', contextTook);
    // pilot_debounce_time begins when istiod hears of the first change.
    const heard = request.first + around.costs.network.watchLag;
    if (debounced) tally.debounceTime.record(now - heard);
    this.cache.dropFor(request, this.mesh.rules.root, now);
    // A push past the debouncer overtakes changes that wait there, so it stands for its own services only.
    const covers = debounced ? request.lastVersion : 0;
    const push = this.log.add(request, covers, this.open.length);
    for (const connection of this.shuffled(push)) this.queue.enqueue(connection, push, now);
    this.dispatcher.dispatch();
    if (debounced) this.debouncer.returned();
  }

  /** All open connections in random order, as Go goes over a map. */
  private shuffled(push: number): readonly number[] {
    const { draw } = this.mesh;
    const order = [...this.open];
    const address = Math.imul(push, 64) + this.replica;
    for (let i = order.length - 1; i > 0; i--) {
      const other = Math.floor(draw('push order', address, i) * (i + 1));
      const connection = order[i];
      order[i] = order[other];
      order[other] = connection;
    }
    return order;
  }

  // ---- A push to one proxy, as the dispatcher asks for it.

  dequeued(connection: number, { start }: Range): void {
    const { world, tally } = this.mesh;
    this.dequeuedAt[connection] = world.now;
    tally.queueTime.record(world.now - start);
    tally.stage('queue', world.now - start);
  }

  dropped(_connection: number, range: Range): void {
    this.settle(range, -1);
  }

  push(connection: number, range: Range): void {
    const { tally, around } = this.mesh;
    const plan = this.log.planFor(range, this.whoIs(connection));
    if (plan !== null) {
      this.generate(connection, range, plan, this.dequeuedAt[connection]);
      return;
    }
    tally.filtered++;
    this.settle(range, -1);
    const { filterPerKey, gcFactor } = around.costs.cpu;
    const demand = filterPerKey * gcFactor * this.log.keyCount(range);
    if (demand > 0) this.work(demand, this.onFiltered, connection);
    else this.dispatcher.pushDone(connection);
  }

  /** A proxy that has just connected asks for everything. */
  answer(connection: number): void {
    const { world } = this.mesh;
    const plan = this.log.fullPlan(this.whoIs(connection), true);
    this.generate(connection, null, plan, world.now);
  }

  private generate(connection: number, range: Range | null, plan: Plan, since: number): void {
    const { own, newest } = this.mesh;
    const proxy = this.proxyOf[connection];
    const who = this.whoIs(connection);
    const hasOwn = plan.types.cds !== 'none' && who.kind === 'sidecar' && who.service >= 0;
    const mine = hasOwn ? own[who.service] : NOTHING;
    const version = newest();
    this.doing[connection] = {
      istiod: this,
      connection,
      proxy,
      range,
      plan,
      bytes: sum(plan.parts, ({ bytes }) => bytes) + mine.bytes,
      apply: Math.round(sum(plan.parts, ({ apply }) => apply)),
      version,
      covers: range === null ? version : this.log.covers(range),
      since,
      generatedAt: 0,
    };
    const demand = this.generationWork(plan, mine) + this.contexts.scopeWork(who);
    this.work(demand, this.onGenerated, connection);
  }

  /** Most pushes are like the one before, to another proxy; then so is their work. */
  private generationWork(plan: Plan, own: Own): number {
    const { latest, cache } = this;
    if (latest.plan !== plan || latest.own !== own || latest.changes !== cache.changes) {
      const { base, parts } = workOf(plan, own, cache, this.mesh.around);
      const demand = base + sum(parts, (part) => part);
      this.latest = { plan, own, changes: cache.changes, demand };
    }
    return this.latest.demand;
  }

  private generated(now: number, connection: number): void {
    const doing = this.doing[connection]!;
    doing.generatedAt = now;
    this.mesh.tally.stage('generate', now - doing.since);
    // What an answer generates counts as begun at the proxy's last push, which a new one has not had.
    if (doing.range !== null) {
      const { plan, range } = doing;
      for (const part of plan.parts) this.cache.keep(part, plan.who, range.start);
    }
    if (this.isClosed(connection)) this.finish(doing, false);
    else if (doing.bytes > 0) this.nic.send(connection, doing.bytes);
    else this.sent(connection);
  }

  /** The last byte is out; only now does Send return, which is a little late for messages below gRPC's write quota. */
  private sent(connection: number): void {
    const { world, tally, ledger } = this.mesh;
    const doing = this.doing[connection]!;
    tally.stage('send', world.now - doing.generatedAt);
    tally.sent(doing.plan, doing.bytes);
    if (doing.range !== null) {
      tally.pushedProxies++;
      ledger.sent(doing.proxy, world.now - doing.range.start);
      tally.proxyConvergence.record(world.now - doing.range.start);
    }
    this.finish(doing, !this.isClosed(connection));
  }

  private finish(message: Message, arrives: boolean): void {
    const { connection, range } = message;
    this.doing[connection] = undefined;
    if (arrives) this.mesh.delivery.send(message);
    else if (range !== null) this.settle(range, -1);
    if (range === null) this.dispatcher.requestDone(connection);
    else this.dispatcher.pushDone(connection);
  }

  /** @param appliedAt - when a proxy applied all of it, or −1 if it never will */
  settle(range: Range, appliedAt: number): void {
    const { tally } = this.mesh;
    for (let n = range.first; n <= range.last; n++) {
      const push = this.log.pushes[n];
      if (appliedAt >= 0) {
        tally.convergence.record(appliedAt - push.request.first);
        push.latest = Math.max(push.latest, appliedAt);
      }
      push.outstanding--;
      if (push.outstanding === 0 && push.latest >= 0) {
        tally.fleetConvergence.record(push.latest - push.request.first);
      }
    }
  }

  private work(demand: number, handler: number, argument: number): void {
    const whole = Math.round(demand);
    this.mesh.tally.cpu += whole;
    this.mesh.world.work(this.station, whole, handler, argument);
  }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
