/**
 * The engine's observer: follows requests, reads the counters of stations at both ends of the window, and
 * gives numbers their names again.
 */
import { LatencyHistogram } from '../engine/histogram.ts';
import { OK } from '../engine/network.ts';
import type { Observer, Simulation } from '../engine/simulate.ts';
import { detourMeasures } from './detours.ts';
import type { Directory, ServiceNames } from './directory.ts';
import type {
  ControlPlaneMeasure,
  LoadMeasure,
  ProxyMeasure,
  Replication,
  SeriesMeasure,
  ServiceMeasure,
  WatchedMeasure,
} from './replication.ts';
import { outcomes } from './replication.ts';
import { staleMeasure } from './stale.ts';
import { StationRecorder } from './station-recorder.ts';
import { TransientRecorder } from './transient.ts';

export interface Window {
  readonly from: number;
  readonly to: number;
}

const UNFINISHED = outcomes.indexOf('unfinished');

/** Groups of arrivals for batch means, equally long in time. */
const BATCHES = 32;

export class Recorder implements Observer {
  private readonly directory: Directory;
  private readonly window: Window;
  private readonly loads: LoadRecorder[];
  private readonly stations: StationRecorder;
  /** null: this is no pilot run. */
  private readonly transient: TransientRecorder | null;
  /** By source: requests that had arrived when the window opened. */
  private arrivedBefore: readonly number[] = [];
  /** Since the last row of the time series, all loads together. */
  private readonly step = { completions: 0, failures: 0, latency: 0 };

  constructor(directory: Directory, window: Window, isPilot: boolean) {
    this.directory = directory;
    this.window = window;
    this.loads = directory.loads.map(() => new LoadRecorder());
    this.stations = new StationRecorder(directory.stations);
    this.transient = isPilot ? new TransientRecorder(directory.loads.length) : null;
  }

  leave(source: number, _request: number, arrival: number, now: number, outcome: number): void {
    const { from, to } = this.window;
    const index = this.directory.loadOf[source];
    const load = this.loads[index];
    const latency = now - arrival;
    this.step.completions++;
    this.step.latency += latency;
    if (outcome !== OK) this.step.failures++;
    if (now >= from && now < to && outcome === OK) load.completions++;
    if (arrival < from || arrival >= to) return;
    const batch = Math.floor((BATCHES * (arrival - from)) / (to - from));
    load.record(latency, outcome, batch);
    this.transient?.record(index, arrival, latency);
  }

  /** Requests, failures and mean latency [ns] since this was last asked. */
  takeStep(): { completions: number; failures: number; latencyMean: number } {
    const { completions, failures, latency } = this.step;
    this.step.completions = 0;
    this.step.failures = 0;
    this.step.latency = 0;
    return { completions, failures, latencyMean: completions === 0 ? 0 : latency / completions };
  }

  /** To be called when the clock is at the start of the window. */
  open(simulation: Simulation): void {
    this.stations.open(simulation);
    this.arrivedBefore = [...simulation.arrived];
  }

  /**
   * To be called when the clock is at the end of the window, before the last requests have left.
   *
   * @param podsOf - by service: mean number of its pods in the window
   */
  close(simulation: Simulation, podsOf: ReadonlyMap<string, number>): void {
    this.stations.close(simulation, podsOf);
    simulation.arrived.forEach((arrived, source) => {
      this.loads[this.directory.loadOf[source]].arrivals += arrived - this.arrivedBefore[source];
    });
  }

  /** To be called when the last request of the window has left, or nobody waits for it any more. */
  replication(
    rep: number,
    simulation: Simulation,
    others: {
      readonly proxies: readonly ProxyMeasure[];
      readonly controlPlane: ControlPlaneMeasure;
      readonly series: SeriesMeasure;
      readonly watched: readonly WatchedMeasure[];
    },
  ): Replication {
    const { from, to } = this.window;
    return {
      rep,
      cut: from,
      window: to - from,
      visits: this.stations.visits(simulation),
      events: simulation.events,
      inFlightMax: simulation.requestsLiveMax,
      transient: this.transient?.find() ?? null,
      loads: this.loads.map((load, i) => load.measure(this.directory.loads[i])),
      services: this.directory.services.map((service, tag) =>
        serviceMeasure(service, tag, simulation, {
          directory: this.directory,
          window: this.window,
        }),
      ),
      stations: this.stations.measures(to - from),
      ...others,
    };
  }
}

class LoadRecorder {
  /** In the window, whether they have left or not. */
  arrivals = 0;
  completions = 0;
  private readonly latency = new LatencyHistogram();
  private readonly byOutcome = new Float64Array(outcomes.length);
  private readonly batchSum = new Float64Array(BATCHES);
  private readonly batchCount = new Float64Array(BATCHES);

  record(latency: number, outcome: number, batch: number): void {
    this.latency.record(latency);
    this.byOutcome[outcome]++;
    this.batchSum[batch] += latency;
    this.batchCount[batch]++;
  }

  measure({ name, stations }: Directory['loads'][number]): LoadMeasure {
    const batchMeans = [...this.batchSum]
      .map((sum, b) => sum / this.batchCount[b])
      .filter((mean) => !Number.isNaN(mean));
    const byOutcome = [...this.byOutcome];
    byOutcome[UNFINISHED] = this.arrivals - this.latency.count;
    return {
      name,
      stations,
      arrivals: this.arrivals,
      completions: this.completions,
      byOutcome,
      latency: this.latency.sparse(),
      latencyMean: this.latency.mean,
      latencyMax: this.latency.max,
      batchMeans,
    };
  }
}

/** A call that failed for good had no try that ended well; one that ended well had exactly one. */
function serviceMeasure(
  service: ServiceNames,
  tag: number,
  simulation: Simulation,
  { directory, window }: { readonly directory: Directory; readonly window: Window },
): ServiceMeasure {
  const { calls } = simulation;
  const latency = calls.latency[tag];
  return {
    service: service.id,
    stations: service.stations,
    calls: latency.count,
    failed: latency.count - calls.triesOf(tag, OK),
    retries: calls.retries[tag],
    latency: latency.sparse(),
    latencyMean: latency.mean,
    detours: detourMeasures(directory, tag, simulation),
    stale: staleMeasure(service, tag, simulation, window),
  };
}
