/** One measurement of `run.ts`, in a process of its own: a case as JSON on stdin, its figures as JSON on stdout. */
import { readFileSync } from 'node:fs';
import { loadProfile } from '../../src/calibration/load-profile.ts';
import { createControlPlane } from '../../src/controlplane/control-plane.ts';
import { drawPurposes } from '../../src/controlplane/world.ts';
import { Simulation } from '../../src/engine/simulate.ts';
import { makeDraw } from '../../src/model/keys.ts';
import { type Case, churnOf, fleetOf, networkOf, settings } from './mesh.ts';

export interface Figures {
  /** Pushes to single proxies that were sent in the measured time. */
  readonly pushes: number;
  readonly cpuSeconds: number;
  /** Of the control plane after the run, beside the fleet that it was given, and of the process. [B] */
  readonly grown: number;
  readonly resident: number;
}

function occupied(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function measure(one: Case): Figures {
  const file = 'calibration/istio.yml';
  const profile = loadProfile({ file, text: readFileSync(file, 'utf8') });
  const fleet = fleetOf(one, profile.controlPlane);
  const network = networkOf(fleet, one.cores);
  const to = one.warmUp + one.measured;
  const simulation = new Simulation(network, { from: 0, to });
  const empty = occupied();
  const control = createControlPlane(
    simulation,
    fleet,
    { ...settings, cores: one.cores, replicas: one.istiods },
    churnOf(one),
    makeDraw('bench', 0, drawPurposes),
  );
  control.start();
  simulation.runUntil(one.warmUp);
  const before = control.tally.pushedProxies;
  const start = process.cpuUsage();
  simulation.runUntil(to);
  const { user, system } = process.cpuUsage(start);
  return {
    pushes: control.tally.pushedProxies - before,
    cpuSeconds: (user + system) / 1e6,
    grown: occupied() - empty,
    resident: process.memoryUsage.rss(),
  };
}

const input: Case = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(measure(input)));
