import { describe, expect, test } from 'vitest';
import { metricColumn, pointColumns } from '../../src/report/point-columns.ts';
import { pointsCsv, pointsCsvHeader, pointsCsvRow } from '../../src/report/points-csv.ts';
import { axes, point } from './point.ts';

type Row = Readonly<Record<string, string>>;

function rowOf(record: ReturnType<typeof point>, of = axes): Row {
  const [names, cells] = [pointsCsvHeader(of), pointsCsvRow(of, record)].map(cellsOf);
  return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
}

function cellsOf(line: string): readonly string[] {
  const cells = line.trimEnd().matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...cells].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
}

describe('columns of points', () => {
  test('carry their unit in their name, and no name twice', () => {
    expect(metricColumn('latency.p99')).toBe('latency_p99_ms');
    expect(metricColumn('overhead.share')).toBe('overhead_share');
    expect(metricColumn('errors')).toBe('errors_share');
    expect(metricColumn('throughput')).toBe('throughput_per_s');
    expect(metricColumn('cpu.perProxy')).toBe('cpu_per_proxy_cores');
    expect(metricColumn('memory.istiod')).toBe('memory_istiod_bytes');
    expect(metricColumn('pushes')).toBe('pushes');
    const names = pointColumns(axes).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('have the type of an axis from all of its values', () => {
    const typeOf = (...values: (string | number | boolean | null)[]) =>
      pointColumns([{ path: 'x', values }]).find(({ name }) => name === 'x')?.type;
    expect(typeOf(1, 2)).toBe('integer');
    expect(typeOf(1, 2.5)).toBe('number');
    expect(typeOf(true, null, false)).toBe('boolean');
    expect(typeOf(1, '800/s')).toBe('text');
    expect(typeOf(null)).toBe('text');
  });
});

describe('a point as CSV', () => {
  test('has values in the units of its columns, with the ends of the intervals beside them', () => {
    expect(rowOf(point(4))).toMatchObject({
      point: '4',
      'mesh.mode': 'sidecar',
      'load[0].rate': '200',
      latency_p99_ms: '2.4',
      latency_p99_ms_low: '2.16',
      latency_p99_ms_high: '2.64',
      memory_istiod_bytes: '2400000',
      thresholds_failed: '0',
      visits: '1004',
      id: 'abc004',
    });
  });

  test('is empty where there is nothing to give, and says which thresholds failed', () => {
    const bare = point(1);
    const row = rowOf({ ...bare, metrics: { ...bare.metrics, 'latency.p99': null } });
    expect(row).toMatchObject({
      latency_p99_ms: '',
      latency_p99_ms_low: '',
      latency_max_ms: '9',
      latency_max_ms_high: '',
      saturated: '',
      thresholds_failed: '1',
    });
    expect(JSON.parse(row['thresholds'])).toEqual([
      {
        expression: 'latency.p99 < 25ms',
        value: 24e6,
        low: 23e6,
        high: 26e6,
        shown: '24 ms',
        pass: false,
        certain: false,
      },
    ]);
  });

  test('writes false as false, negative numbers as numbers, and no formula that a spreadsheet would run', () => {
    const odd = [
      { path: 'on', values: [false] },
      { path: 'name', values: ['=1+1'] },
    ];
    const negative = { value: -3e6, low: -4e6, high: -2e6 };
    const base = point(0, { values: [false, '=1+1'] });
    const row = rowOf({ ...base, metrics: { ...base.metrics, 'overhead.mean': negative } }, odd);
    expect(row).toMatchObject({ on: 'false', name: "'=1+1", overhead_mean_ms: '-3' });
  });

  test('comes one after the other', async () => {
    const pieces: string[] = [];
    for await (const piece of pointsCsv(axes, [point(0), point(1)])) pieces.push(piece);
    expect(pieces).toEqual([
      pointsCsvHeader(axes),
      pointsCsvRow(axes, point(0)),
      pointsCsvRow(axes, point(1)),
    ]);
  });
});
