/**
 * One measurement of `scale.ts`, in a process of its own: simulates until a number of jobs is in flight, then takes
 * the memory and times what follows. A case as JSON on stdin, its figures as JSON on stdout.
 */
import { readFileSync } from 'node:fs';
import { FRAME_NEXT, NONE } from '../../src/engine/layout.ts';
import { Simulation } from '../../src/engine/simulate.ts';
import type { Run } from './models.ts';
import { networkOf } from './network.ts';

export interface Case {
  readonly run: Run;
  /** Simulated time to be timed, after `run.to` has passed untimed. [ns] */
  readonly measured: number;
}

export interface InFlight {
  readonly visitsPerSecond: number;
  /** At `run.to`: requests, calls whose deadline is set, and the engine's jobs. */
  readonly requests: number;
  readonly calls: number;
  readonly jobs: number;
  /** More resident memory than before the first arrival. [bytes] */
  readonly grown: number;
  /** In all. [bytes] */
  readonly resident: number;
}

function callsOf({ deadlines, jobs }: Simulation): number {
  const next = (frame: number) => jobs.i32[frame + FRAME_NEXT];
  let calls = 0;
  for (const list of deadlines.lists) {
    for (let frame = list.first(); frame !== NONE; frame = next(frame)) calls++;
  }
  return calls;
}

function measure({ run, measured }: Case): InFlight {
  const simulation = new Simulation(networkOf(run), { from: 0, to: run.to + measured });
  const empty = process.memoryUsage.rss();
  simulation.runUntil(run.to);
  const { requestsLive: requests } = simulation;
  const jobs = simulation.jobs.live;
  const calls = callsOf(simulation);
  const resident = process.memoryUsage.rss();
  const visits = simulation.stations.visitCount();
  const before = process.cpuUsage();
  simulation.runUntil(run.to + measured);
  const { user, system } = process.cpuUsage(before);
  const visitsPerSecond = (simulation.stations.visitCount() - visits) / ((user + system) / 1e6);
  return { visitsPerSecond, requests, calls, jobs, grown: resident - empty, resident };
}

const input: Case = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(measure(input)));
