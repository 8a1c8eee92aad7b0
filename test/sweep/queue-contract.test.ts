/** Points through a queue keep the contract that threads of one machine keep, and make the same sweep. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { pointThreads } from '../../src/sweep/executors/points.adapter.ts';
import { meshsim, type Running, scratch, start, tiny } from '../cli/meshsim.ts';
import { keepsTheContract } from './contract.ts';
import { spec } from './points.ts';
import { queueSite } from './queue-site.ts';
import { freePort, hasRedis } from './redis.ts';

describe.skipIf(!hasRedis)('a queue', () => {
  const { newQueue, produce, serve } = queueSite();
  keepsTheContract(
    'redis',
    async () => {
      const address = newQueue();
      const makeExecutor = () => pointThreads({ jobs: 2, heapMax: 64 });
      serve(address, { meshsim: spec.meshsim, makeExecutor });
      return produce(address);
    },
    { timeout: 60_000, looksAhead: true },
  );
});

describe.skipIf(!hasRedis)('meshsim worker', () => {
  const site = queueSite();
  const cwd = scratch();
  writeFileSync(join(cwd, 'tiny.yml'), tiny);
  const axes = ['--axis', 'load[0].rate=50/s:200/s:50/s', '--axis', 'mesh.mode=none,sidecar'];
  const sweep = (out: string, ...more: readonly string[]) => [
    ...['sweep', 'tiny.yml', ...axes, '--no-progress', '-O', out],
    ...more,
  ];
  const digest = (out: string) => readFileSync(join(cwd, out, 'sweep.sha256'), 'utf8');
  const started: Running[] = [];
  afterEach(() => {
    for (const { process } of started.splice(0)) process.kill('SIGKILL');
  });
  const worker = (queue: string, ...more: readonly string[]) => {
    const running = start(['worker', queue, '-j', '1', ...more], { cwd });
    started.push(running);
    return running;
  };

  test('makes with others the sweep that one machine makes', async () => {
    const { shown } = site.newQueue();
    const workers = [worker(shown), worker(shown)];
    for (const one of workers) await one.said('serving');
    const [spread] = await Promise.all([
      meshsim(sweep('spread', '--executor', shown), { cwd }),
      meshsim(sweep('alone', '-j', '1'), { cwd }),
    ]);
    expect(spread).toMatchObject({ code: 0 });
    expect(digest('spread')).toBe(digest('alone'));
    for (const one of workers) one.process.kill('SIGTERM');
    const ended = await Promise.all(workers.map((one) => one.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const served = ended.map(({ stderr }) => Number(/ended after (\d+) point/.exec(stderr)?.[1]));
    expect(served[0] + served[1]).toBe(8);
    expect(Math.min(...served)).toBeGreaterThan(0);
  });

  test('ends by itself when there is nothing to do', async () => {
    const { shown } = site.newQueue();
    const { code, stderr } = await worker(shown, '--idle-exit', '200ms').ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `^meshsim .* worker, process \\d+\nserving ${shown} with 1 thread\nended after 0 points\n$`,
      ),
    );
  });

  test('that cannot reach its queue says so, and exits with 2; so does a sweep', async () => {
    const queue = `redis://127.0.0.1:${await freePort()}/meshsim`;
    const says = `meshsim: ${queue} cannot be used: nothing listens there\n`;
    const ended = await Promise.all([
      meshsim(['worker', queue, '-q'], { cwd }),
      meshsim(sweep('nowhere', '--executor', queue, '-q'), { cwd }),
    ]);
    for (const one of ended) expect(one).toMatchObject({ code: 2, stderr: says });
  });

  test.each([
    [['worker'], 'the argument "queue" is missing'],
    [['worker', 'http://a'], '"http://a" is no queue; expected redis://'],
    [
      ['worker', 'redis://a', '-j', '0'],
      'option "-j, --jobs <n>": "0" is invalid; expected a whole',
    ],
    [
      ['worker', 'redis://a', '--idle-exit', 'soon'],
      'option "--idle-exit <time>": "soon" is invalid; expected a time such as "250us"',
    ],
    [
      ['worker', 'redis://a', '--time-limit', '0'],
      'option "--time-limit <time>": "0" is invalid; expected a time above 0',
    ],
  ])('says what is wrong with %j', async (args, says) => {
    const { code, stderr } = await meshsim(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`meshsim: ${says}`);
  });
});
