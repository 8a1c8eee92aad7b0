/** Both ends of a queue in one process, on a Redis of their own, for the tests of a file. */
import { afterAll, beforeAll, expect } from 'vitest';
import { queueExecutor } from '../../src/sweep/executors/bullmq.adapter.ts';
import { parseQueueAddress, type QueueAddress } from '../../src/sweep/queue/address.ts';
import { type ServeOptions, serveQueue } from '../../src/sweep/queue/serve.adapter.ts';
import { fakeExecutor, spec } from './queue-points.ts';
import { hasRedis, type RedisServer, startRedis } from './redis.ts';

export const forever = { timeMax: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

/** Expects it of a value that changes, in a time that a busy machine keeps too. */
export function eventually<T>(look: () => T | Promise<T>) {
  return expect.poll(look, { timeout: 15_000, interval: 20 });
}

export function queueSite() {
  let redis: RedisServer;
  let queues = 0;
  const lines: string[] = [];
  const tell = (line: string) => lines.push(line);
  const leave: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    if (hasRedis) redis = await startRedis();
  });
  afterAll(async () => {
    for (const one of leave) await one();
    await redis?.stop();
  });

  return {
    get redis() {
      return redis;
    },
    /** What both ends said. */
    lines,
    newQueue: () => parseQueueAddress(`${redis.url}/q${queues++}`),
    serve(address: QueueAddress, options: Partial<ServeOptions> = {}) {
      const ending = new AbortController();
      const served = serveQueue(address, {
        meshsim: spec.meshsim,
        threads: 2,
        makeExecutor: () => fakeExecutor(),
        timeMax: Number.POSITIVE_INFINITY,
        idleMax: Number.POSITIVE_INFINITY,
        signal: ending.signal,
        tell,
        ...options,
      });
      const end = () => {
        ending.abort();
        return served;
      };
      leave.push(end);
      return { served, end };
    },
    async produce(address: QueueAddress) {
      const executor = await queueExecutor(address, { tell });
      leave.push(() => executor.close());
      return executor;
    },
  };
}
