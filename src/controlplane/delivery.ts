/**
 * From Send to a proxy that has applied the message: the network, the agent, and Envoy's main thread, which takes one
 * message after the other; then its acknowledgement goes back. What is on the way when a connection ends is lost.
 *
 * Acknowledgements have no events of their own: they are taken, as of when they came, before anything else happens at
 * their replica. Of a connection only one event is pending, that of its first message (the first that has not arrived, where the main
 * thread is a station): when that is due the network interface is asked when it was out, and if it was later than was
 * hoped for, the message is due later.
 */
import type { ControlPlaneCosts } from '../calibration/profile.ts';
import { COMING, type Connections, HEAD, HELD, ROW as LINE, TAIL } from './connections.ts';
import type { Part, Plan } from './generate.ts';
import {
  ANSWER,
  APPLY,
  ASKS_ON,
  CONNECTION,
  COVERS,
  DUE,
  FINAL,
  FIRST,
  FLAGS,
  FOLLOWS,
  LAST,
  Messages,
  NEXT,
  PART,
  READY,
  ROW,
  ROW_F64,
  SENT,
  VERSION,
} from './messages.ts';
import { Nic } from './nic.ts';
import type { Proxies } from './proxies.ts';
import type { World } from './world.ts';

/** What becomes of messages. */
export interface Recipient {
  /** The last message of a push, or of an answer, was applied. */
  applied(messages: Messages, message: number, connection: number): void;
  /** It was acknowledged, some time ago maybe; the message is forgotten then. */
  acknowledged(messages: Messages, message: number, connection: number, at: number): void;
  /** The proxy asks for the next type, or for what follows. */
  asks(connection: number): void;
  /** Its connection has ended before it was applied. */
  lost(messages: Messages, message: number): void;
}

/** A message to be sent, of a plan. */
export interface Parcel {
  readonly connection: number;
  readonly part: number;
  /** The part's, and of clusters the pod's own. */
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  readonly flags: number;
  readonly version: number;
  readonly covers: number;
}

export class Delivery {
  readonly messages = new Messages();
  readonly nic: Nic;
  private readonly world: World;
  private readonly connections: Connections;
  private readonly proxies: Proxies;
  private readonly recipient: Recipient;
  /** From the network interface to Envoy, and back. [ns] */
  private readonly way: number;
  /** Acknowledgements on their way, the oldest and the newest: all take equally long. */
  private firstAck = -1;
  private lastAck = -1;
  private readonly onDue: number;
  private readonly onApplied: number;
  private readonly onAsk: number;

  /** @param onRoom - as of the network interface */
  constructor(
    world: World,
    connections: Connections,
    proxies: Proxies,
    { oneWay, agent }: ControlPlaneCosts['network'],
    bandwidth: number,
    recipient: Recipient,
    onRoom: (connection: number) => void,
  ) {
    this.world = world;
    this.connections = connections;
    this.proxies = proxies;
    this.recipient = recipient;
    this.way = oneWay + agent;
    this.nic = new Nic(world, bandwidth, (message) => this.expect(message), onRoom);
    this.onDue = world.register((now, connection) => this.due(now, connection));
    this.onApplied = world.register((now, connection) => this.workedOff(now, connection));
    this.onAsk = world.register((_, connection) => this.asked(connection));
  }

  /** Takes the acknowledgements that have come by now. */
  takeAcks(now: number): void {
    const { messages, connections } = this;
    while (this.firstAck >= 0 && messages.f64[this.firstAck * ROW_F64 + DUE] <= now) {
      const message = this.firstAck;
      this.firstAck = messages.i32[message * ROW + NEXT];
      if (this.firstAck < 0) this.lastAck = -1;
      const connection = messages.i32[message * ROW + CONNECTION];
      const at = messages.f64[message * ROW_F64 + DUE];
      connections.i32[connection * LINE + HELD]--;
      if (connections.isClosed(connection)) connections.release(connection);
      else this.recipient.acknowledged(messages, message, connection, at);
      messages.release(message);
    }
  }

  /** Whether a next Send on the connection has to wait for room; `onRoom` is called when there is. */
  hasToWait(connection: number): boolean {
    return this.nic.hasToWait(connection, this.connections.i32[connection * LINE + TAIL]);
  }

  send(plan: Plan, parcel: Parcel): void {
    const { connection } = parcel;
    const { messages } = this;
    const { now } = this.world;
    const message = messages.add(plan);
    const { i32, f64 } = messages;
    const at = message * ROW;
    i32[at + CONNECTION] = connection;
    i32[at + FIRST] = parcel.first;
    i32[at + LAST] = parcel.last;
    i32[at + FLAGS] = parcel.flags;
    i32[at + PART] = parcel.part;
    i32[at + VERSION] = parcel.version;
    i32[at + COVERS] = parcel.covers;
    f64[message * ROW_F64 + APPLY] = Math.round(plan.parts[parcel.part].apply);
    f64[message * ROW_F64 + SENT] = now;
    const previous = this.connections.i32[connection * LINE + TAIL];
    this.nic.send(connection, message, parcel.bytes, previous);
    this.append(connection, message, previous, now);
  }

