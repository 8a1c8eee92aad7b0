/** A process that serves the queue of its first argument: two points at a time, each taking as many ms as the second says. */
import { parseQueueAddress } from '../../src/sweep/queue/address.ts';
import { serveQueue } from '../../src/sweep/queue/serve.adapter.ts';
import { fakeExecutor, spec } from './queue-points.ts';

const [address, time] = process.argv.slice(2);
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());
await serveQueue(parseQueueAddress(address), {
  meshsim: spec.meshsim,
  threads: 2,
  makeExecutor: () =>
    fakeExecutor({
      time: Number(time),
      onBegin: ({ id }) => process.stdout.write(`began ${id}\n`),
    }),
  timeMax: Number.POSITIVE_INFINITY,
  idleMax: Number.POSITIVE_INFINITY,
  signal: ending.signal,
  tell: (line) => process.stdout.write(`${line}\n`),
});
