/**
 * pushConnection: what one proxy is told, type by type. Each type is generated (CPU of the replica, some of it under
 * the lock of the type's cache), then sent; Send returns once the transport has room for the message, and nobody waits
 * for the proxy. Answers to requests take the same way, one type at a time, outside queue and throttle.
 */
import type { ConfigCache } from './cache.ts';
import { type Connections, DOING, ROW } from './connections.ts';
import type { Delivery, Parcel } from './delivery.ts';
import { type Part, type Plan, xdsTypes } from './generate.ts';
import type { Mesh, Own } from './istiod.ts';
import { ANSWER, ASKS_ON, FINAL, FOLLOWS } from './messages.ts';
import type { Dispatcher } from './push.ts';
import type { PushLedger } from './push-ledger.ts';
import { NO_PUSH } from './push-queue.ts';
import type { Task, Tasks } from './tasks.ts';
import type { PushLog } from './told.ts';
import { type Work, workOf } from './work.ts';
import type { Who } from './workloads.ts';
import type { World } from './world.ts';

const NOTHING: Own = { clusters: 0, bytes: 0 };

/** What a pusher has of its replica. */
export interface Desk {
  readonly mesh: Mesh;
  readonly world: World;
  readonly connections: Connections;
  readonly tasks: Tasks;
  readonly dispatcher: Dispatcher;
  readonly delivery: Delivery;
  readonly log: PushLog;
  readonly ledger: PushLedger;
  readonly cache: ConfigCache;
  /** What a proxy is told; null if it does not need the push. */
  planFor(task: Task): Plan | null;
  /** A proxy as the push context has it. */
  whoIs(connection: number): Who;
  /** CPU for its sidecar scope where scopes are computed lazily, if nobody has computed it for this context. [ns] */
  scopeWork(who: Who): number;
  /** CPU of the replica. */
  work(demand: number, handler: number, argument: number): void;
}

export class Pusher {
  private readonly desk: Desk;
  private readonly onGenerated: number;
  private readonly onUnlocked: number;
  private readonly onFiltered: number;
  /** By connection that is being answered: types so far, and whether the proxy has nothing and asks for one by one. */
  private readonly answering = new Map<number, { types: number; readonly isFresh: boolean }>();
  /** By connection: services whose endpoints its proxy has asked for, one list a request. */
  private readonly wanted = new Map<number, (readonly number[])[]>();
  private readonly parcel: { -readonly [Key in keyof Parcel]: Parcel[Key] };
  /** By type: when the lock of its cache is free. [ns] */
  private readonly lockFree = new Float64Array(xdsTypes.length);
  /** The latest work: most pushes are like the one before, to another proxy. */
  private latest = {
    plan: null as Plan | null,
    own: NOTHING,
    changes: -1,
    work: null as Work | null,
  };

  constructor(desk: Desk) {
    const { world, tasks, dispatcher } = desk;
    this.desk = desk;
    const numbers = { part: 0, bytes: 0, first: 0, last: 0, flags: 0, version: 0, covers: 0 };
    this.parcel = { ...numbers, connection: -1 };
    this.onGenerated = world.register((now, task) => this.generated(now, tasks.all[task]));
    this.onUnlocked = world.register((now, task) => this.handOver(now, tasks.all[task]));
    this.onFiltered = world.register((_, task) => dispatcher.pushDone(tasks.all[task]));
  }

  push(task: Task): void {
    const { mesh, log, ledger, dispatcher } = this.desk;
    const { tally } = mesh;
    task.plan = this.desk.planFor(task);
    if (task.plan !== null) {
      tally.begunPushes++;
      if (task.plan.parts.length > 0) this.begin(task, mesh.world.now);
      else this.finish(task, mesh.world.now);
      return;
    }
    tally.filtered++;
    ledger.unneeded(task);
    const { filterPerKey, gcFactor } = mesh.around.costs.cpu;
    const demand = filterPerKey * gcFactor * log.keyCount(task);
    // Nothing is left of it to be lost.
    task.first = 0;
    task.last = NO_PUSH;
    if (demand > 0) this.desk.work(demand, this.onFiltered, task.index);
    else dispatcher.pushDone(task);
  }

