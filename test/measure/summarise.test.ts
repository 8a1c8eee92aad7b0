/** Replications become a result: estimates, pairs, saturation, warnings. */
import { describe, expect, it } from 'vitest';
import { mean, meanInterval } from '../../src/measure/interval.ts';
import type { Replication } from '../../src/measure/replication.ts';
import { serialise } from '../../src/measure/serialise.ts';
import { type RunFacts, summarise } from '../../src/measure/summarise.ts';
import { facts } from './facts.ts';
import { type LoadOptions, type Options, replication, replications } from './replications.ts';

function result(count: number, options: Options = {}, changes: Partial<RunFacts> = {}) {
  return summarise(
    { ...facts, ...changes },
    { mesh: replications(count, options), baseline: null },
  );
}

function pair(count: number, mesh: LoadOptions, baseline: LoadOptions) {
  return summarise(facts, {
    mesh: replications(count, { loads: [mesh], proxies: true }),
    baseline: replications(count, { loads: [baseline] }),
  });
}

describe('estimates', () => {
  it('are Student intervals over the replications, in the unit of their key', () => {
    const reps = replications(5);
    const [load] = result(5).cases[0].loads;
    const { value, low, high } = meanInterval(reps.map(({ loads }) => loads[0].latencyMean / 1e6));
    expect(load.latency?.mean_ms.value).toBeCloseTo(value, 4);
    expect(load.latency?.mean_ms.low).toBeCloseTo(low ?? 0, 4);
    expect(load.latency?.mean_ms.high).toBeCloseTo(high ?? 0, 4);
    expect(load.throughput_per_s).toEqual({ value: 40, low: 40, high: 40 });
    expect(load.requests).toBe(10_000);
  });

  it('of one replication rest on batches and order statistics, as the method says', () => {
    const one = result(1);
    expect(one.method).toEqual({
      warmup: 'fixed',
      intervals: 'batch means',
      quantiles: 'order statistics',
    });
    const latency = one.cases[0].loads[0].latency;
    const half = meanInterval(replication(0).loads[0].batchMeans);
    expect(latency?.mean_ms.high).toBeCloseTo((half.high ?? 0) / 1e6, 4);
    expect(latency?.p90_ms.low).toBeLessThan(latency?.p90_ms.value ?? 0);
    expect(one.cases[0].services[0].latency?.mean_ms.low).toBeNull();
    expect(result(2).method.intervals).toBe('replications');
  });

  it('sum outcomes over replications and leave out those that did not occur', () => {
    const [load] = result(3, { loads: [{ name: 'shop', failures: 8 }] }).cases[0].loads;
    expect(load.outcomes).toEqual({ ok: 3 * 1992, refused: 24 });
    expect(load.errors_share).toEqual({ value: 0.004, low: 0.004, high: 0.004 });
  });

  it('of a rate of errors that hardly occur do not pretend to be sure', () => {
    const [load] = result(3).cases[0].loads;
    expect(load.errors_share.value).toBe(0);
    expect(load.errors_share.high).toBeGreaterThan(0.0005);
  });

  it('are never below zero, however much the replications differ', () => {
    const shares = [0.1, 5].map((utilisation, rep) => replication(rep, { utilisation }));
    const { stations } = summarise(facts, { mesh: shares, baseline: null }).cases[0];
    expect(stations[0].utilisation.low).toBe(0);
    expect(stations[0].utilisation.high).toBeGreaterThan(5);
  });

  it('of stations and proxies are cores, shares and bytes', () => {
    const { stations, cost, proxies, in_flight_max } = result(3, { proxies: true }).cases[0];
    const sidecar = stations.find(({ kind }) => kind === 'sidecar');
    expect(sidecar?.cpu_cores.value).toBeCloseTo(1.6, 6);
    expect(sidecar?.wait_mean_us?.value).toBe(200);
    expect(sidecar?.visits_per_s.value).toBe(200);
    expect(cost.cpu_apps_cores.value).toBeCloseTo(3.2, 6);
    expect(cost.cpu_proxies_cores.value).toBeCloseTo(2, 6);
    expect(cost.cpu_per_proxy_cores.value).toBeCloseTo(0.5, 6);
    expect(cost.cpu_istiod_cores.value).toBe(0.05);
    expect(cost.memory_proxies_bytes?.value).toBe(200e6);
    expect(cost.memory_per_proxy_bytes?.value).toBe(50e6);
    expect(cost.memory_istiod_bytes.value).toBe(200e6 + 1);
    expect(proxies[0].endpoints).toBe(90);
    expect(in_flight_max).toBe(22);
  });

  it('of a proxy do not count the application of a relay as one more', () => {
    const relayed = replications(3, { proxies: true }).map((rep) => {
      const sidecar = rep.stations.find(({ kind }) => kind === 'sidecar')!;
      return { ...rep, stations: [...rep.stations, { ...sidecar, kind: 'relay', name: 'relay' }] };
    });
    const { cost } = summarise(facts, { mesh: relayed, baseline: null }).cases[0];
    expect(cost.cpu_proxies_cores.value).toBeCloseTo(3.6, 6);
    expect(cost.cpu_per_proxy_cores.value).toBeCloseTo(0.9, 6);
  });

  it('of memory are null where a kind of proxy has none', () => {
    const { cost, proxies } = result(3, { proxies: true, memory: null }).cases[0];
    expect(proxies[0].memory_bytes).toBeNull();
    expect([cost.memory_proxies_bytes, cost.memory_per_proxy_bytes]).toEqual([null, null]);
    expect(cost.cpu_per_proxy_cores.value).toBeGreaterThan(0);
    expect(result(3).cases[0].cost.memory_proxies_bytes?.value).toBe(0);
  });

  it('of proxies that only some replications had are means of those', () => {
    const mesh = [replication(0), replication(1, { proxies: true })].map((rep) => ({
      ...rep,
      stations: replication(0).stations,
    }));
    const { proxies } = summarise(facts, { mesh, baseline: null }).cases[0];
    expect(proxies).toMatchObject([{ count: 2, endpoints: 90, memory_bytes: 50e6 }]);
  });

  it('of the control plane are means over the replications', () => {
    const { controlPlane } = result(4, { pushes: 40 }).cases[0];
    expect(controlPlane.pushes['EDS'].value).toBe(40);
    expect(Object.keys(controlPlane.pushes)).toEqual(['CDS', 'EDS']);
    expect(controlPlane.pushes_total.value).toBe(41);
    expect(controlPlane.bytes.value).toBe(40_000);
    expect(controlPlane.stages_ms.debounce.value).toBe(100);
    expect(controlPlane.convergence?.p90_ms.low).not.toBeNull();
    expect(result(4).cases[0].controlPlane.convergence).toBeNull();
  });
});

