/** Watches one request of a simulation, and makes spans of the steps that it did. */
import type { Network } from '../engine/network.ts';
import { uniformAt } from '../engine/random.ts';
import type { Tracer } from '../engine/simulate.ts';
import type { Life } from '../measure/life.ts';
import { outcomes } from '../measure/replication.ts';
import { compile } from '../model/compile.ts';
import { makeNames } from '../model/describe.ts';
import { makeKeys } from '../model/keys.ts';
import { scenarioOf } from './cases.ts';
import { simulate, type Task } from './replicate.ts';
import { type Event, type Parting, SpanBuilder } from './spans.ts';

/** The simulation need not go on when the request has left. */
class Left extends Error {}

/**
 * Simulates a replication until a request of the first load has left; of a load with several targets, of the first.
 *
 * @param request - counted from 0
 * @returns null if it did not arrive, or has not left when the run ends
 */
export function traceRequest(task: Task, request: number): Life | null {
  const scenario = scenarioOf(task.name, task.scenario);
  const { network, deployment, directory } = compile(scenario, task.profile);
  const events = watch(task, network, request);
  if (events === null) return null;
  const keys = makeKeys(scenario.seed, task.rep, network.purposes);
  const builder = new SpanBuilder({
    network,
    names: makeNames(deployment, directory.detours),
    client: network.sources[0].place,
    demandOf: (demand, purpose, salt) => {
      const table = network.demands[demand];
      if (table.isConstant) return table.value;
      const u = uniformAt(keys[purpose * 2], keys[purpose * 2 + 1], request, salt);
      return Math.round(table.sample(u));
    },
  });
  for (const event of events) {
    if ('caller' in event) builder.part(event);
    else builder.add(event);
  }
  const last = events.findLast((event): event is Event => !('caller' in event));
  if (last === undefined) return null;
  return {
    load: scenario.load[0].name,
    request,
    seed: scenario.seed,
    arrival: events[0].at,
    end: last.at,
    outcome: outcomes[last.outcome],
    spans: builder.finish(last.at),
  };
}

/** What the request did in the order of time, up to `leave`. */
function watch(
  task: Task,
  { steps }: Pick<Network, 'steps'>,
  request: number,
): readonly (Event | Parting)[] | null {
  const events: (Event | Parting)[] = [];
  const tracer: Tracer = {
    source: 0,
    request,
    step(at, job, step, place, outcome, salt) {
      events.push({ at, job, step, place, outcome, salt });
      if (steps[step].verb === 'leave') throw new Left();
    },
    part(at, call, caller, attempt) {
      events.push({ at, call, caller, attempt });
    },
  };
  try {
    simulate(task, { tracer });
    return null;
  } catch (error) {
    if (error instanceof Left) return events;
    throw error;
  }
}
