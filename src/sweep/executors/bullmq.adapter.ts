/**
 * Runs points on whatever machines serve a queue in Redis. Executed at least once, counted exactly once: outcomes are
 * collected by the content address of the point, and every run of a point gives the same record.
 */
import type { Redis } from 'ioredis';
import { aborted, type Bell, makeBell } from '../bell.ts';
import type { ExecuteOptions, SweepExecutor } from '../executor.ts';
import { makeInbox } from '../inbox.ts';
import { failureOf } from '../point.ts';
import type { QueueAddress } from '../queue/address.ts';
import {
  type ConnectOptions,
  connect,
  type Drivers,
  loadDrivers,
  QueueError,
} from '../queue/connection.adapter.ts';
import { makeDesk } from '../queue/desk.adapter.ts';
import { PREFIX, queueName } from '../queue/keys.ts';
import { keptSpec } from '../queue/specs.adapter.ts';
import { workersOf } from '../queue/workers.adapter.ts';
import type { PointJob, PointOutcome, SweepSpec } from '../spec.ts';

/** Points in the queue at a time: what Redis has to hold is bounded, however large the sweep. */
const WINDOW = 2000;
/** Between two looks at all that is due, whatever was told. [ms] */
const LOOK_EVERY = 2000;
/** Of what the queue tells; those who missed something look for themselves. */
const EVENTS_KEPT = 1000;
/** For taking points back when all is given up. [ms] */
const LEAVE_WITHIN = 2000;

interface Site {
  readonly address: QueueAddress;
  readonly drivers: Drivers;
  readonly redis: Redis;
  readonly tell: (line: string) => void;
  readonly closed: AbortSignal;
  /** Runs under way: what each has to do before Redis is left. */
  readonly leaving: Set<() => Promise<void>>;
}

/** @throws QueueError where the queue cannot be reached, or the packages for it are not installed */
export async function queueExecutor(
  address: QueueAddress,
  { tell }: ConnectOptions,
): Promise<SweepExecutor> {
  const drivers = await loadDrivers();
  const redis = await connect(address, drivers, { tell });
  const closing = new AbortController();
  const leaving: Site['leaving'] = new Set();
  const site = { address, drivers, redis, tell, closed: closing.signal, leaving };
  return {
    run: (spec, jobs, options) => produce(site, spec, jobs, options),
    async close() {
      closing.abort();
      await briefly(Promise.all([...leaving].map((leave) => leave())));
      redis.disconnect();
    },
  };
}

async function* produce(
  site: Site,
  spec: SweepSpec,
  jobs: AsyncIterable<PointJob> | Iterable<PointJob>,
  { timeMax, signal, onEvents }: ExecuteOptions,
): AsyncGenerator<PointOutcome> {
  const bell = makeBell();
  const { desk, told, look, close } = await openDesk(site, spec, timeMax, bell);
  const inbox = makeInbox(jobs, () => WINDOW - desk.size, signal, bell);
  const stops = [signal, site.closed];
  const { ring } = bell;
  for (const stop of stops) stop.addEventListener('abort', ring);
  const leave = async () => {
    await desk.clear();
    await desk.withdraw();
  };
  site.leaving.add(leave);
  // What is asked of a Redis that is away is never answered once the connection is given up.
  const closed = aborted(site.closed).then(() => []);
  let lookAt = 0;

  async function turn(): Promise<readonly PointOutcome[]> {
    await desk.clear();
    if (signal.aborted) {
      inbox.close();
      await desk.withdraw();
    }
    const isLook = performance.now() >= lookAt;
    if (isLook) {
      await look();
      lookAt = performance.now() + LOOK_EVERY;
    }
    const early = await desk.handIn(inbox.take());
    const done = await desk.collect(isLook ? undefined : told.splice(0));
    return [...early, ...done];
  }

  try {
    while (!site.closed.aborted) {
      const outcomes = await Promise.race([turn(), closed]);
      for (const outcome of outcomes) {
        if ('record' in outcome) onEvents?.(outcome.record.events);
        yield outcome;
      }
      if (outcomes.length > 0) continue;
      if (inbox.isDone && desk.size === 0) return;
      await bell.wait(Math.max(0, lookAt - performance.now()));
    }
  } catch (error) {
    if (!site.closed.aborted) throw refused(site, error);
  } finally {
    inbox.close();
    for (const stop of stops) stop.removeEventListener('abort', ring);
    site.leaving.delete(leave);
    if (!site.closed.aborted) await briefly(leave());
    await close();
  }
}

