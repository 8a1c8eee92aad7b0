/** Threads of this machine keep the contract of executors, and stay from one run to the next. */
import { expect, it } from 'vitest';
import { pointThreads } from '../../src/sweep/executors/points.adapter.ts';
import { sha256 } from '../../src/sweep/hash.adapter.ts';
import { simulatePoint } from '../../src/sweep/point.ts';
import type { PointJob, PointOutcome } from '../../src/sweep/spec.ts';
import { keepsTheContract } from './contract.ts';
import { pointsOf, spec } from './points.ts';

const timeout = 60_000;
const options = { timeMax: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

for (const jobs of [1, 2]) {
  keepsTheContract(`local, ${jobs} threads`, async () => pointThreads({ jobs, heapMax: 64 }), {
    timeout,
  });
}

it('runs points of several specifications at once, each with its own', { timeout }, async () => {
  const executor = pointThreads({ jobs: 2 });
  const specs = Array.from({ length: 6 }, (_, i) => ({ ...spec, seed: `${i}` }));
  const [job] = pointsOf('load[0].rate=20/s');
  const outcomes = await Promise.all(
    specs.map(async (of) => {
      for await (const outcome of executor.run(of, [job], options)) return outcome;
      return null;
    }),
  );
  await executor.close();
  expect(outcomes).toEqual(await Promise.all(specs.map((of) => simulatePoint(of, job, sha256))));
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(6);
});

it('hands out what has ended before the next job is known', { timeout }, async () => {
  const executor = pointThreads({ jobs: 2 });
  const [first, second] = pointsOf('load[0].rate=20/s,30/s');
  let goOn = () => {};
  const isKnown = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  async function* jobs(): AsyncGenerator<PointJob> {
    yield first;
    await isKnown;
    yield second;
  }
  const outcomes: PointOutcome[] = [];
  for await (const outcome of executor.run(spec, jobs(), options)) {
    outcomes.push(outcome);
    goOn();
  }
  await executor.close();
  expect(outcomes.map((outcome) => 'record' in outcome && outcome.record.index)).toEqual([0, 1]);
});

it('tells of all events, and calls lost what is under way when it is closed', {
  timeout,
}, async () => {
  const executor = pointThreads({ jobs: 1 });
  let events = 0;
  const onEvents = (count: number) => {
    events += count;
  };
  const [job] = pointsOf('load[0].rate=20/s');
  for await (const outcome of executor.run(spec, [job], { ...options, onEvents })) {
    expect('record' in outcome && outcome.record.events).toBe(events);
  }
  const endless = pointsOf('measure.window=2000h');
  const closing = { ...options, onEvents: () => void executor.close() };
  const outcomes: PointOutcome[] = [];
  for await (const outcome of executor.run(spec, endless, closing)) outcomes.push(outcome);
  expect(outcomes).toMatchObject([{ failure: { index: 0, kind: 'lost', reason: 'given up' } }]);
});
