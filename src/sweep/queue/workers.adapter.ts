/** Who serves a queue: workers say so every few seconds, and producers look before they wait in vain. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { workersKey } from './keys.ts';

const worker = z.strictObject({
  meshsim: z.string(),
  host: z.string(),
  pid: z.int(),
  threads: z.int(),
});
/** `pid` on `host`; the threads it simulates with. */
export type WorkerName = Readonly<z.infer<typeof worker>>;

/** [ms] */
const SAID_EVERY = 3000;
/** A worker not heard of for so long has gone. [ms] */
const SILENCE_MAX = 10_000;

/** @returns takes it back, and says no more */
export async function sayServing(
  redis: Redis,
  queue: string,
  name: WorkerName,
): Promise<() => Promise<void>> {
  const key = workersKey(queue);
  const member = JSON.stringify(name);
  const say = async () => {
    const now = await timeOf(redis);
    await redis
      .multi()
      .zadd(key, now, member)
      .zremrangebyscore(key, '-inf', now - SILENCE_MAX)
      .exec();
  };
  await say();
  let isUnder = false;
  const timer = setInterval(() => {
    // While Redis is away one of them waits, not all.
    if (isUnder) return;
    isUnder = true;
    say()
      .catch(() => {})
      .finally(() => {
        isUnder = false;
      });
  }, SAID_EVERY);
  return async () => {
    clearInterval(timer);
    if (redis.status === 'ready') await redis.zrem(key, member);
  };
}

export async function workersOf(redis: Redis, queue: string): Promise<readonly WorkerName[]> {
  const since = (await timeOf(redis)) - SILENCE_MAX;
  const members = await redis.zrangebyscore(workersKey(queue), since, '+inf');
  return members.flatMap((member) => {
    const { data } = worker.safeParse(parsed(member));
    return data === undefined ? [] : [data];
  });
}

/** By the clock of Redis, which is one for all. [ms] */
async function timeOf(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
