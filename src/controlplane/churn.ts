/** Carries a scenario's churn out: at each time of its timetables an act on the cluster, its configuration, or istiod. */
import type { Churn, ChurnKind } from '../topology/churn.ts';
import { hpa } from './churn/autoscaler.ts';
import { config, configChurn } from './churn/config.ts';
import { controllerRestart, istiodFailure, istiodRollout } from './churn/faults.ts';
import { crash, flap, hostLoss, podChurn } from './churn/pods.ts';
import {
  deploymentScaler,
  rollingUpdate,
  scale,
  serviceCreate,
  serviceDelete,
} from './churn/replicas.ts';
import type { Act, Maker, Site } from './churn/site.ts';
import type { Draw, World } from './world.ts';

/** What each kind does. A new kind is one function in `churn/`, and one line here. */
const makers: { readonly [Kind in ChurnKind]: Maker<Kind> } = {
  rollingUpdate,
  scale,
  hpa,
  deploymentScaler,
  crash,
  flap,
  hostLoss,
  podChurn,
  config,
  configChurn,
  serviceCreate,
  serviceDelete,
  istiodFailure,
  istiodRollout,
  controllerRestart,
};

export class ChurnDriver {
  private readonly world: World;
  private readonly draw: Draw;
  private readonly churn: readonly Churn[];
  /** By entry. */
  private readonly acts: readonly Act[];
  private readonly count: number[];
  private readonly onOccurrence: number;

  constructor(churn: readonly Churn[], site: Site) {
    this.world = site.world;
    this.draw = site.draw;
    this.churn = churn;
    this.acts = churn.map((change, item) => {
      return (makers[change.kind] as Maker<ChurnKind>)(change, item, site);
    });
    this.count = churn.map(() => 0);
    this.onOccurrence = site.world.register((_, item) => this.occur(item));
  }

  start(): void {
    for (const item of this.churn.keys()) this.scheduleNext(item);
  }

  private occur(item: number): void {
    this.acts[item](this.count[item]++);
    this.scheduleNext(item);
  }

  private scheduleNext(item: number): void {
    const next = this.nextOf(item);
    if (next !== null) this.world.schedule(next, this.onOccurrence, item);
  }

  /** null: never again. */
  private nextOf(item: number): number | null {
    const change = this.churn[item];
    const n = this.count[item];
    if (change.kind === 'podChurn' || change.kind === 'configChurn') {
      const next = n === 0 ? change.at : this.world.now + this.pauseOf(change.interval, item, n);
      return change.until !== null && next > change.until ? null : next;
    }
    const { at, every, until, jitter } = change;
    if (n > 0 && every === null) return null;
    const regular = at + n * (every ?? 0);
    if (until !== null && regular > until) return null;
    const shift = Math.round(jitter * (2 * this.draw('churn jitter', item, n) - 1));
    return Math.max(this.world.now, regular + shift);
  }

  /** Normal, with a fifth of its mean as its deviation (Box and Muller), but never below 0. */
  private pauseOf(mean: number, item: number, n: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.draw('churn jitter', item, n)));
    const normal = radius * Math.cos(2 * Math.PI * this.draw('churn pause', item, n));
    return Math.max(0, Math.round(mean * (1 + normal / 5)));
  }
}
