/** A small scenario as the specification of a sweep, for tests of executors. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadProfile } from '../../src/calibration/load-profile.ts';
import { parseAxis } from '../../src/sweep/axes.ts';
import { gridOf } from '../../src/sweep/design.ts';
import { sha256 } from '../../src/sweep/hash.adapter.ts';
import { jobsOf } from '../../src/sweep/jobs.ts';
import type { PointJob, SweepSpec } from '../../src/sweep/spec.ts';

const file = fileURLToPath(new URL('../../calibration/istio.yml', import.meta.url));
const profile = loadProfile({ file, text: readFileSync(file, 'utf8') });

const text = `
topology:
  namespaces:
    - name: shop
      services:
        - { name: web, script: [{ work: { exponential: { mean: 1ms } } }] }
load: [{ name: users, to: shop/web, rate: 50/s }]
measure: { warmup: 1s, window: 2s, reps: 2 }
`;

export const spec: SweepSpec = {
  meshsim: '0.0.0-test',
  file: 'shop.yml',
  text,
  set: [],
  seed: null,
  reps: null,
  until: null,
  thresholds: ['latency.p99 < 1s'],
  events: null,
  profiles: { istio: { profile, digest: 'd' } },
  baseline: true,
  digest: 'spec',
};

/** Every combination of the axes. */
export function pointsOf(...axes: readonly string[]): readonly PointJob[] {
  return [...jobsOf(gridOf(axes.map(parseAxis)), { part: 1, count: 1 }, spec.digest, sha256)];
}
