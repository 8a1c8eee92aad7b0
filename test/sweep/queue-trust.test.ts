/** Neither end of a queue believes the other: what is not of the form is neither simulated nor taken for a result. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Queue, Worker } from 'bullmq';
import { afterAll, describe, expect, test } from 'vitest';
import type { QueueAddress } from '../../src/sweep/queue/address.ts';
import { specKey } from '../../src/sweep/queue/keys.ts';
import { readOutcome, readPoint, readSpec } from '../../src/sweep/queue/payloads.ts';
import { collected, fakeExecutor, pointJobs, recordOf, spec } from './queue-points.ts';
import { eventually, forever, queueSite } from './queue-site.ts';
import { hasRedis } from './redis.ts';

const [job] = pointJobs(1);
const payload = { meshsim: '0.1.0', spec: 'a'.repeat(64), job, timeMax: null };

describe('payloads', () => {
  test('are what a producer and a worker send', () => {
    expect(readSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(readPoint(payload)).toEqual(payload);
    expect(readOutcome({ record: recordOf(job) })).toEqual({ record: recordOf(job) });
  });

  test.each([
    [null, 'this is not a point of a sweep: '],
    [{ ...payload, more: 1 }, 'unrecognized key: "more"'],
    [{ ...payload, spec: '../../etc/passwd' }, '"spec": '],
    [{ ...payload, timeMax: -1 }, '"timeMax": '],
    [{ ...payload, job: { ...job, id: '17' } }, '"job.id": '],
    [{ ...payload, job: { ...job, id: 'a:b' } }, '"job.id": '],
    [{ ...payload, job: { ...job, settings: [{ set: 1 }] } }, '"job.settings.0": '],
    [{ ...payload, job: { ...job, values: [{}] } }, '"job.values.0": '],
  ])('that are no point are told from one: %j', (data, says) => {
    expect(() => readPoint(data)).toThrow(says);
  });

  test.each([
    [{ record: { ...recordOf(job), visits: 1.5 } }],
    [{ record: { ...recordOf(job), metrics: {} } }],
    [{ record: { ...recordOf(job), hdr: '<script>' } }],
    [{ record: recordOf(job), failure: {} }],
    [{ failure: { id: 'p1', index: 0, values: [], kind: 'bored', reason: '', command: '' } }],
  ])('that are no outcome are told from one: %#', (data) => {
    expect(() => readOutcome(data)).toThrow('this is not an outcome');
  });

  test('have profiles of costs alone', () => {
    const { istio } = spec.profiles;
    const network = { ...istio.profile.network, loopback: -1 };
    const profiles = { istio: { ...istio, profile: { ...istio.profile, network } } };
    expect(() => readSpec({ ...spec, profiles })).toThrow(
      'profiles.istio.profile.network.loopback',
    );
  });
});

describe.skipIf(!hasRedis)('a worker', () => {
  const site = queueSite();
  const { newQueue, serve, produce, lines } = site;
  const opened: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const one of opened) await one.close();
  });
  function foreignQueue({ queue, port }: QueueAddress) {
    const connection = site.redis.client();
    const foreign = new Queue(`${queue}@0.1.0`, { connection, prefix: 'meshsim' });
    opened.push(foreign);
    return { foreign, port };
  }

  test('refuses what is no point, and goes on', async () => {
    const address = newQueue();
    const begun: string[] = [];
    serve(address, { makeExecutor: () => fakeExecutor({ onBegin: ({ id }) => begun.push(id) }) });
    const { foreign } = foreignQueue(address);
    const client = site.redis.client();
    const put = async (text: string, name: string) => {
      await client.set(specKey(address.queue, name), gzipSync(text));
      return name;
    };
    const sha = (text: string) => createHash('sha256').update(text).digest('hex');
    const evil = JSON.stringify({ ...spec, text: 1 });
    const poison = [
      { id: 'poison0', data: 'rm -rf', says: 'this is not a point of a sweep' },
      { id: 'poison1', data: { ...payload }, says: 'it says that it is "p50"' },
      { id: 'p50', data: payload, says: 'the specification of its sweep is not there any more' },
      {
        id: 'p51',
        data: { ...payload, job: { ...job, id: 'p51' }, meshsim: '9.9.9' },
        says: 'it is of meshsim 9.9.9, and this worker is 0.1.0; both sides need the same version',
      },
      {
        id: 'p52',
        data: { ...payload, job: { ...job, id: 'p52' }, spec: await put('{}', 'b'.repeat(64)) },
        says: 'the specification of its sweep is not the one that its digest names',
      },
      {
        id: 'p53',
        data: { ...payload, job: { ...job, id: 'p53' }, spec: await put(evil, sha(evil)) },
        says: 'this is not a specification of a sweep: "text": ',
      },
    ];
    for (const { id, data } of poison) await foreign.add('point', data, { jobId: id, attempts: 3 });
    await eventually(() => foreign.getFailedCount()).toBe(poison.length);
    for (const { id, says } of poison) {
      expect((await foreign.getJob(id))?.failedReason).toContain(`refused by a worker: ${says}`);
      expect(lines.join('\n')).toContain(`${id}: refused: ${says}`);
    }
    expect(begun).toEqual([]);
    const executor = await produce(address);
    const { records } = await collected(executor.run(spec, pointJobs(3), forever));
    expect(records).toEqual(pointJobs(3).map(recordOf));
  });

  test('survives an entry that is not even JSON', async () => {
    const address = newQueue();
    serve(address);
    const executor = await produce(address);
    const client = site.redis.client();
    const key = `meshsim:${address.queue}@0.1.0`;
    await client.hset(`${key}:garbage`, { name: 'point', data: '{', opts: '{', timestamp: '1' });
    await client.lpush(`${key}:wait`, 'garbage');
    const { records } = await collected(executor.run(spec, pointJobs(3), forever));
    expect(records.length).toBe(3);
  });

  test('of another version alone is refused at once, by name', async () => {
    const address = newQueue();
    serve(address, { meshsim: '0.2.0' });
    const executor = await produce(address);
    await eventually(() => site.redis.client().exists(`meshsim:${address.queue}:workers`)).toBe(1);
    await expect(collected(executor.run(spec, pointJobs(3), forever))).rejects.toThrow(
      `${address.shown} is served by workers of meshsim 0.2.0 alone, and this is 0.1.0; both sides need the same version`,
    );
  });

  test('that is missing is asked for, once', async () => {
    const address = newQueue();
    const executor = await produce(address);
    const outcomes = collected(executor.run(spec, pointJobs(3), forever));
    const said = () => lines.filter((line) => line.includes(address.shown));
    await eventually(said).toEqual([
      `nobody serves ${address.shown} yet; start workers: meshsim worker ${address.shown}`,
    ]);
    serve(address);
    expect((await outcomes).records.length).toBe(3);
  });

  test.each([
    ['is nonsense', () => 'nonsense', 'a worker sent what is no result: this is not an outcome: '],
    [
      'is of another point',
      () => ({ record: { ...recordOf(job), id: 'other' } }),
      'a worker sent what is no result: it is of another point, "other"',
    ],
  ])('that answers what %s makes a failure, and no record', async (_, answer, reason) => {
    const address = newQueue();
    const connection = site.redis.client();
    connection.options.maxRetriesPerRequest = null;
    const options = { connection, prefix: 'meshsim' };
    opened.push(new Worker(`${address.queue}@0.1.0`, async () => answer(), options));
    const executor = await produce(address);
    const { records, failures } = await collected(executor.run(spec, [job], forever));
    expect(records).toEqual([]);
    expect(failures).toMatchObject([{ failure: { id: 'p50', kind: 'failed' } }]);
    expect(JSON.stringify(failures)).toContain(JSON.stringify(reason).slice(1, -1));
  });
});
