/**
 * Jobs that wait until their viewer knows a group. Few ever do, so a wait may cost an entry in a map. Whoever is the
 * first to wait for something asks for it; all go on, in the order they came, when it is known, and each gives up when
 * its own time is over.
 */
import { isStopped } from './attempts.ts';
import * as L from './layout.ts';
import { UNAVAILABLE } from './network.ts';
import * as P from './program.ts';
import type { Simulation } from './simulate.ts';

const { NONE, OUTCOME, PC } = L;
const { STEP } = P;

interface Wait {
  readonly job: number;
  readonly viewer: number;
  readonly group: number;
  /** Where it goes when its time is over. */
  readonly to: number;
}

export class Waits {
  /** By ticket, a number that no other wait has had. */
  private readonly waits = new Map<number, Wait>();
  /** By viewer: tickets, in the order of arrival. */
  private readonly ofViewer = new Map<number, Set<number>>();
  private tickets = 0;

  get count(): number {
    return this.waits.size;
  }

  isAwaited(viewer: number, group: number): boolean {
    for (const ticket of this.ofViewer.get(viewer) ?? []) {
      if (this.waits.get(ticket)?.group === group) return true;
    }
    return false;
  }

  /** @returns its ticket */
  add(wait: Wait): number {
    const ticket = this.tickets++;
    this.waits.set(ticket, wait);
    const tickets = this.ofViewer.get(wait.viewer) ?? new Set();
    this.ofViewer.set(wait.viewer, tickets.add(ticket));
    return ticket;
  }

  /** @returns the wait, which is over; undefined if it has been for long */
  take(ticket: number): Wait | undefined {
    const wait = this.waits.get(ticket);
    if (wait === undefined) return undefined;
    this.waits.delete(ticket);
    const tickets = this.ofViewer.get(wait.viewer);
    tickets?.delete(ticket);
    if (tickets?.size === 0) this.ofViewer.delete(wait.viewer);
    return wait;
  }

  ticketsOf(viewer: number): readonly number[] {
    return [...(this.ofViewer.get(viewer) ?? [])];
  }

  groupOf(ticket: number): number {
    return this.waits.get(ticket)?.group ?? NONE;
  }
}

/** @returns the step that the job goes on with, or NONE if it waits */
export function awaitGroup(sim: Simulation, job: number, at: number): number {
  const { code } = sim;
  const { i32 } = sim.jobs;
  const viewer = sim.picker.viewerOf[i32[job + code[at + 1]]];
  const group = code[at + 3];
  const to = code[at + 2];
  if (sim.views.isKnown(group, viewer)) return at + STEP;
  if (isStopped(sim, job)) return to;
  const isAsked = sim.waits.isAwaited(viewer, group);
  i32[job + PC] = at + STEP;
  const ticket = sim.waits.add({ job, viewer, group, to });
  sim.schedule(sim.now + sim.program.shares[code[at + 4]], sim.onWaited, ticket);
  if (!isAsked) sim.ask?.(viewer, group);
  return NONE;
}

/** A viewer may know more than before: who waited for that goes on. */
export function endWaits(sim: Simulation, viewer: number): void {
  if (sim.waits.count === 0) return;
  for (const ticket of sim.waits.ticketsOf(viewer)) {
    if (!sim.views.isKnown(sim.waits.groupOf(ticket), viewer)) continue;
    const wait = sim.waits.take(ticket);
    if (wait !== undefined) sim.calendar.insert(sim.now, wait.job);
  }
}

/** The time of a wait is over, if it was not before. */
export function giveUpWait(sim: Simulation, ticket: number): void {
  const wait = sim.waits.take(ticket);
  if (wait === undefined) return;
  const { i32 } = sim.jobs;
  i32[wait.job + PC] = wait.to;
  i32[wait.job + OUTCOME] = UNAVAILABLE;
  sim.calendar.insert(sim.now, wait.job);
}
