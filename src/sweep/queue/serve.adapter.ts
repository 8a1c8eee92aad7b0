/**
 * Serves points of a queue. Here only the talking to Redis is done, so that locks are renewed in time; points are
 * simulated by an executor with threads of its own. What a queue holds is not trusted: a point that is not of the
 * form, or of another version, is refused and never begun.
 */
import { hostname } from 'node:os';
import type { Job } from 'bullmq';
import { quote } from '../../problems.ts';
import { aborted } from '../bell.ts';
import type { SweepExecutor } from '../executor.ts';
import type { PointOutcome } from '../spec.ts';
import type { QueueAddress } from './address.ts';
import { codeOf, connect, loadDrivers } from './connection.adapter.ts';
import { makeFeed } from './feed.ts';
import { PREFIX, queueName, settings } from './keys.ts';
import { PayloadError, type PointPayload, pointId, readPoint } from './payloads.ts';
import { specReader } from './specs.adapter.ts';
import { sayServing } from './workers.adapter.ts';

export interface ServeOptions {
  readonly meshsim: string;
  /** Points at a time. */
  readonly threads: number;
  /** Of what simulates them: one for each sweep that points come from. */
  readonly makeExecutor: () => SweepExecutor;
  /** Of a point, at most, whatever its producer allows. [s; Infinity for no limit of ours] */
  readonly timeMax: number;
  /** Without anything to do, until it ends by itself. [ms; Infinity for never] */
  readonly idleMax: number;
  /** Aborted: points that run are finished, no new one begins. */
  readonly signal: AbortSignal;
  /** Told one line for each thing that happens. */
  readonly tell: (line: string) => void;
}

export interface Served {
  /** Points with an outcome. */
  readonly served: number;
  readonly refused: number;
}

/** @throws QueueError where the queue cannot be reached, or the packages for it are not installed */
export async function serveQueue(address: QueueAddress, options: ServeOptions): Promise<Served> {
  const { meshsim, threads, signal, tell } = options;
  const drivers = await loadDrivers();
  const redis = await connect(address, drivers, { tell });
  const counts = { served: 0, refused: 0 };
  const specOf = specReader(redis, address.queue);
  const feed = makeFeed(options.makeExecutor);
  const pace = makePace(() => redis.status === 'ready', options.idleMax);

  async function serve(job: Job): Promise<PointOutcome> {
    pace.begin();
    try {
      const { job: point, spec, timeMax } = checked(job, meshsim);
      const began = performance.now();
      const limit = Math.min(options.timeMax, timeMax ?? Number.POSITIVE_INFINITY);
      const outcome = await feed.simulate(await specOf(spec), point, limit);
      counts.served++;
      const time = ((performance.now() - began) / 1000).toFixed(2);
      tell(`${point.id}: ${whatBecameOf(outcome)} after ${time} s`);
      return outcome;
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      counts.refused++;
      tell(`${nameOf(job)}: refused: ${error.message}`);
      // Nobody else would take it either.
      throw new drivers.bullmq.UnrecoverableError(`refused by a worker: ${error.message}`);
    } finally {
      pace.end();
    }
  }

  const worker = new drivers.bullmq.Worker(queueName(address.queue, meshsim), serve, {
    connection: redis,
    prefix: PREFIX,
    concurrency: threads,
    lockDuration: settings.lockDuration,
    stalledInterval: settings.stalledInterval,
    maxStalledCount: settings.maxStalledCount,
    runRetryDelay: settings.runRetryDelay,
    autorun: false,
  });
  worker.on('error', (error) => {
    if (!isOutage(error)) tell(`warning: ${error.message}`);
  });
  worker.on('stalled', (id) => tell(`${id}: its worker died; it is begun again`));
  worker.on('failed', (job, error) => {
    if (error.name !== 'UnrecoverableError') tell(`${nameOf(job)}: ${error.message}`);
  });
  const name = { meshsim, host: hostname(), pid: process.pid, threads };
  const sayNoMore = await sayServing(redis, address.queue, name);
  try {
    // It ends with an error only where it could not begin; otherwise when it is closed.
    const running = worker.run();
    tell(`serving ${address.shown} with ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
    await Promise.race([running, aborted(signal), pace.isIdle()]);
    const isAway = pace.isAlone().then(() => {
      tell(`${address.shown} is away; what could not be reported is done again elsewhere`);
    });
    await Promise.race([worker.close(), isAway]);
  } finally {
    pace.stop();
    await feed.close();
    await sayNoMore();
    // Where Redis is away there is one connection left that tries to find it.
    worker.disconnect().catch(() => {});
    redis.disconnect();
  }
  return counts;
}

/** @throws PayloadError */
function checked({ id, data }: Job, meshsim: string): PointPayload {
  const payload = readPoint(data);
  if (payload.job.id !== id) {
    throw new PayloadError(`it says that it is ${quote(payload.job.id)}`);
  }
  if (payload.meshsim !== meshsim) {
    throw new PayloadError(
      `it is of meshsim ${payload.meshsim}, and this worker is ${meshsim}; both sides need the same version`,
    );
  }
  return payload;
}

function whatBecameOf(outcome: PointOutcome): string {
  return 'record' in outcome ? 'simulated' : outcome.failure.kind;
}

/** For one line: an id of the queue may be anything. */
function nameOf(job: Pick<Job, 'id'> | undefined): string {
  const id = job?.id ?? 'a point';
  return pointId.safeParse(id).success ? id : quote(id);
}

function isOutage(error: Error): boolean {
  return (
    /^E[A-Z]+$/.test(codeOf(error)) ||
    /connection is closed|closed the connection/i.test(error.message)
  );
}

/** Between two looks at the pace. [ms] */
const LOOK_EVERY = 100;
/** A Redis that is away when a worker ends is waited for, but not for long. [ms] */
const AWAY_MAX = 5000;

/** How long there has been nothing to do. While Redis is away nobody can tell, so that does not count. */
function makePace(isConnected: () => boolean, idleMax: number) {
  let underWay = 0;
  let idleSince = performance.now();
  let awaySince = performance.now();
  const looks = new Set<() => void>();
  const timer = setInterval(() => {
    const now = performance.now();
    if (underWay > 0 || !isConnected()) idleSince = now;
    if (underWay > 0 || isConnected()) awaySince = now;
    for (const look of looks) look();
  }, LOOK_EVERY);
  const until = (isTrue: () => boolean) =>
    new Promise<void>((resolve) => {
      looks.add(() => isTrue() && resolve());
    });
  return {
    isIdle: () => until(() => performance.now() - idleSince >= idleMax),
    /** Nothing is under way, and nobody is there to report it to. */
    isAlone: () => until(() => performance.now() - awaySince >= AWAY_MAX),
    begin: () => {
      underWay++;
    },
    end: () => {
      underWay--;
      idleSince = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}
