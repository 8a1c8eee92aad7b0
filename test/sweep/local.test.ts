import { pointThreads } from '../../src/sweep/executors/points.adapter.ts';
import { keepsTheContract } from './contract.ts';

for (const jobs of [1, 2]) {
  keepsTheContract(`local, ${jobs} threads`, async () => pointThreads({ jobs, heapMax: 64 }), {
    timeout: 60_000,
  });
}
