/**
 * istiod's debouncer (discovery.go: debounce): a change waits until it has been quiet for `after`, or until the first
 * of its batch is `max` old; then the push function gets the whole batch, one at a time.
 *
 * Of what happens at one instant a return of the push function counts first, then changes, then the timer; upstream
 * it is random. So changes wait for one round of the calendar at the same instant, and the timer for two.
 */
import { merge, type Request } from './changes.ts';
import type { World } from './world.ts';

export interface DebounceSettings {
  /** PILOT_DEBOUNCE_AFTER and PILOT_DEBOUNCE_MAX. [ns] */
  readonly after: number;
  readonly max: number;
  /** PILOT_ENABLE_EDS_DEBOUNCE; if not, changes of endpoints alone are pushed at once, beside everything else. */
  readonly endpoints: boolean;
}

/** @param debounced - false for a push of endpoints that did not wait: the debouncer does not want to hear of its end */
export type PushFunction = (request: Request, debounced: boolean) => void;

export class Debouncer {
  private readonly world: World;
  private readonly settings: DebounceSettings;
  private readonly push: PushFunction;
  private batch: Request | null = null;
  private count = 0;
  private first = 0;
  private last = 0;
  private isFree = true;
  /** The one timer; setting it replaces the old one. */
  private timer = Number.POSITIVE_INFINITY;
  /** Changes of this instant that have not had their turn. */
  private readonly arrived: Request[] = [];
  private readonly admit: number;
  private readonly ring: number;
  private readonly expire: number;

  constructor(world: World, settings: DebounceSettings, push: PushFunction) {
    this.world = world;
    this.settings = settings;
    this.push = push;
    this.admit = world.register((now) => this.take(now, this.arrived.shift()!));
    this.ring = world.register((now, rounds) => {
      if (now !== this.timer) return; // replaced
      world.schedule(now, rounds > 1 ? this.ring : this.expire, rounds - 1);
    });
    this.expire = world.register((now) => this.onTimer(now));
  }

  /** A change has come. */
  event(request: Request): void {
    this.arrived.push(request);
    this.world.schedule(this.world.now, this.admit, 0);
  }

  /** The push function that was started for a batch is done. */
  returned(): void {
    this.isFree = true;
    this.work(this.world.now);
  }

  private take(now: number, request: Request): void {
    if (!this.settings.endpoints && request.endpointsOnly) {
      this.push(request, false);
      return;
    }
    this.last = now;
    if (this.count === 0) {
      this.first = now;
      this.setTimer(now + this.settings.after);
    }
    this.count++;
    this.batch = this.batch === null ? request : merge(this.batch, request);
  }

  private onTimer(now: number): void {
    if (now !== this.timer) return;
    this.timer = Number.POSITIVE_INFINITY;
    // While the push function runs the tick is lost; its return looks at the batch instead.
    if (this.isFree) this.work(now);
  }

  private work(now: number): void {
    if (now - this.first < this.settings.max && now - this.last < this.settings.after) {
      this.setTimer(this.last + this.settings.after);
      return;
    }
    if (this.batch === null) return;
    const batch = this.batch;
    this.isFree = false;
    this.batch = null;
    this.count = 0;
    this.push(batch, true);
  }

  private setTimer(at: number): void {
    this.timer = at;
    this.world.schedule(at, this.ring, 2);
  }
}
