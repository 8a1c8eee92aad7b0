/** Thresholds: every metric can be read from a result, and is judged by its value in its own unit. */
import { describe, expect, it } from 'vitest';
import { type MetricName, metrics, type Threshold } from '../../src/measure/metrics.ts';
import type { Estimate } from '../../src/measure/result.ts';
import { evaluate, type Measured, read } from '../../src/measure/slo.ts';
import { summarise } from '../../src/measure/summarise.ts';
import { facts } from './facts.ts';
import { type Options, replications } from './replications.ts';

const mesh: Options = {
  loads: [
    { name: 'shop', added: 2, failures: 20 },
    { name: 'admin', added: 5, requests: 1000 },
  ],
  proxies: true,
  pushes: 40,
};
const plain: Options = { loads: [{ name: 'shop' }, { name: 'admin', requests: 1000 }] };
const full = measured(mesh, plain);

function measured(mesh: Options, baseline: Options | null): Measured {
  return summarise(facts, {
    mesh: replications(5, mesh),
    baseline: baseline === null ? null : replications(5, baseline),
  });
}

function threshold(
  metric: MetricName,
  operator: Threshold['operator'],
  bound: number,
  load: string | null = null,
): Threshold {
  return { expression: `${metric} ${operator} ${bound}`, load, metric, operator, bound };
}

function value(metric: MetricName, load: string | null = null): Estimate {
  const reading = read(metric, load, full);
  if ('missing' in reading) throw new Error(reading.missing);
  return reading;
}

describe('every metric', () => {
  it.each(Object.keys(metrics) as MetricName[])('%s is read from a full result', (metric) => {
    expect(value(metric).value).toBeGreaterThan(0);
  });

  it('is in its own unit', () => {
    const [shop, admin] = full.cases[0].loads;
    const { controlPlane, cost } = full.cases[0];
    const expected: Readonly<Record<MetricName, number | undefined>> = {
      'latency.mean': ns(shop.latency?.mean_ms),
      'latency.p50': ns(shop.latency?.p50_ms),
      'latency.p90': ns(shop.latency?.p90_ms),
      'latency.p95': ns(shop.latency?.p95_ms),
      'latency.p99': ns(shop.latency?.p99_ms),
      'latency.p999': ns(shop.latency?.p999_ms),
      'latency.max': ns(shop.latency?.max_ms),
      'overhead.mean': ns(full.overhead[0].mean_ms),
      'overhead.p50': ns(full.overhead[0].p50_ms),
      'overhead.p90': ns(full.overhead[0].p90_ms),
      'overhead.p99': ns(full.overhead[0].p99_ms),
      'overhead.share': full.overhead[0].mean_share.value,
      errors: 0.01,
      throughput: 39.6,
      'cpu.perProxy': 0.5,
      'cpu.proxies': 2,
      'cpu.istiod': 0.05,
      'memory.perProxy': 50e6,
      'memory.istiod': cost.memory_istiod_bytes.value,
      'convergence.p50': ns(controlPlane.convergence?.p50_ms),
      'convergence.p90': ns(controlPlane.convergence?.p90_ms),
      'convergence.p99': ns(controlPlane.convergence?.p99_ms),
      'convergence.max': ns(controlPlane.convergence?.max_ms),
      pushes: 41,
    };
    for (const metric of Object.keys(metrics) as MetricName[]) {
      expect(value(metric).value, metric).toBeCloseTo(expected[metric] ?? Number.NaN, 6);
    }
    expect(value('latency.mean', 'admin').value).toBeCloseTo(ns(admin.latency?.mean_ms), 6);
    expect(value('overhead.mean', 'admin').value / 1e6).toBeCloseTo(5, 4);
  });
});

