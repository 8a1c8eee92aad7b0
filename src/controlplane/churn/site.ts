/** What an entry of churn acts on, and how it finds the services and draws the victims that it is about. */
import type { ChurnKind, ChurnOf } from '../../topology/churn.ts';
import { matcher } from '../../topology/pattern.ts';
import type { Key } from '../changes.ts';
import { type Cluster, READY } from '../cluster.ts';
import type { Replicas } from '../replicas.ts';
import type { Draw, World } from '../world.ts';

/** What it does when its time comes. @param n - occurrences before this one */
export type Act = (n: number) => void;
/** Of one kind of churn. @param item - the entry's number, an address of its draws */
export type Maker<Kind extends ChurnKind> = (
  change: ChurnOf<Kind>,
  item: number,
  site: Site,
) => Act;

/** Makes a configuration change known; null: MeshConfig, on which everything depends. */
export type WriteConfig = (key: Key | null) => void;

/** What may fail beside pods and hosts. */
export interface Faults {
  /** A replica of istiod dies, and another takes its place after a while. */
  failReplica(replica: number, downFor: number): void;
  /** The replicas of istiod are replaced one by one. */
  rollOut(interval: number): void;
  /** Controllers of config modes in these namespaces restart. @param namespaces - a pattern */
  restartControllers(namespaces: string, downFor: number): void;
}

export class Site {
  readonly world: World;
  readonly cluster: Cluster;
  readonly replicas: Replicas;
  readonly write: WriteConfig;
  readonly faults: Faults;
  readonly draw: Draw;
  private readonly numberOf: ReadonlyMap<string, number>;
  /** By pattern. */
  private readonly found = new Map<string, readonly number[]>();

  constructor(
    world: World,
    cluster: Cluster,
    replicas: Replicas,
    write: WriteConfig,
    faults: Faults,
    draw: Draw,
  ) {
    this.world = world;
    this.cluster = cluster;
    this.replicas = replicas;
    this.write = write;
    this.faults = faults;
    this.draw = draw;
    this.numberOf = new Map(cluster.fleet.services.map(({ id }, service) => [id, service]));
  }

  /** Services that fit a pattern, whether they exist by now or not. */
  services(pattern: string): readonly number[] {
    const known = this.found.get(pattern);
    if (known !== undefined) return known;
    const found = this.search(pattern);
    this.found.set(pattern, found);
    return found;
  }

  private search(pattern: string): readonly number[] {
    if (!pattern.includes('*')) {
      const service = this.numberOf.get(pattern);
      return service === undefined ? [] : [service];
    }
    const fits = matcher(pattern);
    return [...this.numberOf].filter(([id]) => fits(id)).map(([, service]) => service);
  }

  /** Those whose first pods are all created, so that a controller looks after them. */
  managed(pattern: string): readonly number[] {
    return this.services(pattern).filter((service) => this.cluster.isManaged[service]);
  }

  readyPods(services: readonly number[]): readonly number[] {
    const { slotsOf, state } = this.cluster;
    return services.flatMap((service) => slotsOf[service].filter((slot) => state[slot] === READY));
  }

  /** So many of them, at random. */
  some(of: readonly number[], count: number, item: number, n: number): readonly number[] {
    const left = [...of];
    const some: number[] = [];
    while (some.length < count && left.length > 0) {
      const u = this.draw('churn victim', item, Math.imul(n, 1024) + some.length);
      some.push(...left.splice(Math.floor(u * left.length), 1));
    }
    return some;
  }

  /** One of them, at random. @throws Error if there is none */
  one<Item>(of: readonly Item[], item: number, n: number): Item {
    if (of.length === 0) throw new Error('nothing to choose from');
    return of[Math.floor(this.draw('churn choice', item, n) * of.length)];
  }
}
