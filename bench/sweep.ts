/**
 * What a sweep costs beside its simulations: how much faster two threads are than one, and what a point takes more than
 * its replications do here; and 100,000 finished points that are opened again, and written in order.
 *
 *   npx tsx bench/sweep.ts [points]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile } from '../src/calibration/load-profile.ts';
import { Journal } from '../src/cli/sweep/journal.ts';
import { recordsOf, writeResults } from '../src/cli/sweep/results.ts';
import { type MetricName, metrics } from '../src/measure/metrics.ts';
import type { PointRecord } from '../src/measure/points.ts';
import { parseAxis } from '../src/sweep/axes.ts';
import { gridOf } from '../src/sweep/design.ts';
import { pointThreads } from '../src/sweep/executors/points.adapter.ts';
import { sha256 } from '../src/sweep/hash.adapter.ts';
import { jobsOf } from '../src/sweep/jobs.ts';
import { simulatePoint } from '../src/sweep/point.ts';
import type { PointJob, SweepSpec } from '../src/sweep/spec.ts';

const points = Number(process.argv[2] ?? 100_000);
const design = gridOf([parseAxis(`load[0].rate=1:${points}:1`)]);
const jobs = () => jobsOf(design, { part: 1, count: 1 }, 'digest', sha256);
const directory = mkdtempSync(join(tmpdir(), 'meshsim-bench-'));
const estimate = { value: 1.25, low: 1, high: 1.5 };

function recordOf({ id, index, values }: PointJob): PointRecord {
  const all = Object.keys(metrics).map((name) => [name, estimate] as const);
  return {
    id,
    index,
    values,
    metrics: Object.fromEntries(all) as Record<MetricName, typeof estimate>,
    slos: [],
    saturated: [],
    visits: 1000,
    events: 2000,
    // About what a short run has.
    hdr: 'x'.repeat(1000),
  };
}

/** Points of about 100 ms, and so many. */
const THREADED = 200;
const shop = `
topology:
  namespaces:
    - name: shop
      services:
        - { name: web, script: [{ work: { exponential: { mean: 1ms } } }] }
load: [{ name: users, to: shop/web, rate: 500/s }]
measure: { warmup: 1s, window: 60s, reps: 1 }
`;

function shopSpec(): SweepSpec {
  const file = 'calibration/istio.yml';
  const profile = loadProfile({ file, text: readFileSync(file, 'utf8') });
  const shared = { set: [], seed: null, reps: null, until: null, thresholds: [], events: null };
  return {
    ...shared,
    meshsim: 'bench',
    file: 'shop.yml',
    text: shop,
    profiles: { istio: { profile, digest: 'd' } },
    baseline: true,
    digest: 'shop',
  };
}

/** Points of so many rates. */
function pointsFrom(rate: number, count: number): readonly PointJob[] {
  const axis = parseAxis(`load[0].rate=${rate}/s:${rate + count - 1}/s:1/s`);
  return [...jobsOf(gridOf([axis]), { part: 1, count: 1 }, 'shop', sha256)];
}

/** Some points before: threads are started and V8 has compiled before the clock starts. */
async function onThreads(threads: number, spec: SweepSpec): Promise<number> {
  const executor = pointThreads({ jobs: threads });
  const options = { timeMax: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  const some = pointsFrom(425 - THREADED / 2, THREADED);
  for await (const _ of executor.run(spec, some.slice(0, 4 * threads), options));
  const began = performance.now();
  for await (const outcome of executor.run(spec, some, options)) {
    if ('failure' in outcome) throw new Error(outcome.failure.reason);
  }
  const took = (performance.now() - began) / some.length;
  await executor.close();
  return took;
}

async function here(spec: SweepSpec): Promise<number> {
  // The same mean rate as on threads.
  const some = pointsFrom(400, 50);
  for (const job of some.slice(0, 10)) await simulatePoint(spec, job, sha256);
  const began = performance.now();
  for (const job of some) await simulatePoint(spec, job, sha256);
  return (performance.now() - began) / some.length;
}

const spec = shopSpec();
const [alone, one, two] = [await here(spec), await onThreads(1, spec), await onThreads(2, spec)];
process.stdout.write(
  `a point here             ${alone.toFixed(1)} ms\non one thread            ${one.toFixed(1)} ms   ${(one - alone).toFixed(1)} ms more (aim: under 2)\non two threads           ${two.toFixed(1)} ms   ${(one / two).toFixed(2)} times as fast as on one (floor 1.8)\n`,
);

function timed(what: string, act: () => void): void {
  const began = performance.now();
  act();
  const seconds = (performance.now() - began) / 1000;
  const memory = process.memoryUsage().rss / 2 ** 20;
  process.stdout.write(
    `${what.padEnd(24)} ${seconds.toFixed(2)} s   ${((1e3 * seconds) / points).toFixed(3)} ms a point   ${memory.toFixed(0)} MiB\n`,
  );
}

try {
  timed('plan', () => {
    for (const _ of jobs());
  });
  timed('append to the journal', () => {
    const journal = new Journal(directory, true);
    for (const job of jobs()) journal.append(recordOf(job));
    journal.close();
  });
  let journal: Journal | null = null;
  timed('open it again', () => {
    journal = new Journal(directory, false);
  });
  timed('write results in order', () => {
    if (journal === null) return;
    const head = {
      schema: 'meshsim/sweep/v1',
      meshsim: 'bench',
      scenario: 'bench',
      digest: 'd',
      seed: '1',
      axes: design.axes,
      design: design.kind,
      size: design.size,
    } as const;
    writeResults(directory, { head, spec: 'digest' }, recordsOf(journal, jobs()), []);
    journal.close();
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