describe('a threshold', () => {
  it.each([
    ['<', 41, false],
    ['<=', 41, true],
    ['>', 41, false],
    ['>=', 41, true],
    ['<', 42, true],
    ['<=', 40, false],
    ['>', 40, true],
    ['>=', 42, false],
  ] as const)('%s %d of 41 passes: %s', (operator, bound, pass) => {
    const result = evaluate(threshold('pushes', operator, bound), full);
    expect(result).toMatchObject({ pass, certain: true, shown: '41' });
  });

  it('is certain only if the interval lies on one side of the bound', () => {
    const { value: at, low, high } = value('latency.mean');
    const [below, above] = [((low ?? 0) + at) / 2, ((high ?? 0) + at) / 2];
    const judge = (bound: number) => {
      const { pass, certain } = evaluate(threshold('latency.mean', '<', bound), full);
      return { pass, certain };
    };
    expect(judge(2 * at)).toEqual({ pass: true, certain: true });
    expect(judge(above)).toEqual({ pass: true, certain: false });
    expect(judge(below)).toEqual({ pass: false, certain: false });
    expect(judge(at / 2)).toEqual({ pass: false, certain: true });
  });

  it('without an interval is not certain', () => {
    expect(evaluate(threshold('latency.max', '<', 1e12), full)).toMatchObject({
      pass: true,
      certain: false,
    });
  });

  it.each<[MetricName, string]>([
    ['latency.p99', 'ms'],
    ['errors', '1%'],
    ['throughput', '39.6/s'],
    ['cpu.proxies', '2'],
    ['cpu.perProxy', '500m'],
    ['memory.perProxy', '47.7 MiB'],
  ])('shows %s with its unit', (metric, text) => {
    expect(evaluate(threshold(metric, '<', 1), full).shown).toContain(text);
  });

  it.each<[string, Threshold, Measured, string]>([
    [
      'an overhead without baseline',
      threshold('overhead.p99', '<', 1e9),
      measured(mesh, null),
      'no baseline was simulated',
    ],
    ['a load that is not there', threshold('errors', '<', 1, 'blog'), full, 'no load "blog"'],
    [
      'convergence without a push',
      threshold('convergence.p99', '<', 1e9),
      measured(plain, null),
      'no push was made',
    ],
    [
      'latency without a request',
      threshold('latency.p50', '<', 1e9),
      measured({ loads: [{ name: 'shop', requests: 0 }] }, null),
      'no request arrived',
    ],
    [
      'memory that no profile has',
      threshold('memory.perProxy', '<', 1e9),
      measured({ ...mesh, memory: null }, null),
      'the memory of some proxies is not known to the profile',
    ],
  ])('on %s fails, uncertainly, and says why', (_, slo, on, shown) => {
    const { expression } = slo;
    expect(evaluate(slo, on)).toEqual({
      expression,
      value: null,
      shown,
      pass: false,
      certain: false,
    });
  });

  it('on the latency or overhead of a saturated load fails for certain', () => {
    const stuck: Options = { loads: [{ name: 'shop', stations: ['stuck'] }], saturated: ['stuck'] };
    const inMesh = measured(stuck, { loads: [{ name: 'shop' }] });
    const inBaseline = measured({ loads: [{ name: 'shop' }] }, stuck);
    const failed = {
      value: null,
      pass: false,
      certain: true,
      shown: 'saturated: latency grows with the run',
    };
    expect(evaluate(threshold('latency.p50', '<', 1e15), inMesh)).toMatchObject(failed);
    expect(evaluate(threshold('overhead.mean', '<', 1e15), inMesh)).toMatchObject(failed);
    expect(evaluate(threshold('overhead.mean', '<', 1e15), inBaseline)).toMatchObject(failed);
    expect(evaluate(threshold('throughput', '>', 1), inMesh).pass).toBe(true);
  });

  it('stands in the result, in the order it was asked for', () => {
    const thresholds = [threshold('pushes', '<', 1), threshold('errors', '<', 0.5)];
    const run = { mesh: replications(3, mesh), baseline: null };
    const { slos } = summarise({ ...facts, thresholds }, run);
    expect(slos.map(({ expression, pass }) => [expression, pass])).toEqual([
      ['pushes < 1', false],
      ['errors < 0.5', true],
    ]);
  });
});

function ns(ms: Estimate | undefined): number {
  return ms === undefined ? Number.NaN : ms.value * 1e6;
}
