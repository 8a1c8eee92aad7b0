/**
 * How long a mode takes to learn of a call: acceptance A12 of the specification, config modes, and its table of
 * summaries. A thousand samples each, the phases of timers and of what they watch drawn anew for each.
 */
import { describe, expect, test } from 'vitest';
import { uniformAt } from '../../src/engine/random.ts';
import type { ConfigMode } from '../../src/scope/config-mode.ts';
import { controllerOf, strategies } from '../../src/scope/strategies.ts';
import { bookinfo, DETAILS, drive, PRODUCTPAGE, S } from './drive.ts';

const SAMPLES = 1000;
const host = 'bookinfo/details';

/** From a call to the write of the Sidecar that has its destination. [s] */
function delays(mode: ConfigMode): readonly number[] {
  return Array.from({ length: SAMPLES }, (_, sample) => {
    const u = (what: number) => uniformAt(1, 2, sample, what);
    const driven = drive(controllerOf(mode), bookinfo, [u(0), u(1)]);
    const called = Math.round((100 + 100 * u(2)) * S);
    driven.call(called, PRODUCTPAGE, DETAILS);
    driven.run(called + 120 * S);
    const written = driven.done.find(
      ({ effect }) => effect.kind === 'sidecar' && effect.hosts?.includes(host),
    );
    if (written === undefined) throw new Error(`sample ${sample} was never learned`);
    return (written.at - called) / S;
  });
}

const { slime, lazyxds, datm } = strategies;
const rows: readonly { name: string; mode: ConfigMode; mean: number; most: number }[] = [
  { name: 'LazyXDS', mode: { mode: 'lazyxds', ...lazyxds.defaults }, mean: 0.5, most: 1 },
  {
    name: 'Slime, access log',
    mode: { mode: 'slime', ...slime.defaults, source: 'accesslog' },
    mean: 5.5,
    most: 11,
  },
  {
    name: 'Slime, Prometheus',
    mode: { mode: 'slime', ...slime.defaults, source: 'prometheus' },
    mean: 12.5,
    most: 25,
  },
  {
    name: 'DATM, poll',
    mode: { mode: 'datm', ...datm.defaults, detect: 'poll' },
    mean: 12.5,
    most: 25,
  },
  {
    name: 'DATM, rule',
    mode: { mode: 'datm', ...datm.defaults, detect: 'rule' },
    mean: 37.5,
    most: 75,
  },
  {
    name: 'DATM, Alertmanager',
    mode: { mode: 'datm', ...datm.defaults, detect: 'alertmanager' },
    mean: 67.5,
    most: 105,
  },
];

describe('the delay of learning', () => {
  test.each(rows)('is of $name $mean s in the mean and $most s at most', ({ mode, mean, most }) => {
    const all = delays(mode);
    const sum = all.reduce((total, delay) => total + delay, 0);
    expect(Math.abs(sum / SAMPLES / mean - 1)).toBeLessThan(0.05);
    expect(Math.max(...all)).toBeLessThanOrEqual(most);
    expect(Math.max(...all)).toBeGreaterThan(0.9 * most);
  });
});
