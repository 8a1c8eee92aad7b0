/** Workers as processes that die: what they were about is begun again by those that are left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { QueueAddress } from '../../src/sweep/queue/address.ts';
import { collected, pointJobs, recordOf, spec } from './queue-points.ts';
import { eventually, forever, queueSite } from './queue-site.ts';
import { hasRedis } from './redis.ts';

const loader = new URL('../../bin/typescript.js', import.meta.url).href;
const program = fileURLToPath(new URL('./queue-worker.ts', import.meta.url));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

function worker({ shown }: QueueAddress, time: number) {
  const child = spawn(process.execPath, ['--import', loader, program, shown, String(time)]);
  children.push(child);
  const output = { text: '' };
  child.stdout.on('data', (text) => {
    output.text += text;
  });
  return {
    child,
    began: () => [...output.text.matchAll(/^began (\w+)$/gm)].map(([, id]) => id),
    ended: once(child, 'exit'),
  };
}

describe.skipIf(!hasRedis)('a worker', () => {
  const { newQueue, produce } = queueSite();

  test('that is killed is replaced within 15 s, and every point is counted once', async () => {
    const address = newQueue();
    const [dying, living] = [worker(address, 300), worker(address, 300)];
    const executor = await produce(address);
    const jobs = pointJobs(24);
    const outcomes = collected(executor.run(spec, jobs, forever));
    await eventually(() => dying.began().length).toBeGreaterThan(2);
    await eventually(() => living.began().length).toBeGreaterThan(0);
    const killedAt = performance.now();
    dying.child.kill('SIGKILL');
    const { records, failures } = await outcomes;
    expect(failures).toEqual([]);
    expect(records).toEqual(jobs.map(recordOf));
    expect(performance.now() - killedAt).toBeLessThan(15_000);
    // Two were in its hands.
    const begun = [...dying.began(), ...living.began()];
    expect(begun.length - new Set(begun).size).toBeGreaterThan(0);
    expect(begun.length - new Set(begun).size).toBeLessThanOrEqual(2);
  });

  test('that is told to end finishes its points first', async () => {
    const address = newQueue();
    const only = worker(address, 300);
    const executor = await produce(address);
    const run = executor.run(spec, pointJobs(8), forever)[Symbol.asyncIterator]();
    const first = run.next();
    await eventually(() => only.began().length).toBeGreaterThan(0);
    only.child.kill('SIGTERM');
    expect(await only.ended).toEqual([0, null]);
    const begun = only.began().length;
    expect(begun).toBeLessThan(8);
    const records = [await first];
    while (records.length < begun) records.push(await run.next());
    expect(records.every(({ value }) => 'record' in value)).toBe(true);
  });
});
