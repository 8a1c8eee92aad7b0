/** What the made-up runs of these tests were. */
import type { RunFacts } from '../../src/measure/summarise.ts';

export const facts: RunFacts = {
  meshsim: '0.1.0',
  scenario: 'shop',
  digest: '4f1c9a',
  seed: '42',
  profile: 'istio',
  profileDigest: '77aa00',
  platform: 'a machine',
  proxyMemory: 'rss',
  release: '1.26',
  mode: 'sidecar',
  warmup: { method: 'fixed', reached: true },
  precision: null,
  thresholds: [],
  remarks: [],
};
