/** Threads of this machine do exactly what one would do here. */
import { afterAll, describe, expect, test } from 'vitest';
import { serialise } from '../../src/measure/serialise.ts';
import { traceRequest } from '../../src/run/trace.ts';
import { executeHere, runScenario, type Task } from '../../src/run.ts';
import { localExecutor, ReplicationError } from '../../src/sweep/executors/local.adapter.ts';
import { shopTask } from '../run/shop.ts';

const task = shopTask(['measure.reps=3', 'measure.window=2s', 'measure.warmup=auto']);
const options = {
  baseline: true,
  identity: { meshsim: '0.1.0', digest: 'd', profileDigest: 'p' },
};
const shares = new Map<Task, number[]>();
const executor = localExecutor({
  jobs: 2,
  onProgress: (of, { share }) => shares.set(of, [...(shares.get(of) ?? []), share]),
});
afterAll(() => executor.close());

describe('two threads', () => {
  test('give the same bytes as none', async () => {
    const { scenario, profile } = task;
    const here = await runScenario(scenario, profile, options, executeHere);
    const there = await runScenario(scenario, profile, options, executor.execute);
    expect(serialise(there)).toBe(serialise(here));
  });

  test('tell how far each replication is, to the end', () => {
    // Two pilots, and three replications of two cases.
    expect(shares.size).toBe(8);
    for (const told of shares.values()) {
      expect(told.at(-1)).toBe(1);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
    }
  });

  test('trace the same life as one would here', async () => {
    expect(await executor.trace(task, 3)).toEqual(traceRequest(task, 3));
  });

  test('name the replication that runs out of memory', async () => {
    const small = localExecutor({ jobs: 1, heapMax: 24 });
    // More rows of the time series than a scenario may ask for.
    const measure = { ...task.scenario.measure, step: 1000 };
    const spendthrift = { ...task, scenario: { ...task.scenario, measure }, rep: 4 };
    const failing = small.execute([spendthrift]).finally(() => small.close());
    await expect(failing).rejects.toThrow(
      /^replication 4 of case "mesh" ran out of memory; simulate less at once \(-j 1\), or /,
    );
  });

  test('name the replication that fails', async () => {
    const broken = { ...task, rep: 7, window: { from: 0, to: Number.NaN } };
    const failing = executor.execute([broken]);
    await expect(failing).rejects.toThrow(ReplicationError);
    await expect(failing).rejects.toThrow(/^replication 7 of case "mesh" failed: /);
  });
});
