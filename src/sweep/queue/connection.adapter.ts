/**
 * A connection to the Redis of a queue. The first one has to succeed at once; later it may go away and come back for
 * as long as it likes: what is asked of it meanwhile waits. BullMQ and its driver are optional, and loaded here.
 */
import type { Redis } from 'ioredis';
import type { QueueAddress } from './address.ts';

/** The queue cannot be used; the message says why, in one line. */
export class QueueError extends Error {}

type BullMQ = typeof import('bullmq');
export interface Drivers {
  readonly bullmq: BullMQ;
  readonly Redis: typeof Redis;
}

/** @throws QueueError where they are not installed */
export async function loadDrivers(): Promise<Drivers> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis };
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new QueueError(
      'a queue needs the packages "bullmq" and "ioredis", which are not installed; npm i bullmq ioredis',
    );
  }
}

export interface ConnectOptions {
  /** Told one line when Redis has gone away, and one when it is back. */
  readonly tell: (line: string) => void;
}

/** For the first answer. [ms] */
const ANSWER_WITHIN = 4000;
/** Between two tries to connect again. [ms] */
const TRY_AGAIN = { first: 100, most: 1000 };

/** @throws QueueError where nothing answers, or not as Redis would */
export async function connect(
  { host, port, database, user, password, tls, shown }: QueueAddress,
  drivers: Drivers,
  { tell }: ConnectOptions,
): Promise<Redis> {
  let isReady = false;
  let reason: unknown = null;
  const redis = new drivers.Redis({
    host,
    port,
    db: database,
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN,
    // BullMQ asks for it: a command waits for as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) =>
      isReady ? Math.min(TRY_AGAIN.first * 2 ** times, TRY_AGAIN.most) : null,
  });
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await within(
      ANSWER_WITHIN,
      redis.connect().then(() => redis.ping()),
    );
  } catch (error) {
    redis.disconnect();
    throw new QueueError(`${shown} cannot be used: ${why(reason ?? error)}`);
  }
  isReady = true;
  tellOfOutages(redis, shown, tell);
  return redis;
}

function tellOfOutages(redis: Redis, shown: string, tell: (line: string) => void): void {
  let isAway = false;
  // Only where it will be tried again: an end that was asked for is none of the user's business.
  redis.on('reconnecting', () => {
    if (isAway) return;
    isAway = true;
    tell(`${shown} has gone away; waiting for it`);
  });
  redis.on('ready', () => {
    if (isAway) tell(`${shown} is back`);
    isAway = false;
  });
}

/** @throws the reason of the promise, or an error with the code ETIMEDOUT */
async function within<T>(time: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), time);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ETIMEDOUT: `no answer within ${ANSWER_WITHIN / 1000} s`,
  ECONNRESET: 'it hangs up; is it Redis, and with TLS (rediss://) or without?',
};

function why(error: unknown): string {
  const known = reasons[codeOf(error)];
  if (known !== undefined) return known;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('NOAUTH')) return 'it wants a password: redis://:password@host';
  if (message.startsWith('WRONGPASS')) return 'it refuses the password';
  if (message.startsWith('Protocol error')) return 'what answers there is no Redis';
  return message.replace(/\s+/g, ' ');
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
