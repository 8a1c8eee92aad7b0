/** Steps that no program contains: what a messenger does, a job that stands for no request, when its time has come. */
import { passDeadlines } from './attempts.ts';
import * as L from './layout.ts';
import * as P from './program.ts';
import type { Simulation } from './simulate.ts';
import { leaveSharing } from './visits.ts';

const { CONNECTION, SOURCE } = L;

export function executeInternal(sim: Simulation, job: number, verb: number): void {
  const { i32 } = sim.jobs;
  const subject = i32[job + CONNECTION];
  const argument = i32[job + SOURCE];
  switch (verb) {
    case P.SHARING_DUE:
      sim.jobs.release(job);
      leaveSharing(sim, subject);
      return;
    case P.DEADLINE:
      passDeadlines(sim, job, subject);
      return;
    case P.EXTERNAL:
      sim.jobs.release(job);
      sim.handlers[subject](sim.now, argument);
      return;
    case P.WAKE_UP:
      sim.jobs.release(job);
      return;
    default:
      throw new Error(`step verb ${verb} is not known`);
  }
}
