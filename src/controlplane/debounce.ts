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
  /** What is pushed at once, beside everything else: PILOT_ENABLE_EDS_DEBOUNCE. */
  readonly passes: (request: Request) => boolean;
}

/** What the push function is to push. */
export interface Debounced {
  readonly request: Request;
  /** Numbers of the changes in it, in the order they came. */
  readonly events: readonly number[];
  /** When the first of them came. [ns] */
  readonly heard: number;
  /** False for endpoints that did not wait: the debouncer does not want to hear of their end. */
  readonly isDebounced: boolean;
}
export type PushFunction = (batch: Debounced) => void;

export class Debouncer {
  private readonly world: World;
  private readonly settings: DebounceSettings;
  private readonly push: PushFunction;
  private batch: Request | null = null;
  private events: number[] = [];
  private first = 0;
  private last = 0;
  private isFree = true;
  /** The one timer; setting it replaces the old one. */
  private timer = Number.POSITIVE_INFINITY;
  /** Changes of this instant that have not had their turn. */
  private readonly arrived: { readonly request: Request; readonly event: number }[] = [];
  private readonly admit: number;
  private readonly ring: number;
  private readonly expire: number;

  constructor(world: World, settings: DebounceSettings, push: PushFunction) {
    this.world = world;
    this.settings = settings;
    this.push = push;
    this.admit = world.register((now) => {
      const { request, event } = this.arrived.shift()!;
      this.take(now, request, event);
    });
    this.ring = world.register((now, rounds) => {
      if (now !== this.timer) return; // replaced
      world.schedule(now, rounds > 1 ? this.ring : this.expire, rounds - 1);
    });
    this.expire = world.register((now) => this.onTimer(now));
  }

  /** A change has come. @param event - its number */
  event(request: Request, event: number): void {
    this.arrived.push({ request, event });
    this.world.schedule(this.world.now, this.admit, 0);
  }

  /** Numbers of the changes that have not been pushed. */
  pending(): readonly number[] {
    return [...this.events, ...this.arrived.map(({ event }) => event)];
  }

  /** The push function that was started for a batch is done. */
  returned(): void {
    this.isFree = true;
    this.work(this.world.now);
  }

  private take(now: number, request: Request, event: number): void {
    if (this.settings.passes(request)) {
      this.push({ request, events: [event], heard: now, isDebounced: false });
      return;
    }
    this.last = now;
    if (this.batch === null) {
      this.first = now;
      this.setTimer(now + this.settings.after);
    }
    this.events.push(event);
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
    const { batch: request, events, first: heard } = this;
    this.isFree = false;
    this.batch = null;
    this.events = [];
    this.push({ request, events, heard, isDebounced: true });
  }

  private setTimer(at: number): void {
    this.timer = at;
    this.world.schedule(at, this.ring, 2);
  }
}