  /**
   * A proxy has connected. One that has nothing asks for one type after the other, one that comes back for all at once.
   */
  welcome(connection: number): void {
    const { mesh, connections, dispatcher, log } = this.desk;
    const isFresh = !mesh.proxies.isConfigured(connections.proxyOf(connection));
    const types = isFresh ? 1 : log.fullPlan(this.desk.whoIs(connection), false).parts.length;
    this.answering.set(connection, { types: 0, isFresh });
    for (let n = Math.max(1, types); n > 0; n--) dispatcher.request(connection);
  }

  /** The proxy has clusters that are new to it, and asks for their endpoints. */
  wants(connection: number, services: readonly number[]): void {
    const before = this.wanted.get(connection);
    if (before === undefined) this.wanted.set(connection, [services]);
    else before.push(services);
  }

  /** Answers a request: the next type of a proxy that has connected, or else what it wants. */
  answer(connection: number): void {
    const { mesh, connections, log, dispatcher } = this.desk;
    const who = this.desk.whoIs(connection);
    const state = this.answering.get(connection);
    if (state === undefined) {
      this.generate(connection, log.followPlan(this.nextWanted(connection), who), 0);
      return;
    }
    const plan = log.fullPlan(who, state.isFresh);
    const part = state.types++;
    if (part >= plan.parts.length - 1) this.answering.delete(connection);
    if (part < plan.parts.length) this.generate(connection, plan, part);
    else {
      mesh.proxies.configure(connections.proxyOf(connection), plan, mesh.newest());
      dispatcher.requestDone(connection);
    }
  }

  private generate(connection: number, plan: Plan, part: number): void {
    const { mesh, world, connections, tasks, dispatcher } = this.desk;
    if (part >= plan.parts.length) {
      dispatcher.requestDone(connection);
      return;
    }
    const task = tasks.take(connection, world.now);
    task.isAnswer = true;
    task.plan = plan;
    task.part = part;
    connections.i32[connection * ROW + DOING] = task.index;
    mesh.tally.answers++;
    this.begin(task, world.now);
  }

  private nextWanted(connection: number): readonly number[] {
    const lists = this.wanted.get(connection) ?? [];
    const next = lists.shift() ?? [];
    if (lists.length === 0) this.wanted.delete(connection);
    return next;
  }

  /** There is room in the transport of a connection whose Send had to wait. */
  goOn(connection: number): void {
    const { connections, tasks, world } = this.desk;
    const task = tasks.all[connections.i32[connection * ROW + DOING]];
    task.isBlocked = false;
    this.send(world.now, task);
  }

  /** The connection has closed: what waits for room in its transport will not be sent. */
  close(connection: number): void {
    const { connections, tasks } = this.desk;
    this.answering.delete(connection);
    this.wanted.delete(connection);
    const doing = connections.i32[connection * ROW + DOING];
    if (doing >= 0 && tasks.all[doing].isBlocked) this.drop(tasks.all[doing]);
  }

  // ---- One type.

  private begin(task: Task, now: number): void {
    const plan = task.plan!;
    const work = this.workFor(plan, this.ownOf(plan, task.connection));
    const isFirst = task.part === 0;
    task.work = work;
    task.began = now;
    task.version = this.desk.mesh.newest();
    const before = isFirst ? work.base + this.scopeWork(task.connection) : 0;
    this.desk.work(before + work.parts[task.part], this.onGenerated, task.index);
  }

  private scopeWork(connection: number): number {
    const { desk } = this;
    return desk.mesh.release.lazyScopes ? desk.scopeWork(desk.whoIs(connection)) : 0;
  }

  private ownOf(plan: Plan, connection: number): Own {
    if (plan.types.cds === 'none') return NOTHING;
    const { kind, service } = this.desk.whoIs(connection);
    return kind !== 'sidecar' || service < 0 ? NOTHING : this.desk.mesh.own[service];
  }

  private workFor(plan: Plan, own: Own): Work {
    const { latest } = this;
    const { cache, mesh } = this.desk;
    if (latest.plan !== plan || latest.own !== own || latest.changes !== cache.changes) {
      const work = workOf(plan, own, cache, mesh.around);
      this.latest = { plan, own, changes: cache.changes, work };
      return work;
    }
    return latest.work!;
  }

