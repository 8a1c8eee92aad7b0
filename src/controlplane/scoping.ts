/**
 * Config modes at work: their controllers are told what happens in the cluster, and what they write is known to istiod
 * a while later. Their first Sidecars are there before anything runs.
 */
import type { ScopingMeasure } from '../measure/replication.ts';
import type { Site } from '../scope/strategy.ts';
import { matches } from '../topology/pattern.ts';
import { CallCounts } from './call-counts.ts';
import { type ApiWrite, ControllerRun, type Outside } from './controller-run.ts';
import type { Fleet, FleetController } from './fleet.ts';
import { Knowledge, Learning } from './knowledge.ts';
import type { Catalogue } from './resources.ts';
import type { Scopes } from './scopes.ts';
import type { Watch } from './watch.ts';
import type { Draw, World } from './world.ts';
import { Written } from './written.ts';

export interface ScopingPorts {
  readonly scopes: Scopes;
  readonly catalogue: Catalogue;
  readonly watch: Pick<Watch, 'sidecar' | 'envoyFilter' | 'config'>;
  readonly draw: Draw;
  /** Gets one service for one proxy, at its request. */
  subscribe(proxy: number, service: number): void;
}

export class Scoping {
  private readonly world: World;
  private readonly fleet: Fleet;
  private readonly ports: ScopingPorts;
  private readonly counts: CallCounts;
  private readonly written: Written;
  private readonly knowledge: Knowledge;
  /** By controller. */
  private readonly runs: readonly ControllerRun[];
  private readonly learning: readonly Learning[];
  private readonly sidecarWrites: number[];
  private readonly dependencies: readonly (readonly number[])[];
  /** By service: its controller, −1 for none. */
  private readonly controllerOf: readonly number[];
  private readonly proxyOf: ReadonlyMap<number, number>;
  private readonly onService: number;

  constructor(world: World, fleet: Fleet, ports: ScopingPorts) {
    this.world = world;
    this.fleet = fleet;
    this.ports = ports;
    const { controllers, services, dependencies } = fleet;
    this.counts = new CallCounts(world, fleet);
    this.written = new Written(fleet);
    const controllerOf = services.map(() => -1);
    controllers.forEach(({ own }, c) => {
      for (const service of own) controllerOf[service] = c;
    });
    this.controllerOf = controllerOf;
    this.learning = controllers.map(() => new Learning());
    this.sidecarWrites = controllers.map(() => 0);
    this.dependencies = controllers.map((_, c) =>
      [...dependencies.keys()].filter((d) => this.controllerOf[dependencies[d].source] === c),
    );
    const learning = this.controllerOf.map((c) => (c < 0 ? undefined : this.learning[c]));
    this.knowledge = new Knowledge(world, fleet, this.counts, learning);
    this.runs = controllers.map((controller, c) => this.makeRun(controller, c));
    this.runs.forEach((run, c) => {
      for (const effect of run.atStart) this.putInPlace(effect, c);
    });
    this.knowledge.begin((source, destination) => this.written.lets(source, destination));
    this.proxyOf = new Map(fleet.proxies.map(({ viewer }, proxy) => [viewer, proxy]));
    this.onService = world.register((_, news) => this.tellService(news));
    this.listenForQuestions();
  }

  private makeRun({ controller, own }: FleetController, c: number): ControllerRun {
    const outside: Outside = {
      written: (effect) => this.carryOut(effect, c),
      subscribe: (proxy, service) => this.ports.subscribe(proxy, service),
      flush: () => this.counts.flush(this.dependencies[c]),
      scrape: () => this.counts.scrape(this.dependencies[c]),
    };
    const phase = this.ports.draw('phase of a controller', c, 0);
    return new ControllerRun(this.world, controller, siteOf(this.fleet, own), phase, outside);
  }

  start(): void {
    this.runs.forEach((run, c) => {
      run.start((observation) => this.ports.draw('phase of a controller', c, observation + 1));
    });
  }

  // ---- What happens in the cluster.

  /** A service was created, or deleted; controllers hear of it as istiod does. */
  service(service: number, exists: boolean): void {
    const at = this.world.now + this.fleet.costs.network.watchLag;
    this.world.schedule(at, this.onService, service * 2 + Number(exists));
  }

  private tellService(news: number): void {
    const event = { kind: 'service', service: news >> 1, exists: (news & 1) === 1 } as const;
    for (const run of this.runs) run.tell(event);
  }

  /** A pod is gone, with its proxy and with what it has counted. @param proxy - −1 if it had none */
  podGone(slot: number, proxy: number): void {
    this.counts.podGone(this.fleet.slots[slot].service, slot);
    if (proxy < 0) return;
    this.ports.scopes.unsubscribe(proxy);
    this.knowledge.gone(proxy);
  }

