/** The time series of a replication: one row a step, from requests, the control plane and the proxies' configuration. */
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Simulation } from '../engine/simulate.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { SeriesMeasure } from '../measure/replication.ts';
import { SECOND } from '../units.ts';

const columns = [
  'time_s',
  'requests_per_s',
  'failed_per_s',
  'latency_mean_ms',
  'in_flight',
  'proxies',
  'proxy_memory_mean_bytes',
  'clusters_mean',
  'endpoints_mean',
  'pushes_cds',
  'pushes_eds',
  'pushes_lds',
  'pushes_rds',
  'pushes_wds',
  'pushed_bytes',
  'istiod_cores',
] as const;

export class SeriesRecorder {
  private readonly recorder: Recorder;
  private readonly controlPlane: ControlPlane;
  private readonly rows: (readonly number[])[] = [];
  private last = { at: 0, bytes: 0, cpu: 0, pushes: { CDS: 0, EDS: 0, LDS: 0, RDS: 0, WDS: 0 } };

  constructor(recorder: Recorder, controlPlane: ControlPlane) {
    this.recorder = recorder;
    this.controlPlane = controlPlane;
  }

  /** To be called at the end of each step. */
  sample({ now, requestsLive }: Simulation): void {
    const { tally } = this.controlPlane;
    const { last } = this;
    const seconds = (now - last.at) / SECOND;
    if (seconds === 0) return;
    const { completions, failures, latencyMean } = this.recorder.takeStep();
    this.rows.push([
      now / SECOND,
      completions / seconds,
      failures / seconds,
      latencyMean / 1e6,
      requestsLive,
      ...this.proxies(),
      tally.pushes.CDS - last.pushes.CDS,
      tally.pushes.EDS - last.pushes.EDS,
      tally.pushes.LDS - last.pushes.LDS,
      tally.pushes.RDS - last.pushes.RDS,
      tally.pushes.WDS - last.pushes.WDS,
      tally.bytes - last.bytes,
      (tally.cpu - last.cpu) / SECOND / seconds,
    ]);
    this.last = { at: now, bytes: tally.bytes, cpu: tally.cpu, pushes: { ...tally.pushes } };
  }

  measure(): SeriesMeasure {
    return { columns, rows: this.rows };
  }

  /** Number of configured Envoys, and means over them of memory, clusters and endpoints. */
  private proxies(): readonly number[] {
    const sums = { count: 0, memory: 0, clusters: 0, endpoints: 0 };
    // ztunnels hold addresses, not clusters, and what they take for them nobody has published.
    for (const proxy of this.controlPlane.configurations()) {
      if (proxy === null || proxy.memory === null) continue;
      sums.count++;
      sums.memory += proxy.memory;
      sums.clusters += proxy.clusters;
      sums.endpoints += proxy.endpoints;
    }
    const count = Math.max(1, sums.count);
    return [sums.count, sums.memory / count, sums.clusters / count, sums.endpoints / count];
  }
}