  /** Holding the lock was part of the work; only who found it taken is done later than that. */
  private generated(now: number, task: Task): void {
    const held = Math.round(task.work!.locked[task.part]);
    if (held === 0) {
      this.handOver(now, task);
      return;
    }
    const lock = xdsTypes.indexOf(task.plan!.parts[task.part].type);
    const until = Math.max(now - held, this.lockFree[lock]) + held;
    this.lockFree[lock] = until;
    if (until > now) this.desk.world.schedule(until, this.onUnlocked, task.index);
    else this.handOver(now, task);
  }

  private handOver(now: number, task: Task): void {
    const { connections, cache, delivery } = this.desk;
    const plan = task.plan!;
    task.generated = now;
    task.generating += now - task.began;
    // What an answer generates counts as begun at the proxy's last push, which a new one has not had.
    if (!task.isAnswer) cache.keep(plan.parts[task.part], plan.who, task.start);
    if (connections.isClosed(task.connection)) this.drop(task);
    else if (delivery.hasToWait(task.connection)) task.isBlocked = true;
    else this.send(now, task);
  }

  private send(now: number, task: Task): void {
    const { delivery, mesh } = this.desk;
    const plan = task.plan!;
    const part = plan.parts[task.part];
    const parcel = this.parcelOf(task, plan, part);
    const sending = now - task.generated;
    task.sending += sending;
    mesh.tally.sent(part.type, this.generatingOf(task), sending, parcel.bytes);
    delivery.send(plan, parcel);
    if (task.isAnswer) {
      this.done(task);
      return;
    }
    task.part++;
    if (task.part < plan.parts.length) this.begin(task, now);
    else this.finish(task, now);
  }

  /** pilot_xds_push_time begins with the type: of the first, what is done before it does not count. */
  private generatingOf(task: Task): number {
    const took = task.generated - task.began;
    if (task.part > 0) return took;
    const { base, parts } = task.work!;
    return (took * parts[0]) / (base + parts[0]);
  }

  /** Of one at a time: what it is written in is used again. */
  private parcelOf(task: Task, plan: Plan, part: Part): Parcel {
    const { log } = this.desk;
    const { parcel } = this;
    const own = part.type === 'CDS' ? this.ownOf(plan, task.connection).bytes : 0;
    parcel.connection = task.connection;
    parcel.part = task.part;
    parcel.bytes = part.bytes + own;
    parcel.first = task.first;
    parcel.last = task.isAnswer ? NO_PUSH : task.last;
    parcel.flags = this.flagsOf(task, plan, part);
    parcel.version = task.version;
    parcel.covers = task.isAnswer ? coveredBy(task, plan) : log.covers(task);
    return parcel;
  }

  private flagsOf(task: Task, plan: Plan, { type }: Part): number {
    const final = task.part === plan.parts.length - 1 ? FINAL : 0;
    if (!task.isAnswer) return final | (type === 'CDS' && plan.follow.length > 0 ? FOLLOWS : 0);
    const asksOn = this.answering.get(task.connection)?.isFresh === true ? ASKS_ON : 0;
    return final | ANSWER | asksOn;
  }

  private finish(task: Task, now: number): void {
    const { mesh, ledger } = this.desk;
    const { tally } = mesh;
    const { since, generating, sending } = task;
    tally.pushedProxies++;
    mesh.ledger.sent(this.desk.connections.proxyOf(task.connection), now - task.start);
    tally.proxyConvergence.record(now - task.start);
    tally.metrics.converged(now - task.start);
    ledger.sent(task, now, since, generating, sending);
    // Where nothing is sent there is nothing to apply.
    if (task.plan!.parts.length === 0) ledger.applied(task.first, task.last, now, now);
    this.done(task);
  }

  private drop(task: Task): void {
    if (!task.isAnswer) {
      this.desk.mesh.tally.droppedPushes++;
      this.desk.ledger.lost(task.first, task.last);
    }
    this.done(task);
  }

  private done(task: Task): void {
    const { connections, tasks, dispatcher } = this.desk;
    if (!task.isAnswer) {
      dispatcher.pushDone(task);
      return;
    }
    const { connection } = task;
    connections.i32[connection * ROW + DOING] = -1;
    tasks.free(task);
    dispatcher.requestDone(connection);
  }
}

/** Who is answered has all changes by then, but for one that has asked for single services only. */
function coveredBy({ version }: Task, { types }: Plan): number {
  return types.eds === 'part' ? 0 : version;
}
