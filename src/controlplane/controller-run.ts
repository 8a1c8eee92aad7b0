/**
 * One controller of a config mode as it runs in the cluster: its timers, what it watches, and its writes to the
 * Kubernetes API, one after the other. While it is away its timers stand still and the log of that time is lost; what
 * it had decided to write is written, so that what it remembers of the API and what is there do not part.
 */
import type {
  Controller,
  Dependency,
  Effect,
  Outcome,
  ScopeEvent,
  Series,
  Site,
} from '../scope/strategy.ts';
import type { World } from './world.ts';

/** A request to the Kubernetes API and its answer: an assumption; etcd's sync and one way over the network each. [ns] */
const API_WRITE = 5e6;

export type ApiWrite = Exclude<Effect, { kind: 'timer' | 'subscribe' }>;

/** What surrounds a controller. */
export interface Outside {
  /** The API server has taken a write. */
  written(effect: ApiWrite): void;
  subscribe(proxy: number, service: number): void;
  /** The relay flushes its access log: what went through it since the last time. */
  flush(): readonly Dependency[];
  /** Prometheus scrapes. */
  scrape(): readonly Series[];
}

/** A timer or a write that is under way. */
interface Errand {
  /** Of the controller: a timer of an earlier one has no effect. */
  readonly life: number;
  readonly effect: ApiWrite | Extract<Effect, { kind: 'timer' }>;
}

export class ControllerRun {
  /** Writes that the API server has taken. */
  writes = 0;
  private readonly world: World;
  private readonly controller: Controller<unknown>;
  private readonly outside: Outside;
  private readonly initial: Outcome<unknown>;
  private state: unknown;
  /** By a number of its own. */
  private readonly errands = new Map<number, Errand>();
  private errandCount = 0;
  /** When the last write so far will be done. [ns] */
  private apiFree = 0;
  /** Counts restarts. */
  private life = 0;
  private isAway = false;
  /** What it is told of when it is back. */
  private readonly missed: ScopeEvent[] = [];
  private readonly onErrand: number;
  private readonly onObservation: number;
  private readonly onReturn: number;

  /** @param phase - where its own timers begin, in [0, 1) */
  constructor(
    world: World,
    controller: Controller<unknown>,
    site: Site,
    phase: number,
    outside: Outside,
  ) {
    this.world = world;
    this.controller = controller;
    this.outside = outside;
    this.initial = controller.start(site, phase);
    this.state = this.initial.state;
    this.onErrand = world.register((_, errand) => this.runErrand(errand));
    this.onObservation = world.register((_, observation) => this.observe(observation));
    this.onReturn = world.register((_, life) => this.comeBack(life));
  }

  /** What it has written before anything runs. */
  get atStart(): readonly ApiWrite[] {
    return this.initial.effects.filter(isApiWrite);
  }

  /** @param phaseOf - of what it watches, in [0, 1) */
  start(phaseOf: (observation: number) => number): void {
    for (const effect of this.initial.effects) {
      if (effect.kind === 'timer') this.schedule(effect.at, effect);
    }
    this.controller.observes.forEach(({ every }, observation) => {
      const first = this.world.now + Math.round(phaseOf(observation) * every);
      this.world.schedule(first, this.onObservation, observation);
    });
  }

  tell(event: ScopeEvent): void {
    if (this.isAway) {
      this.missed.push(event);
      return;
    }
    const { state, effects } = this.controller.reduce(this.state, event, this.world.now);
    this.state = state;
    for (const effect of effects) this.begin(effect);
  }

  /** It stops, and is there again after a while. */
  restart(downFor: number): void {
    this.life++;
    this.isAway = true;
    this.world.schedule(this.world.now + downFor, this.onReturn, this.life);
  }

  private comeBack(life: number): void {
    if (life !== this.life) return;
    this.isAway = false;
    this.tell({ kind: 'restart' });
    for (const event of this.missed.splice(0)) this.tell(event);
  }

  private observe(observation: number): void {
    const { of, every } = this.controller.observes[observation];
    this.world.schedule(this.world.now + every, this.onObservation, observation);
    if (of === 'accessLog') {
      const calls = this.outside.flush();
      if (calls.length > 0 && !this.isAway) this.tell({ kind: 'accessLog', calls });
    } else if (!this.isAway) this.tell({ kind: 'metrics', series: this.outside.scrape() });
  }

  private begin(effect: Effect): void {
    if (effect.kind === 'subscribe') this.outside.subscribe(effect.proxy, effect.service);
    else if (effect.kind === 'timer') this.schedule(effect.at, effect);
    else {
      this.apiFree = Math.max(this.apiFree, this.world.now) + writesOf(effect) * API_WRITE;
      this.schedule(this.apiFree, effect);
    }
  }

  private schedule(at: number, effect: Errand['effect']): void {
    const errand = this.errandCount++;
    this.errands.set(errand, { life: this.life, effect });
    this.world.schedule(at, this.onErrand, errand);
  }

  private runErrand(errand: number): void {
    const { life, effect } = this.errands.get(errand)!;
    this.errands.delete(errand);
    if (effect.kind === 'timer') {
      if (life === this.life) this.tell({ kind: 'timer', timer: effect.timer });
      return;
    }
    this.writes += writesOf(effect);
    this.outside.written(effect);
  }
}

function isApiWrite(effect: Effect): effect is ApiWrite {
  return effect.kind !== 'timer' && effect.kind !== 'subscribe';
}

function writesOf(effect: ApiWrite): number {
  return effect.kind === 'write' ? effect.count : 1;
}