  /** A viewer has been told of other services. What it has asked for itself it keeps, whatever is told to all. */
  sees(viewer: number, scope: number): void {
    const proxy = this.proxyOf.get(viewer);
    if (proxy === undefined) return;
    const { catalogue, scopes } = this.ports;
    const own = scopes.subscribed(proxy);
    if (own !== undefined && own.number !== scope) this.world.setScope(viewer, own.number);
    this.knowledge.sees(proxy, own ?? catalogue.scope(scope));
  }

  /** Controllers of services in these namespaces stop, and are there again after a while. [ns] */
  restart(namespaces: string, downFor: number): void {
    const { controllers, services } = this.fleet;
    controllers.forEach(({ own }, c) => {
      const isMeant = own.some((service) =>
        matches(namespaces, this.fleet.namespaces[services[service].namespace]),
      );
      if (isMeant) this.runs[c].restart(downFor);
    });
  }

  private listenForQuestions(): void {
    const { proxies, services, slots } = this.fleet;
    const serviceOf = new Map(services.map(({ group }, service) => [group, service]));
    this.world.onAsk((viewer, group) => {
      const proxy = this.proxyOf.get(viewer);
      const service = serviceOf.get(group);
      if (proxy === undefined || service === undefined) return;
      const { slot } = proxies[proxy];
      const controller = slot < 0 ? -1 : this.controllerOf[slots[slot].service];
      if (controller < 0) return;
      this.knowledge.asks(proxy, service);
      this.runs[controller].tell({ kind: 'asked', proxy, service });
    });
  }

  // ---- What controllers write.

  /** Before anything runs: istiod knows it from the start. */
  private putInPlace(effect: ApiWrite, controller: number): void {
    const { scopes } = this.ports;
    if (effect.kind === 'sidecar') {
      const { namespace, service, hosts } = effect;
      this.written.sidecar(namespace, service, hosts);
      scopes.write(this.fleet.namespaces.indexOf(namespace), service ?? -1, hosts);
    } else if (effect.kind === 'envoyFilter') {
      const { service, vhosts } = effect;
      this.written.envoyFilter(service, vhosts);
      scopes.setExtraVhosts(this.fleet.services[service].namespace, service, vhosts);
    } else if (effect.kind === 'virtualService') {
      this.written.virtualService(controller, effect.routes);
    }
  }

  private carryOut(effect: ApiWrite, controller: number): void {
    const { watch } = this.ports;
    if (effect.kind === 'sidecar') this.writeSidecar(effect, controller);
    else if (effect.kind === 'envoyFilter') {
      const { service, vhosts } = effect;
      if (this.written.envoyFilter(service, vhosts)) watch.envoyFilter(service, vhosts);
    } else if (effect.kind === 'virtualService') {
      if (!this.written.virtualService(controller, effect.routes)) return;
      const { relay } = this.fleet.controllers[controller].controller;
      const namespace = this.fleet.namespaces.indexOf(relay?.namespace ?? '');
      // Bound to the relay's gateway, so sidecars do not depend on it; gateways are pushed as by a Gateway.
      watch.config({ kind: 'Gateway', namespace, service: -1 });
    }
  }

  private writeSidecar(
    { namespace, service, hosts }: Extract<ApiWrite, { kind: 'sidecar' }>,
    controller: number,
  ): void {
    if (!this.written.sidecar(namespace, service, hosts)) return;
    this.sidecarWrites[controller]++;
    const of = this.fleet.namespaces.indexOf(namespace);
    const concerned =
      service === null
        ? this.fleet.controllers[controller].own.filter(
            (one) => this.fleet.services[one].namespace === of,
          )
        : [service];
    this.knowledge.written(concerned, (source, to) => this.written.lets(source, to));
    this.ports.watch.sidecar(of, service ?? -1, hosts);
  }

  // ---- The result.

  measure(): ScopingMeasure {
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const controllers = this.fleet.controllers.map(({ mode }, c) => ({
      mode,
      writes: this.runs[c].writes,
      sidecarWrites: this.sidecarWrites[c],
      learned: this.learning[c].learned,
      dropped: this.learning[c].dropped,
      timeToKnown: this.learning[c].timeToKnown.sparse(),
      relayedCalls: sum(this.dependencies[c].map((d) => this.counts.relayed(d))),
    }));
    return { controllers };
  }
}

function siteOf({ services, namespaces }: Fleet, own: readonly number[]): Site {
  return {
    own,
    services: services.map(({ id, namespace, ports, appears }) => ({
      name: id.slice(id.indexOf('/') + 1),
      namespace: namespaces[namespace],
      // A port whose protocol is not declared has a listener for its address alone, as one of TCP.
      isTcp: ports.every(({ protocol }) => protocol !== 'http'),
      exists: appears === 0,
    })),
  };
}
