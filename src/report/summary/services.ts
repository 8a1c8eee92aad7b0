/** Each service: how often it is called, how that ended, and how long its callers wait with and without the mesh. */
import type { Estimate, ServiceResult } from '../../measure/result.ts';
import { count, digits, NONE, signed, timeUnit, type Unit } from '../format.ts';
import { clip, grid } from '../layout.ts';
import type { Context } from './context.ts';

/** The rest is in services.csv. */
const ROWS_MAX = 15;

export function serviceSection({ mesh, baseline, paint, width }: Context): readonly string[] {
  const called = (mesh?.services ?? []).filter(({ calls_per_s }) => calls_per_s.value > 0);
  if (called.length === 0) return [];
  const without = new Map(baseline?.services.map((service) => [service.service, service]) ?? []);
  const rows = called.map((service) => ({ service, base: without.get(service.service) ?? null }));
  const slowestFirst = rows.toSorted((a, b) => addedBy(b) - addedBy(a));
  const shown = slowestFirst.slice(0, ROWS_MAX);
  const unit = timeUnit(
    Math.max(...shown.map(({ service }) => service.latency?.p50_ms.value ?? 0)),
  );
  const head = headings(unit, baseline !== null).map(paint.faint);
  const table = grid(
    [head, ...shown.map((row) => cellsOf(row, unit, baseline !== null, width))],
    head.map((_, i) => (i === 0 ? 'left' : 'right')),
  );
  const rest = rows.length - shown.length;
  const more = rest === 0 ? [] : [`  … and ${count(rest)} more in services.csv`];
  const title = 'SERVICES';
  const order = baseline === null ? 'slowest first' : 'those that the mesh slows most first';
  return [`${paint.strong(title)}  calls as their callers see them, ${order}`, ...table, ...more];
}

interface Row {
  readonly service: ServiceResult;
  readonly base: ServiceResult | null;
}

/** What it is sorted by: the overhead where there is one, else the latency; saturated ones first. */
function addedBy({ service, base }: Row): number {
  if (service.latency === null) return Number.POSITIVE_INFINITY;
  return service.latency.mean_ms.value - (base?.latency?.mean_ms.value ?? 0);
}

function headings(unit: Unit, isCompared: boolean): readonly string[] {
  const mean = ['mean', 'without', 'overhead'];
  const tail = ['p99', 'without', 'overhead'];
  const measures = isCompared ? [...mean, ...tail] : ['mean', 'p50', 'p99'];
  const [first, ...rest] = measures;
  return ['', 'calls/s', 'failed', 'retries', `${first} [${unit.name}]`, ...rest];
}

function cellsOf(
  { service, base }: Row,
  unit: Unit,
  isCompared: boolean,
  width: number,
): readonly string[] {
  const { latency } = service;
  const counts = [
    clip(service.service, width - (isCompared ? 76 : 58)),
    digits(service.calls_per_s.value),
    count(service.failed),
    count(service.retries),
  ];
  const show = (of: Estimate | undefined) =>
    of === undefined ? NONE : digits(of.value / unit.size);
  if (!isCompared) {
    return [...counts, show(latency?.mean_ms), show(latency?.p50_ms), show(latency?.p99_ms)];
  }
  const pair = (key: 'mean_ms' | 'p99_ms') => {
    const mesh = latency?.[key];
    const without = base?.latency?.[key];
    const added =
      mesh === undefined || without === undefined
        ? NONE
        : signed((mesh.value - without.value) / unit.size);
    return [show(mesh), show(without), added];
  };
  return [...counts, ...pair('mean_ms'), ...pair('p99_ms')];
}
