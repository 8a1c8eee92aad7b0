/** A Redis of a test's own: on a free port of the loopback, with an append-only file, in a directory that goes with it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.log('skipped: tests of queues, because there is no redis-server');

export interface RedisServer {
  readonly port: number;
  /** A URL without a queue. */
  readonly url: string;
  /** Kills it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the file that it left. */
  restart(): Promise<void>;
  /** A connection of its own. */
  client(): Redis;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'meshsim-redis-'));
  const port = await freePort();
  const clients: Redis[] = [];
  let server: ChildProcess | null = null;

  async function restart(): Promise<void> {
    const options = ['--port', port, '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
    server = spawn('redis-server', [...options, ...durable].map(String), { stdio: 'ignore' });
    const probe = new Redis({ port, retryStrategy: () => 20 });
    probe.on('error', () => {});
    await probe.ping();
    probe.disconnect();
  }
  async function kill(): Promise<void> {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  await restart();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart,
    client() {
      const client = new Redis({ port });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
