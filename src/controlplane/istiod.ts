/**
 * One process of istiod: changes come in one after the other and go through the debouncer to the push function (a new
 * push context, then every connection into the queue); the dispatcher pushes to so many at a time, and what is
 * generated leaves through the network interface. CPU is work at the replica's station, beside everything else there.
 */
import { ConfigCache } from './cache.ts';
import { isLight, type Reason, type Request, requestOf } from './changes.ts';
import { Connections } from './connections.ts';
import { needsContext, PushContexts } from './context.ts';
import { type Debounced, Debouncer } from './debounce.ts';
import { Delivery, type Recipient } from './delivery.ts';
import type { Rules } from './events.ts';
import type { Plan, Surroundings } from './generate.ts';
import type { Ledger } from './ledger.ts';
import { Lifetime } from './lifetime.ts';
import {
  ANSWER,
  FINAL,
  FIRST,
  FLAGS,
  FOLLOWS,
  LAST,
  ROW as MESSAGE,
  type Messages,
  ROW_F64,
  SENT,
} from './messages.ts';
import type { UpdateKind } from './metrics.ts';
import { PlanMemo } from './plan-memo.ts';
import type { Proxies } from './proxies.ts';
import { type ConnectionHandlers, Dispatcher } from './push.ts';
import { PushLedger } from './push-ledger.ts';
import { NO_PUSH, PushQueue } from './push-queue.ts';
import { type Desk, Pusher } from './pusher.ts';
import type { Release } from './releases.ts';
import type { Catalogue } from './resources.ts';
import type { Scopes } from './scopes.ts';
import type { IstioSettings } from './settings.ts';
import type { Tally } from './tally.ts';
import { type Task, Tasks } from './tasks.ts';
import { PushLog } from './told.ts';
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
  readonly throttle: number;
  readonly tally: Tally;
  readonly ledger: Ledger;
  readonly draw: Draw;
  readonly workloads: ProxyWorkloads;
  readonly proxies: Proxies;
  /** By service; one object for all that are equal. */
  readonly own: readonly Own[];
  /** Newest version of the views that istiod has heard of. */
  newest(): number;
  /** Takes over what a change says; its number is that of the log. @returns what it pushes */
  index(event: number): Request;
  /** Takes over all changes that have come. */
  catchUp(): void;
}

/** Clusters of the ports of a proxy's own pod. */
export interface Own {
  readonly clusters: number;
  readonly bytes: number;
}

/** A push function under way: its context is being made. */
interface Running extends Debounced {
  readonly began: number;
}

export class Istiod implements Desk, Recipient, ConnectionHandlers {
  readonly mesh: Mesh;
  readonly world: Lifetime;
  readonly connections: Connections;
  readonly tasks = new Tasks();
  readonly queue: PushQueue;
  readonly dispatcher: Dispatcher;
  readonly delivery: Delivery;
  readonly log: PushLog;
  readonly ledger: PushLedger;
  readonly cache: ConfigCache;
  private readonly station: number;
  private readonly pusher: Pusher;
  private readonly debouncer: Debouncer;
  private readonly workloads: Workloads;
  private readonly plans: PlanMemo;
  /** Changes that have been heard of and are not yet with the debouncer, the oldest first. */
  private readonly inbox: number[] = [];
  private readonly running: (Running | undefined)[] = [];
  private readonly contexts: PushContexts;
  /** Acknowledgements whose CPU has not been spent yet. */
  private acksTaken = 0;
  private readonly onIngested: number;
  private readonly onContext: number;

  /** @param room - connections that it has room for without growing */
  constructor(mesh: Mesh, station: number, room = 64) {
    const { settings, release, rules, around, proxies, throttle, tally } = mesh;
    this.mesh = mesh;
    this.station = station;
    this.world = new Lifetime(mesh.world);
    this.connections = new Connections(room);
    this.log = new PushLog(rules, around);
    this.ledger = new PushLedger(tally);
    tally.log.ledgers.push(this.ledger);
    this.cache = new ConfigCache(release, rules.services, around.catalogue);
    this.workloads = new Workloads(mesh.workloads, mesh.scopes, rules.root);
    this.plans = new PlanMemo(this.log, this.workloads, around.catalogue);
    this.contexts = new PushContexts(around, release, mesh.scopes, rules.servicesOf.length);
    const { connections, tasks, world } = this;
    this.queue = new PushQueue(connections);
    const { perAck } = around.costs.cpu;
    this.dispatcher = new Dispatcher(
      world,
      this.queue,
      connections,
      tasks,
      { throttle, perAck },
      this,
    );
    this.delivery = new Delivery(
      world,
      connections,
      proxies,
      around.costs.network,
      settings.bandwidth,
      this,
      (connection) => this.pusher.goOn(connection),
    );
    this.pusher = new Pusher(this);
    this.debouncer = new Debouncer(
      world,
      {
        after: settings.debounceAfter,
        max: settings.debounceMax,
        passes: (request) => !settings.debounceEndpoints && isLight(request, release.hasFullFlag),
      },
      (batch) => this.prepare(batch),
    );
    this.onIngested = world.register(() => this.ingested());
    this.onContext = world.register((_, running) => this.contextMade(running));
    world.before = (now) => this.delivery.takeAcks(now);
  }

