/**
 * How proxies come to istiod: a new stream goes to a random replica, which accepts only so many a second (a token
 * bucket of one, with a wait of up to a second); who is turned away or has lost its stream tries again, Envoy's
 * back-off later. istiod ends streams of a certain age, so that proxies spread over replicas again.
 */
import { Ages } from './ages.ts';
import type { Istiods } from './istiods.ts';
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

export class Connector {
  private readonly world: World;
  private readonly istiods: Istiods;
  private readonly limits: readonly ConnectLimit[];
  private readonly tally: Tally;
  private readonly draw: Draw;
  private readonly ages: Ages;
  /** By proxy: the replica it is connected to, or has chosen, −1 for none; and its connection there, −1 for none. */
  private readonly replica: Int32Array;
  private readonly connection: Int32Array;
  /** By proxy: streams it has tried to open, and how often in a row that failed; when it will next do something. */
  private readonly attempts: Int32Array;
  private readonly failures: Uint8Array;
  private readonly due: Float64Array;
  /** By proxy that has lost its connection: when. */
  private readonly lostAt = new Map<number, number>();
  private readonly onTry: number;
  private readonly onAccept: number;

  /**
   * @param proxies - how many there are
   * @param rate - streams that a replica accepts in a second
   * @param age - of a stream at most, on average [ns]
   */
  constructor(
    world: World,
    istiods: Istiods,
    tally: Tally,
    draw: Draw,
    {
      proxies,
      rate,
      age,
    }: { readonly proxies: number; readonly rate: number; readonly age: number },
  ) {
    this.world = world;
    this.istiods = istiods;
    this.limits = Array.from({ length: istiods.count }, () => new ConnectLimit(rate));
    this.tally = tally;
    this.draw = draw;
    this.ages = new Ages(world, draw, age, proxies, (proxy) => this.tooOld(proxy));
    this.replica = new Int32Array(proxies).fill(-1);
    this.connection = new Int32Array(proxies).fill(-1);
    this.attempts = new Int32Array(proxies);
    this.failures = new Uint8Array(proxies);
    this.due = new Float64Array(proxies).fill(Number.POSITIVE_INFINITY);
    this.onTry = world.register((now, proxy) => {
      if (this.due[proxy] === now) this.try(now, proxy);
    });
    this.onAccept = world.register((now, proxy) => {
      if (this.due[proxy] === now) this.accepted(now, proxy);
    });
  }

  /** A proxy that is connected and configured from the start, for some time already. */
  present(proxy: number): void {
    const replica = this.chooseReplica(proxy);
    const istiod = this.istiods.serving[replica];
    if (istiod === undefined || istiod === null) return;
    this.replica[proxy] = replica;
    this.connection[proxy] = istiod.attach(proxy);
    this.ages.begin(proxy, this.attempts[proxy], true);
  }

  connectAt(proxy: number, at: number): void {
    this.failures[proxy] = 0;
    this.schedule(proxy, at, this.onTry);
  }

  /** The proxy is gone. */
  disconnect(proxy: number): void {
    this.due[proxy] = Number.POSITIVE_INFINITY;
    this.endLoss(proxy);
    this.close(proxy);
  }

  /** The proxy's stream has ended, and it wants another. */
  lost(proxy: number): void {
    this.connection[proxy] = -1;
    this.replica[proxy] = -1;
    this.ages.end(proxy);
    this.lostAt.set(proxy, this.world.now);
    this.failures[proxy] = 0;
    this.backOff(proxy);
  }

  /** The proxy's pod has become ready: everything for it anew, if it is connected. */
  update(proxy: number): void {
    const connection = this.connection[proxy];
    if (connection >= 0) this.istiods.serving[this.replica[proxy]]?.update(connection);
  }

  /** The replica that the proxy is connected to, −1 for none. */
  replicaOf(proxy: number): number {
    return this.connection[proxy] < 0 ? -1 : this.replica[proxy];
  }

  /** Time that proxies have been without the stream they lost, up to now. [ns] */
  disconnected(): number {
    let sum = this.tally.disconnected;
    for (const at of this.lostAt.values()) sum += this.world.now - at;
    return sum;
  }

  private try(now: number, proxy: number): void {
    const replica = this.chooseReplica(proxy);
    if (replica < 0 || this.istiods.serving[replica] === null) {
      this.tally.refusedConnects++;
      this.backOff(proxy);
      return;
    }
    const accepted = this.limits[replica].accept(now);
    if (accepted < 0) {
      this.tally.rejectedConnects++;
      this.backOff(proxy);
      return;
    }
    this.replica[proxy] = replica;
    this.schedule(proxy, accepted, this.onAccept);
  }

  private accepted(now: number, proxy: number): void {
    const istiod = this.istiods.serving[this.replica[proxy]];
    if (istiod === null) {
      this.try(now, proxy);
      return;
    }
    this.due[proxy] = Number.POSITIVE_INFINITY;
    this.failures[proxy] = 0;
    this.endLoss(proxy);
    this.connection[proxy] = istiod.connect(proxy);
    this.ages.begin(proxy, this.attempts[proxy], false);
  }

  private tooOld(proxy: number): void {
    this.tally.agedConnections++;
    this.close(proxy);
    this.lost(proxy);
  }

  private close(proxy: number): void {
    const connection = this.connection[proxy];
    if (connection < 0) return;
    this.connection[proxy] = -1;
    this.ages.end(proxy);
    this.istiods.serving[this.replica[proxy]]?.disconnect(connection);
  }

  private endLoss(proxy: number): void {
    const since = this.lostAt.get(proxy);
    if (since === undefined) return;
    this.tally.disconnected += this.world.now - since;
    this.lostAt.delete(proxy);
  }

  private backOff(proxy: number): void {
    const below = Math.min(BACKOFF_BASE * 2 ** this.failures[proxy]++, BACKOFF_MAX);
    const u = this.draw('reconnect back-off', proxy, this.attempts[proxy]);
    this.schedule(proxy, this.world.now + Math.round(u * below), this.onTry);
  }

  /** @returns a random one of those that are listed, −1 if there is none */
  private chooseReplica(proxy: number): number {
    const listed = this.istiods.listed();
    const attempt = ++this.attempts[proxy];
    const u = this.draw('istiod of a proxy', proxy, attempt);
    return listed.length === 0 ? -1 : listed[Math.floor(u * listed.length)];
  }

  private schedule(proxy: number, at: number, handler: number): void {
    this.due[proxy] = at;
    this.world.schedule(at, handler, proxy);
  }
}
