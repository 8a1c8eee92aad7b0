/**
 * Streams end when they have reached an age (keepaliveMaxServerConnectionAge), give or take a tenth, and a grace. Most
 * live longer than is simulated, so they wait in lists, one for each second, and only the list at hand is in the
 * calendar.
 */
import type { Draw, World } from './world.ts';

/** gRPC's jitter of the age, and for how long a stream may go on after that. */
const JITTER = 0.1;
const GRACE = 10e9;
const SPAN = 1e9;

export class Ages {
  private readonly world: World;
  private readonly draw: Draw;
  private readonly age: number;
  private readonly onTooOld: (proxy: number) => void;
  /** By proxy: when its stream ends, Infinity for no stream. */
  private readonly ends: Float64Array;
  /** By whole seconds of simulated time: proxies whose stream ended then when they were put there. */
  private readonly lists = new Map<number, number[]>();
  private readonly onList: number;
  private readonly onEnd: number;

  /** @param age - on average; Infinity for streams that never end [ns] */
  constructor(
    world: World,
    draw: Draw,
    age: number,
    proxies: number,
    onTooOld: (proxy: number) => void,
  ) {
    this.world = world;
    this.draw = draw;
    this.age = age;
    this.onTooOld = onTooOld;
    this.ends = new Float64Array(proxies).fill(Number.POSITIVE_INFINITY);
    this.onList = world.register((_, second) => this.open(second));
    this.onEnd = world.register((now, proxy) => {
      if (this.ends[proxy] === now) this.onTooOld(proxy);
    });
  }

  /**
   * A stream begins; how long it lives is drawn for the proxy's stream of this number.
   *
   * @param isOld - it began some time ago: any moment of its life is as likely as any other
   */
  begin(proxy: number, stream: number, isOld: boolean): void {
    if (this.age === Number.POSITIVE_INFINITY) return;
    const jitter = JITTER * (2 * this.draw('connection age', proxy, stream) - 1);
    const life = this.age * (1 + jitter) + GRACE;
    const left = isOld ? life * this.draw('connection age at the start', proxy, stream) : life;
    const end = Math.round(this.world.now + left);
    this.ends[proxy] = end;
    const second = Math.floor(end / SPAN);
    if (second * SPAN <= this.world.now) {
      this.world.schedule(end, this.onEnd, proxy);
      return;
    }
    const list = this.lists.get(second);
    if (list !== undefined) {
      list.push(proxy);
      return;
    }
    this.lists.set(second, [proxy]);
    this.world.schedule(second * SPAN, this.onList, second);
  }

  end(proxy: number): void {
    this.ends[proxy] = Number.POSITIVE_INFINITY;
  }

  private open(second: number): void {
    const list = this.lists.get(second) ?? [];
    this.lists.delete(second);
    for (const proxy of list) {
      if (Math.floor(this.ends[proxy] / SPAN) === second) {
        this.world.schedule(this.ends[proxy], this.onEnd, proxy);
      }
    }
  }
}