  /** Acknowledgements that have come by now are counted, though nothing has happened since. */
  settle(): void {
    if (!this.world.isOver) this.delivery.takeAcks(this.world.now);
  }

  /** Makes the first push context, of everything; only then it takes connections. @param ready - called when it is made */
  begin(ready: () => void): void {
    const change = { at: this.world.now, key: null, reason: 'global', isNew: false } as const;
    const all = requestOf({ ...change, version: this.mesh.newest() });
    this.work(this.contexts.work(all), this.world.register(ready), 0);
  }

  // ---- From the watches: one worker takes one change after the other. The channel behind it never fills, because its
  // reader, the debouncer, waits for nothing.

  hear(event: number): void {
    this.mesh.tally.log.hear(event);
    if (this.inbox.push(event) === 1) this.ingest();
  }

  private ingest(): void {
    this.work(this.mesh.around.costs.cpu.perEvent, this.onIngested, 0);
  }

  private ingested(): void {
    const event = this.inbox.shift()!;
    const { tally, index, around } = this.mesh;
    const request = index(event);
    tally.metrics.updated(updateOf(request, tally.log.reasonOf(event), around.catalogue));
    this.cache.hear(request, this.world.now);
    this.debouncer.event(request, event);
    if (this.inbox.length > 0) this.ingest();
  }

  /** ProxyUpdate: everything for one proxy, past the debouncer. */
  update(connection: number): void {
    this.mesh.tally.proxyUpdates++;
    this.queue.enqueue(connection, NO_PUSH, this.world.now);
    this.dispatcher.dispatch();
  }

  // ---- Connections.

  /** A proxy that is connected and has its configuration, as those have that are there from the start. */
  attach(proxy: number): number {
    const connection = this.connections.add(proxy);
    this.cache.fill(this.whoIs(connection));
    return connection;
  }

  /** A new stream. */
  connect(proxy: number): number {
    const connection = this.connections.add(proxy);
    this.pusher.welcome(connection);
    return connection;
  }

  disconnect(connection: number): void {
    this.delivery.takeAcks(this.world.now);
    this.connections.close(connection);
    this.delivery.close(connection);
    this.pusher.close(connection);
    this.dispatcher.close(connection);
    this.connections.release(connection);
  }

  /** The process ends: what it was doing is lost. */
  end(): void {
    this.delivery.takeAcks(this.world.now);
    this.world.isOver = true;
    const { tally } = this.mesh;
    const lost = [
      ...this.inbox,
      ...this.debouncer.pending(),
      ...this.running.flatMap((one) => one?.events ?? []),
    ];
    for (const event of lost) tally.log.lose(event);
    tally.lostEvents += lost.length;
    for (const task of this.tasks.all) {
      if (task.connection < 0 || task.isAnswer) continue;
      this.ledger.lost(task.first, task.last);
      // Those that were only offered, or found not to be needed, were not begun.
      if (task.plan !== null) tally.droppedPushes++;
    }
    for (const { first, last } of this.queue.waiting()) this.ledger.lost(first, last);
    for (const connection of this.connections.open) this.delivery.close(connection);
  }

  // ---- The push function.

  private prepare(batch: Debounced): void {
    const { release, tally } = this.mesh;
    const { now } = this.world;
    tally.batches++;
    const running: Running = { ...batch, began: now };
    if (!needsContext(batch.request, release)) {
      this.start(running, false);
      return;
    }
    const free = this.running.indexOf(undefined);
    const slot = free < 0 ? this.running.length : free;
    this.running[slot] = running;
    this.work(this.contexts.work(batch.request), this.onContext, slot);
  }

  /** When the first of some changes happened. */
  private firstOf(events: readonly number[]): number {
    return this.mesh.tally.log.timeOf(events[0]);
  }

  private contextMade(slot: number): void {
    const running = this.running[slot]!;
    this.running[slot] = undefined;
    if (this.workloads.adopt(running.request, this.log.pushes.length)) {
      this.log.forget();
      this.plans.forget();
    }
    this.start(running, true);
  }