describe('the overhead', () => {
  it('of a mesh that costs nothing is zero, with intervals of no width', () => {
    const zero = { value: 0, low: 0, high: 0 };
    const [overhead] = pair(5, { name: 'shop' }, { name: 'shop' }).overhead;
    expect(overhead.mean_ms).toEqual(zero);
    expect(overhead.p50_ms).toEqual(zero);
    expect(overhead.p90_ms).toEqual(zero);
    expect(overhead.p99_ms).toEqual(zero);
    expect(overhead.mean_share).toEqual(zero);
    expect(overhead.verdict).toBe('no difference detected');
    const [single] = pair(1, { name: 'shop' }, { name: 'shop' }).overhead;
    expect(single.mean_ms).toEqual(zero);
  });

  it('is what the mesh adds, known far better than either latency', () => {
    const { overhead, cases } = pair(5, { name: 'shop', added: 2 }, { name: 'shop' });
    const width = ({ low, high }: { low: number | null; high: number | null }) =>
      (high ?? 0) - (low ?? 0);
    expect(overhead[0].mean_ms.value).toBeCloseTo(2, 5);
    expect(width(overhead[0].mean_ms)).toBeLessThan(1e-4);
    expect(width(cases[0].loads[0].latency?.mean_ms ?? overhead[0].mean_ms)).toBeGreaterThan(0.1);
    expect(overhead[0].p90_ms.value).toBeCloseTo(2, 1);
    const base = mean(replications(5).map(({ loads }) => loads[0].latencyMean / 1e6));
    expect(overhead[0].mean_share.value).toBeCloseTo(2 / base, 4);
    expect(overhead[0].verdict).toBe('slower');
    expect(pair(5, { name: 'shop' }, { name: 'shop', added: 2 }).overhead[0].verdict).toBe(
      'faster',
    );
  });

  it('of a single pair comes from pairs of batches, unless the requests differ', () => {
    const [one] = pair(1, { name: 'shop', added: 2 }, { name: 'shop' }).overhead;
    expect(one.mean_ms.low).toBeCloseTo(2, 4);
    expect(one.verdict).toBe('slower');
    expect(one.p50_ms.low).toBeNull();
    const [closed] = pair(1, { name: 'shop', requests: 1800 }, { name: 'shop' }).overhead;
    expect(closed.mean_ms.low).toBeNull();
    expect(closed.verdict).toBe('not known');
  });

  it('of a thin quantile has no interval', () => {
    const few = { name: 'shop', requests: 400 };
    const [overhead] = pair(5, { ...few, added: 2 }, few).overhead;
    expect(overhead.p99_ms.low).toBeNull();
    expect(overhead.p99_ms.value).toBeCloseTo(2, 1);
    expect(overhead.p90_ms.low).not.toBeNull();
  });

  it('is left out where a case is saturated', () => {
    const stuck = { loads: [{ name: 'shop', stations: ['stuck'] }], saturated: ['stuck'] };
    const meshOnly = { mesh: replications(3, stuck), baseline: replications(3) };
    expect(summarise(facts, meshOnly).overhead).toEqual([]);
    const baselineOnly = { mesh: replications(3), baseline: replications(3, stuck) };
    expect(summarise(facts, baselineOnly).overhead).toEqual([]);
  });
});

