/** Where a queue is, and what is said where it is not. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { queueExecutor } from '../../src/sweep/executors/bullmq.adapter.ts';
import { parseQueueAddress } from '../../src/sweep/queue/address.ts';
import { QueueError } from '../../src/sweep/queue/connection.adapter.ts';
import { freePort, hasRedis, startRedis } from './redis.ts';

describe('the address of a queue', () => {
  test('has a host; the rest has defaults', () => {
    expect(parseQueueAddress('redis://localhost')).toEqual({
      host: 'localhost',
      port: 6379,
      database: 0,
      user: null,
      password: null,
      tls: false,
      queue: 'meshsim',
      shown: 'redis://localhost:6379/meshsim',
    });
  });

  test('may have a user, a password, TLS, a queue and a database; the password is not shown', () => {
    const address = parseQueueAddress('rediss://me:p%40ss@[::1]:7000/night.ly?db=3');
    expect(address).toEqual({
      host: '::1',
      port: 7000,
      database: 3,
      user: 'me',
      password: 'p@ss',
      tls: true,
      queue: 'night.ly',
      shown: 'rediss://[::1]:7000/night.ly',
    });
  });

  const form = 'redis://[user:password@]host[:port][/queue][?db=n]';
  test.each([
    ['redis:', `"redis:" is no queue; expected ${form}`],
    ['http://a', `"http://a" is no queue; expected ${form}`],
    ['redis://a:secret@b:x', `"redis://…@b:x" is no queue; expected ${form}`],
    [
      'redis://a/1',
      '"1" is no name of a queue; expected a letter, then letters, digits, "_", "." or "-"',
    ],
    ['redis://a/b/c', '"b/c" is no name of a queue; expected a letter, '],
    ['redis://a/b?db=x', 'db: "x" is no database; expected a whole number, such as 0'],
    ['redis://a/b?tls=1', `a queue has no parameter "tls"; expected ${form}`],
    ['redis://a:%zz@b', 'the user or password of the queue has a "%" that is no escape; write %25'],
  ])('%s is refused', (text, message) => {
    expect(() => parseQueueAddress(text)).toThrow(message);
  });
});

describe('a queue that cannot be used', () => {
  const tell = () => {};
  const use = (port: number) =>
    queueExecutor(parseQueueAddress(`redis://127.0.0.1:${port}`), { tell });

  test('is said to be so within seconds where nothing listens', async () => {
    const port = await freePort();
    const began = performance.now();
    await expect(use(port)).rejects.toThrow(
      new QueueError(`redis://127.0.0.1:${port}/meshsim cannot be used: nothing listens there`),
    );
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test.each([
    ['never answers', () => {}, 'no answer within 4 s'],
    ['is no Redis', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'what answers there is no Redis'],
  ])('is said to be so where what listens %s', async (_, answer, says) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      if (typeof answer === 'string') socket.end(answer);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = server.address();
    const port = at !== null && typeof at !== 'string' ? at.port : 0;
    await expect(use(port)).rejects.toThrow(says);
    server.close();
  });

  test.skipIf(!hasRedis)('is said to be so where the password is wrong, or missing', async () => {
    const redis = await startRedis();
    await redis.client().config('SET', 'requirepass', 'open sesame');
    const at = (user: string) =>
      queueExecutor(parseQueueAddress(`redis://${user}127.0.0.1:${redis.port}/q`), { tell });
    await expect(at('')).rejects.toThrow('it wants a password: redis://:password@host');
    await expect(at(':wrong@')).rejects.toThrow('cannot be used: it refuses the password');
    const executor = await at(':open%20sesame@');
    await executor.close();
    await redis.stop();
  });
});
