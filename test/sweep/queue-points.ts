/** Points for tests of what carries them: a specification, jobs, and an executor that makes records up at once. */
import { readFileSync } from 'node:fs';
import { loadProfile } from '../../src/calibration/load-profile.ts';
import { type MetricName, metrics } from '../../src/measure/metrics.ts';
import type { PointRecord } from '../../src/measure/points.ts';
import type { SweepExecutor } from '../../src/sweep/executor.ts';
import type { PointJob, PointOutcome, SweepSpec } from '../../src/sweep/spec.ts';
import { tiny } from '../cli/meshsim.ts';

const file = 'calibration/istio.yml';
const profile = loadProfile({ file, text: readFileSync(file, 'utf8') });

export const spec: SweepSpec = {
  meshsim: '0.1.0',
  file: 'tiny.yml',
  text: tiny,
  set: [],
  seed: null,
  reps: '1',
  until: null,
  thresholds: [],
  events: null,
  profiles: { istio: { profile, digest: 'p' } },
  baseline: false,
  digest: 'd',
};

export function pointJobs(count: number, from = 0): readonly PointJob[] {
  return Array.from({ length: count }, (_, i) => {
    const rate = 50 + i + from;
    const values = [rate];
    return { id: `p${rate}`, index: i + from, settings: [`load[0].rate=${rate}/s`], values };
  });
}

/** Its mean latency is its rate, in ms. */
export function recordOf({ id, index, values }: PointJob): PointRecord {
  const names = Object.keys(metrics) as MetricName[];
  const estimates = names.map((name) => [name, null] as const);
  const value = Number(values[0]);
  return {
    id,
    index,
    values,
    metrics: {
      ...(Object.fromEntries(estimates) as Record<MetricName, null>),
      'latency.mean': { value, low: value - 1, high: null },
    },
    slos: [],
    saturated: [],
    visits: 3,
    events: 7,
    hdr: 'SGRy',
  };
}

export interface FakeOptions {
  /** Of a point. [ms] */
  readonly time?: number;
  readonly outcome?: (job: PointJob) => PointOutcome;
  readonly onBegin?: (job: PointJob, spec: SweepSpec) => void;
}

export function fakeExecutor(options: FakeOptions = {}): SweepExecutor {
  const { time = 0, outcome = (job) => ({ record: recordOf(job) }), onBegin } = options;
  return {
    async *run(of, jobs) {
      for await (const job of jobs) {
        onBegin?.(job, of);
        await new Promise((resolve) => setTimeout(resolve, time));
        yield outcome(job);
      }
    },
    close: async () => {},
  };
}

export async function collected(outcomes: AsyncIterable<PointOutcome>) {
  const records: PointRecord[] = [];
  const failures: PointOutcome[] = [];
  for await (const outcome of outcomes) {
    if ('record' in outcome) records.push(outcome.record);
    else failures.push(outcome);
  }
  return { records: records.toSorted((a, b) => a.index - b.index), failures };
}
