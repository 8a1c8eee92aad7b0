/** Each service: how often it is called, how that ended, and how long its callers wait with and without the mesh. */
import type { Estimate, ServiceResult } from '../../measure/result.ts';
import { count, digits, NONE, signed, timeUnit, type Unit } from '../format.ts';
import { firstThatFits, grid, shorten } from '../layout.ts';
import type { Context } from './context.ts';

/** The rest is in services.csv. */
const ROWS_MAX = 15;
/** Columns of a name at least, whatever the width. */
const NAME_MIN = 12;

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
  const isCompared = baseline !== null;
  const forms = [
    columnsOf(isCompared),
    columnsOf(isCompared, 'p99'),
    columnsOf(isCompared, 'counts'),
  ];
  const longest = Math.max(...shown.map(({ service }) => service.service.length));
  const tableOf = (columns: readonly Column[], nameMax: number) => {
    const head = ['', ...columns.map(({ title }) => title(unit))];
    const cells = shown.map((row) => [
      shorten(row.service.service, nameMax),
      ...columns.map(({ cell }) => cell(row, unit)),
    ]);
    return grid(
      [head, ...cells],
      head.map((_, i) => (i === 0 ? 'left' : 'right')),
    );
  };
  const [head, ...table] = firstThatFits(
    [
      ...forms.map((columns) => () => tableOf(columns, longest)),
      // Columns go first; only then are names cut.
      () =>
        tableOf(
          forms[2],
          Math.max(NAME_MIN, longest + width - widthOf(tableOf(forms[2], longest))),
        ),
    ],
    width,
  );
  const rest = rows.length - shown.length;
  const more = rest === 0 ? [] : [`  … and ${count(rest)} more in services.csv`];
  const title = 'SERVICES';
  const order = baseline === null ? 'slowest first' : 'those that the mesh slows most first';
  return [
    `${paint.strong(title)}  calls as their callers see them, ${order}`,
    paint.faint(head),
    ...table,
    ...more,
  ];
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

interface Column {
  readonly title: (unit: Unit) => string;
  readonly cell: (row: Row, unit: Unit) => string;
}

/** @param without - what there is no room for: the columns of p99, then also those of counts */
function columnsOf(isCompared: boolean, without?: 'p99' | 'counts'): readonly Column[] {
  const calls = column('calls/s', ({ service }) => digits(service.calls_per_s.value));
  const counts = [
    column('failed', ({ service }) => count(service.failed)),
    column('retries', ({ service }) => count(service.retries)),
  ];
  const [mean, p50, p99] = [latencyOf('mean'), latencyOf('p50'), latencyOf('p99')];
  const measures = isCompared ? comparedBy('mean') : [mean, p50];
  const tail = isCompared ? comparedBy('p99') : [p99];
  return [
    calls,
    ...(without === 'counts' ? [] : counts),
    { ...measures[0], title: ({ name }) => `mean [${name}]` },
    ...measures.slice(1),
    ...(without === undefined ? tail : []),
  ];
}

function column(title: string, cell: (row: Row, unit: Unit) => string): Column {
  return { title: () => title, cell };
}

type Quantity = 'mean' | 'p50' | 'p99';

function latencyOf(of: Quantity): Column {
  return column(of, ({ service }, unit) => show(service.latency?.[`${of}_ms`], unit));
}

/** With the mesh, without, and the difference. */
function comparedBy(of: Quantity): readonly Column[] {
  const without = column('without', ({ base }, unit) => show(base?.latency?.[`${of}_ms`], unit));
  const overhead = column('overhead', ({ service, base }, unit) => {
    const [mesh, bare] = [service.latency?.[`${of}_ms`], base?.latency?.[`${of}_ms`]];
    if (mesh === undefined || bare === undefined) return NONE;
    return signed((mesh.value - bare.value) / unit.size);
  });
  return [latencyOf(of), without, overhead];
}

function show(of: Estimate | undefined, unit: Unit): string {
  return of === undefined ? NONE : digits(of.value / unit.size);
}

function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}
