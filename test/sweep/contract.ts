/** What every executor of sweeps keeps, whatever it runs points on. */
import { describe, expect, it } from 'vitest';
import type { PointFailure, PointRecord } from '../../src/measure/points.ts';
import type { ExecuteOptions, SweepExecutor } from '../../src/sweep/executor.ts';
import { sha256 } from '../../src/sweep/hash.adapter.ts';
import { simulatePoint } from '../../src/sweep/point.ts';
import type { PointJob } from '../../src/sweep/spec.ts';
import { pointsOf, spec } from './points.ts';

export interface ContractOptions {
  /** Of a test. [ms] */
  readonly timeout: number;
  /** Takes points before it can begin them; when it is told to stop, it forgets those. */
  readonly looksAhead?: boolean;
}

interface Ended {
  readonly records: readonly PointRecord[];
  readonly failures: readonly PointFailure[];
}

async function runAll(
  executor: SweepExecutor,
  jobs: Iterable<PointJob>,
  options: Partial<ExecuteOptions> = {},
): Promise<Ended> {
  const records: PointRecord[] = [];
  const failures: PointFailure[] = [];
  const usual = { timeMax: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  for await (const outcome of executor.run(spec, jobs, { ...usual, ...options })) {
    if ('record' in outcome) records.push(outcome.record);
    else failures.push(outcome.failure);
  }
  const byIndex = (a: { readonly index: number }, b: { readonly index: number }) =>
    a.index - b.index;
  return { records: records.sort(byIndex), failures: failures.sort(byIndex) };
}

/** @param make - an executor whose threads have a heap of 64 MiB; the caller closes it */
export function keepsTheContract(
  name: string,
  make: () => Promise<SweepExecutor>,
  { timeout, looksAhead = false }: ContractOptions,
): void {
  describe(`executor ${name}`, { timeout }, () => {
    it('gives every point the record that it has when it is simulated here', async () => {
      const jobs = pointsOf('mesh.mode=none,sidecar', 'load[0].rate=20/s:60/s:20/s');
      const executor = await make();
      const { records, failures } = await runAll(executor, jobs);
      await executor.close();
      const here = await Promise.all(jobs.map((job) => simulatePoint(spec, job, sha256)));
      expect(failures).toEqual([]);
      expect(records.map((record) => ({ record }))).toEqual(here);
    });

    it('lets no point that fails take another one with it', async () => {
      const executor = await make();
      // More requests at a time than a small heap can hold; longer than the time limit; not a scenario.
      const bad = [
        ...pointsOf('mesh.mode=sidecr'),
        ...pointsOf('measure.window=2000h').map((job) => ({ ...job, index: 1 })),
        ...pointsOf('topology.namespaces[0].services[0].replicas=200000').map((job) => ({
          ...job,
          index: 2,
        })),
      ];
      const good = pointsOf('load[0].rate=10/s,20/s,30/s').map((job) => ({
        ...job,
        index: job.index + 3,
      }));
      const { records, failures } = await runAll(executor, [...bad, ...good], { timeMax: 5 });
      await executor.close();
      expect(failures.map(({ index, kind }) => [index, kind])).toEqual([
        [0, 'invalid'],
        [1, 'too long'],
        [2, 'out of memory'],
      ]);
      expect(failures[0].reason).toContain('did you mean "sidecar"');
      expect(failures[0].command).toBe(
        `meshsim run shop.yml --set 'mesh.mode="sidecr"' --threshold 'latency.p99 < 1s'`,
      );
      expect(records.map(({ index }) => index)).toEqual([3, 4, 5]);
    });

    it('begins no point once it is told to stop, and ends those under way', async () => {
      const executor = await make();
      const stop = new AbortController();
      let taken = 0;
      function* jobs(): Generator<PointJob> {
        for (const job of pointsOf('load[0].rate=1/s:100/s:1/s')) {
          taken++;
          if (taken === 4) stop.abort();
          yield job;
        }
      }
      const { records, failures } = await runAll(executor, jobs(), { signal: stop.signal });
      await executor.close();
      expect(taken).toBe(4);
      expect(failures).toEqual([]);
      const ended = records.map(({ index }) => index);
      if (looksAhead) expect([0, 1, 2]).toEqual(expect.arrayContaining(ended));
      else expect(ended).toEqual([0, 1, 2]);
    });

    it('takes jobs that are made when the outcomes of others are known', async () => {
      const executor = await make();
      const known: PointRecord[] = [];
      let tell = () => {};
      async function* jobs(): AsyncGenerator<PointJob> {
        for (const job of pointsOf('load[0].rate=20/s,30/s,40/s')) {
          yield job;
          while (known.length <= job.index) {
            await new Promise<void>((resolve) => {
              tell = resolve;
            });
          }
        }
      }
      const options = { timeMax: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
      for await (const outcome of executor.run(spec, jobs(), options)) {
        if ('record' in outcome) known.push(outcome.record);
        tell();
      }
      await executor.close();
      expect(known.map(({ index }) => index)).toEqual([0, 1, 2]);
    });
  });
}