  /** StartPush: here the clock of pilot_proxy_convergence_time begins. */
  private start(
    { request, events, isDebounced, heard, began }: Running,
    madeContext: boolean,
  ): void {
    const { tally } = this.mesh;
    const { now } = this.world;
    if (madeContext) tally.metrics.contextMade(now - began);
    if (isDebounced) tally.metrics.debounced(now - heard);
    this.cache.dropFor(request, this.mesh.rules.root, now);
    // A push past the debouncer overtakes changes that wait there, so it stands for its own services only.
    const push = this.log.add(request, isDebounced ? request.lastVersion : 0);
    const { open } = this.connections;
    this.ledger.begin({ events, first: this.firstOf(events), began, started: now }, open.length);
    const key = Math.floor(this.mesh.draw('push order', push, this.station) * 2 ** 32);
    const order = this.connections.inRandomOrder(key);
    for (let i = 0; i < open.length; i++) this.queue.enqueue(order[i], push, now);
    this.dispatcher.dispatch();
    if (isDebounced) this.debouncer.returned();
  }

  // ---- As the dispatcher, the pusher and the delivery ask for it.

  planFor(task: Task): Plan | null {
    const proxy = this.connections.proxyOf(task.connection);
    const workload = this.workloads.numberOf(proxy);
    if (workload < 0) return this.log.planFor(task, this.workloads.of(proxy));
    return this.plans.planFor(task, workload);
  }

  whoIs(connection: number): Who {
    return this.workloads.of(this.connections.proxyOf(connection));
  }

  dequeued(task: Task): void {
    const { tally, ledger, proxies } = this.mesh;
    tally.metrics.dequeued(this.world.now - task.start);
    this.ledger.dequeued(task);
    const next = this.connections.proxyOf(this.queue.coming);
    ledger.fetch(next);
    proxies.fetch(next);
  }

  dropped(task: Task): void {
    this.ledger.lost(task.first, task.last);
  }

  push(task: Task): void {
    this.pusher.push(task);
  }

  answer(connection: number): void {
    this.pusher.answer(connection);
  }

  applied({ i32, f64, plans }: Messages, message: number, connection: number): void {
    const { now } = this.world;
    const sent = f64[message * ROW_F64 + SENT];
    const { clusterUpdates } = plans[message]!;
    const proxy = this.connections.proxyOf(connection);
    this.mesh.ledger.applied(proxy, now - sent, clusterUpdates);
    const row = message * MESSAGE;
    if ((i32[row + FLAGS] & ANSWER) !== 0) return;
    this.ledger.applied(i32[row + FIRST], i32[row + LAST], now, sent);
  }

  acknowledged(messages: Messages, message: number, connection: number, at: number): void {
    const { i32, plans } = messages;
    const row = message * MESSAGE;
    if ((i32[row + FLAGS] & (FINAL | ANSWER)) === FINAL) {
      this.ledger.acknowledged(i32[row + FIRST], i32[row + LAST], at);
    }
    if ((i32[row + FLAGS] & FOLLOWS) !== 0) this.pusher.wants(connection, plans[message]!.follow);
    this.acksTaken++;
    this.dispatcher.acknowledged(connection, at);
  }

  asks(connection: number): void {
    this.dispatcher.request(connection);
  }

  lost({ i32 }: Messages, message: number): void {
    const at = message * MESSAGE;
    if ((i32[at + FLAGS] & (FINAL | ANSWER)) !== FINAL) return;
    this.ledger.lost(i32[at + FIRST], i32[at + LAST]);
  }

  scopeWork(who: Who): number {
    return this.contexts.scopeWork(who);
  }

  /** Acknowledgements are decoded and compared too; their CPU is spent with what is done next. */
  work(demand: number, handler: number, argument: number): void {
    const whole = Math.round(demand + this.acksTaken * this.mesh.around.costs.cpu.perAck);
    this.acksTaken = 0;
    this.mesh.tally.cpu += whole;
    this.mesh.world.work(this.station, whole, handler, argument);
  }
}

/** What of pilot_inbound_updates a change counts. */
function updateOf({ keys }: Request, reason: Reason, catalogue: Catalogue): UpdateKind {
  if (reason === 'endpoint' || reason === 'headlessendpoint') return 'eds';
  if (reason !== 'service') return 'config';
  const isGone = [...keys.values()].some(
    ({ service }) => service >= 0 && !catalogue.exists(service),
  );
  return isGone ? 'svcdelete' : 'svc';
}
