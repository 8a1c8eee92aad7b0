/** A queue carries points to whoever serves it, and every outcome comes back once, whatever dies on the way. */
import { describe, expect, test } from 'vitest';
import { collected, fakeExecutor, pointJobs, recordOf, spec } from './queue-points.ts';
import { eventually, forever, queueSite } from './queue-site.ts';
import { hasRedis } from './redis.ts';

describe.skipIf(!hasRedis)('a queue', () => {
  const site = queueSite();
  const { lines, newQueue, produce, serve } = site;

  test('gives every point one outcome', async () => {
    const address = newQueue();
    serve(address);
    const executor = await produce(address);
    const jobs = pointJobs(50);
    const { records, failures } = await collected(executor.run(spec, jobs, forever));
    expect(failures).toEqual([]);
    expect(records).toEqual(jobs.map(recordOf));
  });

  test('is empty when the sweep is done', async () => {
    const address = newQueue();
    serve(address);
    const executor = await produce(address);
    await collected(executor.run(spec, pointJobs(20), forever));
    const keys = await site.redis.client().keys(`meshsim:${address.queue}@*`);
    expect(keys.map((key) => key.slice(key.lastIndexOf(':') + 1)).toSorted()).toEqual([
      'events',
      'id',
      'meta',
      'stalled-check',
    ]);
  });

  test('gives a point that is asked for twice two outcomes, and simulates it once', async () => {
    const address = newQueue();
    const begun: string[] = [];
    serve(address, { makeExecutor: () => fakeExecutor({ onBegin: ({ id }) => begun.push(id) }) });
    const executor = await produce(address);
    const [job] = pointJobs(1);
    const twice = [job, { ...job, index: 1 }];
    const { records } = await collected(executor.run(spec, twice, forever));
    expect(records).toEqual(twice.map(recordOf));
    expect(begun).toEqual([job.id]);
  });

  test('has for the next producer what one that died had asked for', async () => {
    const address = newQueue();
    const first = await produce(address);
    const jobs = pointJobs(10);
    const dying = first.run(spec, jobs, forever)[Symbol.asyncIterator]();
    const begun: string[] = [];
    // A producer that is killed does not take its points back, nor what it has not written yet.
    const { end } = serve(address, {
      makeExecutor: () => fakeExecutor({ onBegin: ({ id }) => begun.push(id) }),
    });
    await dying.next();
    await eventually(() => begun.length).toBe(10);
    await end();
    const second = await produce(address);
    const moved = jobs.map((job) => ({ ...job, index: job.index + 100 }));
    const { records } = await collected(second.run(spec, moved, forever));
    expect(records).toEqual(moved.map(recordOf));
    expect(begun.length).toBe(10);
  });

  test('tries again what failed for a producer before', async () => {
    const address = newQueue();
    const [job] = pointJobs(1);
    const { id, index, values } = job;
    const failure = { id, index, values, kind: 'too long', reason: 'r', command: 'c' } as const;
    const slow = serve(address, {
      makeExecutor: () => fakeExecutor({ outcome: () => ({ failure }) }),
    });
    const first = await produce(address);
    const outcome = await first.run(spec, [job], forever)[Symbol.asyncIterator]().next();
    expect(outcome.value).toEqual({ failure });
    await slow.end();
    serve(address);
    const second = await produce(address);
    const { records } = await collected(second.run(spec, [job], forever));
    expect(records).toEqual([recordOf(job)]);
  });

  test('holds so many points at a time, however many there are', async () => {
    const address = newQueue();
    const executor = await produce(address);
    let taken = 0;
    const jobs = function* () {
      for (const job of pointJobs(5000)) {
        taken++;
        yield job;
      }
    };
    const running = executor.run(spec, jobs(), forever)[Symbol.asyncIterator]().next();
    const waiting = () => site.redis.client().llen(`meshsim:${address.queue}@0.1.0:wait`);
    await eventually(waiting).toBe(2000);
    expect(taken).toBe(2000);
    await executor.close();
    expect(await running).toEqual({ done: true, value: undefined });
    expect(await waiting()).toBe(0);
  });

  test('takes back what has not begun when a sweep is stopped', async () => {
    const address = newQueue();
    const stop = new AbortController();
    serve(address, {
      makeExecutor: () => fakeExecutor({ time: 100, onBegin: () => stop.abort() }),
    });
    const executor = await produce(address);
    const run = executor.run(spec, pointJobs(20), { ...forever, signal: stop.signal });
    const { records } = await collected(run);
    expect(records.length).toBeGreaterThan(0);
    expect(records.length).toBeLessThan(8);
  });

  test('carries jobs that depend on outcomes before', async () => {
    const address = newQueue();
    serve(address);
    const executor = await produce(address);
    const jobs = pointJobs(3);
    let goOn = () => {};
    const dependent = async function* () {
      for (const job of jobs) {
        const done = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        yield job;
        await done;
      }
    };
    const indices: number[] = [];
    for await (const outcome of executor.run(spec, dependent(), forever)) {
      if ('record' in outcome) indices.push(outcome.record.index);
      goOn();
    }
    expect(indices).toEqual([0, 1, 2]);
  });

  test('hands in again what Redis has forgotten', async () => {
    const address = newQueue();
    const executor = await produce(address);
    const jobs = pointJobs(5);
    const outcomes = collected(executor.run(spec, jobs, forever));
    const client = site.redis.client();
    const waiting = () => client.llen(`meshsim:${address.queue}@0.1.0:wait`);
    await eventually(waiting).toBe(5);
    await client.flushall();
    serve(address);
    const { records } = await outcomes;
    expect(records).toEqual(jobs.map(recordOf));
  });

  test('loses nothing when Redis is killed and comes back', async () => {
    const address = newQueue();
    const begun: string[] = [];
    const executor = fakeExecutor({ time: 20, onBegin: ({ id }) => begun.push(id) });
    serve(address, { makeExecutor: () => executor });
    const producer = await produce(address);
    const jobs = pointJobs(60);
    lines.length = 0;
    const outcomes = collected(producer.run(spec, jobs, forever));
    await eventually(() => begun.length).toBeGreaterThan(15);
    await site.redis.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await site.redis.restart();
    const { records, failures } = await outcomes;
    expect(failures).toEqual([]);
    expect(records).toEqual(jobs.map(recordOf));
    const { shown } = address;
    const outage = [`${shown} has gone away; waiting for it`, `${shown} is back`];
    // Both ends say so.
    expect(lines.filter((line) => line === outage[0]).length).toBe(2);
    expect(lines.filter((line) => line === outage[1]).length).toBe(2);
  });

  test('is left by both ends, though Redis is away', async () => {
    const address = newQueue();
    const { end } = serve(address, { makeExecutor: () => fakeExecutor({ time: 200 }) });
    const executor = await produce(address);
    const outcomes = collected(executor.run(spec, pointJobs(5), forever));
    await eventually(() => site.redis.client().llen(`meshsim:${address.queue}@0.1.0:active`)).toBe(
      2,
    );
    await site.redis.kill();
    const [served] = await Promise.all([end(), executor.close()]);
    expect(served).toEqual({ served: 2, refused: 0 });
    expect((await outcomes).failures).toEqual([]);
    expect(lines.at(-1)).toBe(
      `${address.shown} is away; what could not be reported is done again elsewhere`,
    );
    await site.redis.restart();
  });

  test('is left by a worker that has nothing to do', async () => {
    const address = newQueue();
    const { served } = serve(address, { idleMax: 500 });
    const executor = await produce(address);
    const jobs = pointJobs(4);
    expect((await collected(executor.run(spec, jobs, forever))).records.length).toBe(4);
    expect(await served).toEqual({ served: 4, refused: 0 });
  });
});
