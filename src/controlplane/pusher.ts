/**
 * pushConnection: what one proxy is told, type by type. Each type is generated (CPU of the replica, some of it under
 * the lock of the type's cache), then sent; Send returns once the transport has room for the message, and nobody waits
 * for the proxy. Answers to requests take the same way, one type at a time, outside queue and throttle.
 */
import type { ConfigCache } from './cache.ts';
import { type Connections, DOING, ROW } from './connections.ts';
import type { Delivery, Parcel } from './delivery.ts';
import type { Who } from './events.ts';
import { type Part, type Plan, type Work, workOf, xdsTypes } from './generate.ts';
import type { Mesh, Own } from './istiod.ts';
import type { PushLedger } from './ledger.ts';
import { ANSWER, ASKS_ON, FINAL } from './messages.ts';
import type { Dispatcher } from './push.ts';
import { NO_PUSH } from './push-queue.ts';
import type { Task, Tasks } from './tasks.ts';
import type { PushLog } from './told.ts';
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
  /** A proxy as the push context has it. */
  whoIs(connection: number): Who;
  /** CPU for its sidecar scope, if nobody has computed it for this context. [ns] */
  scopeWork(who: Who): number;
  /** CPU of the replica. */
  work(demand: number, handler: number, argument: number): void;
}

export class Pusher {
  private readonly desk: Desk;
  private readonly onGenerated: number;
  private readonly onUnlocked: number;
  private readonly onFiltered: number;
  /** By connection that is being answered: types so far. */
  private readonly answered = new Map<number, number>();
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
    task.who = this.desk.whoIs(task.connection);
    task.plan = log.planFor(task, task.who);
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

  /** Answers the next type of a proxy that has connected. */
  answer(connection: number): void {
    const { mesh, world, connections, tasks, log, dispatcher } = this.desk;
    const who = this.desk.whoIs(connection);
    const proxy = connections.proxyOf(connection);
    const plan = log.fullPlan(who, !mesh.proxies.isConfigured(proxy));
    const part = this.answered.get(connection) ?? 0;
    if (part >= plan.parts.length) {
      this.answered.delete(connection);
      mesh.proxies.configure(proxy, plan, mesh.newest());
      dispatcher.requestDone(connection);
      return;
    }
    const task = tasks.take(connection, world.now);
    task.isAnswer = true;
    task.who = who;
    task.plan = plan;
    task.part = part;
    if (part === plan.parts.length - 1) this.answered.delete(connection);
    else this.answered.set(connection, part + 1);
    connections.i32[connection * ROW + DOING] = task.index;
    mesh.tally.answers++;
    this.begin(task, world.now);
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
    this.answered.delete(connection);
    const doing = connections.i32[connection * ROW + DOING];
    if (doing >= 0 && tasks.all[doing].isBlocked) this.drop(tasks.all[doing]);
  }

  // ---- One type.

  private begin(task: Task, now: number): void {
    const who = task.who!;
    const plan = task.plan!;
    const work = this.workFor(plan, this.ownOf(plan, who));
    const isFirst = task.part === 0;
    task.work = work;
    task.began = now;
    task.version = this.desk.mesh.newest();
    const before = isFirst ? work.base + this.desk.scopeWork(who) : 0;
    this.desk.work(before + work.parts[task.part], this.onGenerated, task.index);
  }

  private ownOf(plan: Plan, who: Who): Own {
    if (plan.types.cds === 'none' || who.service < 0) return NOTHING;
    return this.desk.mesh.own[who.service];
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
    if (!task.isAnswer) cache.keep(plan.parts[task.part], plan.scope, task.start);
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
    const isLast = task.part === plan.parts.length - 1;
    const answer = task.isAnswer ? ANSWER | (isLast ? 0 : ASKS_ON) : 0;
    const own = part.type === 'CDS' ? this.ownOf(plan, task.who!).bytes : 0;
    parcel.connection = task.connection;
    parcel.part = task.part;
    parcel.bytes = part.bytes + own;
    parcel.first = task.first;
    parcel.last = task.isAnswer ? NO_PUSH : task.last;
    parcel.flags = (isLast ? FINAL : 0) | answer;
    parcel.version = task.version;
    parcel.covers = task.isAnswer ? task.version : log.covers(task);
    return parcel;
  }

  private finish(task: Task, now: number): void {
    const { mesh, ledger } = this.desk;
    const { tally } = mesh;
    const { since, generating, sending } = task;
    tally.pushedProxies++;
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
