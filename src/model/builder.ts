/** Collects the parts of a network while it is compiled, and gives each its number. Equal parts are kept once. */

import type { FleetDependency } from '../controlplane/fleet.ts';
import { lognormal } from '../engine/distributions/lognormal.ts';
import type { Distribution } from '../engine/distributions.ts';
import { makeDistribution } from '../engine/distributions.ts';
import type { Edge, Policy, Pool, Source, Station, Step } from '../engine/network.ts';
import { QuantileTable } from '../engine/quantile-table.ts';
import type { DetourName } from '../measure/directory.ts';
import type { TimeSpec } from '../topology/topology.ts';

/** A step that may not be there yet; `Builder.mark` says where it is. */
export interface Label {
  step: number;
}

type Opening = Extract<Step, { verb: 'attempt' }>;

export class Builder {
  readonly stations: Station[] = [];
  readonly pools: Pool[] = [];
  readonly demands: QuantileTable[] = [];
  readonly policies: Policy[] = [];
  readonly edges: Edge[] = [];
  readonly sources: Source[] = [];
  readonly purposes: string[] = [];
  readonly detours: DetourName[] = [];
  readonly dependencies: FleetDependency[] = [];
  tagCount = 0;
  counterCount = 0;
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

  /** The purpose of steps of which a request does one, whichever way it takes, so that it draws the same. */
  sharedPurpose(name: string): number {
    return this.once(`purpose ${name}`, () => this.purpose(name));
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

  /** Opens a call at a frame; what it returns closes it, once. */
  call({ depth, policy, purpose, tag }: Omit<Opening, 'verb' | 'end'>): () => void {
    const end = this.label();
    const attempt = this.emit(() => {
      return { verb: 'attempt', depth, policy, purpose, tag, end: end.step };
    });
    return () => {
      this.mark(end);
      this.emit(() => ({ verb: 'settle', depth, attempt }));
    };
  }

  /** The tag of calls to a service that went this way. */
  detour(way: DetourName['way'], service: number): number {
    return this.once(`detour ${way} ${service}`, () => {
      const tag = this.tagCount++;
      this.detours.push({ way, service, tag });
      return tag;
    });
  }

  /** What calls are counted under; those of services come first, in their order. */
  tag(name: string): number {
    return this.once(`tag ${name}`, () => this.tagCount++);
  }

  /** The counters of calls from one service to another, by slot of the other, and of those through the relay. */
  dependency(source: number, destination: number, slots: number): FleetDependency {
    const index = this.once(`dependency ${source} ${destination}`, () => {
      const calls = this.counterCount;
      const relayed = calls + slots;
      this.counterCount = relayed + 1;
      return this.dependencies.push({ source, destination, calls, relayed }) - 1;
    });
    return this.dependencies[index];
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
