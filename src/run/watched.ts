/** The sidecars of the services that the scenario wants to see over time: one row a step, mean over its pods. */
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Directory } from '../measure/directory.ts';
import type { WatchedMeasure } from '../measure/replication.ts';
import { SECOND } from '../units.ts';

/** A service and the numbers of its sidecars in the fleet. */
interface Watched {
  readonly service: string;
  readonly config: string;
  readonly proxies: readonly number[];
  readonly rows: (readonly number[])[];
}

export class WatchedRecorder {
  private readonly controlPlane: ControlPlane;
  private readonly watched: readonly Watched[];

  /** @param configOf - by namespace: its config mode; services without sidecars are left out */
  constructor(
    services: readonly string[],
    configOf: (namespace: string) => string,
    proxies: Directory['proxies'],
    controlPlane: ControlPlane,
  ) {
    this.controlPlane = controlPlane;
    const sidecarsOf = new Map<string, number[]>(services.map((service) => [service, []]));
    proxies.forEach(({ kind, owner }, p) => {
      if (kind === 'sidecar') sidecarsOf.get(owner)?.push(p);
    });
    this.watched = [...sidecarsOf]
      .filter(([, sidecars]) => sidecars.length > 0)
      .map(([service, sidecars]) => {
        const config = configOf(service.slice(0, service.indexOf('/')));
        return { service, config, proxies: sidecars, rows: [] };
      });
  }

  /** To be called at the end of each step. */
  sample(now: number): void {
    for (const { proxies, rows } of this.watched) rows.push([now / SECOND, ...this.row(proxies)]);
  }

  measure(): readonly WatchedMeasure[] {
    return this.watched.map(({ service, config, rows }) => ({ service, config, rows }));
  }

  /** As `watchedColumns` has them, without the time. */
  private row(proxies: readonly number[]): readonly number[] {
    const { ledger } = this.controlPlane;
    const sums = { count: 0, memory: 0, clusters: 0, endpoints: 0 };
    const counters = { updates: 0, pushes: 0, push: 0, convergence: 0 };
    for (const proxy of proxies) {
      const configuration = this.controlPlane.configuration(proxy);
      if (configuration === null) continue;
      sums.count++;
      sums.memory += configuration.memory ?? 0;
      sums.clusters += configuration.clusters;
      sums.endpoints += configuration.endpoints;
      const account = ledger.of(proxy);
      counters.updates += account.clusterUpdates;
      counters.pushes += account.pushes;
      counters.push += account.pushTime / SECOND;
      counters.convergence += account.convergenceTime / SECOND;
    }
    const count = Math.max(1, sums.count);
    const { updates, pushes, push, convergence } = counters;
    return [sums.memory, sums.clusters, sums.endpoints, updates, pushes, push, convergence].map(
      (sum) => sum / count,
    );
  }
}
