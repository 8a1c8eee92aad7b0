/**
 * On-demand discovery: a proxy asks istiod for a cluster, and then for its endpoints, on the connection that it has.
 * Such requests wait for no push (they are answered before those), so each costs the way there, its generation beside
 * everything else at the replica's cores, the way back, and Envoy's work. (Specification: config modes, `odcds`.)
 */
import type { Fleet } from './fleet.ts';
import { type Catalogue, clustersOf, endpointsOf, type Scope } from './resources.ts';
import type { Scopes } from './scopes.ts';
import type { World } from './world.ts';

/** Envoy's back-off before a stream that failed is opened again: until then nobody can be asked. [ns] */
const RETRY = 1e9;

export interface SubscriptionPorts {
  readonly scopes: Scopes;
  readonly catalogue: Catalogue;
  /** The istiod that a proxy is connected to, −1 for none. */
  replicaOf(proxy: number): number;
  /** A response, and istiod's CPU time for it. [B, ns] */
  answered(type: 'CDS' | 'EDS', bytes: number, demand: number): void;
  /** The proxy has applied both, as of this version of the views. */
  applied(proxy: number, service: number, scope: Scope): void;
}

/** A question under way: whose, for which service, and how far it has come. */
interface Question {
  readonly proxy: number;
  readonly service: number;
  type: 'CDS' | 'EDS';
}

interface Answer {
  readonly bytes: number;
  /** Of istiod, and of Envoy's main thread. [ns] */
  readonly demand: number;
  readonly apply: number;
}

export class Subscriptions {
  private readonly world: World;
  private readonly fleet: Fleet;
  private readonly ports: SubscriptionPorts;
  private readonly questions = new Map<number, Question>();
  private questionCount = 0;
  private readonly onAsk: number;
  private readonly onRequest: number;
  private readonly onGenerated: number;
  private readonly onResponse: number;
  private readonly onApplied: number;

  constructor(world: World, fleet: Fleet, ports: SubscriptionPorts) {
    this.world = world;
    this.fleet = fleet;
    this.ports = ports;
    this.onAsk = world.register((_, question) => this.send(question));
    this.onRequest = world.register((_, question) => this.request(question));
    this.onGenerated = world.register((_, question) => this.generated(question));
    this.onResponse = world.register((_, question) => this.response(question));
    this.onApplied = world.register((_, question) => this.applied(question));
  }

  ask(proxy: number, service: number): void {
    const question = this.questionCount++;
    this.questions.set(question, { proxy, service, type: 'CDS' });
    this.send(question);
  }

  /** The proxy is gone, and with it what it has asked for. */
  forget(proxy: number): void {
    for (const [question, one] of this.questions) {
      if (one.proxy === proxy) this.questions.delete(question);
    }
  }

  private send(question: number): void {
    const one = this.questions.get(question);
    if (one === undefined) return;
    const isConnected = this.ports.replicaOf(one.proxy) >= 0;
    const wait = isConnected ? this.way : RETRY;
    this.world.schedule(this.world.now + wait, isConnected ? this.onRequest : this.onAsk, question);
  }

  private request(question: number): void {
    const one = this.questions.get(question);
    if (one === undefined) return;
    const replica = this.ports.replicaOf(one.proxy);
    if (replica < 0) {
      this.send(question);
      return;
    }
    const { demand } = this.answerTo(one);
    this.world.work(this.fleet.istiods[replica], demand, this.onGenerated, question);
  }

  private generated(question: number): void {
    const one = this.questions.get(question);
    if (one === undefined) return;
    const { bytes, demand } = this.answerTo(one);
    this.ports.answered(one.type, bytes, demand);
    this.world.schedule(this.world.now + this.way, this.onResponse, question);
  }

  private response(question: number): void {
    const one = this.questions.get(question);
    if (one === undefined) return;
    const { mainThread } = this.fleet.proxies[one.proxy];
    const { apply } = this.answerTo(one);
    if (mainThread >= 0) this.world.work(mainThread, apply, this.onApplied, question);
    else this.world.schedule(this.world.now + apply, this.onApplied, question);
  }

  /** A cluster is of use only when it is warm, with its endpoints. */
  private applied(question: number): void {
    const one = this.questions.get(question);
    if (one === undefined) return;
    if (one.type === 'CDS') {
      one.type = 'EDS';
      this.send(question);
      return;
    }
    this.questions.delete(question);
    const { slot, namespace } = this.fleet.proxies[one.proxy];
    const of = { namespace, service: slot < 0 ? -1 : this.fleet.slots[slot].service };
    const scope = this.ports.scopes.subscribe(one.proxy, of, one.service);
    this.ports.applied(one.proxy, one.service, scope);
  }

  /** From the proxy to istiod, or back. [ns] */
  private get way(): number {
    const { oneWay, agent } = this.fleet.costs.network;
    return oneWay + agent;
  }

  /** Nobody else is told the same at the time, so nothing of it is in a cache. */
  private answerTo({ service, type }: Question): Answer {
    const { cpu, bytes: sizes, envoy } = this.fleet.costs;
    const info = this.fleet.services[service];
    const isClusters = type === 'CDS';
    // A sidecar has no endpoint sets of a headless service.
    const isBare = isClusters || info.headless;
    const resources = isClusters || !info.headless ? clustersOf(info) : 0;
    const endpoints = isBare ? 0 : endpointsOf(info, this.ports.catalogue.podsOf(service));
    const bytes =
      resources * (isClusters ? sizes.cluster : sizes.claBase) + endpoints * sizes.endpoint;
    const generating =
      resources * (isClusters ? cpu.cdsPerCluster : cpu.edsPerCluster) +
      endpoints * cpu.edsPerEndpoint;
    const applying = isClusters
      ? resources * (envoy.decodePerCluster + envoy.changedPerCluster)
      : endpoints * envoy.perEndpoint;
    return {
      bytes,
      demand: Math.round(cpu.gcFactor * (cpu.perPush + generating + cpu.perByte * bytes)),
      apply: Math.round(applying),
    };
  }
}
