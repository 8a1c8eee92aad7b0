/**
 * What a large sweep costs beside its simulations: 100,000 finished points are opened again, and written in order.
 *
 *   npx tsx bench/sweep.ts [points]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../src/cli/sweep/journal.ts';
import { recordsOf, writeResults } from '../src/cli/sweep/results.ts';
import { type MetricName, metrics } from '../src/measure/metrics.ts';
import type { PointRecord } from '../src/measure/points.ts';
import { parseAxis } from '../src/sweep/axes.ts';
import { gridOf } from '../src/sweep/design.ts';
import { sha256 } from '../src/sweep/hash.adapter.ts';
import { jobsOf } from '../src/sweep/jobs.ts';
import type { PointJob } from '../src/sweep/spec.ts';

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
