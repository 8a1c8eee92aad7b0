/**
 * istiod's replicas: which of them are up, which the Service sends new streams to (kube-proxy hears of it a while
 * later), and what happens when one fails or all are replaced.
 */
import { Istiod, type Mesh } from './istiod.ts';

export class Istiods {
  /** By replica: the process that serves; null while there is none. */
  readonly serving: (Istiod | null)[];
  private readonly mesh: Mesh;
  private readonly stations: readonly number[];
  /** By replica: the process that makes its first push context, and takes over then. */
  private readonly starting: (Istiod | null)[];
  /** By replica: new streams are sent to it. */
  private readonly isListed: boolean[];
  /** Told which proxies have lost their connection. */
  private readonly onLost: (proxy: number) => void;

  /** @param stations - by replica: its cores */
  constructor(mesh: Mesh, stations: readonly number[], onLost: (proxy: number) => void) {
    this.mesh = mesh;
    this.stations = stations;
    this.onLost = onLost;
    // Proxies are divided nearly evenly.
    const room = Math.ceil((1.05 * mesh.proxies.count) / Math.max(1, stations.length)) + 64;
    this.serving = stations.map((station) => new Istiod(mesh, station, room));
    this.starting = stations.map(() => null);
    this.isListed = stations.map(() => true);
  }

  get count(): number {
    return this.stations.length;
  }

  /** Replicas that new streams are sent to. */
  listed(): readonly number[] {
    return [...this.isListed.keys()].filter((replica) => this.isListed[replica]);
  }

  /** Streams that are open. */
  get connected(): number {
    return this.serving.reduce((sum, one) => sum + (one?.connections.open.length ?? 0), 0);
  }

  /** Streams of the replica that has most of them. */
  get connectedMax(): number {
    return Math.max(0, ...this.serving.map((one) => one?.connections.open.length ?? 0));
  }

  /** Counts what has come to them by now. */
  settle(): void {
    for (const one of this.serving) one?.settle();
  }

  /** A change has come from the API. @returns whether there was a process to hear of it */
  hear(event: number): boolean {
    const audience = [...this.serving, ...this.starting].filter((one) => one !== null);
    for (const one of audience) one.hear(event);
    return audience.length > 0;
  }

  /** A replica's process is killed, and a new one starts so much later. */
  failReplica(replica: number, downFor: number): void {
    const failed = this.serving[replica];
    if (failed === null || failed === undefined) return;
    this.serving[replica] = null;
    this.stop(failed);
    this.list(replica);
    this.after(downFor, () => {
      if (this.serving[replica] === null) this.start(replica);
    });
  }

  /** Replaces all replicas, one every so often: the new process is ready before the old one ends. */
  rollOut(every: number): void {
    for (const replica of this.stations.keys()) {
      this.after(replica * every, () => this.start(replica));
    }
  }

  private start(replica: number): void {
    if (this.starting[replica] !== null) return;
    this.mesh.catchUp();
    const next = new Istiod(this.mesh, this.stations[replica]);
    this.starting[replica] = next;
    next.begin(() => {
      const old = this.serving[replica];
      this.starting[replica] = null;
      this.serving[replica] = next;
      if (old !== null) this.stop(old);
      this.list(replica);
    });
  }

  private stop(istiod: Istiod): void {
    const { connections } = istiod;
    const proxies = connections.open.map((one) => connections.proxyOf(one));
    istiod.end();
    this.mesh.tally.lostConnections += proxies.length;
    for (const proxy of proxies) this.onLost(proxy);
  }

  /** kube-proxy sends new streams where there is a process, and hears of a change a while later. */
  private list(replica: number): void {
    this.after(this.mesh.settings.kubeProxyLag, () => {
      this.isListed[replica] = this.serving[replica] !== null;
    });
  }

  /** Such things are rare enough for a handler of their own each. */
  private after(delay: number, action: () => void): void {
    const { world } = this.mesh;
    world.schedule(world.now + Math.round(delay), world.register(action), 0);
  }
}