  /** The connection has ended. */
  close(connection: number): void {
    const { i32 } = this.connections;
    const line = connection * LINE;
    let message = i32[line + HEAD];
    i32[line + HEAD] = -1;
    i32[line + TAIL] = -1;
    i32[line + COMING] = -1;
    this.nic.forget(connection);
    while (message >= 0) {
      const next = this.messages.i32[message * ROW + NEXT];
      this.recipient.lost(this.messages, message);
      this.messages.release(message);
      message = next;
    }
  }

  // ---- The way there.

  private append(connection: number, message: number, previous: number, now: number): void {
    const { i32 } = this.connections;
    const line = connection * LINE;
    if (previous >= 0) this.messages.i32[previous * ROW + NEXT] = message;
    else i32[line + HEAD] = message;
    i32[line + TAIL] = message;
    if (i32[line + COMING] < 0) this.comesNext(connection, message, now);
  }

  private comesNext(connection: number, message: number, now: number): void {
    this.connections.i32[connection * LINE + COMING] = message;
    if (message < 0) return;
    this.messages.f64[message * ROW_F64 + READY] = now;
    this.expect(message);
  }

  /** Looks at a message when it has arrived, or been applied, at the soonest. */
  private expect(message: number): void {
    const out = this.nic.timeOut(message);
    const soonest = out < Number.POSITIVE_INFINITY ? out : this.nic.soonest(message);
    this.dueAt(message, this.endOf(message, soonest));
  }

  private dueAt(message: number, at: number): void {
    const { i32, f64 } = this.messages;
    f64[message * ROW_F64 + DUE] = at;
    this.world.schedule(at, this.onDue, i32[message * ROW + CONNECTION]);
  }

  /** When a message has arrived that was out then; or where nobody else uses the main thread, when it is applied. */
  private endOf(message: number, out: number): number {
    const { i32, f64 } = this.messages;
    const row = message * ROW_F64;
    const arrival = Math.max(out + this.way, f64[row + READY]);
    return this.threadOf(i32[message * ROW + CONNECTION]) < 0
      ? arrival + f64[row + APPLY]
      : arrival;
  }

  private threadOf(connection: number): number {
    return this.proxies.mainThreadOf(this.connections.proxyOf(connection));
  }

  private due(now: number, connection: number): void {
    const message = this.connections.i32[connection * LINE + COMING];
    if (message < 0) return;
    const { i32, f64 } = this.messages;
    if (f64[message * ROW_F64 + DUE] !== now) return;
    f64[message * ROW_F64 + DUE] = Number.POSITIVE_INFINITY;
    const out = this.nic.timeOut(message);
    if (out === Number.POSITIVE_INFINITY) {
      this.nic.await(message);
      return;
    }
    const end = this.endOf(message, out);
    if (end > now) {
      this.dueAt(message, end);
      return;
    }
    const thread = this.threadOf(connection);
    if (thread < 0) {
      this.apply(now, connection);
      return;
    }
    const line = this.connections.i32;
    line[connection * LINE + HELD]++;
    this.world.work(thread, f64[message * ROW_F64 + APPLY], this.onApplied, connection);
    this.comesNext(connection, i32[message * ROW + NEXT], now);
  }

  private workedOff(now: number, connection: number): void {
    this.connections.i32[connection * LINE + HELD]--;
    if (this.connections.isClosed(connection)) this.connections.release(connection);
    else this.apply(now, connection);
  }

  // ---- At the proxy.

  /** The first message on the way is applied. */
  private apply(now: number, connection: number): void {
    const { messages, connections, proxies } = this;
    const line = connection * LINE;
    const message = connections.i32[line + HEAD];
    const at = message * ROW;
    const next = messages.i32[at + NEXT];
    connections.i32[line + HEAD] = next;
    if (next < 0) connections.i32[line + TAIL] = -1;
    if (connections.i32[line + COMING] === message) this.comesNext(connection, next, now);
    const plan = messages.plans[message]!;
    const part: Part = plan.parts[messages.i32[at + PART]];
    const version = messages.i32[at + VERSION];
    const covers = messages.i32[at + COVERS];
    const proxy = connections.proxyOf(connection);
    this.acknowledge(now, connection, message);
    proxies.show(proxy, plan, part, version, covers);
    if ((messages.i32[at + FLAGS] & FINAL) === 0) return;
    this.recipient.applied(messages, message, connection);
    // A push in between does not make a proxy complete that is still asking for its first configuration.
    const isAnswer = (messages.i32[at + FLAGS] & ANSWER) !== 0;
    if (isAnswer || proxies.isConfigured(proxy)) proxies.configure(proxy, plan, covers);
  }

  // ---- And back.

  private acknowledge(now: number, connection: number, message: number): void {
    const { i32, f64 } = this.messages;
    const at = now + this.way;
    this.connections.i32[connection * LINE + HELD]++;
    f64[message * ROW_F64 + DUE] = at;
    i32[message * ROW + NEXT] = -1;
    if (this.lastAck >= 0) i32[this.lastAck * ROW + NEXT] = message;
    else this.firstAck = message;
    this.lastAck = message;
    if ((i32[message * ROW + FLAGS] & (ASKS_ON | FOLLOWS)) === 0) return;
    this.connections.i32[connection * LINE + HELD]++;
    this.world.schedule(at, this.onAsk, connection);
  }

  private asked(connection: number): void {
    this.connections.i32[connection * LINE + HELD]--;
    if (this.connections.isClosed(connection)) this.connections.release(connection);
    else this.recipient.asks(connection);
  }
}
