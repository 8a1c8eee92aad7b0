/** Parts of istiod's pipeline alone, driven by lists of events; all times in milliseconds. */
import { requestOf } from '../../src/controlplane/changes.ts';
import { Connections } from '../../src/controlplane/connections.ts';
import { Debouncer } from '../../src/controlplane/debounce.ts';
import { type ConnectionHandlers, Dispatcher } from '../../src/controlplane/push.ts';
import { PushQueue } from '../../src/controlplane/push-queue.ts';
import { type Task, Tasks } from '../../src/controlplane/tasks.ts';
import { fakeWorld } from './fake-world.ts';
import { MS } from './fleets.ts';

export interface DebounceCase {
  readonly after: number;
  readonly max: number;
  readonly endpoints: boolean;
  readonly pushTakes: number;
  readonly events: readonly { readonly t: number; readonly endpointsOnly?: boolean }[];
}
interface Pushed {
  readonly at: number;
  readonly events: number;
  readonly first: number;
  readonly returns: number;
}

/** Events from one time to another, every so often. */
export const every = (step: number, to: number, from = 0) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => ({ t: from + i * step }));

export function debounce({ after, max, endpoints, pushTakes, events }: DebounceCase) {
  const world = fakeWorld();
  const pushes: Pushed[] = [];
  const immediate: number[] = [];
  const numbers: number[] = [];
  const back = world.register(() => debouncer.returned());
  const debouncer = new Debouncer(
    world,
    {
      after: after * MS,
      max: max * MS,
      passes: ({ endpointsOnly }) => !endpoints && endpointsOnly,
    },
    (batch) => {
      const at = world.now / MS;
      numbers.push(...batch.events);
      if (!batch.isDebounced) {
        immediate.push(at);
        return;
      }
      const returns = at + pushTakes;
      pushes.push({ at, events: batch.events.length, first: batch.heard / MS, returns });
      if (pushTakes === 0) debouncer.returned();
      else world.schedule(returns * MS, back, 0);
    },
  );
  events.forEach(({ t, endpointsOnly }, n) => {
    const kind = endpointsOnly === true ? 'Endpoints' : 'VirtualService';
    const key = { kind, namespace: 0, service: 0 } as const;
    const request = requestOf({ at: t * MS, key, version: 0, reason: 'config', isNew: false });
    world.at(t * MS, () => debouncer.event(request, n));
  });
  world.run();
  return { pushes, immediate, numbers };
}

export interface Done {
  readonly con: number;
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly queueTime: number;
  readonly done: number;
  readonly convergence: number;
}

/** A dispatcher with connections 0, 1, … whose pushes take a fixed time. */
export function dispatching(count: number, throttle: number, takes: number, ackTakes = 0) {
  const world = fakeWorld();
  const connections = new Connections();
  const tasks = new Tasks();
  const cons = Array.from({ length: count }, (_, con) => connections.add(con));
  const queue = new PushQueue(connections);
  const log: Done[] = [];
  const dropped: { readonly con: number; readonly first: number; readonly last: number }[] = [];
  const peak = { slots: 0, most: 0 };
  const twice: number[] = [];
  const pushing = new Set<number>();
  const answerTakes: number[] = [];
  const finish = world.register((now, index) => {
    const task = tasks.all[index];
    const { connection: con, first, last, start, since } = task;
    pushing.delete(con);
    const done = now / MS;
    log.push({
      con,
      first,
      last,
      start: start / MS,
      done,
      queueTime: (since - start) / MS,
      convergence: done - start / MS,
    });
    dispatcher.pushDone(task);
    peak.slots = dispatcher.slots;
  });
  const requestDone = world.register((_, con) => dispatcher.requestDone(con));
  const handlers: ConnectionHandlers = {
    dequeued() {
      peak.most = Math.max(peak.most, dispatcher.slots);
    },
    dropped: ({ connection, first, last }: Task) =>
      void dropped.push({ con: connection, first, last }),
    push(task) {
      if (pushing.has(task.connection)) twice.push(task.connection);
      pushing.add(task.connection);
      world.schedule(world.now + takes * MS, finish, task.index);
    },
    answer: (con) => world.schedule(world.now + answerTakes.shift()! * MS, requestDone, con),
  };
  const settings = { throttle, perAck: ackTakes * MS };
  const dispatcher = new Dispatcher(world, queue, connections, tasks, settings, handlers);
  return {
    world,
    connections,
    tasks,
    queue,
    dispatcher,
    cons,
    log,
    dropped,
    peak,
    twice,
    enqueue(at: number, to: readonly number[], push: number) {
      world.at(at * MS, () => {
        for (const con of to) queue.enqueue(con, push, world.now);
        dispatcher.dispatch();
      });
    },
    /** A request that takes so long to answer. */
    busy(at: number, con: number, time: number) {
      world.at(at * MS, () => {
        answerTakes.push(time);
        dispatcher.request(con);
      });
    },
    acknowledge(at: number, con: number) {
      world.at(at * MS, () => dispatcher.acknowledged(con, world.now));
    },
    close(at: number, con: number) {
      world.at(at * MS, () => {
        connections.close(con);
        dispatcher.close(con);
        connections.release(con);
      });
    },
  };
}
