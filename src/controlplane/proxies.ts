/** Proxies as their configuration has made them: what each was told last, and what it sees because of it. */

import type { Counts } from './counts.ts';
import type { Fleet } from './fleet.ts';
import type { Part, Plan } from './generate.ts';
import type { World } from './world.ts';

export class Proxies {
  /** By proxy: what it was last configured with; null before. */
  readonly counts: (Counts | null)[];
  /** By proxy, in pairs: the station that is Envoy's main thread, −1 for one that nobody else uses; its viewer. */
  private readonly places: Int32Array;
  /** Means nothing. */
  fetched = 0;
  private readonly world: World;
  private readonly fleet: Fleet;
  /** By service: the newest version that changed its endpoints. */
  private readonly changedAt: readonly number[];
  private readonly onConfigured: (proxy: number) => void;
  private newer = {
    services: [] as readonly number[],
    covers: -1,
    version: -1,
    groups: [] as readonly number[],
  };

  constructor(
    world: World,
    fleet: Fleet,
    changedAt: readonly number[],
    onConfigured: (proxy: number) => void,
  ) {
    this.world = world;
    this.fleet = fleet;
    this.changedAt = changedAt;
    this.onConfigured = onConfigured;
    this.counts = fleet.proxies.map(() => null);
    this.places = new Int32Array(2 * fleet.proxies.length);
    fleet.proxies.forEach(({ mainThread, viewer }, proxy) => {
      this.places[2 * proxy] = mainThread;
      this.places[2 * proxy + 1] = viewer;
    });
  }

  /** As the ledger's. */
  fetch(proxy: number): void {
    if (this.counts[proxy] !== null) this.fetched = this.places[2 * proxy];
  }

  /** Station that is Envoy's main thread, −1 for a thread that nobody else uses. */
  mainThreadOf(proxy: number): number {
    return this.places[2 * proxy];
  }

  get count(): number {
    return this.counts.length;
  }

  isConfigured(proxy: number): boolean {
    return this.counts[proxy] !== null;
  }

  /** The proxy has applied all of a plan. @param covers - as in `show` */
  configure(proxy: number, plan: Plan, covers: number): void {
    const viewer = this.places[2 * proxy + 1];
    if (viewer >= 0 && plan.types.eds === 'none') this.world.views.apply(viewer, covers);
    const before = this.counts[proxy];
    if (before !== plan.counts) this.counts[proxy] = plan.counts;
    if (before === null) this.onConfigured(proxy);
  }

  /**
   * The proxy has applied a part: it sees services with their clusters, and pods with their endpoint sets.
   *
   * @param version - of the views that its endpoints are of
   * @param covers - version up to which it has all changes, also those of other services
   */
  show(
    proxy: number,
    { types, scope }: Plan,
    { type }: Part,
    version: number,
    covers: number,
  ): void {
    const viewer = this.places[2 * proxy + 1];
    if (viewer < 0) return;
    if (type === 'CDS') this.world.setScope(viewer, scope.number);
    if (type !== 'EDS' && type !== 'WDS') return;
    const { views } = this.world;
    if (types.eds === 'full') {
      views.apply(viewer, version);
      return;
    }
    views.apply(viewer, covers);
    for (const group of this.newerGroups(types.edsServices, covers, version)) {
      views.applyGroup(viewer, group, version);
    }
  }

  /**
   * Groups of single services that may be newer than the push, as istiod sends what is there when it generates. Most
   * proxies are told the same as the one before.
   */
  private newerGroups(
    services: readonly number[],
    covers: number,
    version: number,
  ): readonly number[] {
    const { newer } = this;
    if (newer.services !== services || newer.covers !== covers || newer.version !== version) {
      const groups = services
        .filter((service) => this.changedAt[service] > covers)
        .map((service) => this.fleet.services[service].group);
      this.newer = { services, covers, version, groups };
    }
    return this.newer.groups;
  }
}
