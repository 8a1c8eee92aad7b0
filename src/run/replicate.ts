/** One replication of one case: compile, simulate, measure. */
import type { Profile } from '../calibration/profile.ts';
import { createControlPlane } from '../controlplane/control-plane.ts';
import { drawPurposes } from '../controlplane/world.ts';
import { Simulation, type Tracer } from '../engine/simulate.ts';
import { Recorder, type Window } from '../measure/recorder.ts';
import type { Replication } from '../measure/replication.ts';
import { compile } from '../model/compile.ts';
import { makeDraw, makeKeys } from '../model/keys.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type CaseName, scenarioOf } from './cases.ts';
import { proxyMeasures } from './proxies.ts';
import { SeriesRecorder } from './series.ts';
import { WatchedRecorder } from './watched.ts';

/** Plain data: it crosses to a thread, or to another machine, as it is. */
export interface Task {
  readonly scenario: Scenario;
  readonly profile: Profile;
  readonly name: CaseName;
  /** From 0; those of one number have the same random numbers in every case. */
  readonly rep: number;
  readonly window: Window;
  /** A pilot says where the start-up transient ends. */
  readonly isPilot: boolean;
}

export interface Watch {
  /** Told as simulated time passes: how much of it is over, 0 to 1, and how many events that took. */
  readonly progress?: (share: number, events: number) => void;
  readonly tracer?: Tracer;
}

/** Requests of the window are followed for another window, but at least so long; who is left then is unfinished. */
const DRAIN_MIN = 60e9;

export function simulate(task: Task, watch: Watch = {}): Replication {
  const { profile, rep, window, isPilot } = task;
  const scenario = scenarioOf(task.name, task.scenario);
  const { network, fleet, directory } = compile(scenario, profile);
  const keys = makeKeys(scenario.seed, rep, network.purposes);
  const recorder = new Recorder(directory, window, isPilot);
  const tracer = watch.tracer === undefined ? {} : { tracer: watch.tracer };
  const simulation = new Simulation(
    { ...network, keys },
    { ...window, observer: recorder, ...tracer },
  );
  const draw = makeDraw(scenario.seed, rep, drawPurposes);
  const { istio, churn } = scenario;
  const controlPlane = createControlPlane(simulation, fleet, istio, churn, draw);
  controlPlane.start();

  const series = new SeriesRecorder(recorder, controlPlane);
  const { step, watch: services } = scenario.measure;
  const configOf = (namespace: string) => scenario.config.modeOf[namespace].mode;
  const watched = new WatchedRecorder(services, configOf, directory.proxies, controlPlane);
  let isOpen = false;
  let podTimes: readonly number[] = [];
  for (let at = step; simulation.now < window.to; at += step) {
    const until = Math.min(at, window.to);
    if (!isOpen && window.from <= until) {
      isOpen = true;
      simulation.runUntil(window.from);
      recorder.open(simulation);
      podTimes = controlPlane.podTimes();
    }
    simulation.runUntil(until);
    series.sample(simulation);
    watched.sample(simulation.now);
    watch.progress?.(until / window.to, simulation.events);
  }
  const length = window.to - window.from;
  const podsOf = controlPlane.podTimes().map((time, service) => {
    return [fleet.services[service].id, (time - podTimes[service]) / length] as const;
  });
  recorder.close(simulation, new Map(podsOf));
  const controlled = controlPlane.measure();
  const proxies = proxyMeasures(directory.proxies, controlPlane.configurations());
  simulation.drain(window.to + Math.max(length, DRAIN_MIN));
  return recorder.replication(rep, simulation, {
    proxies,
    controlPlane: controlled,
    series: series.measure(),
    watched: watched.measure(),
  });
}
