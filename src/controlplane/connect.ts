/**
 * How proxies come to istiod: a new stream goes to a random replica, which accepts only so many a second (a token
 * bucket of one, with a wait of up to a second); who is turned away tries again, Envoy's back-off later.
 */
import type { Istiod } from './istiod.ts';
import type { Tally } from './tally.ts';
import type { Draw, World } from './world.ts';

const WAIT_MAX = 1e9;
/** Envoy's jittered exponential back-off: uniform below base · 2^n. */
const BACKOFF_BASE = 0.5e9;
const BACKOFF_MAX = 30e9;

/** PILOT_MAX_REQUESTS_PER_SECOND. */
export class ConnectLimit {
  private readonly gap: number;
  private next = 0;

  /** @param rate - streams per second; Infinity for no limit */
  constructor(rate: number) {
    this.gap = 1e9 / rate;
  }

  /** @returns when the stream is accepted, or −1 if it is turned away at once */
  accept(now: number): number {
    const at = Math.max(now, this.next);
    const whole = Math.round(at);
    if (whole - now >= WAIT_MAX) return -1;
    this.next = at + this.gap;
    return whole;
  }
}

interface Connection {
  readonly istiod: Istiod;
  readonly connection: number;
}

export class Connector {
  /** By proxy. */
  private readonly connections: (Connection | undefined)[] = [];
  private readonly attempts: number[] = [];
  private readonly refusals: number[] = [];
  private readonly due: number[] = [];
  private readonly chosen: number[] = [];
  private readonly world: World;
  private readonly istiods: readonly Istiod[];
  private readonly limits: readonly ConnectLimit[];
  private readonly tally: Tally;
  private readonly draw: Draw;
  private readonly onTry: number;
  private readonly onAccept: number;

  constructor(world: World, istiods: readonly Istiod[], rate: number, tally: Tally, draw: Draw) {
    this.world = world;
    this.istiods = istiods;
    this.limits = istiods.map(() => new ConnectLimit(rate));
    this.tally = tally;
    this.draw = draw;
    this.onTry = world.register((now, proxy) => {
      if (this.due[proxy] === now) this.try(now, proxy);
    });
    this.onAccept = world.register((now, proxy) => {
      if (this.due[proxy] === now) this.open(proxy, this.chosen[proxy], false);
    });
  }

  /** A proxy that is connected and configured from the start. */
  present(proxy: number): void {
    this.open(proxy, this.replicaFor(proxy), true);
  }

  connectAt(proxy: number, at: number): void {
    this.refusals[proxy] = 0;
    this.schedule(proxy, at, this.onTry);
  }

  disconnect(proxy: number): void {
    this.due[proxy] = Number.POSITIVE_INFINITY;
    const connection = this.connections[proxy];
    if (connection === undefined) return;
    this.connections[proxy] = undefined;
    connection.istiod.disconnect(connection.connection);
  }

  /** The proxy's pod has become ready: everything for it anew, if it is connected. */
  update(proxy: number): void {
    const connection = this.connections[proxy];
    if (connection !== undefined) connection.istiod.update(connection.connection);
  }

  /** The replica that the proxy is connected to, −1 for none. */
  replicaOf(proxy: number): number {
    const connection = this.connections[proxy];
    return connection === undefined ? -1 : this.istiods.indexOf(connection.istiod);
  }

  private try(now: number, proxy: number): void {
    const replica = this.replicaFor(proxy);
    const accepted = this.limits[replica].accept(now);
    if (accepted >= 0) {
      this.chosen[proxy] = replica;
      this.schedule(proxy, accepted, this.onAccept);
      return;
    }
    this.tally.rejectedConnects++;
    const below = Math.min(BACKOFF_BASE * 2 ** this.refusals[proxy]++, BACKOFF_MAX);
    const u = this.draw('reconnect back-off', proxy, this.attempts[proxy]);
    this.schedule(proxy, now + Math.round(u * below), this.onTry);
  }

  private open(proxy: number, replica: number, answered: boolean): void {
    this.due[proxy] = Number.POSITIVE_INFINITY;
    const istiod = this.istiods[replica];
    this.connections[proxy] = { istiod, connection: istiod.connect(proxy, answered) };
  }

  private replicaFor(proxy: number): number {
    const attempt = (this.attempts[proxy] ?? 0) + 1;
    this.attempts[proxy] = attempt;
    return Math.floor(this.draw('istiod of a proxy', proxy, attempt) * this.istiods.length);
  }

  private schedule(proxy: number, at: number, handler: number): void {
    this.due[proxy] = at;
    this.world.schedule(at, handler, proxy);
  }
}