describe('saturation', () => {
  const loads = [{ name: 'shop', stations: ['app', 'stuck'] }, { name: 'admin' }];
  const { cases } = result(3, { loads, saturated: ['stuck'] });

  it('takes the latency from the loads and services that meet it, and from no other', () => {
    expect(cases[0].saturated).toEqual([{ name: 'stuck', servers: 2, utilisation: 1 }]);
    expect(cases[0].loads.map(({ saturated, latency }) => [saturated, latency === null])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(cases[0].services.map(({ latency }) => latency === null)).toEqual([true, false]);
  });

  it('takes the wait and the queue from the station', () => {
    const stuck = cases[0].stations.find(({ name }) => name === 'stuck');
    expect([stuck?.wait_mean_us, stuck?.queue_mean, stuck?.saturated]).toEqual([null, null, true]);
    expect(stuck?.utilisation.value).toBe(1);
    expect(result(3, { loads, saturated: ['stuck'] }).warnings.join()).not.toContain('stuck');
  });

  it('of fewer than half of the replications is only a warning', () => {
    const reps = replications(3, { loads }).map((rep, i) => (i === 0 ? saturate(rep) : rep));
    const { cases, warnings } = summarise(facts, { mesh: reps, baseline: null });
    expect(cases[0].saturated).toEqual([]);
    expect(warnings.join()).toContain('station "stuck" was saturated in 1 of 3 replications');
  });
});

describe('precision', () => {
  it('discards the replications after the one that reached it, in both cases', () => {
    const all = { mesh: replications(9), baseline: replications(9) };
    const kept = { mesh: replications(3), baseline: replications(3) };
    const precise = { ...facts, precision: 0.2 };
    expect(summarise(precise, all)).toEqual(summarise(precise, kept));
    expect(summarise(precise, all)).toMatchObject({
      reps: 3,
      precision: { target: 0.2, reached: true },
    });
  });

  it('that was not reached is said', () => {
    const { precision, warnings, reps } = result(4, {}, { precision: 1e-6 });
    expect(precision?.reached).toBe(false);
    expect(reps).toBe(4);
    expect(warnings[0]).toMatch(
      /^4 replications know the mean latency to ±[\d.]+%, not to ±0.0001%$/,
    );
  });
});

describe('warnings', () => {
  const quiet = { loads: [{ name: 'shop', requests: 20_000 }] };

  it('are absent where all is well', () => {
    expect(result(5, quiet).warnings).toEqual([]);
  });

  it.each<[string, string, Options, Partial<RunFacts>, number]>([
    [
      'a warm-up without end',
      'end of the warm-up was not found',
      quiet,
      { warmup: { method: 'MSER-5', reached: false } },
      3,
    ],
    [
      'what the scenario says without effect',
      'config mode "slime" has no effect',
      quiet,
      { remarks: ['config mode "slime" has no effect in namespace "a"'] },
      3,
    ],
    [
      'few errors',
      'the error rate rests on 6 failed requests',
      { loads: [{ name: 'shop', requests: 20_000, failures: 2 }] },
      {},
      3,
    ],
    ['few requests beyond p99.9', 'beyond p99.9: no interval', {}, {}, 3],
    [
      'few requests beyond several',
      'beyond p95, p99, p99.9: no interval',
      { loads: [{ name: 'shop', requests: 180 }] },
      {},
      3,
    ],
    [
      'a load without requests',
      'no request arrived',
      { loads: [{ name: 'shop', requests: 0 }] },
      {},
      3,
    ],
    [
      'a busy station',
      'station "app" is busy 95% of the time',
      { ...quiet, utilisation: 0.95 },
      {},
      3,
    ],
    [
      'one replication of few batches',
      'fewer than 10 batches',
      { loads: [{ name: 'shop', batches: 5 }] },
      {},
      1,
    ],
  ])('tell of %s', (_, text, options, changes, count) => {
    const { warnings } = result(count, options, changes);
    expect(warnings.filter((warning) => warning.includes(text))).toHaveLength(1);
  });

  it('tell of a single replication whose batches differ too much', () => {
    const rep = replication(0, quiet);
    const batchMeans = rep.loads[0].batchMeans.map((_, i) => (i % 2 === 0 ? 1e6 : 25e6));
    const mesh = [{ ...rep, loads: [{ ...rep.loads[0], batchMeans }] }];
    const { warnings, cases } = summarise(facts, { mesh, baseline: null });
    expect(cases[0].loads[0].latency?.p99_ms.low).toBeNull();
    expect(warnings.join()).toMatch(/resemble their neighbours too much for an interval of p.*p99/);
  });

  it('say which case they are about', () => {
    const both = { mesh: replications(3, quiet), baseline: replications(3) };
    expect(summarise(facts, both).warnings[0]).toMatch(/^baseline: load "shop"/);
  });
});

describe('what does not fit together', () => {
  it('is refused', () => {
    const other: Replication = { ...replication(1), window: 40e9 };
    const run = (mesh: readonly Replication[], baseline: readonly Replication[] | null = null) =>
      summarise(facts, { mesh, baseline });
    expect(() => run([])).toThrow('at least one replication');
    expect(() => run([replication(0), other])).toThrow('same warm-up and window');
    expect(() => run(replications(3), replications(2))).toThrow('3 replications to pair with 2');
    const renamed = replication(1, { loads: [{ name: 'other' }] });
    expect(() => run([replication(0), renamed])).toThrow('does not measure what the first did');
    const more = replication(1, { loads: [{ name: 'shop' }, { name: 'admin' }] });
    expect(() => run([replication(0), more])).toThrow('does not measure what the first did');
    const twice = replication(0, { loads: [{ name: 'shop' }, { name: 'shop' }] });
    expect(() => run([twice])).toThrow('stands twice');
  });
});

describe('the same replications', () => {
  it('give the same bytes', () => {
    const text = () =>
      serialise(
        summarise(facts, {
          mesh: replications(3, { pushes: 40, proxies: true }),
          baseline: replications(3),
        }),
      );
    expect(text()).toBe(text());
  });
});

function saturate(rep: Replication): Replication {
  const stations = rep.stations.map((s) => (s.name === 'stuck' ? { ...s, saturated: true } : s));
  return { ...rep, stations };
}