/** The desk of one run, with what it has to look after now and then. */
async function openDesk(site: Site, spec: SweepSpec, timeMax: number, bell: Bell) {
  const kept = await keptSpec(site.redis, site.address.queue, spec);
  const watch = makeWatch(site, spec);
  const { queue, told, close } = await openQueue(site, spec, bell);
  const payload = {
    meshsim: spec.meshsim,
    spec: kept.address,
    timeMax: Number.isFinite(timeMax) ? timeMax : null,
  };
  const desk = makeDesk({
    queue,
    payloadOf: (job) => ({ ...payload, job }),
    failureOf: (job, kind, reason) => failureOf(spec, job, kind, reason),
  });
  const look = async () => {
    await watch();
    await kept.keep();
  };
  return { desk, told, look, close };
}

/** @returns the queue, and ids that it tells are done, with a ring for each */
async function openQueue(
  { address, drivers: { bullmq }, redis }: Site,
  { meshsim }: SweepSpec,
  bell: Bell,
) {
  const name = queueName(address.queue, meshsim);
  const queue = new bullmq.Queue(name, {
    connection: redis,
    prefix: PREFIX,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  const listener = redis.duplicate();
  const events = new bullmq.QueueEvents(name, { connection: listener, prefix: PREFIX });
  const told: string[] = [];
  const isDone = ({ jobId }: { readonly jobId: string }) => {
    told.push(jobId);
    bell.ring();
  };
  events.on('completed', isDone).on('failed', isDone);
  // Outages are told of by the connection; whatever else is missed is seen at the next look.
  queue.on('error', () => {});
  events.on('error', () => {});
  await events.waitUntilReady();
  const close = async () => {
    listener.disconnect();
    await briefly(Promise.all([events.close(), queue.close()]));
  };
  return { queue, told, close };
}

/**
 * Says when nobody serves the queue, and when somebody does.
 *
 * @returns looks again; throws QueueError where at the start workers of other versions are all there are
 */
function makeWatch({ address, redis, tell }: Site, { meshsim }: SweepSpec): () => Promise<void> {
  let looks = 0;
  let hasComplained = false;
  return async () => {
    const workers = await workersOf(redis, address.queue);
    const [other, isServed] = [workers[0]?.meshsim, workers.some((one) => one.meshsim === meshsim)];
    if (looks++ === 0 && !isServed && other !== undefined) {
      throw new QueueError(
        `${address.shown} is served by workers of meshsim ${other} alone, and this is ${meshsim}; both sides need the same version`,
      );
    }
    if (!isServed && looks > 1 && !hasComplained) {
      hasComplained = true;
      tell(`nobody serves ${address.shown} yet; start workers: meshsim worker ${address.shown}`);
    } else if (isServed && hasComplained) {
      hasComplained = false;
      tell(`${address.shown} is served now`);
    }
  };
}

/** What Redis itself refuses, such as writing when its memory is full, in one line. */
function refused({ address }: Site, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error;
  return new QueueError(`${address.shown} refuses a command: ${error.message}`);
}

/** Redis may be away: then what is in it stays there. */
async function briefly(leaving: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, LEAVE_WITHIN);
  });
  await Promise.race([leaving.catch(() => {}), late]);
  clearTimeout(timer);
}
