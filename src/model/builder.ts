/** Collects the parts of a network while it is compiled, and gives each its number. Equal parts are kept once. */

import { lognormal } from '../engine/distributions/lognormal.ts';
import type { Distribution } from '../engine/distributions.ts';
import { makeDistribution } from '../engine/distributions.ts';
import type { Edge, Policy, Pool, Source, Station, Step } from '../engine/network.ts';
import { QuantileTable } from '../engine/quantile-table.ts';
import type { TimeSpec } from '../topology/topology.ts';

/** A step that may not be there yet; `Builder.mark` says where it is. */
export interface Label {
  step: number;
}

export class Builder {
  readonly stations: Station[] = [];
  readonly pools: Pool[] = [];
  readonly demands: QuantileTable[] = [];
  readonly policies: Policy[] = [];
  readonly edges: Edge[] = [];
  readonly sources: Source[] = [];
  readonly purposes: string[] = [];
  private readonly known = new Map<string, number>();
  private readonly steps: (() => Step)[] = [];

  station(station: Station): number {
    return this.stations.push(station) - 1;
  }

  pool(pool: Pool): number {
    return this.pools.push(pool) - 1;
  }

  /** Calls between the same ends share an edge, so that a proxy counts all it has under way. */
  edge(edge: Edge): number {
    return this.once(`edge ${JSON.stringify(edge)}`, () => this.edges.push(edge) - 1);
  }

  /** A purpose of random draws; its name must be new. */
  purpose(name: string): number {
    return this.purposes.push(name) - 1;
  }

  /** A time that the user or a profile gives as a distribution. */
  time(spec: TimeSpec): number {
    return this.once(`time ${JSON.stringify(spec)}`, () => this.demand(makeDistribution(spec)));
  }

  /** A constant time. [ns] */
  constant(value: number): number {
    return this.time({ distribution: 'constant', parameters: { value } });
  }

  /** CPU of a crossing: lognormal with this mean [ns] and coefficient of variation. */
  crossing(mean: number, cv: number): number {
    if (mean === 0 || cv === 0) return this.constant(Math.round(mean));
    return this.once(`crossing ${mean} ${cv}`, () => this.demand(lognormal.of({ mean, cv })));
  }

  policy(policy: Policy): number {
    return this.once(`policy ${JSON.stringify(policy)}`, () => this.policies.push(policy) - 1);
  }

  private demand(distribution: Distribution): number {
    return this.demands.push(new QuantileTable(distribution)) - 1;
  }

  private once(key: string, make: () => number): number {
    const index = this.known.get(key) ?? make();
    this.known.set(key, index);
    return index;
  }

  // ---- Programs.

  get here(): number {
    return this.steps.length;
  }

  label(): Label {
    return { step: -1 };
  }

  /** The label is the step that comes next. */
  mark(label: Label): void {
    label.step = this.here;
  }

  /** Adds a step; it is asked for at the end, when every label has its number. */
  emit(step: () => Step): number {
    return this.steps.push(step) - 1;
  }

  finish(): readonly Step[] {
    return this.steps.map((step) => step());
  }
}
