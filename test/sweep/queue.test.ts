/** A queue carries points to whoever serves it, and every outcome comes back once, whatever dies on the way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueExecutor } from '../../src/sweep/executors/bullmq.adapter.ts';
import { parseQueueAddress } from '../../src/sweep/queue/address.ts';
import { type ServeOptions, serveQueue } from '../../src/sweep/queue/serve.adapter.ts';
import { collected, fakeExecutor, pointJobs, recordOf, spec } from './points.ts';
import { hasRedis, type RedisServer, startRedis } from './redis.ts';

const forever = { timeMax: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

describe.skipIf(!hasRedis)('a queue', () => {
  let redis: RedisServer;
  let queues = 0;
  const lines: string[] = [];
  const tell = (line: string) => lines.push(line);
  const leave: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const one of leave) await one();
    await redis.stop();
  });
  const newQueue = () => parseQueueAddress(`${redis.url}/q${queues++}`);

  function serve(address: ReturnType<typeof newQueue>, options: Partial<ServeOptions> = {}) {
    const ending = new AbortController();
    const served = serveQueue(address, {
      meshsim: spec.meshsim,
      threads: 2,
      executor: fakeExecutor(),
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
  }
  async function produce(address: ReturnType<typeof newQueue>) {
    const executor = await queueExecutor(address, { tell });
    leave.push(() => executor.close());
    return executor;
  }

  test('gives every point one outcome', async () => {
    const address = newQueue();
    serve(address);
    const executor = await produce(address);
    const jobs = pointJobs(50);
    const { records, failures } = await collected(executor.run(spec, jobs, forever));
    expect(failures).toEqual([]);
    expect(records).toEqual(jobs.map(recordOf));
  });
});
